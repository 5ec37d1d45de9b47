namespace PluginHost.Tests.Scripts;

/// <summary>A script that does nothing, for tests that are about everything else.</summary>
public abstract class TestScript : IScript
{
    public Task RunAsync(ScriptContext context, CancellationToken cancellationToken) => Task.CompletedTask;
}
