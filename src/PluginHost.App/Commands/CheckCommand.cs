using System.CommandLine;
using System.Text.Json;
using PluginHost.App.Authoring;
using PluginHost.App.Output;
using PluginHost.AspNetCore.Api;

namespace PluginHost.App.Commands;

/// <summary><c>check</c>: what would become of the plugins of a working tree, without a host.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var directory = new Argument<string?>("dir") { Arity = ArgumentArity.ZeroOrOne, Description = "The folder with the plugins. Default: plugins in the repository that the working directory is in." };
        var reference = new Option<string?>("--base") { Description = "Shows which times this adds, moves or removes over the next 7 days, in comparison with that commit.", HelpName = "REF" };
        var json = new Option<bool>("--json") { Description = "Prints the report as JSON." };
        var command = new Command("check", "Builds, loads and checks every plugin as it lies in the folder, and shows when each schedule would run. Exit code 1 on a problem. Runs no script and needs no host.") { directory, reference, json };
        command.SetAction((result, cancellationToken) => CommandGuard.RunAsync(
            result,
            (output, token) => RunAsync(output, PluginFolder.Find(result.GetValue(directory)), result.GetValue(reference), result.GetValue(json), token),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CommandOutput output, PluginFolder folder, string? reference, bool asJson, CancellationToken cancellationToken)
    {
        var report = await output.WhileAsync($"Checking {Path.Combine(folder.Root, folder.Path)}", async tell =>
        {
            await using var host = new CheckHost(folder);
            return await host.RunAsync(reference, tell, cancellationToken);
        });
        if (report is { IsGood: true, Plugins.Count: 0 })
        {
            throw new CommandFailure($"There is no plugin in {Path.Combine(folder.Root, folder.Path)}: no project there refers to PluginHost.Abstractions. Name another folder, or make one with 'pluginhost new'.");
        }

        report = report with { Problems = [.. report.Problems.Select(Relocate)], Warnings = [.. report.Warnings.Select(Relocate)] };
        if (asJson)
        {
            output.Json(JsonSerializer.Serialize(report, ApiJson.Options));
        }
        else
        {
            CheckText.Write(output, report, reference);
        }

        return report.IsGood ? ExitCode.Done : ExitCode.Failed;

        // As compilers do: from where the command was started, so that an editor opens the file.
        Diagnostic Relocate(Diagnostic diagnostic) => diagnostic.File is { } file
            ? diagnostic with { File = Path.GetRelativePath(Environment.CurrentDirectory, Path.Combine(folder.Root, file)) }
            : diagnostic;
    }
}
