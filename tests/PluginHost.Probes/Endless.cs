using Microsoft.Extensions.Logging;

namespace PluginHost.Probes.Endless;

/// <summary>Neither stops when it is asked to, nor lets itself be thrown out.</summary>
public sealed class Spins : Probe
{
    public static volatile int Rounds;

    protected override Task DoAsync(ScriptContext context, CancellationToken cancellationToken)
    {
        context.Logger.LogInformation("Spinning");
        return Task.CompletedTask;
    }

    protected override void Do()
    {
        while (true)
        {
            try
            {
                while (true)
                {
                    Rounds++;
                }
            }
            catch (Exception)
            {
                Rounds = 0;
            }
        }
    }
}
