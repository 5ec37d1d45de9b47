namespace PluginHost;

/// <summary>Whose commits a source takes.</summary>
public sealed class SignatureOptions
{
    /// <summary>Whether a commit, or a drop, must be signed by an allowed key. One that is not is refused, and what is live stays live.</summary>
    /// <value>The default is false. When it is true, <see cref="AllowedSignersFile"/> or <see cref="OpenPgpKeysFile"/> is set, or both.</value>
    public bool RequireSigned { get; set; }

    /// <summary>Which commits must be signed; of drops each one.</summary>
    /// <value>The default is <see cref="SignedCommits.Tip"/>.</value>
    public SignedCommits Commits { get; set; } = SignedCommits.Tip;

    /// <summary>Whose SSH signatures are taken: a file in OpenSSH's <c>allowed_signers</c> format, as git's <c>gpg.ssh.allowedSignersFile</c> names one.</summary>
    /// <value>
    /// Read again for each commit. A line's namespaces must allow <c>git</c>, for drops <c>pluginhost-drop</c>; its <c>valid-after</c> and <c>valid-before</c> are
    /// compared with the commit's own date. It takes <c>ssh-keygen</c> on the PATH. The default is null: no SSH signature is taken.
    /// </value>
    public string? AllowedSignersFile { get; set; }

    /// <summary>Whose OpenPGP signatures are taken: a file of armored public keys.</summary>
    /// <value>
    /// Read again for each commit; the keyring of the host's user does not count. It takes <c>gpg</c> on the PATH. The default is
    /// null: no OpenPGP signature is taken.
    /// </value>
    public string? OpenPgpKeysFile { get; set; }
}

/// <summary>Which commits must be signed.</summary>
public enum SignedCommits
{
    /// <summary>The tip of the branch: the commit that is built. Whoever signs it vouches for all that it contains.</summary>
    Tip,

    /// <summary>
    /// Every commit that the tip has and the one accepted before it has not, on all sides of a merge. Of the first
    /// commit that is accepted, only the tip. At most 1,000 are checked at once.
    /// </summary>
    EveryNew,
}

/// <summary>What becomes of a tip that does not descend from the commit accepted before it: after a force push, a reset or a rebase.</summary>
public enum RewrittenHistory
{
    /// <summary>It is taken like any other.</summary>
    Follow,

    /// <summary>It is refused until an operator accepts that commit by its id (a sync with <c>accept</c>), and what is live stays live.</summary>
    Refuse,
}
