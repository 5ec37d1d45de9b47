using System.Text.Json.Nodes;
using PluginHost.Running;
using PluginHost.Scripts;
using PluginHost.Swapping;

namespace PluginHost.Scheduling;

/// <summary>Checks the parameters of schedules that operators set, and keeps their secrets.</summary>
internal sealed class ScheduleParameters(LiveRegistry live, SecretParameters secrets)
{
    /// <summary>Checks parameters against the live version.</summary>
    /// <param name="scriptId">The script.</param>
    /// <param name="given">What is wanted.</param>
    /// <param name="known">What was set before, as it is stored: a secret that is given as it is shown stays as it was.</param>
    /// <param name="errors">Told each mistake.</param>
    /// <returns>The parameters as they are stored.</returns>
    public async Task<JsonObject?> CheckAsync(string scriptId, JsonObject? given, JsonObject? known, ScheduleErrors errors)
    {
        using var lease = live.Lease(scriptId) ?? throw new NotFoundException("script", scriptId);
        var script = await lease.FindScriptAsync(scriptId) ?? throw new NotFoundException("script", scriptId);
        var values = script.Parameters.Bind(Restore(script, given, known), out var wrong);
        errors.AddParameters(wrong);
        return given is null ? null : secrets.Protect(scriptId, values?.Given, script.Parameters.Secrets);
    }

    /// <summary>The parameters that runs of a schedule are given.</summary>
    public JsonObject? Reveal(string scriptId, JsonObject? stored) => secrets.Reveal(scriptId, stored);

    private JsonObject? Restore(ScriptClass script, JsonObject? given, JsonObject? known)
    {
        var shown = given?.Where(parameter => parameter.Value is JsonValue value && value.TryGetValue(out string? text) && text == SecretParameters.Shown)
            .Select(parameter => parameter.Key).Intersect(script.Parameters.Secrets, StringComparer.OrdinalIgnoreCase).ToList() ?? [];
        if (known is null || shown.Count == 0)
        {
            return given;
        }

        var restored = given!.DeepClone().AsObject();
        foreach (var (name, value) in Reveal(script.Descriptor.Id, known)!.Where(parameter => shown.Contains(parameter.Key, StringComparer.OrdinalIgnoreCase)))
        {
            restored[shown.First(key => key.Equals(name, StringComparison.OrdinalIgnoreCase))] = value?.DeepClone();
        }

        return restored;
    }
}
