using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using PluginHost.Processes;
using PluginHost.Scripts;
using PluginHost.Sources.Signatures;

namespace PluginHost.Hosting;

/// <summary>Finds every mistake in the options at once, before anything starts.</summary>
internal sealed partial class PluginHostOptionsValidator : IValidateOptions<PluginHostOptions>
{
    // libgit2 takes the process down over others.
    private static readonly string[] Schemes = ["https", "http", "ssh", "file", "git"];

    public ValidateOptionsResult Validate(string? name, PluginHostOptions options)
    {
        List<string> mistakes =
        [
            .. Check(options.Sources.Count > 0, "PluginHost:Sources has no entry, so there is nothing to watch. Add one, for example PluginHost:Sources:default:Url."),
            .. options.Sources.SelectMany(source => Source(source.Key, source.Value)),
            .. Labels(options.NodeLabels),
            .. Between("Build:Timeout", options.Build.Timeout, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
            .. Check(options.Build.MaxServerBytes >= 256 << 20, $"PluginHost:Build:MaxServerBytes is {options.Build.MaxServerBytes}; it must be at least 256 MiB."),
            .. Prefix(options.Build.CommandPrefix),
            .. Between("Load:Timeout", options.Load.Timeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10)),
            .. options.Load.DrainTimeout is { } drain ? Between("Load:DrainTimeout", drain, TimeSpan.Zero, TimeSpan.FromDays(1)) : [],
            .. Between("Unload:DisposeTimeout", options.Unload.DisposeTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10)),
            .. Between("Unload:InspectTimeout", options.Unload.InspectTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)),
            .. Check(options.Unload.MaxLeaked >= 1, $"PluginHost:Unload:MaxLeaked is {options.Unload.MaxLeaked}; it must be at least 1."),
            .. Check(options.Unload.WarnAtLeaked >= 1 && options.Unload.WarnAtLeaked <= options.Unload.MaxLeaked, $"PluginHost:Unload:WarnAtLeaked is {options.Unload.WarnAtLeaked}; it must be from 1 to MaxLeaked, which is {options.Unload.MaxLeaked}."),
            .. Check(options.Runs.MaxConcurrent is >= 1 and <= 10_000, $"PluginHost:Runs:MaxConcurrent is {options.Runs.MaxConcurrent}; it must be from 1 to 10,000."),
            .. Check(options.Runs.MaxConcurrentPerPlugin is null or (>= 1 and <= 10_000), $"PluginHost:Runs:MaxConcurrentPerPlugin is {options.Runs.MaxConcurrentPerPlugin}; it must be from 1 to 10,000, or not set."),
            .. options.Runs.Groups.Where(group => group.Value is < 1 or > 10_000).Select(group => $"PluginHost:Runs:Groups:{group.Key} is {group.Value}; it must be from 1 to 10,000."),
            .. options.Runs.DefaultTimeout is { } limit ? Between("Runs:DefaultTimeout", limit, TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(30)) : [],
            .. Between("Runs:CancelGrace", options.Runs.CancelGrace, TimeSpan.Zero, TimeSpan.FromHours(1)),
            .. Check(options.Runs.MaxLogBytes is >= 1024 and <= 1L << 30, $"PluginHost:Runs:MaxLogBytes is {options.Runs.MaxLogBytes}; it must be from 1 KiB to 1 GiB."),
            .. Check(options.Runs.MaxResultBytes is >= 0 and <= 100 << 20, $"PluginHost:Runs:MaxResultBytes is {options.Runs.MaxResultBytes}; it must be from 0 to 100 MiB."),
            .. Check(options.Runs.MaxStateValueBytes is >= 1024 and <= 16 << 20, $"PluginHost:Runs:MaxStateValueBytes is {options.Runs.MaxStateValueBytes}; it must be from 1 KiB to 16 MiB."),
            .. Check(options.Runs.MaxStateKeys is >= 1 and <= 100_000, $"PluginHost:Runs:MaxStateKeys is {options.Runs.MaxStateKeys}; it must be from 1 to 100,000."),
            .. Check(options.Runs.Quarantine.Crashes is >= 0 and <= 100, $"PluginHost:Runs:Quarantine:Crashes is {options.Runs.Quarantine.Crashes}; it must be from 1 to 100, or 0 for never."),
            .. Check(options.Runs.Quarantine.CrashesAlone is >= 1 and <= 100, $"PluginHost:Runs:Quarantine:CrashesAlone is {options.Runs.Quarantine.CrashesAlone}; it must be from 1 to 100."),
            .. Between("Runs:Quarantine:Window", options.Runs.Quarantine.Window, TimeSpan.FromSeconds(1), TimeSpan.FromDays(30)),
            .. Check(Enum.IsDefined(options.Isolation.Default), $"PluginHost:Isolation:Default is {options.Isolation.Default}; it must be one of {string.Join(", ", Enum.GetNames<ScriptIsolation>())}."),
            .. Between("Isolation:StartTimeout", options.Isolation.StartTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)),
            .. Between("Isolation:IdleTime", options.Isolation.IdleTime, TimeSpan.Zero, TimeSpan.FromDays(1)),
            .. Check(!(options.Isolation.MaxMemoryBytes < 64 << 20), $"PluginHost:Isolation:MaxMemoryBytes is {options.Isolation.MaxMemoryBytes}; it must be at least 64 MiB, or not set."),
            .. Check(options.Isolation.MaxCpus is null or (>= 0.01 and <= 1024), $"PluginHost:Isolation:MaxCpus is {options.Isolation.MaxCpus}; it must be from 0.01 to 1,024, or not set."),
            .. Limit("Retention:Versions", options.Retention.Versions),
            .. Limit("Retention:BuildLogs", options.Retention.BuildLogs),
            .. Limit("Retention:RunLogs", options.Retention.RunLogs),
            .. Limit("Retention:Runs", new RetentionLimit { Count = options.Retention.Runs.Count, Age = options.Retention.Runs.Age }),
            .. Check(!(options.Retention.Audit <= TimeSpan.Zero), $"PluginHost:Retention:Audit is {options.Retention.Audit}; it must be more than zero."),
        ];
        return mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }

    private static IEnumerable<string> Source(string name, SourceOptions source) =>
    [
        .. Check(SourceName().IsMatch(name), $"PluginHost:Sources has a source named '{name}'; a name is made of letters, digits, '-' and '_'."),
        .. Check(!string.IsNullOrWhiteSpace(source.Url) || source.DropFolder is not null, $"PluginHost:Sources:{name}:Url is empty. Set the repository's folder or address, or DropFolder."),
        .. DropFolder(name, source),
        .. Check(!source.Url.Contains("://", StringComparison.Ordinal) || Uri.TryCreate(source.Url, UriKind.Absolute, out _), $"PluginHost:Sources:{name}:Url is not an address that can be read."),
        .. Check(!source.Url.Contains("://", StringComparison.Ordinal) || Schemes.Contains(source.Url.Split("://")[0], StringComparer.OrdinalIgnoreCase), $"PluginHost:Sources:{name}:Url begins with '{source.Url.Split("://")[0]}://', which git cannot follow here. It is a folder, or begins with one of: {string.Join(", ", Schemes.Select(scheme => scheme + "://"))}."),
        .. Check(!source.WorkingTree || Directory.Exists(source.Url), $"PluginHost:Sources:{name}:WorkingTree is set, and its Url, '{source.Url}', is not a folder. Name the folder whose files are to be watched."),
        .. Check(source.Branch is null || !source.Branch.StartsWith("refs/", StringComparison.Ordinal) || source.Branch.StartsWith("refs/heads/", StringComparison.Ordinal), $"PluginHost:Sources:{name}:Branch is '{source.Branch}'. A source follows a branch, by its name or as refs/heads/…; a tag does not move."),
        .. Check(!source.Path.Split('/', '\\').Contains(".."), $"PluginHost:Sources:{name}:Path is '{source.Path}', which leads out of the repository."),
        .. Signatures(name, source),
        .. Between($"Sources:{name}:Poll", source.Poll, TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1)),
        .. Between($"Sources:{name}:Timeout", source.Timeout, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
    ];

    private static IEnumerable<string> DropFolder(string name, SourceOptions source) => source.DropFolder is null ? [] :
    [
        .. Check(!string.IsNullOrWhiteSpace(source.DropFolder), $"PluginHost:Sources:{name}:DropFolder is empty. Name the folder of the drops, or unset it."),
        .. Check(source.Url.Length == 0, $"PluginHost:Sources:{name} has both a Url and a DropFolder. A source is one of the two; make another source of the second."),
        .. Check(!source.WorkingTree, $"PluginHost:Sources:{name}:WorkingTree is set, and the source is a DropFolder, which holds no source code. Unset one of the two."),
        .. Check(source.Branch is null, $"PluginHost:Sources:{name}:Branch is set, and the source is a DropFolder, which has no branches. Unset one of the two."),
        .. Check(!source.Submodules, $"PluginHost:Sources:{name}:Submodules is set, and the source is a DropFolder, which has none. Unset one of the two."),
    ];

    private static IEnumerable<string> Labels(IList<string> labels) =>
    [
        .. Check(labels.Count <= NodeLabels.Most, $"PluginHost:NodeLabels has {labels.Count} labels; a node has at most {NodeLabels.Most}."),
        .. labels.Select(label => (Label: label, Problem: NodeLabels.Problem(label ?? ""))).Where(found => found.Problem is not null).Select(found => $"PluginHost:NodeLabels has '{found.Label}'. {found.Problem}"),
        .. labels.GroupBy(label => label, StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > 1).Select(same => $"PluginHost:NodeLabels has '{same.Key}' more than once. Keep one."),
    ];

    private static IEnumerable<string> Prefix(IList<string> prefix) => prefix.Count == 0 ? [] :
        Check(
            prefix[0].Length > 0 && (Path.IsPathRooted(prefix[0]) ? File.Exists(prefix[0]) : CommandPath.Find(prefix[0]) is not null),
            $"PluginHost:Build:CommandPrefix begins with '{prefix[0]}', and there is no such command. Install it, or name another one.");

    private static IEnumerable<string> Signatures(string name, SourceOptions source)
    {
        var (key, signatures) = ($"PluginHost:Sources:{name}:Signatures", source.Signatures);
        return !signatures.RequireSigned ? [] :
        [
            .. Check(!source.WorkingTree, $"{key}:RequireSigned is set, and the source takes files as they lie in a folder (WorkingTree), which nobody signs. Unset one of the two."),
            .. Check(signatures.AllowedSignersFile is not null || signatures.OpenPgpKeysFile is not null, $"{key}:RequireSigned is set, and no key is allowed, so no commit could be taken. Set AllowedSignersFile or OpenPgpKeysFile."),
            .. Keys($"{key}:AllowedSignersFile", signatures.AllowedSignersFile, SshSignatures.Program),
            .. Keys($"{key}:OpenPgpKeysFile", signatures.OpenPgpKeysFile, OpenPgpSignatures.Program),
        ];
    }

    private static IEnumerable<string> Keys(string key, string? file, string program) => file is null ? [] :
    [
        .. Check(File.Exists(file), $"{key} is '{file}', and there is no such file. Put it there, or name another one."),
        .. Check(CommandPath.Find(program) is not null, $"{key} is set, and the program that checks such signatures, '{program}', is not on the PATH. Install it."),
    ];

    private static IEnumerable<string> Limit(string key, RetentionLimit limit) =>
    [
        .. Check(!(limit.Count < 0), $"PluginHost:{key}:Count is {limit.Count}; it must be at least 0."),
        .. Check(!(limit.Age <= TimeSpan.Zero), $"PluginHost:{key}:Age is {limit.Age}; it must be more than zero."),
        .. Check(!(limit.Bytes < 0), $"PluginHost:{key}:Bytes is {limit.Bytes}; it must be at least 0."),
    ];

    private static IEnumerable<string> Between(string key, TimeSpan value, TimeSpan least, TimeSpan most) =>
        Check(value >= least && value <= most, $"PluginHost:{key} is {value}; it must be from {least} to {most}.");

    private static IEnumerable<string> Check(bool holds, string mistake) => holds ? [] : [mistake];

    [GeneratedRegex("^[A-Za-z0-9_-]+$")]
    private static partial Regex SourceName();
}
