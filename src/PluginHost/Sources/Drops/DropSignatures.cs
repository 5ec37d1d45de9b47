using System.Text;
using PluginHost.Sources.Signatures;

namespace PluginHost.Sources.Drops;

/// <summary>Checks who signed a drop: a signature of its manifest is one of all of it, since that names the hash of each file.</summary>
/// <param name="keys">Names the allowed keys.</param>
/// <param name="verify">Checks a signature.</param>
/// <param name="time">The clock.</param>
internal sealed class DropSignatures(Func<string> keys, Func<CommitSignature, CancellationToken, SignatureVerdict> verify, TimeProvider time)
{
    /// <summary>Lies beside the manifest: an SSH signature, or a detached OpenPGP one in armor.</summary>
    public const string FileName = DropManifest.FileName + ".sig";

    /// <summary>What SSH signatures of drops are for.</summary>
    public const string Namespace = "pluginhost-drop";

    private const int MaxBytes = 64 << 10;

    /// <summary>Changes when other keys are allowed.</summary>
    /// <exception cref="SourceException">The keys cannot be read.</exception>
    public string Keys => keys();

    /// <summary>Changes when the drop has another signature.</summary>
    public static string StampOf(string folder)
    {
        var file = new FileInfo(Path.Combine(folder, FileName));
        return file.Exists ? $"{file.Length} {file.LastWriteTimeUtc.Ticks}" : "";
    }

    /// <summary>Whether an allowed key signed the manifest.</summary>
    /// <param name="drop">The drop, as its manifest says.</param>
    /// <param name="manifest">The very bytes that were read.</param>
    /// <exception cref="SourceException">It cannot be told, because a file or a program is missing.</exception>
    /// <exception cref="InvalidDataException">The signature is no regular file, or too large. The message is a clause.</exception>
    /// <exception cref="IOException">The signature cannot be read.</exception>
    public SignatureVerdict Verify(Drop drop, byte[] manifest)
    {
        string signature;
        try
        {
            signature = Encoding.UTF8.GetString(RegularFile.ReadAll(drop.Folder, FileName, MaxBytes));
        }
        catch (FileNotFoundException)
        {
            return SignatureVerdict.Bad($"it is not signed: there is no {FileName} beside its {DropManifest.FileName}, and its source takes only drops signed by an allowed key. Make it with 'pluginhost drop --sign-key'");
        }

        return verify(
            new CommitSignature(drop.ContentId, signature, manifest, drop.Manifest.CreatedAt ?? time.GetUtcNow()) { Kind = "drop", Namespace = Namespace },
            CancellationToken.None);
    }
}
