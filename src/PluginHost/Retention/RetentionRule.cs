namespace PluginHost.Retention;

/// <summary>Something on disk that may go.</summary>
/// <param name="Item">What it is.</param>
/// <param name="At">When it was made.</param>
/// <param name="Bytes">The space it takes.</param>
internal readonly record struct Kept<T>(T Item, DateTimeOffset At, long Bytes);

/// <summary>Says what goes.</summary>
internal static class RetentionRule
{
    /// <summary>What is beyond the limit: the newest are kept up to the first that is too many, too old or too much.</summary>
    public static IReadOnlyList<T> Excess<T>(IEnumerable<Kept<T>> kept, RetentionLimit limit, DateTimeOffset now)
    {
        var bytes = 0L;
        return
        [
            .. kept
                .OrderByDescending(entry => entry.At)
                .SkipWhile((entry, index) =>
                {
                    bytes += entry.Bytes;
                    return !(index >= limit.Count) && !(now - entry.At > limit.Age) && !(bytes > limit.Bytes);
                })
                .Select(entry => entry.Item),
        ];
    }
}
