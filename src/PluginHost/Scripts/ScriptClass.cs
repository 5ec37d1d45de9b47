namespace PluginHost.Scripts;

/// <summary>The class behind a script. Reached only through a lease of its version: whoever keeps one keeps the plugin in memory.</summary>
/// <param name="Descriptor">What the script says about itself.</param>
/// <param name="Type">The class.</param>
/// <param name="Parameters">Reads and checks parameter values and sets them on an instance.</param>
internal sealed record ScriptClass(ScriptDescriptor Descriptor, Type Type, ParameterSet Parameters)
{
    private IReadOnlyList<ScriptConstructor>? _constructors;

    /// <summary>A new instance.</summary>
    /// <exception cref="ScriptActivationException">The services do not have what it asks for. What its constructor throws comes as it is.</exception>
    public IScript Create(ScriptServices services) => ScriptActivator.Create(Type, _constructors ??= ScriptConstructor.Of(Type), services);

    /// <summary>The same class with the values that a new instance has for its parameters as their defaults.</summary>
    /// <param name="instance">A new instance of the class.</param>
    /// <param name="report">Told each mistake, to go on after "Parameter ".</param>
    public ScriptClass WithDefaultsOf(object instance, Action<string> report)
    {
        var parameters = Parameters.WithDefaultsOf(instance, report);
        return this with { Descriptor = Descriptor with { ParameterSchema = parameters.Schema }, Parameters = parameters };
    }
}
