using Microsoft.Extensions.Options;
using PluginHost.Hosting;
using PluginHost.Processes;

namespace PluginHost.Building;

/// <summary>The command line of a build: dotnet, through what the operator has put before it.</summary>
internal sealed class BuildCommand(DotnetSdk sdk, BuildEnvironment environment, DataDirectory data, IOptions<PluginHostOptions> options)
{
    /// <summary>Whether builds run through another command, apart from each other.</summary>
    public bool IsPrefixed => options.Value.Build.CommandPrefix.Count > 0;

    /// <param name="folder">Where it runs.</param>
    /// <param name="arguments">What dotnet is told.</param>
    public ChildCommand Dotnet(string folder, IReadOnlyList<string> arguments) => Through(folder, [sdk.Command, .. arguments]);

    /// <summary>Ends what a build has left in its session. Another user's processes are not the host's to end, but the prefix may.</summary>
    public ChildCommand KillSession(string folder, int leader) => Through(folder, ["kill", "-KILL", "--", $"-{leader}"]);

    private ChildCommand Through(string folder, IReadOnlyList<string> command)
    {
        string[] all = [.. options.Value.Build.CommandPrefix.Select(part => part.Replace("{builds}", data.Builds, StringComparison.Ordinal)), .. command];

        // The service that builds serve goes first: its runs, its pages, and its start after a crash.
        return new ChildCommand(all[0], all[1..], folder, environment.Variables, InBackground: true);
    }
}
