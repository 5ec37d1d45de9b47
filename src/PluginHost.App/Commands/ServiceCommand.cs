using System.CommandLine;
using System.CommandLine.Parsing;
using PluginHost.App.Output;
using PluginHost.App.Services;

namespace PluginHost.App.Commands;

/// <summary><c>service</c>: what makes a service of the ready host on this system.</summary>
internal static class ServiceCommand
{
    /// <param name="options">The options of <c>run</c> that a service may have.</param>
    public static Command Create(IEnumerable<Option> options)
    {
        var command = new Command("service", "Prints what makes a service of the host: a unit for systemd, or commands for Windows. Changes nothing. Takes the options of 'run'.");
        List<Option> taken = [.. options];
        taken.ForEach(command.Options.Add);
        command.SetAction((result, cancellationToken) => CommandGuard.RunAsync(result, (output, _) => Task.FromResult(Print(output, result, taken)), cancellationToken));
        return command;
    }

    private static int Print(CommandOutput output, ParseResult result, List<Option> taken)
    {
        List<string> given = [.. taken.Where(option => result.GetResult(option) is { Implicit: false })
            .SelectMany(option => Words(option.Name, result.GetResult(option)!.Tokens))];
        if (!given.Contains("--repo") && !given.Contains("--drop"))
        {
            output.Note("Without --repo or --drop the service watches what PluginHost:Sources says in its settings.");
        }

        if (OperatingSystem.IsWindows())
        {
            output.Json(ServiceText.Windows(Program(), given));
            output.Note("Run these as an administrator, with --data among the options of the service: a service has no working directory of its own.");
        }
        else
        {
            output.Json(ServiceText.Unit(Program(), given.Contains("--data") ? given : [.. given, "--data", "/var/lib/pluginhost/data"]));
            output.Note("Write this to /etc/systemd/system/pluginhost.service, then: systemctl daemon-reload && systemctl enable --now pluginhost");
        }

        return ExitCode.Done;
    }

    /// <summary>One that is repeated has its name before each value.</summary>
    private static IEnumerable<string> Words(string name, IReadOnlyList<Token> values) => values.Count == 0 ? [name] : values.SelectMany(value => new[] { name, value.Value });

    private static IReadOnlyList<string> Program() =>
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) != "dotnet" ? [path] : [Environment.ProcessPath ?? "dotnet", typeof(ServiceCommand).Assembly.Location];
}
