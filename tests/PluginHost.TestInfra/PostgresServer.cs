namespace PluginHost.TestInfra;

/// <summary>A PostgreSQL server of its own, as it comes: what it says is stored is on disk.</summary>
public sealed class PostgresServer : IDisposable
{
    // It refuses to run as root, and Debian's package brings this user.
    private const string User = "postgres";

    private readonly TestDirectory _directory = new();
    private readonly string _programs;
    private readonly string _settings;
    private bool _runs;

    private PostgresServer(string programs, string settings)
    {
        (_programs, _settings) = (programs, settings);
        if (Environment.IsPrivilegedProcess)
        {
            Command.Run("/", "chown", User, _directory.Path);
        }

        var data = _directory.Combine("data");
        Run("initdb", "--pgdata", data, "--username", User, "--auth", "trust", "--no-instructions");

        StartAgain();
    }

    public string ConnectionString => $"Host={_directory.Path};Username={User};Database=postgres;Maximum Pool Size=200";

    /// <summary>Where it listens.</summary>
    public string Socket => _directory.Combine(".s.PGSQL.5432");

    /// <summary>Whether this machine has the programs.</summary>
    public static bool IsInstalled => Programs() is not null;

    /// <summary>Starts a server, or returns null where PostgreSQL is not installed.</summary>
    /// <param name="settings">More options of <c>postgres</c>, as in <c>-c name=value</c>.</param>
    public static PostgresServer? Start(string settings = "") => Programs() is { } programs ? new PostgresServer(programs, settings) : null;

    /// <summary>Starts a server for a test that needs one; see <see cref="Requires"/>.</summary>
    public static PostgresServer StartRequired() => Start() ?? throw new InvalidOperationException(Requires.Program("postgresql", "initdb"));

    /// <summary>Starts it again, on the same data.</summary>
    public void StartAgain()
    {
        // On a socket in its folder and nowhere else, with room for the pools of its clients.
        Run(
            "pg_ctl", "start", "--wait", "--silent", "--pgdata", _directory.Combine("data"), "--log", _directory.Combine("log"),
            "--options", $"-k {_directory.Path} -c listen_addresses='' -c max_connections=300 {_settings}");
        _runs = true;
    }

    /// <summary>Stops it, and whatever is connected finds out.</summary>
    public void Stop()
    {
        Run("pg_ctl", "stop", "--wait", "--silent", "--mode", "fast", "--pgdata", _directory.Combine("data"));
        _runs = false;
    }

    public void Dispose()
    {
        if (_runs)
        {
            Stop();
        }

        _directory.Dispose();
    }

    private static string? Programs()
    {
        // Debian keeps the programs of each major version in a folder that is not on the PATH.
        var onPath = Path.GetDirectoryName(Requires.Find("initdb"));
        var ofDebian = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")).Order(StringComparer.Ordinal).LastOrDefault()
            : null;
        return onPath ?? ofDebian;
    }

    private void Run(string program, params string[] arguments)
    {
        string[] command = [Path.Combine(_programs, program), .. arguments];
        if (Environment.IsPrivilegedProcess)
        {
            command = ["runuser", "-u", User, "--", .. command];
        }

        Command.Run(_directory.Path, command[0], command[1..]);
    }
}
