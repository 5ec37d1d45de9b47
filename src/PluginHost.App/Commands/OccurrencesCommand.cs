using System.CommandLine;
using PluginHost.App.Client;
using PluginHost.App.Output;

namespace PluginHost.App.Commands;

/// <summary><c>occurrences</c>: what became of the times at which schedules were due.</summary>
internal static class OccurrencesCommand
{
    public static Command Create()
    {
        var script = new Option<string?>("--script") { Description = "Only those of this script.", HelpName = "ID" };
        script.CompletionSources.Add(Known.Scripts);
        var outcome = EnumOption.Create<OccurrenceOutcome>("--outcome", "Only those that ended so.");
        var from = MomentOption.Create("--from", "Only those that were due then or later.");
        var to = MomentOption.Create("--to", "Only those that were due before.");
        var page = new PageOptions();
        return ClientCommand.Create("occurrences", "Shows what became of the times at which schedules were due, the latest first.", [script, outcome, from, to, .. page.All], async call => call.WriteList(
            await call.Api.GetAsync<Page<OccurrenceInfo>>(
                page.AddTo(call, new QueryText("occurrences").Add("script", call.Get(script)).Add("outcome", call.Get(outcome)).Add("from", call.Get(from)).Add("to", call.Get(to))),
                call.Cancellation),
            ["DUE", "SCRIPT", "SCHEDULE", "OUTCOME", "LATE BY", "RUN", "REASON"],
            occurrence =>
            [
                occurrence.Count == 1 ? call.Local(occurrence.Due) : $"{call.Local(occurrence.Due)} to {call.Local(occurrence.Until)} ({occurrence.Count} times)",
                occurrence.Script,
                occurrence.Schedule,
                Show.State(occurrence.Outcome),
                Show.Duration(occurrence.LateByMs),
                occurrence.RunId,
                occurrence.Reason,
            ],
            "No schedule was due then."));
    }
}
