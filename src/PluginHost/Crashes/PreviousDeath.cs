namespace PluginHost.Crashes;

/// <summary>How the process before this one ended, if somebody has seen it: the ready host's supervisor has.</summary>
/// <param name="Cause">What it died of; null when nobody has seen it die.</param>
internal sealed record PreviousDeath(string? Cause)
{
    /// <summary>A cause in a line, without the stack.</summary>
    public static string Headline(string cause)
    {
        var lines = cause.Split('\n').Select(line => line.Trim()).TakeWhile(line => !line.StartsWith("at ", StringComparison.Ordinal)).ToList();

        // The runtime says that it gives up, and only then why.
        return string.Join(' ', lines.Take(lines is ["Process terminated.", ..] ? 2 : 1)).TrimEnd('.');
    }
}
