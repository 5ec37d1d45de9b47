using LibGit2Sharp;
using LibGit2Sharp.Handlers;

namespace PluginHost.Sources;

/// <summary>Answers a remote that asks for credentials during one exchange. The token is read when it is asked for, and kept nowhere.</summary>
internal sealed class GitSignIn(CredentialOptions options, RemoteAddress remote)
{
    private bool _answered;

    /// <summary>Why the remote got no answer, or null. libgit2 passes on only the text of what a callback throws.</summary>
    public SourceException? Refusal { get; private set; }

    public CredentialsHandler Answer => (url, _, _) =>
    {
        try
        {
            return AnswerTo(url);
        }
        catch (SourceException refusal)
        {
            Refusal = refusal;
            throw;
        }
    };

    private UsernamePasswordCredentials AnswerTo(string url)
    {
        if (!remote.IsOn(url))
        {
            throw Refuse($"{remote} leads on to {RemoteAddress.Parse(url)}, another server that asks for credentials, and the token is not sent there. If that is the repository's place now, set it as the source's Url.");
        }

        // libgit2 asks again when the remote refuses. The same answer again would be a second wrong try.
        if (_answered)
        {
            throw Refuse($"{remote} refused the credentials. What is live stays live. Set a valid token (Credentials:Token or Credentials:TokenFile); it is tried again more and more seldom.");
        }

        var token = Token();
        _answered = true;
        return new UsernamePasswordCredentials { Username = remote.User ?? options.User, Password = token };
    }

    private string Token()
    {
        // A token alone in an address (https://TOKEN@host) stands where the user name does.
        var token = options.TokenFile is { } file ? ReadFirstLine(file) : options.Token ?? remote.Password ?? remote.User;
        return string.IsNullOrEmpty(token)
            ? throw Refuse($"{remote} asks for credentials, and none are configured. What is live stays live. Set Credentials:Token or Credentials:TokenFile.")
            : token;
    }

    private string ReadFirstLine(string file)
    {
        try
        {
            return File.ReadLines(file).FirstOrDefault()?.Trim() is { Length: > 0 } line
                ? line
                : throw Refuse($"{remote} asks for credentials, and the token file '{file}' has nothing in its first line. What is live stays live. Write the token there.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Refuse($"{remote} asks for credentials, and the token file '{file}' cannot be read: {failure.Message} What is live stays live. Check Credentials:TokenFile.");
        }
    }

    private static SourceException Refuse(string message) => new(SourceFailure.Unauthorized, message);
}
