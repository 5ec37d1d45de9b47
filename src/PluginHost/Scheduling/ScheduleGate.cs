namespace PluginHost.Scheduling;

/// <summary>Lets through one at a time: what an operator sets is checked against what is live, and what goes live against what is set, and neither changes in between.</summary>
internal sealed class ScheduleGate
{
    private readonly SemaphoreSlim _gate = new(1);

    public async Task<T> PassAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            return await work();
        }
        finally
        {
            _gate.Release();
        }
    }
}
