namespace PluginHost.Alerts;

/// <summary>Where a source's commits are told how their deployment went, so that the forge shows it beside them.</summary>
public sealed class CommitStatusOptions
{
    /// <summary>Whose API it is.</summary>
    /// <value>The default is <see cref="ForgeKind.GitHub"/>.</value>
    public ForgeKind Forge { get; set; }

    /// <summary>The address of the API.</summary>
    /// <value>
    /// An https address; http for this machine alone, because the token goes with it. The default is null: that of
    /// github.com or gitlab.com. Gitea and Forgejo have none by default: it is <c>https://HOST/api/v1</c>.
    /// </value>
    public string? Api { get; set; }

    /// <summary>The repository there.</summary>
    /// <value><c>owner/name</c>; for GitLab the path of the project with its groups, or its number.</value>
    public string Repository { get; set; } = "";

    /// <summary>The token that may set statuses; best from the environment.</summary>
    public string? Token { get; set; }

    /// <summary>A file whose first line is the token, read for each status.</summary>
    public string? TokenFile { get; set; }

    /// <summary>What the status is called there. Hosts that follow the same branch need one each, or they overwrite each other's.</summary>
    /// <value>1 to 100 characters. The default is <c>pluginhost</c>.</value>
    public string Context { get; set; } = "pluginhost";

    /// <summary>The address that is asked.</summary>
    internal string? ApiAddress => Api?.TrimEnd('/') ?? Forge switch
    {
        ForgeKind.GitHub => "https://api.github.com",
        ForgeKind.GitLab => "https://gitlab.com/api/v4",
        _ => null,
    };
}

/// <summary>Whose API a status is set by.</summary>
public enum ForgeKind
{
    /// <summary>GitHub, also GitHub Enterprise Server.</summary>
    GitHub,

    /// <summary>GitLab.</summary>
    GitLab,

    /// <summary>Gitea and Forgejo.</summary>
    Gitea,
}
