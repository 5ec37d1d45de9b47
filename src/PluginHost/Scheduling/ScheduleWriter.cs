using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using PluginHost.History;
using PluginHost.Hosting;
using PluginHost.Running;
using PluginHost.Swapping;

namespace PluginHost.Scheduling;

/// <summary>Carries out what the scheduler decides, in the order of its decisions. The timer does not wait for the disk.</summary>
internal sealed partial class ScheduleWriter(RunService runs, ScheduleStore store, HostEvents events, ILogger<ScheduleWriter> logger)
{
    private readonly Channel<(string Script, Func<Task> Work)> _decisions =
        Channel.CreateUnbounded<(string, Func<Task>)>(new() { SingleReader = true });

    public void Account(ScheduleMark mark) => Add(mark.Script, () => store.SetAsync(mark, CancellationToken.None));

    public void Forget(string script, string key) => Add(script, () => store.RemoveAsync(script, key, CancellationToken.None));

    public void Start(LiveScript script, OverlapPolicy overlap, DateTimeOffset due, RunTrigger trigger, ScheduleMark mark) =>
        Add(mark.Script, async () =>
        {
            if (await runs.StartScheduledAsync(script, overlap, due, trigger, mark) is null)
            {
                await store.SetAsync(mark, CancellationToken.None);
            }
        });

    /// <summary>Tells who watches that the next times of a script have changed.</summary>
    public void Tell(string script) => Add(script, () => Task.CompletedTask);

    /// <summary>Nothing more is decided; <see cref="RunAsync"/> ends when all is carried out.</summary>
    public void Complete() => _decisions.Writer.TryComplete();

    public async Task RunAsync()
    {
        await foreach (var (script, work) in _decisions.Reader.ReadAllAsync())
        {
            try
            {
                await work();
            }
            catch (ConflictException)
            {
                // The host is stopping. The time is not marked, so it is caught up after the next start.
            }
            catch (Exception failure)
            {
                LogFailed(failure, script);
            }

            events.Publish(HostEventKind.Script, script);
        }
    }

    private void Add(string script, Func<Task> work) => _decisions.Writer.TryWrite((script, work));

    [LoggerMessage(EventId = 602, Level = LogLevel.Error, Message = "A scheduled run of script '{ScriptId}' could not be started or stored.")]
    private partial void LogFailed(Exception failure, string scriptId);
}
