namespace PluginHost.App.Supervision;

/// <summary>The supervisor, seen from the host that it has started.</summary>
internal sealed class SupervisorLink
{
    // The next supervisor is not to find this host in its way.
    private static readonly TimeSpan OrphanLimit = TimeSpan.FromSeconds(10);

    private readonly StreamReader _input;
    private readonly CancellationTokenSource _stop = new();

    private SupervisorLink(StreamReader input, Greeting greeting)
    {
        (_input, Greeting) = (input, greeting);

        // A thread of its own: a script can block those of the pool.
        new Thread(Listen) { IsBackground = true, Name = "PluginHost supervisor" }.UnsafeStart();
    }

    public Greeting Greeting { get; }

    /// <summary>Cancelled when the supervisor wants the host to stop, or has died.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Waits for the supervisor's greeting.</summary>
    /// <exception cref="UsageException">There is no supervisor.</exception>
    public static SupervisorLink Open()
    {
        var input = new StreamReader(Console.OpenStandardInput());

        // What the supervisor says is not for scripts.
        Console.SetIn(TextReader.Null);
        return input.ReadLine() is { } line && Greeting.Read(line) is { } greeting
            ? new SupervisorLink(input, greeting)
            : throw new UsageException($"{CommandLine.Supervised} is what the host's supervisor starts the host with. Leave it out.");
    }

    private void Listen()
    {
        while (_input.ReadLine() is { } line)
        {
            if (line == Greeting.Stop)
            {
                _stop.Cancel();
            }
        }

        // Nobody watches any more, and nobody would start the host again: it ends, in good order if it can.
        ProcessEnd.KillAfter(OrphanLimit);
        _stop.Cancel();
    }
}
