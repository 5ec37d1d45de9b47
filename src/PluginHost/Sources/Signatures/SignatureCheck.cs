using System.Security.Cryptography;
using PluginHost.Processes;

namespace PluginHost.Sources.Signatures;

/// <summary>Checks signatures with OpenSSH's and GnuPG's own programs, as git does, by the operator's files alone.</summary>
/// <remarks>Neither the configuration of a clone nor the keyring of the host's user takes part. Blocks.</remarks>
internal sealed class SignatureCheck(SignatureOptions options, ChildProcess processes)
{
    private readonly SshSignatures? _ssh = options.AllowedSignersFile is { } file ? new SshSignatures(Path.GetFullPath(file), processes) : null;
    private readonly OpenPgpSignatures? _openPgp = options.OpenPgpKeysFile is { } file ? new OpenPgpSignatures(Path.GetFullPath(file), processes) : null;

    public SignedCommits Commits => options.Commits;

    /// <summary>Changes when other keys are allowed.</summary>
    public string Stamp => string.Join(' ', new[] { options.AllowedSignersFile, options.OpenPgpKeysFile }.OfType<string>().Select(Hash));

    /// <summary>Whether a commit is signed by an allowed key.</summary>
    /// <exception cref="SourceException">It cannot be told, because a file or a program is missing.</exception>
    public SignatureVerdict Verify(CommitSignature signature, CancellationToken cancellationToken)
    {
        if (signature.Armor is null)
        {
            return SignatureVerdict.Bad("it is not signed. Sign it (git commit --amend -S, with user.signingKey and gpg.format set) and push it again");
        }

        if (!signature.IsSsh && !signature.IsOpenPgp)
        {
            return SignatureVerdict.Bad("its signature is neither of SSH nor of OpenPGP, and no other kind can be checked. Sign it with a key of one of these");
        }

        try
        {
            return (signature.IsSsh, _ssh, _openPgp) switch
            {
                (true, { } ssh, _) => ssh.Verify(signature, cancellationToken),
                (true, null, _) => SignatureVerdict.Bad("it is signed with an SSH key, and none is allowed. Sign it with an allowed OpenPGP key, or set Signatures:AllowedSignersFile"),
                (false, _, { } openPgp) => openPgp.Verify(signature, cancellationToken),
                (false, _, null) => SignatureVerdict.Bad("it is signed with an OpenPGP key, and none is allowed. Sign it with an allowed SSH key, or set Signatures:OpenPgpKeysFile"),
            };
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new SourceException(SourceFailure.Unreachable, $"The signature of {signature.Kind} {signature.Commit[..7]} cannot be checked: {failure.Message} What is live stays live, and it is tried again.", failure);
        }
    }

    private static string Hash(string file)
    {
        try
        {
            return Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new SourceException(
                SourceFailure.Unreachable,
                $"The file '{Path.GetFullPath(file)}', which says whose signatures are taken, cannot be read: {failure.Message} Nothing new is taken and what is live stays live until it can. Check Signatures:AllowedSignersFile and Signatures:OpenPgpKeysFile.",
                failure);
        }
    }
}
