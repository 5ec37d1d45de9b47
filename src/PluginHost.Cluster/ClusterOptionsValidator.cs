using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace PluginHost.Cluster;

/// <summary>Finds every mistake in the options at once.</summary>
internal sealed partial class ClusterOptionsValidator : IValidateOptions<ClusterOptions>
{
    public ValidateOptionsResult Validate(string? name, ClusterOptions options)
    {
        List<string> mistakes =
        [
            .. Check(!string.IsNullOrWhiteSpace(options.ConnectionString), $"{ClusterOptions.SectionName}:ConnectionString is empty. Name the PostgreSQL database that all nodes share, for example Host=db;Username=pluginhost;Database=pluginhost."),
            .. Check(SchemaName().IsMatch(options.Schema), $"{ClusterOptions.SectionName}:Schema is '{options.Schema}'; it is made of small letters, digits and underscore, begins with a letter, and has at most 40 of them."),
            .. Check(options.NodeTimeout >= TimeSpan.FromSeconds(2) && options.NodeTimeout <= TimeSpan.FromMinutes(5), $"{ClusterOptions.SectionName}:NodeTimeout is {options.NodeTimeout}; it must be from 2 seconds to 5 minutes."),
            .. Check(options.MaxClockOffset >= TimeSpan.FromMilliseconds(10) && options.MaxClockOffset <= TimeSpan.FromMinutes(1), $"{ClusterOptions.SectionName}:MaxClockOffset is {options.MaxClockOffset}; it must be from 10 milliseconds to 1 minute."),
            .. options.Limits.Where(limit => limit.Value is < 1 or > 10_000).Select(limit => $"{ClusterOptions.SectionName}:Limits:{limit.Key} is {limit.Value}; it must be from 1 to 10,000."),
            .. Check(options.Builds.Wait >= TimeSpan.Zero && options.Builds.Wait <= TimeSpan.FromHours(1), $"{ClusterOptions.SectionName}:Builds:Wait is {options.Builds.Wait}; it must be from zero to 1 hour."),
            .. Check(options.Builds.MaxBytes is >= 0 and <= 512L << 20, $"{ClusterOptions.SectionName}:Builds:MaxBytes is {options.Builds.MaxBytes}; it must be from 0 to {512L << 20}."),
            .. Check(options.Builds.MaxTotalBytes >= 0, $"{ClusterOptions.SectionName}:Builds:MaxTotalBytes is {options.Builds.MaxTotalBytes}; it must not be negative."),
            .. Check(options.Builds.Folder is not "", $"{ClusterOptions.SectionName}:Builds:Folder is empty. Name a folder that all nodes can write to, or leave it out to share builds through the database."),
        ];
        return mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }

    private static IEnumerable<string> Check(bool holds, string mistake) => holds ? [] : [mistake];

    [GeneratedRegex(@"\A[a-z][a-z0-9_]{0,39}\z", RegexOptions.CultureInvariant)]
    private static partial Regex SchemaName();
}
