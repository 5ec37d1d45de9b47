using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace PluginHost.TestInfra;

/// <summary>The ready host as a process of its own, asked through its API as any program would.</summary>
public sealed class ReadyHost : IAsyncDisposable
{
    /// <summary>How long anything may take before a test gives up on it.</summary>
    public static TimeSpan Patience { get; set; } = TimeSpan.FromMinutes(2);

    private readonly MarkedProcesses _processes = new();
    private readonly Process _process;
    private readonly bool _isSupervised;
    private readonly List<string> _output = [];
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Whoever reads what a child process says blocks two threads of the pool for as long as it lives, and while the
    // processors are busy the pool adds none for many seconds: then a test does not hear that its host is up.
    static ReadyHost() => ThreadPool.SetMinThreads(200, 200);

    private ReadyHost(ProcessStartInfo start, bool isSupervised = false)
    {
        _isSupervised = isSupervised;
        start.RedirectStandardOutput = start.RedirectStandardError = true;

        // The mark is passed on to builds and workers, so that what a host leaves behind can be told from everybody else's.
        start.Environment["PluginHost__Build__PassEnvironment__0"] = MarkedProcesses.Variable;
        start.Environment["PluginHost__Isolation__PassEnvironment__0"] = MarkedProcesses.Variable;
        _process = new Process { StartInfo = _processes.Mark(start), EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.Exited += (_, _) => _address.TrySetException(new InvalidOperationException($"The host ended: {Output}"));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public HttpClient Api { get; } = new() { Timeout = Patience };

    public int ProcessId => _process.Id;

    public string Output
    {
        get
        {
            lock (_output)
            {
                return string.Join(Environment.NewLine, _output);
            }
        }
    }

    /// <summary>Starts a host and waits until its first load has ended.</summary>
    /// <param name="repository">The repository to watch.</param>
    /// <param name="data">The host's data directory.</param>
    /// <param name="poll">How often it looks for commits.</param>
    /// <param name="environment">Variables of its environment.</param>
    /// <param name="program">The DLL of the ready host; null for the one that was built beside the tests.</param>
    public static Task<ReadyHost> StartAsync(string repository, string data, string poll = "200ms", IReadOnlyDictionary<string, string>? environment = null, string? program = null) =>
        ReadyAsync(Launch(repository, data, poll, environment, program: program), "");

    /// <summary>Starts a host and waits until it listens; its first load goes on.</summary>
    public static Task<ReadyHost> LaunchAsync(
        string repository, string data, string poll = "200ms", IReadOnlyDictionary<string, string>? environment = null, string urls = "http://127.0.0.1:0", bool supervised = false) =>
        ListeningAsync(Launch(repository, data, poll, environment, urls, supervised), "");

    /// <summary>Starts a host as everybody does, with the supervisor that starts it again when it dies, and waits until its first load has ended.</summary>
    /// <param name="repository">The repository to watch.</param>
    /// <param name="data">The host's data directory.</param>
    /// <param name="environment">Variables of its environment.</param>
    /// <param name="options">Further options of the command line.</param>
    public static Task<ReadyHost> StartSupervisedAsync(
        string repository, string data, IReadOnlyDictionary<string, string>? environment = null, params IReadOnlyList<string> options)
    {
        // One port for all its lives, so that it is found again.
        return ReadyAsync(Launch(repository, data, "200ms", environment, $"http://127.0.0.1:{Server.FreePort()}", supervised: true, options), "");
    }

    /// <summary>Starts a host over a working tree, and waits until its first load has ended.</summary>
    public static Task<ReadyHost> StartDevAsync(string folder, string data)
    {
        var start = new ProcessStartInfo("dotnet", [ProgramOf("PluginHost.App"), "dev", folder, "--data", data, "--urls", "http://127.0.0.1:0"]);
        return ReadyAsync(new ReadyHost(start), "");
    }

    /// <summary>Starts a host over a folder of drops, and waits until its first load has ended.</summary>
    /// <param name="drops">The folder.</param>
    /// <param name="data">The host's data directory.</param>
    /// <param name="dotnet">The folder of the dotnet that runs it, and the only one on its PATH.</param>
    public static Task<ReadyHost> StartOverDropsAsync(string drops, string data, string dotnet)
    {
        var start = new ProcessStartInfo(
            Path.Combine(dotnet, "dotnet"), [ProgramOf("PluginHost.App"), "run", "--drop", drops, "--data", data, "--urls", "http://127.0.0.1:0", "--poll", "200ms", "--no-supervisor"]);
        start.Environment["PATH"] = dotnet;
        return ReadyAsync(new ReadyHost(start), "");
    }

    /// <summary>Starts another app that has the host in it, and waits until its first load has ended.</summary>
    /// <param name="project">The app's project.</param>
    /// <param name="mount">Where the app has mapped the host.</param>
    /// <param name="repository">The repository to watch.</param>
    /// <param name="data">The host's data directory.</param>
    /// <param name="environment">What else the app is told.</param>
    public static Task<ReadyHost> StartInAppAsync(string project, string mount, string repository, string data, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo("dotnet", [ProgramOf(project)]) { WorkingDirectory = Path.GetDirectoryName(ProgramOf(project)) };
        start.Environment["Urls"] = "http://127.0.0.1:0";
        start.Environment["PluginHost__Sources__default__Url"] = repository;
        start.Environment["PluginHost__DataDirectory"] = data;
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return ReadyAsync(new ReadyHost(start), mount);
    }

    /// <summary>Starts an app that has the host in it, configured by its own settings but for where it listens and keeps its data, and waits until its first load has ended.</summary>
    /// <param name="program">The app's DLL.</param>
    /// <param name="mount">Where the app has mapped the host.</param>
    /// <param name="data">The host's data directory.</param>
    /// <param name="environment">Further variables.</param>
    public static Task<ReadyHost> StartBuiltAppAsync(string program, string mount, string data, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("dotnet", [program]) { WorkingDirectory = Path.GetDirectoryName(program) };
        start.Environment["Urls"] = "http://127.0.0.1:0";
        start.Environment["PluginHost__DataDirectory"] = data;
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return ReadyAsync(new ReadyHost(start), mount);
    }

    /// <summary>Starts a host and waits until it has given up.</summary>
    public static async Task<(int ExitCode, string Output)> FailAsync(string repository, string data)
    {
        await using var host = Launch(repository, data);
        await host._process.WaitForExitAsync(new CancellationTokenSource(Patience).Token);
        return (host._process.ExitCode, host.Output);
    }

    /// <summary>The command lines of what the host has started and has not ended.</summary>
    public IReadOnlyList<string> StartedProcesses() => [.. _processes.Running().Where(process => process.Key != ProcessId).Select(process => process.Value)];

    /// <summary>The process that is the host itself, which its supervisor has started.</summary>
    public int SupervisedProcessId => _processes.Running().Single(process => process.Value.EndsWith("--supervised ", StringComparison.Ordinal)).Key;

    /// <summary>Waits until the process that was started has ended.</summary>
    public Task UntilEndedAsync() => _process.WaitForExitAsync(new CancellationTokenSource(Patience).Token);

    public Task UntilReadyAsync() => UntilAsync("health/ready", answer => answer["status"]?.ToString() != "starting");

    /// <summary>Starts a host with other options and waits until it has given up.</summary>
    public static async Task<(int ExitCode, string Output)> FailAsync(IReadOnlyDictionary<string, string> environment, params string[] options)
    {
        var start = new ProcessStartInfo("dotnet", [ProgramOf("PluginHost.App"), "run", .. options]);
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        await using var host = new ReadyHost(start);
        await host._process.WaitForExitAsync(new CancellationTokenSource(Patience).Token);
        return (host._process.ExitCode, host.Output);
    }

    /// <summary>Runs a command of the ready host's program to its end.</summary>
    public static string Run(params string[] arguments) => Command.Run("/", "dotnet", [ProgramOf("PluginHost.App"), .. arguments]);

    /// <summary>Starts a host that listens elsewhere than on loopback too; its first load goes on.</summary>
    public static Task<ReadyHost> LaunchElsewhereAsync(string repository, string data, IReadOnlyDictionary<string, string>? environment = null) =>
        ListeningAsync(Launch(repository, data, environment: environment, urls: "http://0.0.0.0:0"), "");

    public async Task<JsonNode> GetAsync(string path) => (await Api.GetFromJsonAsync<JsonNode>(path))!;

    public async Task<JsonNode> PostAsync(string path, object? body = null)
    {
        using var answer = body is null ? await Api.PostAsync(path, null) : await Api.PostAsJsonAsync(path, body);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }

    /// <summary>Asks until the answer is as wanted; while the host is being started again, too.</summary>
    public async Task<JsonNode> UntilAsync(string path, Func<JsonNode, bool> wanted)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < Patience; await Task.Delay(50))
        {
            try
            {
                using var response = await Api.GetAsync(path);
                var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
                if (wanted(answer))
                {
                    return answer;
                }
            }
            catch (HttpRequestException) when (_isSupervised && !_process.HasExited)
            {
                // It has died and comes back.
            }
        }

        throw new TimeoutException($"{path} did not become as wanted. {Output}");
    }

