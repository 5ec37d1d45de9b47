namespace PluginHost.Sources.Signatures;

/// <summary>What a commit, or a drop, has of a signature.</summary>
/// <param name="Commit">The full id of the commit; of a drop what names its content.</param>
/// <param name="Armor">The signature as it was written; null when there is none.</param>
/// <param name="Payload">What was signed: the commit without its signature, or the manifest of the drop.</param>
/// <param name="CommittedAt">The date that the committer, or whoever made the drop, wrote.</param>
internal sealed record CommitSignature(string Commit, string? Armor, byte[] Payload, DateTimeOffset CommittedAt)
{
    /// <summary>What is signed, for people.</summary>
    public string Kind { get; init; } = "commit";

    /// <summary>What an SSH signature is for, so that one of a commit, a file or a mail is none of a drop, and the other way round.</summary>
    public string Namespace { get; init; } = "git";

    public bool IsSsh => Armor?.StartsWith("-----BEGIN SSH SIGNATURE-----", StringComparison.Ordinal) == true;

    public bool IsOpenPgp => Armor?.StartsWith("-----BEGIN PGP SIGNATURE-----", StringComparison.Ordinal) == true
        || Armor?.StartsWith("-----BEGIN PGP MESSAGE-----", StringComparison.Ordinal) == true;
}

/// <summary>Whether a signature is one of those that are taken.</summary>
/// <param name="Signer">Who signed and with which key, when it is; null when it is not.</param>
/// <param name="Problem">What is wrong with it and what to do, when it is not.</param>
internal sealed record SignatureVerdict(string? Signer, string? Problem)
{
    public static SignatureVerdict Good(string signer) => new(signer, null);

    public static SignatureVerdict Bad(string problem) => new(null, problem);
}
