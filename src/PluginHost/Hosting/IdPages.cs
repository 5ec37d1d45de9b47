namespace PluginHost.Hosting;

/// <summary>Cuts what is listed by id into pages. The cursor is the last id, so that what comes and goes meanwhile moves nothing else.</summary>
internal static class IdPages
{
    /// <summary>How many a page holds at most.</summary>
    public const int Most = 500;

    /// <summary>The page after a cursor, and the cursor of the next one.</summary>
    /// <param name="all">Everything, in any order.</param>
    /// <param name="id">Its id; compared without case.</param>
    /// <param name="limit">How many at most; what is beyond 1 to 500 is taken as the nearer of the two.</param>
    /// <param name="after">The cursor; null for the first page.</param>
    public static (List<T> Items, string? Next) Take<T>(IEnumerable<T> all, Func<T, string> id, int limit, string? after)
    {
        limit = Math.Clamp(limit, 1, Most);
        List<T> found =
        [
            .. all.Where(item => after is null || string.Compare(id(item), after, StringComparison.OrdinalIgnoreCase) > 0)
                .OrderBy(id, StringComparer.OrdinalIgnoreCase)
                .Take(limit + 1),
        ];
        return found.Count > limit ? (found[..limit], id(found[limit - 1])) : (found, null);
    }
}
