using System.Text.Json;

namespace PluginHost.Scheduling;

/// <summary>What is wrong with a schedule that somebody wants, by the names that the API has.</summary>
internal sealed class ScheduleErrors
{
    private readonly SortedDictionary<string, List<string>> _errors = new(StringComparer.Ordinal);

    public void Add(string property, string problem)
    {
        var name = JsonNamingPolicy.CamelCase.ConvertName(property);
        if (!_errors.TryGetValue(name, out var problems))
        {
            _errors[name] = problems = [];
        }

        problems.Add(problem);
    }

    public void AddParameters(IReadOnlyDictionary<string, string[]> errors)
    {
        foreach (var (parameter, problems) in errors)
        {
            _errors[$"parameters.{parameter}"] = [.. problems];
        }
    }

    /// <exception cref="InvalidScheduleException">Something is wrong.</exception>
    public void ThrowIfAny()
    {
        if (_errors.Count > 0)
        {
            throw new InvalidScheduleException(_errors.ToDictionary(error => error.Key, error => error.Value.ToArray(), StringComparer.Ordinal));
        }
    }
}
