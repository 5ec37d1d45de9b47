using System.CommandLine;
using System.Globalization;

namespace PluginHost.App.Client;

/// <summary>An option that is a moment: on the clock of who types it, unless it has an offset.</summary>
internal static class MomentOption
{
    public static Option<DateTimeOffset?> Create(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (TryParse(text, TimeProvider.System, out var moment))
            {
                return moment;
            }

            result.AddError($"'{text}' is no moment. Write a time of today (18:30), a date and time (2026-01-31T18:30), or one with an offset (2026-01-31T18:30Z).");
            return null;
        },
    };

    /// <summary>A time alone is one of today.</summary>
    public static bool TryParse(string text, TimeProvider time, out DateTimeOffset moment)
    {
        var culture = CultureInfo.InvariantCulture;
        if (TimeOnly.TryParseExact(text, ["HH:mm", "H:mm", "HH:mm:ss"], culture, DateTimeStyles.None, out var clock))
        {
            moment = Local(time.GetLocalNow().Date + clock.ToTimeSpan(), time);
            return true;
        }

        if (DateTime.TryParse(text, culture, DateTimeStyles.AdjustToUniversal, out var read) && read.Kind == DateTimeKind.Unspecified)
        {
            moment = Local(read, time);
            return true;
        }

        return DateTimeOffset.TryParse(text, culture, DateTimeStyles.AdjustToUniversal, out moment);
    }

    private static DateTimeOffset Local(DateTime shown, TimeProvider time) => new(shown, time.LocalTimeZone.GetUtcOffset(shown));
}
