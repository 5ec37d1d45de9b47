using System.CommandLine;
using PluginHost.App.Client;

namespace PluginHost.App.Commands;

/// <summary><c>logs</c>: what a run has written, and with <c>--follow</c> what it goes on to write.</summary>
internal static class LogsCommand
{
    public static Command Create()
    {
        var run = Known.RunArgument();
        var follow = new Option<bool>("--follow", "-f") { Description = "Goes on until the run ends; exit code 1 when it does not succeed." };
        return ClientCommand.Create("logs", "Shows the log of a run.", [run, follow], async call =>
        {
            var found = (await call.Api.GetAsync<RunInfo>($"runs/{Uri.EscapeDataString(call.Get(run))}", call.Cancellation)).Value;
            if (call.Get(follow))
            {
                return await RunFollower.FollowAsync(call, found);
            }

            var log = await call.Api.GetTextAsync($"runs/{Uri.EscapeDataString(found.Id)}/log", call.Cancellation);
            return RunFollower.WriteLog(call, found, log);
        });
    }
}
