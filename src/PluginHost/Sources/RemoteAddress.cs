namespace PluginHost.Sources;

/// <summary>Where a repository is, with any credentials taken out of it.</summary>
internal sealed record RemoteAddress
{
    private RemoteAddress(string url, string? user, string? password)
    {
        Url = url;
        User = user;
        Password = password;
    }

    /// <summary>What libgit2 is given, and what may be shown.</summary>
    public string Url { get; }

    /// <summary>The user name that was written in the address, or null.</summary>
    public string? User { get; }

    /// <summary>The password that was written in the address, or null.</summary>
    public string? Password { get; }

    public bool IsSsh => Url.StartsWith("ssh://", StringComparison.OrdinalIgnoreCase) || IsScpLike(Url);

    public static RemoteAddress Parse(string text)
    {
        if (!text.Contains("://", StringComparison.Ordinal))
        {
            // A folder is made absolute, so that it means the same whatever the working directory becomes.
            return new RemoteAddress(IsScpLike(text) ? text : Path.GetFullPath(text), null, null);
        }

        var uri = new Uri(text);
        if (uri.UserInfo.Length == 0)
        {
            return new RemoteAddress(text, null, null);
        }

        var parts = uri.UserInfo.Split(':', 2);
        if (uri.Scheme.Equals("ssh", StringComparison.OrdinalIgnoreCase))
        {
            // The user is part of where to connect. A password is nothing that ssh would take from here, and nothing to show.
            return new RemoteAddress(parts.Length == 1 ? text : text.Replace($"{uri.UserInfo}@", $"{parts[0]}@", StringComparison.Ordinal), null, null);
        }

        var shown = new UriBuilder(uri) { UserName = "", Password = "" };
        return new RemoteAddress(
            shown.Uri.AbsoluteUri,
            Uri.UnescapeDataString(parts[0]),
            parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : null);
    }

    /// <summary>Whether an address is on the same server, which a redirect may lead away from. From http to https is a step up.</summary>
    public bool IsOn(string url) =>
        Uri.TryCreate(Url, UriKind.Absolute, out var mine)
        && Uri.TryCreate(url, UriKind.Absolute, out var other)
        && mine.Host.Equals(other.Host, StringComparison.OrdinalIgnoreCase)
        && ((mine.Scheme == other.Scheme && mine.Port == other.Port) || (mine.Scheme == "http" && mine.IsDefaultPort && other.Scheme == "https" && other.IsDefaultPort));

    public override string ToString() => Url;

    // git@host:path, but neither C:\path nor ./path
    private static bool IsScpLike(string text) =>
        !text.Contains("://", StringComparison.Ordinal) && text.IndexOf(':') is > 1 and var colon && !text.AsSpan(0, colon).ContainsAny('/', '\\') && !Directory.Exists(text);
}
