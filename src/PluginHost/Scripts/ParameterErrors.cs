namespace PluginHost.Scripts;

/// <summary>What is wrong with the values for a script's parameters, by the name of the parameter or the path within it.</summary>
internal sealed class ParameterErrors
{
    // A list of a million wrong numbers must not become a million sentences.
    private const int Max = 50;

    private readonly Dictionary<string, List<string>> _errors = new(StringComparer.Ordinal);

    public int Count { get; private set; }

    public void Add(string path, string error)
    {
        if (++Count > Max)
        {
            return;
        }

        if (!_errors.TryGetValue(path, out var errors))
        {
            _errors.Add(path, errors = []);
        }

        errors.Add(error);
    }

    public IReadOnlyDictionary<string, string[]> ToDictionary() =>
        _errors.ToDictionary(error => error.Key, error => error.Value.ToArray(), StringComparer.Ordinal);
}
