using System.Collections.Concurrent;

namespace PluginHost.Hosting;

/// <summary>What is wrong with the host itself at present, as sentences for whoever runs it.</summary>
internal sealed class HostProblems
{
    private readonly ConcurrentDictionary<string, string> _problems = new(StringComparer.Ordinal);

    public IReadOnlyList<string> All => [.. _problems.OrderBy(problem => problem.Key, StringComparer.Ordinal).Select(problem => problem.Value)];

    /// <summary>Says what is wrong, or that it no longer is.</summary>
    /// <param name="key">Names the problem.</param>
    /// <param name="problem">What is wrong, what that means and what to do; null when it is over.</param>
    /// <returns>Whether that is news.</returns>
    public bool Set(string key, string? problem)
    {
        var before = _problems.GetValueOrDefault(key);
        if (problem is null)
        {
            _problems.TryRemove(key, out _);
        }
        else
        {
            _problems[key] = problem;
        }

        return before != problem;
    }
}
