using System.Text.RegularExpressions;
using Cronos;

namespace PluginHost.Scripts;

internal static partial class CronText
{
    private static readonly Regex Hash = new("(?<![A-Za-z@])H(?![A-Za-z])", RegexOptions.CultureInvariant);

    private static partial CronExpression ParseShared(string cron, CronFormat format) => CronExpression.Parse(cron, format);

    private static partial bool HasHash(string cron) => Hash.IsMatch(cron);
}
