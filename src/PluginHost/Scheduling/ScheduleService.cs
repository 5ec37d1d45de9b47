using System.Text.RegularExpressions;
using PluginHost.Crashes;
using PluginHost.History;
using PluginHost.Hosting;
using PluginHost.Running;
using PluginHost.Scripts;
using PluginHost.Swapping;

namespace PluginHost.Scheduling;

/// <summary>Shows the schedules of scripts, and takes what operators want of them.</summary>
internal sealed partial class ScheduleService(
    LiveRegistry live, EffectiveSchedules schedules, ScheduleOverrideStore overrides, ScheduleParameters parameters, SelfStarts selfStarts, IScheduleEngine scheduler, HostEvents events,
    ScheduleGate gate, TimeProvider time)
{
    private readonly NextTimes _next = new();

    /// <summary>All that is known of a script's schedules.</summary>
    public IReadOnlyList<ScheduleInfo> Of(ScriptDescriptor script)
    {
        var due = selfStarts.AreHeld(script.Id) ? new Dictionary<string, DateTimeOffset>() : scheduler.DueTimes(script.Id);
        return [.. schedules.Describe(script).Select(schedule => Describe(schedule, due))];
    }

    public Task<ScheduleInfo> SetAsync(string scriptId, string scheduleId, ScheduleRequest request, CancellationToken cancellationToken) =>
        gate.PassAsync(() => CheckAndSetAsync(scriptId, scheduleId, request, cancellationToken), cancellationToken);

    private async Task<ScheduleInfo> CheckAndSetAsync(string scriptId, string scheduleId, ScheduleRequest request, CancellationToken cancellationToken)
    {
        var script = Find(scriptId).Descriptor;
        var known = schedules.Describe(script).FirstOrDefault(schedule => schedule.Id.Equals(scheduleId, StringComparison.OrdinalIgnoreCase));
        var id = known?.Id ?? scheduleId;
        var code = known?.Code;
        if (code is null && EffectiveSchedules.IsIdOfCode(id))
        {
            throw new NotFoundException("schedule", $"{script.Id} {id}");
        }

        var errors = new ScheduleErrors();
        if (!Name().IsMatch(id))
        {
            errors.Add("id", $"'{id}' is no name for a schedule. Write 1 to 64 of A-Z, a-z, 0-9, dot, hyphen and underscore.");
        }

        EffectiveSchedules.Read(script.Id, id, request, code, errors.Add);
        if (code is null || request.Parameters is not null)
        {
            request = request with { Parameters = await parameters.CheckAsync(script.Id, request.Parameters, known?.Set?.Request.Parameters, errors) };
        }

        errors.ThrowIfAny();
        await overrides.SetAsync(
            new ScheduleOverride(script.Id, id, code is null ? null : new CodeSchedule(code.Cron, code.TimeZone.Id), request, time.GetUtcNow()), cancellationToken);
        Changed(script.Id);
        return Of(script).First(schedule => schedule.Id == id);
    }

    public async Task<IReadOnlyList<ScheduleInfo>> ResetAsync(string scriptId, string scheduleId, CancellationToken cancellationToken)
    {
        var script = Find(scriptId).Descriptor;
        if (!await overrides.RemoveAsync(script.Id, scheduleId, time.GetUtcNow(), cancellationToken))
        {
            throw new NotFoundException("override of a schedule", $"{script.Id} {scheduleId}");
        }

        Changed(script.Id);
        return Of(script);
    }

    public SchedulePreview Preview(string? cron, string? timeZone, string? scriptId)
    {
        // What stands for H follows from the script.
        var id = scriptId is null ? "" : Find(scriptId).Descriptor.Id;
        var errors = new ScheduleErrors();
        var schedule = ScheduleText.Read(id, new ScheduleRequest { Cron = cron, TimeZone = timeZone }, basis: null, key => key, errors.Add);
        errors.ThrowIfAny();
        var now = time.GetUtcNow();
        return new SchedulePreview(schedule!.Cron, schedule.TimeZone.Id, [.. schedule.TimesFrom(schedule.NextAfter(now)).Take(NextTimes.Shown)], [.. ScheduleAdvice.For(schedule, now)]);
    }

    private void Changed(string scriptId)
    {
        scheduler.Changed(scriptId);
        events.Publish(HostEventKind.Script, scriptId);
    }

    private ScheduleInfo Describe(EffectiveSchedule effective, IReadOnlyDictionary<string, DateTimeOffset> due)
    {
        var (set, schedule) = (effective.Set, effective.Schedule);
        return new ScheduleInfo
        {
            Id = effective.Id,
            Origin = effective.Origin,
            Cron = schedule?.Cron ?? set?.Request.Cron ?? set?.Code?.Cron ?? "",
            TimeZone = schedule?.TimeZone.Id ?? set?.Request.TimeZone ?? set?.Code?.TimeZone ?? TimeZoneInfo.Utc.Id,
            Overlap = schedule?.Overlap ?? set?.Request.Overlap ?? OverlapPolicy.Skip,
            CatchUp = schedule?.CatchUp ?? set?.Request.CatchUp ?? CatchUpPolicy.Latest,
            CatchUpWindowMs = (long)(schedule?.CatchUpWindow.TotalMilliseconds ?? 0),
            DelayMs = (long)(schedule?.Offset.TotalMilliseconds ?? 0),
            From = schedule?.Window?.From,
            Until = schedule?.Window?.Until,
            Parameters = SecretParameters.Hide(schedule?.Parameters ?? set?.Request.Parameters)?.DeepClone(),
            Disabled = set?.Request.Disabled ?? false,
            Code = set?.Code is null ? null : effective.Code is { } code ? new CodeSchedule(code.Cron, code.TimeZone.Id) : set.Code,
            Set = set is null ? null : set.Request with { Parameters = SecretParameters.Hide(set.Request.Parameters) },
            Inactive = effective.Inactive,
            SetBy = set?.Request.RequestedBy,
            SetAt = set?.SetAt,
            Next = effective.Running is { } running && due.TryGetValue(running.Key, out var first) ? _next.Of(running, first) : [],
        };
    }

    private LiveScript Find(string scriptId) =>
        live.Current.Scripts.GetValueOrDefault(scriptId) ?? throw new NotFoundException("script", scriptId);

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
