using System.Text.Json.Nodes;
using PluginHost.Swapping;

namespace PluginHost.Running;

/// <summary>Refuses wrong requests before anything is stored.</summary>
internal sealed class RunRequests(LiveRegistry live, IStoredVersions stored)
{
    /// <returns>The script, and the parameters that were given.</returns>
    public async Task<(LiveScript Script, JsonObject? Parameters)> CheckAsync(string scriptId, RunRequest request, CancellationToken cancellationToken)
    {
        if (!live.Current.Scripts.TryGetValue(scriptId, out var script))
        {
            throw new NotFoundException("script", scriptId);
        }

        var (id, plugin) = (script.Descriptor.Id, script.Plugin.Id);
        using var lease = request.Version is { } wanted
            ? await stored.LeaseAsync(plugin, wanted, cancellationToken) ?? throw new NotFoundException("version", $"{plugin} {wanted}")
            : live.Lease(id) ?? throw new NotFoundException("script", id);
        var definition = await lease.FindScriptAsync(id)
            ?? throw new ConflictException($"Version {lease.Version.Id} of {plugin} has no script {script.Descriptor.Name}.");
        var values = definition.Parameters.Bind(request.Parameters, out var errors) ?? throw new InvalidParametersException(id, errors);
        return (script, values.Given);
    }
}
