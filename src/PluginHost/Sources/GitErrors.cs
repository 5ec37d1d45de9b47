namespace PluginHost.Sources;

/// <summary>Turns what libgit2 says into what failed, what that means and what to do.</summary>
internal static class GitErrors
{
    /// <param name="failure">What libgit2 says.</param>
    /// <param name="remote">Where from.</param>
    /// <param name="ssh">What ssh said, when it was run.</param>
    public static SourceException Explain(Exception failure, RemoteAddress remote, string? ssh)
    {
        var said = (ssh ?? failure.Message).TrimEnd('.');
        if (remote.IsSsh)
        {
            return ExplainSsh(said, failure, remote);
        }

        if (Says(said, "status code: 401", "status code: 403", "authentication"))
        {
            return new SourceException(
                SourceFailure.Unauthorized,
                $"{remote} refused to let us in: {said}. What is live stays live. Check Credentials:Token and what the token may read.",
                failure);
        }

        if (Says(said, "status code: 404"))
        {
            return Unreachable($"There is no repository at {remote}, or not for this token: {said}. What is live stays live, and it is tried again. Check the source's Url, and Credentials:Token and what it may read.", failure);
        }

        if (Says(said, "certificate"))
        {
            return Unreachable(
                $"The certificate of {remote} is not trusted: {said}. Nothing was sent to it; what is live stays live, and it is tried again. "
                    + "If the server has a certificate authority of its own, add that to the certificates this machine trusts, or on Linux have the environment variable SSL_CERT_FILE name a PEM file that holds it, and start the host again.",
                failure);
        }

        return Says(said, "not owned by current user")
            ? Unreachable($"The repository {remote} belongs to another user, so git refuses to read it. Run: git config --global --add safe.directory \"{remote.Url}\"", failure)
            : Unreachable($"The repository {remote} cannot be reached: {said}. What is live stays live, and it is tried again.", failure);
    }

    private static SourceException ExplainSsh(string said, Exception failure, RemoteAddress remote)
    {
        if (Says(said, "Host key verification failed"))
        {
            return new SourceException(
                SourceFailure.Unauthorized,
                $"ssh does not know the host key of {remote}, so nothing was sent to it: {said}. What is live stays live. "
                    + "Get the key with ssh-keyscan, compare its fingerprint with the server's, and add it to the known hosts (Credentials:SshKnownHostsFile, else OpenSSH's own file).",
                failure);
        }

        return Says(said, "Permission denied")
            ? new SourceException(
                SourceFailure.Unauthorized,
                $"ssh could not sign in to {remote}: {said}. What is live stays live. Check the key (Credentials:SshKeyFile, without a passphrase) and that the server lets it in; it is tried again more and more seldom.",
                failure)
            : Unreachable($"The repository {remote} cannot be reached: {said}. What is live stays live, and it is tried again.", failure);
    }

    private static SourceException Unreachable(string message, Exception failure) => new(SourceFailure.Unreachable, message, failure);

    private static bool Says(string text, params string[] words) =>
        words.Any(word => text.Contains(word, StringComparison.OrdinalIgnoreCase));
}
