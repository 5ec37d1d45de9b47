namespace MyPlugin;

[Script(Description = "Says hello in the log")]
// [Schedule("0 6 * * MON-FRI", TimeZone = "Europe/Berlin")]
public sealed class Run(ILogger<Run> log) : IScript
{
    [Parameter(Description = "Whom to greet")]
    public string Name { get; init; } = "world";

    public Task RunAsync(ScriptContext context, CancellationToken cancellationToken)
    {
        log.LogInformation("Hello, {Name}!", Name);
        return Task.CompletedTask;
    }
}
