using PluginHost.Sources.Signatures;

namespace PluginHost.Sources.Drops;

/// <summary>Checks who signed a drop: a signature of its manifest is one of all of it, since that names the hash of each file.</summary>
internal sealed class DropSignatures(SignatureCheck check, TimeProvider time)
{
    /// <summary>Lies beside the manifest: an SSH signature, or a detached OpenPGP one in armor.</summary>
    public const string FileName = DropManifest.FileName + ".sig";

    /// <summary>What SSH signatures of drops are for.</summary>
    public const string Namespace = "pluginhost-drop";

    private const int MaxBytes = 64 << 10;

    /// <summary>Changes when other keys are allowed, or the drop has another signature.</summary>
    /// <exception cref="SourceException">The keys cannot be read.</exception>
    public string StampOf(string folder)
    {
        var file = new FileInfo(Path.Combine(folder, FileName));
        return file.Exists ? $"{check.Stamp} {file.Length} {file.LastWriteTimeUtc.Ticks}" : check.Stamp;
    }

    /// <summary>Whether an allowed key signed the manifest.</summary>
    /// <param name="drop">The drop, as its manifest says.</param>
    /// <param name="manifest">The very bytes that were read.</param>
    /// <exception cref="SourceException">It cannot be told, because a file or a program is missing.</exception>
    /// <exception cref="IOException">The signature cannot be read.</exception>
    public SignatureVerdict Verify(Drop drop, byte[] manifest)
    {
        var file = new FileInfo(Path.Combine(drop.Folder, FileName));
        if (!file.Exists || file.Length > MaxBytes)
        {
            return SignatureVerdict.Bad($"it is not signed: there is no {FileName} of at most {MaxBytes} bytes beside its {DropManifest.FileName}, and its source takes only drops signed by an allowed key. Make it with 'pluginhost drop --sign-key'");
        }

        return check.Verify(
            new CommitSignature(drop.ContentId, File.ReadAllText(file.FullName), manifest, drop.Manifest.CreatedAt ?? time.GetUtcNow()) { Kind = "drop", Namespace = Namespace },
            CancellationToken.None);
    }
}
