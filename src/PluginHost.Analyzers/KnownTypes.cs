using Microsoft.CodeAnalysis;

namespace PluginHost.Analyzers;

/// <summary>The types that the rules speak of, as one compilation knows them.</summary>
internal sealed class KnownTypes
{
    private readonly Compilation _compilation;

    private KnownTypes(Compilation compilation, INamedTypeSymbol script)
    {
        _compilation = compilation;
        Script = script;
        RunAsync = script.GetMembers("RunAsync").OfType<IMethodSymbol>().FirstOrDefault();
        Schedule = Find("PluginHost.ScheduleAttribute");
        ScriptAttribute = Find("PluginHost.ScriptAttribute");
        RunAfter = Find("PluginHost.RunAfterAttribute");
        Parameter = Find("PluginHost.ParameterAttribute");
        CancellationToken = Find("System.Threading.CancellationToken");
        Tasks =
        [
            .. new[] { "Task", "Task`1", "ValueTask", "ValueTask`1" }
                .Select(name => Find($"System.Threading.Tasks.{name}")).OfType<INamedTypeSymbol>(),
        ];
    }

    public INamedTypeSymbol Script { get; }

    public IMethodSymbol? RunAsync { get; }

    public INamedTypeSymbol? Schedule { get; }

    public INamedTypeSymbol? ScriptAttribute { get; }

    public INamedTypeSymbol? RunAfter { get; }

    public INamedTypeSymbol? Parameter { get; }

    public INamedTypeSymbol? CancellationToken { get; }

    private INamedTypeSymbol[] Tasks { get; }

    /// <summary>The types, or null where there is no contract, and so no script.</summary>
    public static KnownTypes? Of(Compilation compilation) =>
        compilation.GetTypeByMetadataName("PluginHost.IScript") is { } script ? new KnownTypes(compilation, script) : null;

    public INamedTypeSymbol? Find(string name) => _compilation.GetTypeByMetadataName(name);

    public bool IsTask(ITypeSymbol? type) => type is not null && Tasks.Any(task => SymbolEqualityComparer.Default.Equals(task, type.OriginalDefinition));

    public bool IsToken(ITypeSymbol? type) => type is not null && SymbolEqualityComparer.Default.Equals(type, CancellationToken);

    public bool IsScript(ITypeSymbol type) => type.AllInterfaces.Any(candidate => SymbolEqualityComparer.Default.Equals(candidate, Script));

    /// <summary>Whether a host would run the class; that it is one and implements the interface is not enough.</summary>
    public bool IsRunnable(INamedTypeSymbol type) =>
        type is { TypeKind: TypeKind.Class, IsAbstract: false, IsStatic: false, IsFileLocal: false } && !IsGeneric(type) && IsVisible(type) && IsScript(type);

    /// <summary>The name of a script, as its class says it.</summary>
    public string NameOf(INamedTypeSymbol type) => type.GetAttributes()
        .Where(attribute => attribute.Is(ScriptAttribute))
        .SelectMany(attribute => attribute.NamedArguments)
        .FirstOrDefault(argument => argument.Key == "Name").Value.Value as string ?? type.Name;

    private static bool IsGeneric(INamedTypeSymbol type) => type.IsGenericType || (type.ContainingType is { } outer && IsGeneric(outer));

    private static bool IsVisible(INamedTypeSymbol type) =>
        type.DeclaredAccessibility is not (Accessibility.Private or Accessibility.Protected or Accessibility.ProtectedAndInternal)
            && (type.ContainingType is not { } outer || IsVisible(outer));
}

/// <summary>Questions that symbols do not answer themselves.</summary>
internal static class SymbolExtensions
{
    public static bool Is(this AttributeData attribute, INamedTypeSymbol? type) =>
        type is not null && SymbolEqualityComparer.Default.Equals(attribute.AttributeClass, type);

    /// <summary>Where it is declared, for a diagnostic.</summary>
    public static Location Place(this ISymbol symbol) => symbol.Locations.FirstOrDefault() ?? Location.None;
}
