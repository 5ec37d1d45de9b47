using System.Threading.Channels;

namespace PluginHost.Pipeline;

/// <summary>Tips that wait for their deployment. A newer tip of a source takes the place of one that still waits.</summary>
internal sealed class DeploymentQueue
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Pending> _pending = new(StringComparer.OrdinalIgnoreCase);
    private readonly Channel<string> _sources = Channel.CreateUnbounded<string>();

    /// <summary>Asks for a deployment.</summary>
    /// <returns>Ends with the receipt of this tip, or of the newer one that took its place.</returns>
    public Task<DeploymentInfo> Enqueue(DeploymentRequest request)
    {
        lock (_lock)
        {
            if (_pending.TryGetValue(request.Source, out var waiting))
            {
                _pending[request.Source] = waiting with { Request = request };
                return waiting.Done.Task;
            }

            var pending = new Pending(request, new TaskCompletionSource<DeploymentInfo>(TaskCreationOptions.RunContinuationsAsynchronously));
            _pending[request.Source] = pending;
            _sources.Writer.TryWrite(request.Source);
            return pending.Done.Task;
        }
    }

    public async Task<Pending> DequeueAsync(CancellationToken cancellationToken)
    {
        var source = await _sources.Reader.ReadAsync(cancellationToken);
        lock (_lock)
        {
            _pending.Remove(source, out var pending);
            return pending!;
        }
    }

    /// <summary>A request, and whoever waits for its receipt.</summary>
    internal sealed record Pending(DeploymentRequest Request, TaskCompletionSource<DeploymentInfo> Done);
}
