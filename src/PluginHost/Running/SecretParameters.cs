using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using PluginHost.Hosting;

namespace PluginHost.Running;

/// <summary>Encrypts the secret parameters of a run for its record, with a key that lies in the data directory.</summary>
/// <remarks>It guards a copied or shown history; who can read the whole data directory can read the key, too.</remarks>
internal sealed class SecretParameters(DataDirectory data)
{
    public const string Shown = "***";

    private const string Marker = "$secret";
    private const int Nonce = 12;
    private const int Tag = 16;
    private const int KeyLength = 32;

    private readonly Lazy<byte[]> _key = new(() => ReadOrCreateKey(data.SecretKey));

    /// <summary>The same parameters with the secret ones encrypted.</summary>
    /// <param name="script">The script that they are for: no other one's run can decrypt them.</param>
    /// <param name="parameters">The parameters, or null for none.</param>
    /// <param name="secrets">The names of the secret ones, as the script declares them.</param>
    [return: NotNullIfNotNull(nameof(parameters))]
    public JsonObject? Protect(string script, JsonObject? parameters, IEnumerable<string> secrets) =>
        Replace(parameters, (name, value) => secrets.Contains(name, StringComparer.OrdinalIgnoreCase) ? new JsonObject { [Marker] = Encrypt(script, name, value) } : value?.DeepClone());

    /// <summary>The parameters as they were given.</summary>
    /// <exception cref="InvalidOperationException">The key is another one than they were encrypted with.</exception>
    [return: NotNullIfNotNull(nameof(parameters))]
    public JsonObject? Reveal(string script, JsonObject? parameters) =>
        Replace(parameters, (name, value) => IsEncrypted(value, out var text) ? Decrypt(script, name, text) : value?.DeepClone());

    /// <summary>The parameters of a run as they were given, for its script: from now on the run hides the secret ones.</summary>
    /// <param name="run">The run.</param>
    /// <param name="secrets">The names of the secret ones, as the script declares them.</param>
    public JsonObject? RevealTo(ActiveRun run, IEnumerable<string> secrets)
    {
        var given = Reveal(run.Info.Script, run.Info.Parameters);
        run.Secrets.Learn(given, secrets.Concat(NamesIn(run.Info.Parameters)));
        return given;
    }

    /// <summary>The parameters as everybody may see them.</summary>
    [return: NotNullIfNotNull(nameof(parameters))]
    public static JsonObject? Hide(JsonObject? parameters) =>
        parameters is not null && parameters.Any(parameter => IsEncrypted(parameter.Value, out _))
            ? Replace(parameters, (_, value) => IsEncrypted(value, out var _) ? Shown : value?.DeepClone())
            : parameters;

    /// <summary>The names of the parameters that are encrypted. A value that was once secret stays so, whatever another version of the script calls it.</summary>
    public static IEnumerable<string> NamesIn(JsonObject? parameters) =>
        parameters is null ? [] : parameters.Where(parameter => IsEncrypted(parameter.Value, out _)).Select(parameter => parameter.Key);

    [return: NotNullIfNotNull(nameof(parameters))]
    private static JsonObject? Replace(JsonObject? parameters, Func<string, JsonNode?, JsonNode?> change) =>
        parameters is null ? null : new JsonObject(parameters.Select(parameter => KeyValuePair.Create(parameter.Key, change(parameter.Key, parameter.Value))));

    private static bool IsEncrypted(JsonNode? value, [NotNullWhen(true)] out string? text)
    {
        text = value is JsonObject { Count: 1 } wrapped && wrapped[Marker] is JsonValue inner && inner.TryGetValue(out string? found) ? found : null;
        return text is not null;
    }

    private string Encrypt(string script, string name, JsonNode? value)
    {
        var text = Encoding.UTF8.GetBytes(value?.ToJsonString() ?? "null");
        var message = new byte[Nonce + Tag + text.Length];
        RandomNumberGenerator.Fill(message.AsSpan(0, Nonce));
        using var aes = new AesGcm(_key.Value, Tag);
        aes.Encrypt(message.AsSpan(0, Nonce), text, message.AsSpan(Nonce + Tag), message.AsSpan(Nonce, Tag), Owner(script, name));
        return Convert.ToBase64String(message);
    }

    private JsonNode? Decrypt(string script, string name, string encrypted)
    {
        try
        {
            var message = Convert.FromBase64String(encrypted);
            var text = new byte[message.Length - Nonce - Tag];
            using var aes = new AesGcm(_key.Value, Tag);
            aes.Decrypt(message.AsSpan(0, Nonce), message.AsSpan(Nonce + Tag), message.AsSpan(Nonce, Tag), text, Owner(script, name));
            return JsonNode.Parse(text);
        }
        catch (Exception failure) when (failure is CryptographicException or FormatException or OverflowException)
        {
            throw new InvalidOperationException(
                $"The secret parameter '{name}' of script '{script}' cannot be decrypted: {data.SecretKey} is not the key that it was encrypted with. Start the run anew, with the parameter.");
        }
    }

    private static byte[] Owner(string script, string name) => Encoding.UTF8.GetBytes($"{script}\n{name}".ToUpperInvariant());

    private static byte[] ReadOrCreateKey(string path)
    {
        if (!File.Exists(path))
        {
            // Whole or not at all, and for nobody else: a key that is cut short would be taken for another one.
            var temporary = $"{path}.{Guid.NewGuid():n}";
            var forUsAlone = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                forUsAlone.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using (var file = new FileStream(temporary, forUsAlone))
            {
                file.Write(RandomNumberGenerator.GetBytes(KeyLength));
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path);
        }

        var key = File.ReadAllBytes(path);
        return key.Length == KeyLength ? key : throw new InvalidOperationException($"{path} is no key: it has {key.Length} bytes, not {KeyLength}. Restore it from a backup; without it, secret parameters of past runs are lost.");
    }
}
