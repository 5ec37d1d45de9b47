using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using PluginHost.Scripts;

namespace PluginHost.Testing;

/// <summary>A script class as the engine reads it.</summary>
internal sealed class TestScript
{
    private ScriptClass? _validated;

    private TestScript(ScriptClass read) => Class = read;

    /// <summary>As its attributes say; no instance was made, so no default is known.</summary>
    public ScriptClass Class { get; }

    public string Id => Class.Descriptor.Id;

    /// <exception cref="ScriptRejectedException">A host would reject it.</exception>
    public static TestScript Read(Type type, string? plugin)
    {
        var read = ScriptReader.Read(plugin ?? type.Assembly.GetName().Name!, [type]);
        ThrowIfWrong(type, read);
        return read.Scripts is [var script]
            ? new TestScript(script)
            : throw new ScriptRejectedException(type, [$"Class '{TypeDisplay.FullName(type)}' is no script that a host could run: it has to be a class that is not abstract, generic or private."]);
    }

    /// <summary>Constructs it once, as a host does before a version goes live, and knows the defaults then.</summary>
    /// <exception cref="ScriptRejectedException">A host would reject it.</exception>
    public ScriptClass Validate(TestServices services)
    {
        if (_validated is null)
        {
            var read = new ScriptValidator(new IsolationPolicy(Options.Create(new PluginHostOptions()))).Validate(new ScriptReadResult([Class], []), services.CreateFactory().ForVersion());
            ThrowIfWrong(Class.Type, read);
            _validated = read.Scripts.Single();
        }

        return _validated;
    }

    /// <summary>The values that an instance has for the parameters.</summary>
    public JsonObject ParametersOf(IScript instance)
    {
        var values = new JsonObject();
        foreach (var parameter in new ParameterReader(Class.Type, ParameterJson.CreateOptions(), _ => { }).Read().Where(parameter => parameter.Property.GetMethod is not null))
        {
            // An enum value that has no name, for one, is written as a number, and refused when it is read.
            values[parameter.Name] = JsonSerializer.SerializeToNode(parameter.Get(instance), parameter.Value);
        }

        return values;
    }

    private static void ThrowIfWrong(MemberInfo type, ScriptReadResult read)
    {
        if (read.Problems.Count > 0)
        {
            throw new ScriptRejectedException(type, [.. read.Problems.Select(problem => problem.Message)]);
        }
    }
}
