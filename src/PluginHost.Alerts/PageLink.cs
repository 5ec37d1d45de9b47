namespace PluginHost.Alerts;

/// <summary>Addresses of the pages, for those who read of them elsewhere.</summary>
internal static class PageLink
{
    /// <param name="publicUrl">Where the pages are mounted; null when nobody has said.</param>
    /// <param name="page">The page, from there.</param>
    /// <returns>Null when nobody has said where the pages are.</returns>
    public static string? Under(string? publicUrl, string page) => publicUrl is null ? null : $"{publicUrl.TrimEnd('/')}/{page}";
}
