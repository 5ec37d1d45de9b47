using System.ComponentModel.DataAnnotations;

namespace HelloWorld;

// The smallest useful script: it runs every 15 seconds, and whenever somebody presses its button.
// Change the text, commit, and watch the next run use the new code.
[Script(Description = "Greets somebody in the log", Tags = ["example"], Timeout = "30s")]
[Schedule("*/15 * * * * *", CatchUp = CatchUpPolicy.None)]
public sealed class Greet(ILogger<Greet> log) : IScript
{
    // Each [Parameter] becomes a field of the form on the script's page. Runs by schedule use the defaults.
    [Parameter(Description = "Who is greeted")]
    [StringLength(50, MinimumLength = 1)]
    public string Name { get; init; } = "world";

    [Parameter(Description = "How warmly")]
    public Tone Tone { get; init; } = Tone.Friendly;

    [Parameter(Description = "How many times")]
    [Range(1, 10)]
    public int Times { get; init; } = 1;

    [Parameter(Description = "In capital letters")]
    public bool Loud { get; init; }

    public Task RunAsync(ScriptContext context, CancellationToken cancellationToken)
    {
        var greeting = Tone switch
        {
            Tone.Formal => $"Good day, {Name}.",
            Tone.Cheerful => $"Hey {Name}, great to see you!",
            _ => $"Hello, {Name}.",
        };

        if (Loud)
        {
            greeting = greeting.ToUpperInvariant();
        }

        for (var i = 0; i < Times; i++)
        {
            log.LogInformation("{Greeting}", greeting);
        }

        return Task.CompletedTask;
    }
}

public enum Tone
{
    Formal,
    Friendly,
    Cheerful,
}
