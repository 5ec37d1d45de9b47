using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace PluginHost.Scripts;

/// <summary>Finds the parameters of a script class.</summary>
/// <param name="type">The class.</param>
/// <param name="options">Tell how values are read.</param>
/// <param name="report">Told each mistake, to go on after "Parameter ".</param>
internal sealed class ParameterReader(Type type, JsonSerializerOptions options, Action<string> report)
{
    private readonly NullabilityInfoContext _nullability = new();

    public IReadOnlyList<Parameter> Read()
    {
        var parameters = new List<Parameter>();
        foreach (var property in Properties())
        {
            if (parameters.Find(other => other.Name.Equals(property.Name, StringComparison.OrdinalIgnoreCase)) is { } twin)
            {
                report($"'{property.Name}' is declared in {property.DeclaringType!.Name} and, as '{twin.Name}', in {twin.Property.DeclaringType!.Name}. The names of parameters are compared without case; rename one.");
            }
            else if (Read(property) is { } parameter)
            {
                parameters.Add(parameter);
            }
        }

        return parameters;
    }

    /// <summary>The properties with the attribute, those of base classes first.</summary>
    private List<PropertyInfo> Properties()
    {
        const BindingFlags Declared = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

        var found = new List<PropertyInfo>();
        for (var declaring = type; declaring is not null && declaring != typeof(object); declaring = declaring.BaseType)
        {
            found.InsertRange(0, declaring.GetProperties(Declared).Where(HasAttribute).Where(property => !found.Exists(other => Overrides(other, property))));
        }

        return found;
    }

    private static bool HasAttribute(PropertyInfo property) => Attribute.IsDefined(property, typeof(ParameterAttribute), inherit: true);

    private static bool Overrides(PropertyInfo property, PropertyInfo overridden) =>
        property.Name == overridden.Name && property.GetAccessors(nonPublic: true)[0] is { IsVirtual: true } accessor
            && accessor.GetBaseDefinition() != accessor;

    private Parameter? Read(PropertyInfo property)
    {
        if (Misplaced(property) is { } misplaced)
        {
            report($"'{property.Name}' {misplaced}");
            return null;
        }

        if (!ParameterTypes.AreSupported(property.PropertyType, options, out var problem))
        {
            report($"'{property.Name}' {problem}");
            return null;
        }

        try
        {
            var attribute = property.GetCustomAttribute<ParameterAttribute>(inherit: true)!;
            return new Parameter(
                property,
                options.GetTypeInfo(property.PropertyType),
                attribute.Description,
                IsNullable(property),
                ParameterRules.Of(property))
            {
                IsSecret = attribute.Secret,
                RequiredBecause = property.IsDefined(typeof(RequiredMemberAttribute), inherit: false) ? "it is declared as required" : null,
            };
        }
        catch (Exception failure)
        {
            report($"'{property.Name}' has an attribute that cannot be read: {ExceptionText.Describe(failure)}");
            return null;
        }
    }

    private static string? Misplaced(PropertyInfo property) => property switch
    {
        _ when property.GetIndexParameters().Length > 0 => "is an indexer. A parameter is a property with a name.",
        { SetMethod: { IsStatic: true } } or { GetMethod: { IsStatic: true } } => "is static, so all runs would share it. Remove static.",
        { SetMethod: null } => "has no setter. Write { get; init; }.",
        { SetMethod.IsPublic: false } or { GetMethod.IsPublic: false } => "is not public. Write public, with a public init or set.",
        _ => null,
    };

    private bool IsNullable(PropertyInfo property) => property.PropertyType.IsValueType
        ? Nullable.GetUnderlyingType(property.PropertyType) is not null
        : _nullability.Create(property).WriteState != NullabilityState.NotNull;
}
