using PluginHost.History;

namespace PluginHost.App.Security;

/// <summary>How people sign in with an OpenID Connect provider: the section <c>PluginHost:Authentication:OpenIdConnect</c>.</summary>
internal sealed class OpenIdConnectSettings
{
    public const string Section = "PluginHost:Authentication:OpenIdConnect";

    /// <summary>The provider's address. Without it there is no such sign-in.</summary>
    public string? Authority { get; set; }

    public string? ClientId { get; set; }

    public string? ClientSecret { get; set; }

    /// <summary>A file whose first line is the secret; read when the host starts.</summary>
    public string? ClientSecretFile { get; set; }

    /// <summary>The claim that says what somebody may do.</summary>
    public string RoleClaim { get; set; } = "roles";

    /// <summary>What to ask the provider for, beyond openid and profile.</summary>
    public IList<string> Scopes { get; set; } = [];

    /// <summary>Values of that claim that make a viewer.</summary>
    public IList<string> Viewers { get; set; } = [];

    /// <summary>Values of that claim that make an operator.</summary>
    public IList<string> Operators { get; set; } = [];

    /// <summary>Values of that claim that make an admin.</summary>
    public IList<string> Admins { get; set; } = [];

    /// <summary>What is configured; null when nothing is.</summary>
    /// <exception cref="UsageException">Something of it is missing.</exception>
    public static OpenIdConnectSettings? Read(IConfiguration configuration)
    {
        var settings = configuration.GetSection(Section).Get<OpenIdConnectSettings>();
        if (string.IsNullOrEmpty(settings?.Authority))
        {
            return null;
        }

        if (!Uri.TryCreate(settings.Authority, UriKind.Absolute, out var authority) || !(authority.Scheme == Uri.UriSchemeHttps || authority.IsLoopback))
        {
            throw new UsageException($"{Section}:Authority is '{settings.Authority}'. It is the provider's https address.");
        }

        if (string.IsNullOrEmpty(settings.ClientId))
        {
            throw new UsageException($"{Section}:ClientId is not set. It is the name that the provider knows this host by.");
        }

        return settings.Viewers.Count + settings.Operators.Count + settings.Admins.Count > 0 ? settings
            : throw new UsageException($"{Section} gives nobody a role. Set Viewers, Operators or Admins to values of the claim '{settings.RoleClaim}'.");
    }

    /// <summary>The most that the values of the claim allow; null when they allow nothing.</summary>
    public AccessRole? RoleOf(IEnumerable<string> values)
    {
        var given = values.ToHashSet(StringComparer.Ordinal);
        return given.Overlaps(Admins) ? AccessRole.Admin
            : given.Overlaps(Operators) ? AccessRole.Operator
            : given.Overlaps(Viewers) ? AccessRole.Viewer
            : null;
    }

    /// <exception cref="UsageException">The file cannot be read.</exception>
    public string? ReadSecret()
    {
        try
        {
            return ClientSecretFile is { Length: > 0 } file ? File.ReadLines(file).FirstOrDefault()?.Trim() : ClientSecret;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The file of {Section}:ClientSecretFile cannot be read: {failure.Message}");
        }
    }
}
