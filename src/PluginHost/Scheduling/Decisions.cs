using System.Threading.Channels;

namespace PluginHost.Scheduling;

/// <summary>Something that the scheduler has decided and that is to be carried out.</summary>
/// <param name="Script">The script.</param>
/// <param name="Key">The schedule of the script; null when it is about more than one.</param>
/// <param name="CarryOut">Does it, and may be called again when it failed.</param>
internal sealed record Decision(string Script, string? Key, Func<Task> CarryOut);

/// <summary>The decisions that are to be carried out, in the order in which they were made.</summary>
internal sealed class Decisions
{
    // Of more, most would find the places of the host taken by those before them, and be stored as waiting first.
    private const int AtOnce = 32;

    private readonly Channel<Decision> _waiting = Channel.CreateUnbounded<Decision>(new() { SingleReader = true });

    public void Add(Decision decision) => _waiting.Writer.TryWrite(decision);

    /// <summary>No more will come.</summary>
    public void Complete() => _waiting.Writer.TryComplete();

    /// <summary>The next ones that can be carried out at the same time: no two of one schedule, for a later time must not be marked while an earlier one is lost.</summary>
    /// <returns>None, when no more will come.</returns>
    public async Task<IReadOnlyList<Decision>> TakeAsync()
    {
        var together = new List<Decision>();
        if (!await _waiting.Reader.WaitToReadAsync())
        {
            return together;
        }

        var (scripts, whole, schedules) = (new HashSet<string>(StringComparer.OrdinalIgnoreCase), new HashSet<string>(StringComparer.OrdinalIgnoreCase), new HashSet<(string, string)>());
        while (together.Count < AtOnce && _waiting.Reader.TryPeek(out var next) && IsApart(next))
        {
            _waiting.Reader.TryRead(out _);
            together.Add(next);
        }

        return together;

        bool IsApart(Decision decision)
        {
            var isFirst = scripts.Add(decision.Script);
            return decision.Key is { } key
                ? !whole.Contains(decision.Script) && schedules.Add((decision.Script, key))
                : isFirst && whole.Add(decision.Script);
        }
    }
}
