using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace PluginHost.Sources.Drops;

/// <summary>What a drop says of itself: the file <c>drop.json</c>, which is written last.</summary>
internal sealed partial record DropManifest
{
    public const string FileName = "drop.json";

    // Far more than a plugin has, and little enough to be read whole.
    public const int MaxBytes = 4 << 20;

    public const int KnownFormat = 1;

    /// <summary>1.</summary>
    public required int Format { get; init; }

    /// <summary>The plugin's id, which its folder is named by.</summary>
    public required string Plugin { get; init; }

    /// <summary>The file name of the plugin's own assembly.</summary>
    public required string Assembly { get; init; }

    /// <summary>Of two drops of a plugin the one with the greater number is newer.</summary>
    public required long Sequence { get; init; }

    /// <summary>When the drop was made.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>The full id of the commit it was built from, or null.</summary>
    public string? Commit { get; init; }

    /// <summary>Who wrote that commit, or null.</summary>
    public string? Author { get; init; }

    /// <summary>The first line of its message, or null.</summary>
    public string? Message { get; init; }

    /// <summary>Where the pipeline shows the build, a web address, or null.</summary>
    public string? BuildUrl { get; init; }

    /// <summary>The SHA-256 of each file but this one, in hexadecimal digits, by its path with forward slashes.</summary>
    public required IReadOnlyDictionary<string, string> Files { get; init; }

    /// <summary>Names what is in the drop, 64 hexadecimal digits: two drops with the same one are the same code.</summary>
    public string ContentId()
    {
        var text = new StringBuilder(Assembly).Append('\n');
        foreach (var (name, hash) in Files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            text.Append(name).Append('\t').Append(hash).Append('\n');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, DropManifestJson.Default.DropManifest);

    /// <param name="json">The file.</param>
    /// <param name="plugin">The plugin in whose folder it lies.</param>
    /// <exception cref="InvalidDataException">It says nothing that can be followed; the message is a clause that tells why.</exception>
    public static DropManifest Parse(byte[] json, string plugin)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize(json, DropManifestJson.Default.DropManifest) ?? throw new InvalidDataException($"its {FileName} is empty");
            return manifest.FindMistake(plugin) is { } mistake ? throw new InvalidDataException($"its {FileName} {mistake}") : manifest;
        }
        catch (JsonException failure)
        {
            throw new InvalidDataException($"its {FileName} cannot be read ({failure.Message})", failure);
        }
    }

    /// <summary>What of it cannot be followed, a clause; null when all can.</summary>
    public string? FindMistake(string plugin) =>
        Format != KnownFormat ? $"has format {Format}, and this host reads format {KnownFormat}"
        : !Plugin.Equals(plugin, StringComparison.OrdinalIgnoreCase) ? $"is of plugin '{Plugin}', and its folder of '{plugin}'"
        : Files is null || Files.Count == 0 ? "names no files"
        : Files.Keys.FirstOrDefault(name => !IsPlain(name)) is { } path ? $"names '{path}', which is no path within the drop"
        : Files.FirstOrDefault(file => file.Value is null || !Sha256().IsMatch(file.Value)) is { Key: not null } file ? $"has no SHA-256 of {file.Key}, 64 small hexadecimal digits"
        : !Files.ContainsKey(Assembly) ? $"names {Assembly} as the plugin's assembly, and not among its files"
        : Commit is not null && !CommitId().IsMatch(Commit) ? $"has the commit '{Commit}', which is not 7 to 64 small hexadecimal digits"
        : BuildUrl is not null && !IsWeb(BuildUrl) ? "has a buildUrl that is no http or https address"
        : null;

    private static bool IsWeb(string address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp);

    private static bool IsPlain(string name) =>
        name is not (FileName or DropSignatures.FileName) && name.Length > 0 && !name.Contains('\\') && !name.Contains(':') && !name.StartsWith('/')
        && name.Split('/').All(part => part is not ("" or "." or ".."));

    [GeneratedRegex(@"^[0-9a-f]{64}\z")]
    private static partial Regex Sha256();

    [GeneratedRegex(@"^[0-9a-f]{7,64}\z")]
    private static partial Regex CommitId();

    [JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true)]
    [JsonSerializable(typeof(DropManifest))]
    private sealed partial class DropManifestJson : JsonSerializerContext;
}
