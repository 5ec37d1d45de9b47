using System.Collections.Immutable;

namespace PluginHost.Soak;

/// <summary>Which content of each plugin may be live, by what was pushed since it was last known.</summary>
/// <remarks>The host builds the tip that it finds when it looks, so of several commits in a row any may have gone live.</remarks>
internal sealed class Expectations
{
    private readonly SortedDictionary<string, Expectation> _plugins = new(StringComparer.Ordinal);

    public IEnumerable<string> Plugins => _plugins.Keys;

    public Expectation Of(string plugin) => _plugins[plugin];

    /// <summary>The host can see this tip from now on.</summary>
    public void Pushed(ImmutableSortedDictionary<string, Content> tip, DateTimeOffset at)
    {
        foreach (var plugin in tip.Keys)
        {
            _plugins.TryAdd(plugin, new Expectation());
        }

        foreach (var (plugin, expected) in _plugins)
        {
            expected.Pushed(tip.GetValueOrDefault(plugin), at);
        }
    }
}

internal sealed class Expectation
{
    private readonly HashSet<int> _mayBeLive = [];
    private readonly List<(DateTimeOffset From, DateTimeOffset To)> _gone = [];
    private DateTimeOffset? _goneSince = DateTimeOffset.MinValue;

    /// <summary>The numbers of the content that may be live.</summary>
    public IReadOnlySet<int> MayBeLive => _mayBeLive;

    /// <summary>Whether there may be nothing live.</summary>
    public bool MayBeGone => _goneSince is not null;

    /// <summary>What is in the branch; null when the plugin is not.</summary>
    public Content? Tip { get; private set; }

    public void Pushed(Content? content, DateTimeOffset at)
    {
        Tip = content;
        if (content is null)
        {
            _goneSince ??= at;
        }
        else if (content.CanGoLive)
        {
            _mayBeLive.Add(content.Number);
        }
    }

    /// <summary>It was seen which content is live at this time.</summary>
    /// <param name="number">Its number; null when none is.</param>
    /// <param name="at">When that was seen.</param>
    public void Seen(int? number, DateTimeOffset at)
    {
        _mayBeLive.Clear();
        if (number is { } live)
        {
            _mayBeLive.Add(live);
            if (_goneSince is { } since)
            {
                _gone.Add((since, at));
                _goneSince = null;
            }
        }
        else
        {
            _goneSince ??= at;
        }
    }

    /// <summary>Whether it may have had no schedule at some time in between, by the host's clock.</summary>
    public bool MayHaveBeenGone(DateTimeOffset from, DateTimeOffset to) =>
        _gone.Any(span => span.From < to + Clock.MostShift && from - Clock.MostShift < span.To) || (_goneSince is { } since && since < to + Clock.MostShift);
}
