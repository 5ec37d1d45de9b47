using PluginHost.Processes;
using PluginHost.Sources.Signatures;

namespace PluginHost.Sources.Drops;

/// <summary>Signs the manifests of drops with an SSH key, by <c>ssh-keygen</c>.</summary>
internal static class DropSigner
{
    /// <param name="manifest">The manifest; its signature is written beside it.</param>
    /// <param name="key">The file of the private key, without a passphrase.</param>
    /// <param name="processes">What runs the program.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="InvalidDataException">It cannot be signed with that key; the message is a sentence.</exception>
    /// <exception cref="IOException">The program is not there, or does not end.</exception>
    public static void Sign(string manifest, string key, ChildProcess processes, CancellationToken cancellationToken)
    {
        using var program = new SignatureProgram(SshSignatures.Program, processes, cancellationToken);
        var (signed, said) = program.Run(default, ["-q", "-Y", "sign", "-n", DropSignatures.Namespace, "-f", Path.GetFullPath(key), manifest]);
        var signature = Path.Combine(Path.GetDirectoryName(manifest)!, DropSignatures.FileName);
        if (!signed || !File.Exists(signature))
        {
            throw new InvalidDataException($"The drop cannot be signed with {key} ({string.Join(" / ", said)}), so nothing was dropped. Name the file of an SSH key without a passphrase.");
        }

        using var file = new FileStream(signature, FileMode.Open, FileAccess.ReadWrite);
        file.Flush(flushToDisk: true);
    }
}
