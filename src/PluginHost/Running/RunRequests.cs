using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using PluginHost.Crashes;
using PluginHost.History;
using PluginHost.Swapping;

namespace PluginHost.Running;

/// <summary>Refuses wrong requests before anything is stored.</summary>
internal sealed class RunRequests(LiveRegistry live, IStoredVersions stored, SecretParameters secrets, Quarantines quarantines, TimeProvider time)
{
    private static readonly TimeSpan Furthest = TimeSpan.FromDays(366);

    /// <summary>The key that came with a request, with what the request asks for; null when none came.</summary>
    /// <param name="request">The request.</param>
    /// <param name="parameters">Its parameters under their declared names, so that the same request always reads the same. Secret ones do not count.</param>
    public static RequestKey? KeyOf(RunRequest request, JsonObject? parameters)
    {
        if (request.IdempotencyKey is not { } key)
        {
            return null;
        }

        var asked = string.Create(CultureInfo.InvariantCulture, $"{request.Version}\n{request.StartAt?.UtcTicks}\n{SecretParameters.Hide(parameters)?.ToJsonString()}");
        return new RequestKey(key, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(asked))));
    }

    /// <param name="scriptId">The script.</param>
    /// <param name="request">The request.</param>
    /// <param name="knownSecrets">The names of parameters that are secret whatever the version says.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The script, and the parameters that were given, as they are stored.</returns>
    public async Task<(LiveScript Script, JsonObject? Parameters)> CheckAsync(
        string scriptId, RunRequest request, IReadOnlyCollection<string> knownSecrets, CancellationToken cancellationToken)
    {
        if (request.StartAt - time.GetUtcNow() > Furthest)
        {
            throw new InvalidParametersException(scriptId, new Dictionary<string, string[]> { ["startAt"] = [$"It is to start at {request.StartAt:u}, and the furthest is {Furthest.TotalDays:F0} days from now."] });
        }

        if (!live.Current.Scripts.TryGetValue(scriptId, out var script))
        {
            throw new NotFoundException("script", scriptId);
        }

        var (id, plugin) = (script.Descriptor.Id, script.Plugin.Id);
        using var lease = request.Version is { } wanted
            ? await stored.LeaseAsync(plugin, wanted, cancellationToken) ?? throw new NotFoundException("version", $"{plugin} {wanted}")
            : live.Lease(id) ?? throw new NotFoundException("script", id);
        if (quarantines.Refuse(id, lease.Version.Id) is { } refusal)
        {
            throw new ConflictException(refusal);
        }

        var definition = await lease.FindScriptAsync(id)
            ?? throw new ConflictException($"Version {lease.Version.Id} of {plugin} has no script {script.Descriptor.Name}.");
        var values = definition.Parameters.Bind(request.Parameters, out var errors) ?? throw new InvalidParametersException(id, Hide(errors, request.Parameters, knownSecrets));
        return (script, secrets.Protect(id, values.Given, definition.Parameters.Secrets.Concat(knownSecrets)));
    }

    private static Dictionary<string, string[]> Hide(IReadOnlyDictionary<string, string[]> errors, JsonObject? parameters, IReadOnlyCollection<string> knownSecrets)
    {
        var texts = new SecretTexts();
        texts.Learn(parameters, knownSecrets);
        return errors.ToDictionary(error => error.Key, error => error.Value.Select(texts.Hide).ToArray());
    }
}
