namespace PluginHost.Crashes;

/// <summary>How the process before this one ended, if somebody has seen it: the ready host's supervisor has.</summary>
/// <param name="Cause">What it died of; null when nobody has seen it die.</param>
internal sealed record PreviousDeath(string? Cause)
{
    /// <summary>The first line of a cause.</summary>
    public static string Headline(string cause) => cause.Split('\n', 2)[0].Trim().TrimEnd('.');
}
