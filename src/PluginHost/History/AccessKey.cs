using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace PluginHost.History;

/// <summary>What somebody may do. Each may what the one before it may.</summary>
internal enum AccessRole
{
    /// <summary>May look at everything but the audit log.</summary>
    Viewer,

    /// <summary>May also start, cancel, pause, sync, roll back and change schedules.</summary>
    Operator,

    /// <summary>May also remove what scripts keep, and read the audit log.</summary>
    Admin,
}

/// <summary>A key that opens the API and the pages, as it is stored.</summary>
/// <param name="Name">Whose it is, or what for.</param>
/// <param name="Hash">SHA-256 of it, in hexadecimal digits. It is 256 random bits, so that nothing slower is needed.</param>
/// <param name="Role">What it allows.</param>
/// <param name="CreatedAt">When it was added.</param>
/// <param name="LastUsedAt">When it was last used, to within a minute; null when it never was.</param>
internal sealed record AccessKey(string Name, string Hash, AccessRole Role, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt)
{
    // Tells scanners of leaked secrets, and people, what it is.
    private const string Prefix = "ph_";

    /// <summary>Makes up a key: what is given away, shown this once.</summary>
    public static string Generate() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
