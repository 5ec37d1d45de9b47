using System.Globalization;
using PluginHost.Scripts;
using Quartz.Extensibility;
using Quartz.Impl.AdoJobStore;

namespace PluginHost.Cluster.Scheduling;

/// <summary>Keeps <see cref="CronosTrigger"/> in the table that Quartz has for triggers of one's own.</summary>
internal sealed class CronosTriggerPersistence(TimeProvider time) : SimplePropertiesTriggerPersistenceDelegateBase
{
    public override bool CanHandleTriggerType(IOperableTrigger trigger) => trigger is CronosTrigger;

    public override string GetHandledTriggerTypeDiscriminator() => "CRONOS";

    protected override SimplePropertiesTriggerProperties GetTriggerProperties(IOperableTrigger trigger)
    {
        var times = ((CronosTrigger)trigger).Times;
        return new SimplePropertiesTriggerProperties
        {
            String1 = times.Script,
            String2 = times.Cron,
            String3 = times.Window is { } window ? $"{Write(window.From)}/{Write(window.Until)}" : null,
            Long1 = times.Offset.Ticks,
            TimeZoneId = times.TimeZone,
        };
    }

    protected override TriggerPropertyBundle GetTriggerPropertyBundle(SimplePropertiesTriggerProperties properties)
    {
        var window = properties.String3?.Split('/') is [var from, var until] ? new ScheduleWindow(Read(from), Read(until)) : null;
        return new TriggerPropertyBundle(new CronosScheduleBuilder(
            new CronosTimes(properties.String1!, properties.String2!, properties.TimeZoneId!, TimeSpan.FromTicks(properties.Long1), window), time));
    }

    private static string? Write(DateTimeOffset? moment) => moment?.UtcTicks.ToString(CultureInfo.InvariantCulture);

    private static DateTimeOffset? Read(string ticks) => ticks.Length == 0 ? null : new DateTimeOffset(long.Parse(ticks, CultureInfo.InvariantCulture), TimeSpan.Zero);
}
