using Microsoft.Extensions.Options;

namespace PluginHost.Scripts;

/// <summary>Where a script runs: where it asks to, or in more isolation where the operator says so.</summary>
internal sealed class IsolationPolicy(IOptions<PluginHostOptions> options)
{
    private readonly IsolationOptions _options = options.Value.Isolation;

    /// <summary>Everything that <see cref="Apply"/> depends on, in words.</summary>
    public string Description => $"{_options.Default} {string.Join(' ', _options.Process.Order(StringComparer.OrdinalIgnoreCase))}";

    /// <summary>The script as it is to be run.</summary>
    public ScriptDescriptor Apply(ScriptDescriptor script) => script with { Isolation = Of(script) };

    private ScriptIsolation Of(ScriptDescriptor script) =>
        _options.Process.Any(id => id.Equals(script.Id, StringComparison.OrdinalIgnoreCase) || id.Equals(script.PluginId, StringComparison.OrdinalIgnoreCase))
            ? ScriptIsolation.Process
            : (ScriptIsolation)Math.Max((int)script.Isolation, (int)_options.Default);
}