    /// <summary>Deploys the tip and answers the receipt.</summary>
    public Task<JsonNode> SyncAsync(TimeSpan? limit = null) => PostAsync($"api/v1/sources/default/sync?wait={Math.Min((limit ?? Patience).TotalSeconds, 600)}");

    /// <summary>Runs a script to its end.</summary>
    public Task<JsonNode> RunAsync(string script, object? parameters = null) =>
        PostAsync($"api/v1/scripts/{script}/runs?wait=60", new { parameters });

    /// <summary>Asks the host to stop, as a service manager does, and answers its exit code.</summary>
    public async Task<int> StopAsync()
    {
        Command.Run("/", "kill", "-TERM", ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture));
        await _process.WaitForExitAsync(new CancellationTokenSource(Patience).Token);
        return _process.ExitCode;
    }

    /// <summary>Ends the host without a chance to tidy up.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        if (!_process.HasExited)
        {
            await StopAsync();
        }

        _process.Dispose();
    }

    /// <summary>The host, once its first load has ended.</summary>
    private static async Task<ReadyHost> ReadyAsync(ReadyHost starting, string mount)
    {
        var host = await ListeningAsync(starting, mount);
        try
        {
            await host.UntilReadyAsync();
            return host;
        }
        catch
        {
            // Nobody else has it.
            await host.DisposeAsync();
            throw;
        }
    }

    private static ReadyHost Launch(string repository, string data, string poll = "200ms", IReadOnlyDictionary<string, string>? environment = null, string urls = "http://127.0.0.1:0", bool supervised = false, IReadOnlyList<string>? options = null, string? program = null)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [program ?? ProgramOf("PluginHost.App"), "run", "--repo", repository, "--data", data, "--urls", urls, "--poll", poll, .. supervised ? Array.Empty<string>() : ["--no-supervisor"], .. options ?? []]);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return new ReadyHost(start, supervised);
    }

    private static async Task<ReadyHost> ListeningAsync(ReadyHost host, string mount)
    {
        try
        {
            host.Api.BaseAddress = new Uri(await host._address.Task.WaitAsync(Patience), mount);
            return host;
        }
        catch (TimeoutException failure)
        {
            var said = host.Output;
            await host.DisposeAsync();
            throw new TimeoutException($"The host does not listen after {Patience}: {said}", failure);
        }
    }

    /// <summary>The DLL of a project: everything is built beside the tests, in artifacts/bin/project/configuration.</summary>
    public static string ProgramOf(string project)
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(here.Parent!.Parent!.FullName, project, here.Name, project + ".dll");
    }

    private void Read(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.Add(line);
        }

        // What the ready host says, and what ASP.NET Core says in any other app.
        foreach (var words in new[] { "Dashboard: ", "Now listening on: " })
        {
            if (line.IndexOf(words, StringComparison.Ordinal) is var start and >= 0)
            {
                _address.TrySetResult(new Uri(line[(start + words.Length)..].Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal)));
            }
        }
    }
}
