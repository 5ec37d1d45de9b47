using System.Text.Json;
using System.Text.Json.Serialization;
using PluginHost.History;
using PluginHost.Scripts;

namespace PluginHost.Running;

/// <summary>The values that a script keeps, as one of its runs sees them.</summary>
internal sealed class RunStateStore(string script, IScriptValues store, RunOptions limits) : StateStore
{
    private const int LongestKey = 200;

    // Its own options: what they remember of the plugin's types goes when the run does.
    private readonly Lazy<JsonSerializerOptions> _json =
        new(() => new JsonSerializerOptions(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } });

    public override async Task<StateEntry<T>?> FindAsync<T>(string key, CancellationToken cancellationToken = default) =>
        await store.FindAsync(script, Checked(key), cancellationToken) is { } found ? new StateEntry<T>(Read<T>(found), found.Version) : null;

    public override async Task<long> SetAsync<T>(string key, T value, CancellationToken cancellationToken = default) =>
        (await SetAsync(key, value, expected: null, cancellationToken)).GetValueOrDefault();

    public override async Task<bool> TrySetAsync<T>(string key, T value, long expectedVersion, CancellationToken cancellationToken = default) =>
        await SetAsync(key, value, expectedVersion, cancellationToken) is not null;

    public override Task<bool> RemoveAsync(string key, CancellationToken cancellationToken = default) => store.RemoveAsync(script, Checked(key), cancellationToken);

    public override Task<IReadOnlyList<string>> GetKeysAsync(CancellationToken cancellationToken = default) => store.GetKeysAsync(script, cancellationToken);

    private Task<long?> SetAsync<T>(string key, T value, long? expected, CancellationToken cancellationToken) =>
        store.SetAsync(script, Checked(key), Write(key, value), expected, limits.MaxStateKeys, cancellationToken);

    private T Read<T>(ScriptValue found)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(found.Json, _json.Value)!;
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException(
                $"The value '{found.Key}' that script '{script}' keeps cannot be read as {TypeDisplay.Name(typeof(T))}: {ExceptionText.Message(failure)} Another version of the script may have set it. Set it anew or remove it.");
        }
    }

    private string Write<T>(string key, T value)
    {
        string json;
        try
        {
            json = JsonSerializer.Serialize(value, _json.Value);
        }
        catch (Exception failure)
        {
            throw new ArgumentException($"The value for '{key}' cannot be written as JSON: {ExceptionText.Message(failure)}", nameof(value));
        }

        var bytes = System.Text.Encoding.UTF8.GetByteCount(json);
        return bytes <= limits.MaxStateValueBytes
            ? json
            : throw new ArgumentException(
                $"The value for '{key}' is {bytes} bytes of JSON, and the host keeps at most {limits.MaxStateValueBytes} (PluginHost:Runs:MaxStateValueBytes). Keep large data elsewhere, and here where it is.",
                nameof(value));
    }

    private static string Checked(string key) => key is { Length: >= 1 and <= LongestKey } && !key.Any(char.IsControl)
        ? key
        : throw new ArgumentException($"A key is 1 to {LongestKey} characters, none of them a control character.", nameof(key));
}
