namespace PluginHost.Probes;

/// <summary>Does one thing and returns.</summary>
public abstract class Probe : IScript
{
    public async Task RunAsync(ScriptContext context, CancellationToken cancellationToken)
    {
        await DoAsync(context, cancellationToken);
        Do();
    }

    protected virtual Task DoAsync(ScriptContext context, CancellationToken cancellationToken) => Task.CompletedTask;

    protected virtual void Do()
    {
    }
}

public enum Size
{
    Small,
    Large,
}

public sealed record Order(int Id, Size Size);
