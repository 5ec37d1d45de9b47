using System.Runtime.InteropServices;

namespace PluginHost.Sources.Drops;

/// <summary>Makes drops: a copy beside its place, its manifest last, and a rename that makes it whole at once.</summary>
internal static class DropWriter
{
    // A folder that holds something is not taken for a share that is not mounted.
    private const string Note = "README.txt";

    private const string NoteText = """
        A plugin host takes plugins from here: PLUGIN/VERSION/, each with a drop.json that is written last.
        'pluginhost drop' makes such folders. Whoever can write here runs code in the host.
        Deleting a plugin's folder takes the plugin away. Leave this file: a folder that is entirely empty is
        taken for a share that is not mounted, and changes nothing.

        """;

    /// <summary>Makes a drop of a built plugin.</summary>
    /// <param name="output">The folder that the build has written.</param>
    /// <param name="root">The folder of all drops; it is made where it is not there.</param>
    /// <param name="version">The name of the drop among those of its plugin.</param>
    /// <param name="manifest">What is known of it; its files are read from the output.</param>
    /// <param name="sign">Signs the manifest at a path, by a file beside it; null for no signature.</param>
    /// <returns>The drop's folder.</returns>
    /// <exception cref="InvalidDataException">It would not be taken; nothing was dropped. The message is a sentence.</exception>
    /// <exception cref="IOException">It cannot be written; nothing was dropped.</exception>
    public static string Write(string output, string root, string version, DropManifest manifest, Action<string>? sign = null)
    {
        var plugin = Path.Combine(Path.GetFullPath(root), manifest.Plugin);
        var place = Path.Combine(plugin, version);
        RefuseWhatIsThere(plugin, place, manifest);
        Directory.CreateDirectory(plugin);
        WriteNote(root);

        var unfinished = Path.Combine(plugin, $".{version}.{Guid.NewGuid():n}");
        try
        {
            Copy(output, unfinished);
            var files = DropFiles.List(unfinished);
            manifest = manifest with { Files = files.Hash() };
            if (manifest.FindMistake(manifest.Plugin) is { } mistake)
            {
                throw new InvalidDataException($"{output} cannot be dropped: its {DropManifest.FileName} {mistake}.");
            }

            WriteThrough(Path.Combine(unfinished, DropManifest.FileName), manifest.ToJson());
            sign?.Invoke(Path.Combine(unfinished, DropManifest.FileName));
            Directory.Move(unfinished, place);
            FlushFolder(plugin);
            return place;
        }
        finally
        {
            if (Directory.Exists(unfinished))
            {
                Directory.Delete(unfinished, recursive: true);
            }
        }
    }

    /// <summary>What would never go live, or would change what others rely on, is said before anything is copied.</summary>
    private static void RefuseWhatIsThere(string plugin, string place, DropManifest manifest)
    {
        if (Path.Exists(place))
        {
            throw new InvalidDataException($"{place} is there already, and drops do not change. Name another version.");
        }

        foreach (var folder in Directory.Exists(plugin) ? Directory.EnumerateDirectories(plugin).Where(folder => !Path.GetFileName(folder).StartsWith('.')) : [])
        {
            if (ReadSequence(folder, manifest.Plugin) is { } other && other >= manifest.Sequence)
            {
                throw new InvalidDataException($"Drop {Path.GetFileName(folder)} of {manifest.Plugin} has the sequence {other}, and this one {manifest.Sequence}: it would not go live. Name a greater one, or delete that drop.");
            }
        }
    }

    private static long? ReadSequence(string folder, string plugin)
    {
        try
        {
            return DropManifest.Parse(RegularFile.ReadAll(folder, DropManifest.FileName, DropManifest.MaxBytes), plugin).Sequence;
        }
        catch (Exception failure) when (failure is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            // Not whole, so nothing is compared with it.
            return null;
        }
    }

    private static void Copy(string from, string to)
    {
        var files = DropFiles.List(from);
        if (files.Link is { } link)
        {
            throw new InvalidDataException($"{Path.Combine(from, link)} is a symbolic link, and a drop holds the files themselves. Replace it by what it stands for.");
        }

        if (files.FindExcess() is { } excess)
        {
            throw new InvalidDataException($"{from} cannot be dropped: {excess}, and no host takes such a drop. Leave out of the build what the plugin can fetch when it runs.");
        }

        Directory.CreateDirectory(to);
        foreach (var name in files.Names)
        {
            var target = Path.Combine(to, name);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            using var source = File.OpenRead(Path.Combine(from, name));
            using var copy = new FileStream(target, FileMode.CreateNew, FileAccess.Write);
            source.CopyTo(copy);
            copy.Flush(flushToDisk: true);
        }
    }

    private static void WriteNote(string root)
    {
        var note = Path.Combine(root, Note);
        if (!File.Exists(note))
        {
            File.WriteAllText(note, NoteText);
        }
    }

    private static void WriteThrough(string path, byte[] content)
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }

    // The rename is on disk with its folder; Windows sees to that by itself.
    private static void FlushFolder(string folder)
    {
        if (!RuntimeInformation.IsOSPlatform(OSPlatform.Windows))
        {
            try
            {
                using var handle = File.OpenHandle(folder);
                RandomAccess.FlushToDisk(handle);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // Some file systems do not let a folder be opened; then the rename is on disk a little later.
            }
        }
    }
}
