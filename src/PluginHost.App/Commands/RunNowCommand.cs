using System.CommandLine;
using PluginHost.App.Client;
using PluginHost.AspNetCore.Api;

namespace PluginHost.App.Commands;

/// <summary><c>run-now</c>: starts a run by hand.</summary>
internal static class RunNowCommand
{
    public static Command Create()
    {
        var script = Known.ScriptArgument();
        var parameters = new Option<string[]>("--parameter", "-p") { Description = "A parameter, as name=value. The value is text as typed; for a parameter that is no text it is JSON.", HelpName = "name=value" };
        var follow = new Option<bool>("--follow", "-f") { Description = "Shows the log as it is written; exit code 1 when the run does not succeed." };
        var version = new Option<string?>("--version") { Description = "The version to run on. Default: the live one.", HelpName = "V" };
        var at = MomentOption.Create("--at", "When to start, such as 18:30 or 2026-01-31T18:30. Default: now.");
        return ClientCommand.Create("run-now", "Runs a script.", [script, parameters, follow, version, at], async call =>
        {
            var id = call.Get(script);
            var given = call.Get(parameters) ?? [];
            var known = given.Length == 0 ? null : (await call.Api.GetAsync<ScriptInfo>($"scripts/{Uri.EscapeDataString(id)}", call.Cancellation, Lookup.Script(id))).Value;
            var body = new StartRunBody(known is null ? null : ParameterText.Read(given, known.Parameters), call.Get(version), call.Get(at));
            var answer = await call.Api.SendAsync<RunInfo>(
                HttpMethod.Post, $"scripts/{Uri.EscapeDataString(id)}/runs", body, TimeSpan.Zero, call.Cancellation,
                Lookup.Script(id), Lookup.VersionOfScript(id, body.Version ?? ""));
            return call.Get(follow) ? await RunFollower.FollowAsync(call, answer.Value) : call.Write(answer, run => call.Output.Line(Started(call, run)));
        });
    }

    private static string Started(ClientCall call, RunInfo run) => run.StartAt is { } start && start > call.Time.GetUtcNow()
        ? $"Run {run.Id} of {run.Script} starts at {call.Local(start)}. Take it back: pluginhost cancel {run.Id}"
        : $"Run {run.Id} of {run.Script} has begun. Watch it: pluginhost logs {run.Id} --follow";
}
