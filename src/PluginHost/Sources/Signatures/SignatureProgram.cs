using PluginHost.Processes;

namespace PluginHost.Sources.Signatures;

/// <summary>A program that checks signatures, with a folder of its own for the time of one check.</summary>
internal sealed class SignatureProgram : IDisposable
{
    // Neither program talks to anybody; this is for a machine that hardly moves.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly string _command;
    private readonly ChildProcess _processes;
    private readonly CancellationToken _cancellationToken;
    private readonly string _folder = Directory.CreateTempSubdirectory("pluginhost-").FullName;

    /// <param name="name">The program's name.</param>
    /// <param name="processes">What runs it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="FileNotFoundException">It is not on the PATH.</exception>
    public SignatureProgram(string name, ChildProcess processes, CancellationToken cancellationToken)
    {
        _command = CommandPath.Find(name) ?? throw new FileNotFoundException($"The program '{name}' is not on the PATH; install it.");
        _processes = processes;
        _cancellationToken = cancellationToken;
    }

    public string PathOf(string file) => Path.Combine(_folder, file);

    /// <summary>Runs it to its end.</summary>
    /// <returns>Whether it succeeded, and what it said.</returns>
    public (bool Succeeded, IReadOnlyList<string> Said) Run(ReadOnlyMemory<byte> input, params string[] arguments)
    {
        var said = new List<string>();
        var exit = _processes.RunAsync(new ChildCommand(_command, arguments, _folder, Environment()), input, said.Add, Limit, _cancellationToken).GetAwaiter().GetResult();
        return exit.TimedOut
            ? throw new IOException($"{_command} took longer than {Limit} and was ended.")
            : (exit.Succeeded, said);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // What it says is read, so it is to be in English; dates without a zone are those of the host's.
    private static Dictionary<string, string> Environment()
    {
        var variables = new Dictionary<string, string> { ["LC_ALL"] = "C" };
        foreach (var name in new[] { "PATH", "TZ", "SystemRoot", "SystemDrive", "TEMP", "TMP", "TMPDIR" })
        {
            if (System.Environment.GetEnvironmentVariable(name) is { } value)
            {
                variables[name] = value;
            }
        }

        return variables;
    }
}
