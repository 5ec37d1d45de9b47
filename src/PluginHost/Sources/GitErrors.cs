
namespace PluginHost.Sources;

/// <summary>Turns what libgit2 says into what failed, what that means and what to do.</summary>
internal static class GitErrors
{
    public static SourceException Explain(Exception failure, RemoteAddress remote, GitCredentials credentials)
    {
        for (var inner = failure; inner is not null; inner = inner.InnerException)
        {
            if (inner is SourceException { Failure: SourceFailure.Unauthorized } refused)
            {
                return Unauthorized(refused, remote);
            }
        }

        var ssh = remote.IsSsh ? LastLine(credentials.SshLogFile) : null;
        var said = ssh ?? failure.Message;
        if (Says(said, "Permission denied", "Host key verification failed", "401", "403", "authentication"))
        {
            return new SourceException(
                SourceFailure.Unauthorized,
                remote.IsSsh
                    ? $"ssh could not sign in to {remote}: {said}. What is live stays live. Check the key (Credentials:SshKeyFile) and the known hosts (Credentials:SshKnownHostsFile)."
                    : $"{remote} refused to let us in: {said}. What is live stays live. Check Credentials:Token and what the token may read.",
                failure);
        }

        return Says(said, "not owned by current user")
            ? new SourceException(
                SourceFailure.Unreachable,
                $"The repository {remote} belongs to another user, so git refuses to read it. Run: git config --global --add safe.directory \"{remote.Url}\"",
                failure)
            : new SourceException(
                SourceFailure.Unreachable,
                $"The repository {remote} cannot be reached: {said}. What is live stays live, and it is tried again.",
                failure);
    }

    private static SourceException Unauthorized(SourceException refused, RemoteAddress remote) => refused.Message switch
    {
        "refused" => new SourceException(
            SourceFailure.Unauthorized,
            $"{remote} refused the credentials. What is live stays live. Set a valid token (Credentials:Token or Credentials:TokenFile); it is tried again more and more seldom.",
            refused),
        "missing" => new SourceException(
            SourceFailure.Unauthorized,
            $"{remote} asks for credentials, and none are configured. Set Credentials:Token or Credentials:TokenFile.",
            refused),
        _ => refused,
    };

    private static bool Says(string text, params string[] words) =>
        words.Any(word => text.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static string? LastLine(string file)
    {
        try
        {
            return File.ReadLines(file).LastOrDefault(line => line.Trim().Length > 0)?.Trim();
        }
        catch (IOException)
        {
            return null;
        }
    }
}
