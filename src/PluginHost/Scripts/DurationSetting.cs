namespace PluginHost.Scripts;

/// <summary>Reads a duration that an attribute may set, and checks its bounds.</summary>
internal static class DurationSetting
{
    /// <summary>The least duration that is more than none.</summary>
    public static readonly TimeSpan MoreThanZero = TimeSpan.FromMilliseconds(1);

    /// <summary>The duration, or null when it is not set or wrong.</summary>
    public static TimeSpan? Read(string name, string? text, TimeSpan min, TimeSpan max, Action<string> report)
    {
        if (text is null)
        {
            return null;
        }

        if (!DurationText.TryParse(text, out var value))
        {
            report($"{name} is \"{text}\", which is no duration. Write {DurationText.Expected}.");
            return null;
        }

        if (value < min || value > max)
        {
            var least = min == TimeSpan.Zero ? "at least 0s" : "more than zero";
            report($"{name} is \"{text}\". It has to be {least} and at most {DurationText.Format(max)}.");
            return null;
        }

        return value;
    }
}
