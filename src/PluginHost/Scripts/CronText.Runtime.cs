using System.Text.RegularExpressions;
using Cronos;

namespace PluginHost.Scripts;

internal static partial class CronText
{
    private static readonly SmallCache<CronExpression> Shared = new();

    private static partial CronExpression ParseShared(string cron, CronFormat format) => Shared.GetOrAdd(cron, text => CronExpression.Parse(text, format));

    private static partial bool HasHash(string cron) => HashField().IsMatch(cron);

    [GeneratedRegex("(?<![A-Za-z@])H(?![A-Za-z])", RegexOptions.CultureInvariant)]
    private static partial Regex HashField();
}
