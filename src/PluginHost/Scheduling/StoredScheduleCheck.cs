using PluginHost.Running;
using PluginHost.Scripts;

namespace PluginHost.Scheduling;

/// <summary>Checks whether the schedules that operators have set fit a version that is to go live: none of them may start runs that cannot be.</summary>
internal sealed class StoredScheduleCheck(EffectiveSchedules schedules, ScheduleParameters parameters)
{
    public IReadOnlyList<ScriptProblem> Find(IReadOnlyList<ScriptClass> scripts) => [.. scripts.SelectMany(Find)];

    private IEnumerable<ScriptProblem> Find(ScriptClass script)
    {
        var id = script.Descriptor.Id;
        foreach (var schedule in schedules.DescribeSet(script.Descriptor))
        {
            // With the script's own defaults the code has been checked already.
            var mayBeWrong = schedule.Origin == ScheduleOrigin.Added || schedule.Set!.Request.Parameters is not null;
            if (mayBeWrong && schedule.Running is { } running && parameters.Reveal(id, running.Parameters) is var given && script.Parameters.Bind(given, out var errors) is null)
            {
                // What was given as a secret is one, whatever this version says of it.
                var secrets = new SecretTexts();
                secrets.Learn(given, SecretParameters.NamesIn(running.Parameters));
                yield return new ScriptProblem(
                    ProblemStage.Schedule,
                    $"Script '{id}': schedule '{schedule.Id}', which an operator has set, would start runs that this version refuses: {secrets.Hide(string.Join(" ", errors.SelectMany(error => error.Value)))} Change the schedule for a version that has both, delete it (on the script's page, or DELETE api/v1/scripts/{id}/schedules/{schedule.Id}), or keep the parameter as it was; then sync the source.",
                    TypeDisplay.FullName(script.Type));
            }
        }
    }
}
