namespace PluginHost.Alerts;

/// <summary>How alerts are written.</summary>
internal static class AlertText
{
    /// <summary>Where the pages show it, or null when nobody has said where they are.</summary>
    public static string? Link(string? publicUrl, Alert alert) => publicUrl is null ? null : $"{publicUrl.TrimEnd('/')}/{alert.Page}";
}
