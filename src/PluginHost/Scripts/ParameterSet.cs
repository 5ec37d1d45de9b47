using System.Text.Json;
using System.Text.Json.Nodes;

namespace PluginHost.Scripts;

/// <summary>The parameters of a script: describes them, checks values for them and sets these on an instance.</summary>
/// <remarks>Immutable and safe to use from several threads. Holds types of the plugin, as a <see cref="ScriptClass"/> does.</remarks>
internal sealed class ParameterSet
{
    private readonly IReadOnlyList<Parameter> _parameters;
    private readonly JsonSerializerOptions _options;

    private ParameterSet(IReadOnlyList<Parameter> parameters, JsonSerializerOptions options)
    {
        _parameters = parameters;
        _options = options;
        Schema = ParameterSchema.Of(parameters, options);
    }

    /// <summary>JSON Schema of an object with one property for each parameter. Holds nothing of the plugin; do not change it.</summary>
    public JsonObject Schema { get; }

    /// <summary>The parameters of which a run by schedule, which nobody gives values, has none.</summary>
    public IEnumerable<Parameter> Required => _parameters.Where(parameter => parameter.IsRequired);

    /// <summary>The names of those whose values are never shown.</summary>
    public IEnumerable<string> Secrets => _parameters.Where(parameter => parameter.IsSecret).Select(parameter => parameter.Name);

    /// <param name="type">The script class.</param>
    /// <param name="report">Told each mistake, to go on after "Parameter ".</param>
    public static ParameterSet Read(Type type, Action<string> report)
    {
        var options = ParameterJson.CreateOptions();
        return new ParameterSet(new ParameterReader(type, options, report).Read(), options);
    }

    /// <summary>The same parameters with the values that a new instance has for them as defaults.</summary>
    /// <param name="instance">A new instance of the class.</param>
    /// <param name="report">Told each mistake, to go on after "Parameter ".</param>
    public ParameterSet WithDefaultsOf(object instance, Action<string> report) =>
        new([.. _parameters.Select(parameter => ParameterDefaults.Read(parameter, instance, report))], _options);

    /// <summary>Checks values, and names everything that is wrong.</summary>
    /// <param name="values">Values by the names of parameters, case ignored. Null is the same as none.</param>
    /// <param name="errors">What is wrong, by the name of the parameter or the path within it.</param>
    /// <returns>The values to set on an instance, or null when there are errors.</returns>
    public ParameterValues? Bind(JsonObject? values, out IReadOnlyDictionary<string, string[]> errors)
    {
        var found = new ParameterErrors();
        var given = Given(values, found);
        var bound = new List<(Parameter, object?)>();
        var normal = new JsonObject();
        foreach (var parameter in _parameters)
        {
            if (given.TryGetValue(parameter, out var value))
            {
                var reader = new ValueReader(found, parameter.IsSecret);
                var before = found.Count;
                var read = reader.Read(value, parameter.Value, parameter.IsNullable, parameter.Name);
                if (found.Count == before)
                {
                    bound.Add((parameter, reader.Deserialize(read, parameter.Value, parameter.Rules, parameter.Name)));
                    normal[parameter.Name] = read;
                }
            }
            else if (parameter.IsRequired)
            {
                found.Add(parameter.Name, $"'{parameter.Name}' is missing.");
            }
        }

        errors = found.ToDictionary();
        return found.Count == 0 ? new ParameterValues(bound, normal, Effective(normal)) : null;
    }

    private Dictionary<Parameter, JsonNode?> Given(JsonObject? values, ParameterErrors errors)
    {
        var given = new Dictionary<Parameter, JsonNode?>(ReferenceEqualityComparer.Instance);

        // Whatever its values were made of, afterwards they are JSON as if it had just been read.
        foreach (var (name, value) in ParameterJson.Detach(values) ?? [])
        {
            var parameter = _parameters.FirstOrDefault(candidate => candidate.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (parameter is null)
            {
                errors.Add(name, ValueReader.Unknown(name, name, _parameters.Select(candidate => candidate.Name)));
            }
            else if (!given.TryAdd(parameter, value))
            {
                errors.Add(parameter.Name, $"'{parameter.Name}' is given twice.");
            }
        }

        return given;
    }

    private JsonObject Effective(JsonObject given)
    {
        var effective = new JsonObject();
        foreach (var parameter in _parameters)
        {
            if (given.TryGetPropertyValue(parameter.Name, out var value))
            {
                effective[parameter.Name] = value?.DeepClone();
            }
            else if (parameter.HasDefault)
            {
                effective[parameter.Name] = parameter.Default?.DeepClone();
            }
        }

        return effective;
    }
}
