using Microsoft.CodeAnalysis;

namespace PluginHost.Analyzers;

/// <summary>Says of which types no value can be given, as far as that shows without running System.Text.Json. What it does not see, the host still does.</summary>
internal sealed class ParameterTypeRules(KnownTypes types)
{
    private const string Advice =
        "Parameters are text, numbers, true or false, dates, durations, enums, lists, dictionaries with string keys, and classes or records of these. What a constructor could ask for belongs there.";

    private static readonly HashSet<string> Scalars =
    [
        "System.Int128", "System.UInt128", "System.Half", "System.DateTimeOffset", "System.DateOnly", "System.TimeOnly", "System.TimeSpan", "System.Guid", "System.Uri",
        "System.Text.Json.JsonElement",
    ];

    private readonly INamedTypeSymbol? _node = types.Find("System.Text.Json.Nodes.JsonNode");
    private readonly INamedTypeSymbol? _converter = types.Find("System.Text.Json.Serialization.JsonConverterAttribute");
    private readonly INamedTypeSymbol? _derived = types.Find("System.Text.Json.Serialization.JsonDerivedTypeAttribute");
    private readonly INamedTypeSymbol? _enumerable = types.Find("System.Collections.IEnumerable");
    private readonly INamedTypeSymbol? _dictionary = types.Find("System.Collections.Generic.IDictionary`2");
    private readonly INamedTypeSymbol? _readOnlyDictionary = types.Find("System.Collections.Generic.IReadOnlyDictionary`2");

    /// <summary>What is wrong with the property's type, to go on after its name; null when nothing is in sight.</summary>
    public string? Problem(IPropertySymbol property)
    {
        var type = Bare(property.Type);
        return Keys(type) is { SpecialType: not SpecialType.System_String }
            ? $"has the type {Show(type)}. The keys of a dictionary have to be strings."
            : IsUnsupported(Element(type))
                ? $"{(Same(type, Element(type)) ? "has" : "contains")} the type {Show(Element(type))}, of which no value can be given. {(Element(type).SpecialType == SpecialType.System_Object ? "For any JSON, use JsonNode or JsonElement." : Advice)}"
                : null;
    }

    private bool IsUnsupported(ITypeSymbol type) => type switch
    {
        { TypeKind: TypeKind.Delegate or TypeKind.Pointer or TypeKind.FunctionPointer } => true,
        { SpecialType: SpecialType.System_Object } => true,
        { SpecialType: (>= SpecialType.System_Boolean and <= SpecialType.System_String) or SpecialType.System_DateTime } or { TypeKind: TypeKind.Enum or TypeKind.Array or TypeKind.Error or TypeKind.TypeParameter } => false,
        _ when HasAttribute(type, _converter) || HasAttribute(type, _derived) || IsOrImplements(type, _enumerable) || DerivesFrom(type, _node) => false,
        { IsAbstract: true } => true,
        _ => IsFramework(type) && !Scalars.Contains(type.OriginalDefinition.ToDisplayString()),
    };

    private static ITypeSymbol Bare(ITypeSymbol type) =>
        type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T, TypeArguments: [var inner] } ? inner : type;

    private ITypeSymbol Element(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => Bare(array.ElementType),
        INamedTypeSymbol { TypeArguments: [var item] } named when IsFramework(named) && IsOrImplements(named, _enumerable) => Bare(item),
        INamedTypeSymbol { TypeArguments: [_, var value] } named when Keys(named) is not null => Bare(value),
        _ => type,
    };

    private ITypeSymbol? Keys(ITypeSymbol type) => type is INamedTypeSymbol named
        ? named.AllInterfaces.Prepend(named).FirstOrDefault(candidate => Same(candidate.OriginalDefinition, _dictionary) || Same(candidate.OriginalDefinition, _readOnlyDictionary))?.TypeArguments[0]
        : null;

    private static bool HasAttribute(ITypeSymbol type, INamedTypeSymbol? attribute) => type.GetAttributes().Any(candidate => candidate.Is(attribute));

    private static bool IsOrImplements(ITypeSymbol type, INamedTypeSymbol? contract) =>
        contract is not null && (Same(type, contract) || type.AllInterfaces.Any(candidate => Same(candidate, contract)));

    private static bool DerivesFrom(ITypeSymbol? type, INamedTypeSymbol? ancestor)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (Same(type, ancestor))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsFramework(ITypeSymbol type) => type.ContainingNamespace?.ToDisplayString() is { } name
        && (name is "System" or "Microsoft" || name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.", StringComparison.Ordinal));

    private static string Show(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);

    private static bool Same(ISymbol? one, ISymbol? other) => SymbolEqualityComparer.Default.Equals(one, other);
}
