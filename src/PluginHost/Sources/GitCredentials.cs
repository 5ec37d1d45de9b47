using LibGit2Sharp;
using LibGit2Sharp.Handlers;

namespace PluginHost.Sources;

/// <summary>Signs in to a remote. Secrets are read when they are needed and never kept in a clone, a log or a message.</summary>
internal sealed class GitCredentials(CredentialOptions options, RemoteAddress remote, string sshLogFile)
{
    /// <summary>Where ssh writes why it failed; libgit2 does not pass that on.</summary>
    public string SshLogFile { get; } = sshLogFile;

    /// <summary>The ssh command, which never waits for a person and never trusts a host that it does not know.</summary>
    public string SshCommand
    {
        get
        {
            var command = $"ssh -o BatchMode=yes -o StrictHostKeyChecking=yes -o ConnectTimeout=15 -o ServerAliveInterval=15 -o ServerAliveCountMax=4 -E {Quote(SshLogFile)}";
            if (options.SshKeyFile is { } key)
            {
                command += $" -o IdentitiesOnly=yes -i {Quote(Path.GetFullPath(key))}";
            }

            if (options.SshKnownHostsFile is { } knownHosts)
            {
                command += $" -o UserKnownHostsFile={Quote(Path.GetFullPath(knownHosts))}";
            }

            return command;
        }
    }

    public CredentialsHandler Provide(RemoteAddress address)
    {
        var asked = 0;
        return (_, _, _) =>
        {
            // libgit2 asks again when the remote refuses. The same answer again would be a second wrong try.
            if (asked++ > 0)
            {
                throw new SourceException(SourceFailure.Unauthorized, "refused");
            }

            return Token() is { } token
                ? new UsernamePasswordCredentials { Username = address.User ?? options.User, Password = token }
                : throw new SourceException(SourceFailure.Unauthorized, "missing");
        };
    }

    private string? Token()
    {
        if (options.TokenFile is { } file)
        {
            try
            {
                return File.ReadLines(file).FirstOrDefault()?.Trim();
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw new SourceException(SourceFailure.Unauthorized, $"The token file '{file}' cannot be read: {failure.Message}", failure);
            }
        }

        // A token alone in an address (https://TOKEN@host) stands where the user name does.
        return options.Token ?? remote.Password ?? remote.User;
    }

    private static string Quote(string path) => $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
