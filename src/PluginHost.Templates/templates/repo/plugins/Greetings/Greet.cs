namespace Greetings;

[Script(Description = "Greets somebody in the log", Timeout = "30s")]
[Schedule("0 9 * * MON-FRI", TimeZone = "Europe/Berlin")]
public sealed class Greet(ILogger<Greet> log) : IScript
{
    [Parameter(Description = "Whom to greet")]
    public string Name { get; init; } = "world";

    public async Task RunAsync(ScriptContext context, CancellationToken cancellationToken)
    {
        var times = await context.State.UpdateAsync<int>(Name, count => count + 1, cancellationToken);
        log.LogInformation("Hello, {Name}, for the {Times}. time.", Name, times);
        context.SetResult(new { greeted = Name, times });
    }
}
