using System.Collections.Frozen;
using System.Reflection;
using Microsoft.Extensions.Options;

namespace PluginHost.Loading;

/// <summary>Which assemblies plugins take from the host: the framework, the contract, and what the application shares.</summary>
internal sealed class SharedAssemblies
{
    private static readonly string[] Always =
    [
        "PluginHost.Abstractions",
        "Microsoft.Extensions.Configuration.Abstractions",
        "Microsoft.Extensions.DependencyInjection.Abstractions",
        "Microsoft.Extensions.Logging.Abstractions",
        "Microsoft.Extensions.Primitives",
    ];

    // Everything the host's own load context resolves by name: the shared framework and the application's packages.
    private readonly FrozenDictionary<string, string> _hostAssemblies =
        ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .DistinctBy(Path.GetFileNameWithoutExtension)
            .ToFrozenDictionary(path => Path.GetFileNameWithoutExtension(path)!, StringComparer.OrdinalIgnoreCase);

    public SharedAssemblies(IOptions<PluginHostOptions> options, Scripts.SharedServices services)
    {
        Names =
        [
            .. Always
                .Concat(options.Value.Load.SharedAssemblies)
                .Concat(services.Types.Select(type => type.Assembly.GetName().Name!))
                .Distinct(StringComparer.OrdinalIgnoreCase)
                .Select(name => new AssemblyName(name)),
        ];
        _names = Names.Select(name => name.Name!).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }

    private readonly FrozenSet<string> _names;

    /// <summary>The assemblies of which a plugin never uses a copy of its own.</summary>
    public IReadOnlyList<AssemblyName> Names { get; }

    public bool Has(string name) => _names.Contains(name);

    /// <summary>The file of an assembly of the host's framework or packages, or null.</summary>
    public string? FindPath(string name) => _hostAssemblies.GetValueOrDefault(name);

    /// <summary>The version of an assembly that the host can give, or null.</summary>
    public Version? FindVersion(string name)
    {
        if (_hostAssemblies.TryGetValue(name, out var path))
        {
            return AssemblyName.GetAssemblyName(path).Version;
        }

        return AppDomain.CurrentDomain.GetAssemblies()
            .FirstOrDefault(assembly => !assembly.IsCollectible && assembly.GetName().Name == name)?.GetName().Version;
    }
}
