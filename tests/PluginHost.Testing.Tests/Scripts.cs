using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace PluginHost.Testing.Tests;

public interface IOrders
{
    decimal Total(int days);
}

public sealed class FakeOrders : IOrders
{
    public decimal Total(int days) => days * 14m;
}

public sealed record Totals(decimal Sum, string? Recipient);

[Script(Timeout = "10m")]
[Schedule("30 2 * * *", TimeZone = "Europe/Berlin")]
public sealed class DailyTotals(IOrders orders, IConfiguration configuration, ILogger<DailyTotals> log) : IScript
{
    [Parameter]
    [System.ComponentModel.DataAnnotations.Range(1, 366)]
    public int Days { get; init; } = 1;

    [Parameter(Secret = true)]
    public string? Password { get; init; }

    public async Task RunAsync(ScriptContext context, CancellationToken cancellationToken)
    {
        log.LogInformation("Adding up {Days} days, with {Password}.", Days, Password);
        context.ReportProgress(0.5, "added up");
        await context.State.UpdateAsync<int>("count", count => count + 1, cancellationToken);
        context.ReportProgress(2);
        context.SetResult(new Totals(orders.Total(Days), configuration["Recipient"]));
    }
}

/// <summary>Waits for the clock, twice.</summary>
[Script(Timeout = "1h")]
public sealed class Waiting : IScript
{
    [Parameter]
    public TimeSpan Pause { get; init; } = TimeSpan.FromMinutes(5);

    public async Task RunAsync(ScriptContext context, CancellationToken cancellationToken)
    {
        for (var i = 1; i <= 2; i++)
        {
            await Task.Delay(Pause, context.TimeProvider, cancellationToken);
            context.Logger.LogInformation("Waited {Times}", i);
        }
    }
}
