namespace PluginHost.Sources;

/// <summary>The file in which a repository says where its submodules are from.</summary>
internal static class GitModules
{
    public const string Name = ".gitmodules";

    /// <summary>The address of each submodule, by its path.</summary>
    public static IReadOnlyDictionary<string, string> Read(TextReader text)
    {
        var addresses = new Dictionary<string, string>(StringComparer.Ordinal);
        string? path = null;
        string? url = null;
        using (text)
        {
            while (text.ReadLine() is { } line)
            {
                if (line.TrimStart().StartsWith('['))
                {
                    (path, url) = (null, null);
                }
                else if (line.IndexOf('=') is > 0 and var equals)
                {
                    var value = line[(equals + 1)..].Trim().Trim('"');
                    switch (line[..equals].Trim().ToLowerInvariant())
                    {
                        case "path":
                            path = RepositoryPath.Normalize(value);
                            break;
                        case "url":
                            url = value;
                            break;
                    }
                }

                if (path is not null && url is not null)
                {
                    addresses[path] = url;
                }
            }
        }

        return addresses;
    }

    /// <summary>Where an address leads, or null when it must not be followed.</summary>
    /// <param name="parent">The repository that names it.</param>
    /// <param name="address">What it says: relative to itself with <c>./</c> or <c>../</c>, else whole.</param>
    public static RemoteAddress? Resolve(RemoteAddress parent, string address)
    {
        if (address.StartsWith("./", StringComparison.Ordinal) || address.StartsWith("../", StringComparison.Ordinal))
        {
            // Credentials that stood in the parent's address are the operator's, and go on to its own server.
            return Relative(parent.Url, address) is { } url ? RemoteAddress.Parse(url) : null;
        }

        // Whoever may push elsewhere must not have folders of this machine read.
        var remote = address.Contains("://", StringComparison.Ordinal) && !Uri.TryCreate(address, UriKind.Absolute, out _) ? null : RemoteAddress.Parse(address);
        return remote is not null && (remote.IsSsh || IsHttp(remote) || IsLocal(parent)) ? remote : null;
    }

    private static bool IsHttp(RemoteAddress remote) =>
        remote.Url.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || remote.Url.StartsWith("http://", StringComparison.OrdinalIgnoreCase);

    private static bool IsLocal(RemoteAddress remote) =>
        !remote.IsSsh && (!remote.Url.Contains("://", StringComparison.Ordinal) || remote.Url.StartsWith("file://", StringComparison.OrdinalIgnoreCase));

    // As git does it: text, part by part, because an scp-like address is no URI.
    private static string? Relative(string parent, string address)
    {
        var left = parent.TrimEnd('/');
        foreach (var part in address.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != "."))
        {
            if (part == "..")
            {
                var cut = left.LastIndexOfAny(['/', ':']);
                if (cut <= 0 || left[..cut].EndsWith(":/", StringComparison.Ordinal) || left[..cut].EndsWith(':'))
                {
                    return null;
                }

                left = left[cut] == ':' ? left[..(cut + 1)] : left[..cut];
            }
            else
            {
                left = left.EndsWith(':') ? left + part : $"{left}/{part}";
            }
        }

        return left;
    }
}
