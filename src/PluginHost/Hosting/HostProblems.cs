using System.Collections.Concurrent;
using System.Data.Common;

namespace PluginHost.Hosting;

/// <summary>What is wrong with the host itself at present, as sentences for whoever runs it.</summary>
/// <param name="history">Says why nothing can be written to the history, or null.</param>
internal sealed class HostProblems(Func<DbException?>? history = null)
{
    private readonly ConcurrentDictionary<string, string> _problems = new(StringComparer.Ordinal);

    public IReadOnlyList<string> All => [.. _problems.OrderBy(problem => problem.Key, StringComparer.Ordinal).Select(problem => problem.Value), .. HistoryProblem()];

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

    private IEnumerable<string> HistoryProblem() => history?.Invoke() is { } failure
        ? [$"The history cannot be written: {failure.Message} What is under way goes on, but no run starts, and times that are due wait until it can. Look at the disk of the data directory, or the database: is it full, read-only or gone?"]
        : [];
}
