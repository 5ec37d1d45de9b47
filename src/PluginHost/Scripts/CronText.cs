using System.Diagnostics.CodeAnalysis;
using Cronos;

namespace PluginHost.Scripts;

/// <summary>Reads cron expressions as Cronos does, and says what is wrong with one that it does not read.</summary>
/// <remarks>This part is compiled into PluginHost.Analyzers, too, so that a compiler says the same; it keeps to what .NET Standard has.</remarks>
internal static partial class CronText
{
    private const string Fields = "minute, hour, day of month, month, day of week";
    private const string Example = "\"0 6 * * MON-FRI\" (at 06:00 from Monday to Friday)";
    private const string Macros = "@every_second, @every_minute, @hourly, @daily, @midnight, @weekly, @monthly, @yearly and @annually";

    private const string Preamble = "The given cron expression has an invalid format. ";

    // An expression has no year: it has a time after this one, or none at all.
    private static readonly DateTimeOffset AnyTime = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <param name="cron">The expression.</param>
    /// <param name="seed">What <c>H</c> is derived from.</param>
    /// <param name="expression">The expression, when this is true.</param>
    /// <param name="problem">When this is false, what is wrong, as the rest of a sentence about the expression.</param>
    public static bool TryParse(
        string? cron, int seed, [NotNullWhen(true)] out CronExpression? expression, [NotNullWhen(false)] out string? problem)
    {
        expression = null;
        var fields = (cron ?? "").Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        problem = fields.Length switch
        {
            0 => $"is empty. Write five fields ({Fields}), for example {Example}.",
            _ when fields[0][0] == '@' => Macro(fields),
            5 or 6 => null,
            7 => "has seven fields. There is no field for the year here; write five fields, or six with seconds in front.",
            _ => $"has {fields.Length} {(fields.Length == 1 ? "field" : "fields")}. Write five ({Fields}), or six with seconds in front, for example {Example}.",
        };
        if (problem is not null)
        {
            return false;
        }

        try
        {
            expression = Parse(string.Join(" ", fields), fields.Length == 6 ? CronFormat.IncludeSeconds : CronFormat.Standard, seed);
        }
        catch (CronFormatException failure)
        {
            var reason = failure.Message.StartsWith(Preamble, StringComparison.Ordinal) ? failure.Message.Substring(Preamble.Length) : failure.Message;
            problem = $"cannot be read: {reason} A right one is, for example, {Example}.";
            return false;
        }

        if (expression.GetNextOccurrence(AnyTime, TimeZoneInfo.Utc) is null)
        {
            expression = null;
            problem = "names a date that never comes, such as 30 February. The last day of each month is \"0 6 L * *\".";
            return false;
        }

        return true;
    }

    // The seed is given only where H asks for it: it would also move the times of macros such as @daily. Without it, the
    // same text is the same expression in every script.
    private static CronExpression Parse(string cron, CronFormat format, int seed) => HasHash(cron)
        ? CronExpression.Parse(cron, format, seed)
        : ParseShared(cron, format);

    /// <summary>Reads an expression without <c>H</c>.</summary>
    private static partial CronExpression ParseShared(string cron, CronFormat format);

    private static string? Macro(string[] fields) => fields[0].ToLowerInvariant() switch
    {
        "@every" => "is not known here. Write an interval as a step, for example \"*/5 * * * *\" for every five minutes.",
        "@reboot" => "is not known here: a script has no schedule for the start of the host.",
        "@every_second" or "@every_minute" or "@hourly" or "@daily" or "@midnight" or "@weekly" or "@monthly" or "@yearly" or "@annually"
            when fields.Length == 1 => null,
        _ => $"is not a macro. There are {Macros}.",
    };

    /// <summary>Whether there is an H that is not part of a name such as THU.</summary>
    private static partial bool HasHash(string cron);
}
