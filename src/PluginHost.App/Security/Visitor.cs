using System.Security.Claims;
using PluginHost.History;

namespace PluginHost.App.Security;

/// <summary>Somebody who is signed in, as claims.</summary>
internal static class Visitor
{
    private const string Name = "name";
    private const string Role = "role";
    private const string KeyHash = "key";

    public static ClaimsPrincipal With(AccessKey key, string scheme) => With(key.Name, key.Role, scheme, new Claim(KeyHash, key.Hash));

    public static ClaimsPrincipal With(string name, AccessRole? role, string scheme, params IEnumerable<Claim> more) => new(new ClaimsIdentity(
        [new Claim(Name, name), .. role is null ? Array.Empty<Claim>() : [new Claim(Role, role.Value.ToString())], .. more], scheme, Name, Role));

    /// <summary>Null when it may do nothing.</summary>
    public static AccessRole? RoleOf(ClaimsPrincipal user) =>
        user.Identity is { IsAuthenticated: true } && Enum.TryParse<AccessRole>(user.FindFirst(Role)?.Value, out var role) ? role : null;

    /// <summary>The hash of the key that it signed in with; null when by other means.</summary>
    public static string? KeyOf(ClaimsPrincipal? user) => user?.FindFirst(KeyHash)?.Value;
}
