namespace PluginHost;

/// <summary>What an operator sets: the configuration section <c>PluginHost</c>.</summary>
public sealed class PluginHostOptions
{
    /// <summary>The name of the configuration section.</summary>
    public const string SectionName = "PluginHost";

    /// <summary>The watched repositories and drop folders by name. A name is letters, digits, hyphen and underscore.</summary>
    /// <value>At least one.</value>
    public Dictionary<string, SourceOptions> Sources { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The folder for clones, builds, artifacts, logs and history. One host at a time may use it.</summary>
    /// <value>The default is <c>.pluginhost</c> in the working directory.</value>
    public string DataDirectory { get; set; } = ".pluginhost";

    /// <summary>The name of this node in runs.</summary>
    /// <value>The default is the name of the machine.</value>
    public string NodeName { get; set; } = Environment.MachineName;

    /// <summary>What sets this node apart, such as <c>gpu</c> or <c>region=eu</c>. A script that needs a label (<c>NodeLabel</c>) runs on nodes that have it.</summary>
    /// <value>At most 64 labels of 1 to 63 letters, digits and <c>. _ = : / -</c>, compared without case. The default is none.</value>
    public IList<string> NodeLabels { get; set; } = [];

    /// <summary>How plugins are built.</summary>
    public BuildOptions Build { get; set; } = new();

    /// <summary>How plugins are loaded and replaced.</summary>
    public LoadOptions Load { get; set; } = new();

    /// <summary>How replaced versions leave memory.</summary>
    public UnloadOptions Unload { get; set; } = new();

    /// <summary>How scripts run.</summary>
    public RunOptions Runs { get; set; } = new();

    /// <summary>Whether the host begins in safe mode: it starts nothing by itself, no schedule, chain or retry, until somebody lets it.</summary>
    /// <value>The default is false. The ready host's supervisor begins so when the host has died again and again.</value>
    public bool SafeMode { get; set; }

    /// <summary>Which scripts run in worker processes.</summary>
    public IsolationOptions Isolation { get; set; } = new();

    /// <summary>How much of the past is kept on disk.</summary>
    public RetentionOptions Retention { get; set; } = new();
}

/// <summary>A watched repository, or a folder into which a pipeline drops plugins that it has built.</summary>
public sealed class SourceOptions
{
    /// <summary>Where the repository is: a folder, or a <c>file://</c>, <c>https://</c>, <c>http://</c> or <c>ssh://</c> address.</summary>
    public string Url { get; set; } = "";

    /// <summary>The folder of drops, in place of a repository: <c>PLUGIN/VERSION/</c>, as <c>pluginhost drop</c> writes them. Nothing is built then, and no SDK is needed.</summary>
    /// <value>
    /// The default is null. When it is set, <see cref="Url"/> is not, and of the other settings only <see cref="Poll"/>,
    /// <see cref="Timeout"/>, <see cref="Signatures"/> and the webhook's count. Whoever can write there runs code as the host's user.
    /// </value>
    public string? DropFolder { get; set; }

    /// <summary>The branch to follow.</summary>
    /// <value>The default is null: whatever HEAD of the repository names, also when it is detached.</value>
    public string? Branch { get; set; }

    /// <summary>The watched folder, from the root of the repository. Plugins are looked for in it and below.</summary>
    /// <value>The default is <c>plugins</c>; empty means the whole repository.</value>
    public string Path { get; set; } = "plugins";

    /// <summary>Whether the files are taken as they lie in the folder, committed or not, as soon as they are saved. For work on scripts, not for a service.</summary>
    /// <value>The default is false: the commits of a branch. When it is true, <see cref="Url"/> is a folder, and the branch does not count.</value>
    public bool WorkingTree { get; set; }

    /// <summary>Whether submodules are fetched, at the commits that the repository names.</summary>
    /// <value>
    /// The default is false: their files are not there, and a plugin that needs them is rejected. Their commit must be on a branch.
    /// <see cref="Credentials"/> go only to the source's own server; a folder of this machine is followed only from another one.
    /// </value>
    public bool Submodules { get; set; }

    /// <summary>How often the remote is asked for its tip. A drop folder is also looked at as soon as the system tells of a change.</summary>
    /// <value>100 milliseconds to 1 day. The default is 2 seconds.</value>
    public TimeSpan Poll { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long one exchange with the remote may take, a first clone included.</summary>
    /// <value>1 second to 1 day. The default is 10 minutes.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How to sign in to the remote. The default is no credentials.</summary>
    public CredentialOptions Credentials { get; set; } = new();

    /// <summary>Whose commits are taken. The default is everybody's who can push.</summary>
    public SignatureOptions Signatures { get; set; } = new();

    /// <summary>What becomes of a tip that does not descend from the commit accepted before it.</summary>
    /// <value>The default is <see cref="RewrittenHistory.Follow"/>. Another <see cref="Url"/> or <see cref="Branch"/> begins anew.</value>
    public RewrittenHistory RewrittenHistory { get; set; } = RewrittenHistory.Follow;

    /// <summary>The secret that webhooks for this source are signed with. They are sent to <c>api/v1/hooks/</c> and the source's name.</summary>
    /// <value>The default is null: no webhook is taken.</value>
    public string? WebhookSecret { get; set; }

    /// <summary>A file whose first line is that secret; read again for each webhook, so that a rotated secret is picked up.</summary>
    public string? WebhookSecretFile { get; set; }
}

/// <summary>How to sign in to a remote. Secrets never appear in logs, the API or the clone.</summary>
public sealed class CredentialOptions
{
    /// <summary>The user name for <c>https://</c>.</summary>
    /// <value>The default is <c>git</c>, which GitHub, GitLab and Gitea accept beside a token. Bitbucket wants <c>x-token-auth</c>.</value>
    public string User { get; set; } = "git";

    /// <summary>The token or password for <c>https://</c>.</summary>
    public string? Token { get; set; }

    /// <summary>A file whose first line is the token; read again for each exchange, so that a rotated token is picked up.</summary>
    public string? TokenFile { get; set; }

    /// <summary>The private key for <c>ssh://</c>, a file without a passphrase. The default is what OpenSSH finds by itself.</summary>
    public string? SshKeyFile { get; set; }

    /// <summary>The known_hosts file for <c>ssh://</c>. The default is OpenSSH's own. An unknown host key is always refused.</summary>
    public string? SshKnownHostsFile { get; set; }
}

/// <summary>How plugins are built.</summary>
public sealed class BuildOptions
{
    /// <summary>The build configuration.</summary>
    /// <value>The default is <c>Release</c>.</value>
    public string Configuration { get; set; } = "Release";

    /// <summary>How long the build of one commit may take before it is ended.</summary>
    /// <value>1 second to 1 day. The default is 10 minutes.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Names of environment variables that a build may see, beyond the few it needs.</summary>
    /// <value>Everything else is withheld, because MSBuild reads each variable as a property. The default is none.</value>
    public IList<string> PassEnvironment { get; set; } = [];

    /// <summary>How much memory the build servers may hold between builds; larger ones are replaced by fresh ones.</summary>
    /// <value>
    /// In bytes for all of them together, 256 MiB or more. The default is 1 GiB and 128 MiB for each processor. Fresh ones
    /// take about 0.5 GiB: with less than that they are replaced after every build.
    /// </value>
    public long MaxServerBytes { get; set; } = (1L << 30) + (Environment.ProcessorCount * (128L << 20));

    /// <summary>Whether packages are taken exactly as the <c>packages.lock.json</c> beside each project says, by version and content.</summary>
    /// <value>
    /// The default is false. When it is true, a plugin without that file, or whose file does not fit its project or what a
    /// source offers, is rejected. <c>dotnet restore --use-lock-file</c> makes it; commit it.
    /// </value>
    public bool LockedRestore { get; set; }

    /// <summary>A command, with its arguments, that each build is run through: another user, a sandbox, a limit of resources.</summary>
    /// <value>
    /// Each argument is an entry of its own, and the <c>dotnet</c> command line follows them. <c>{builds}</c> stands for the folder in
    /// the data directory that builds read and write. The default is none. With one, nothing is kept between builds, so that one
    /// build cannot reach into the next: no build servers, no command that waits; a build takes some seconds longer.
    /// </value>
    public IList<string> CommandPrefix { get; set; } = [];

    /// <summary>The dotnet command.</summary>
    /// <value>The default is the one that runs this process, else <c>dotnet</c> on the PATH.</value>
    public string? DotnetPath { get; set; }
}

/// <summary>How plugins are loaded and replaced.</summary>
public sealed class LoadOptions
{
    /// <summary>How long constructing and checking the scripts of one plugin may take.</summary>
    /// <value>100 milliseconds to 10 minutes. The default is 10 seconds.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long runs on a replaced version may go on when a further version waits for its place. At most two versions
    /// of a plugin hold runs.
    /// </summary>
    /// <value>The default is null: they may finish, and the newest version waits.</value>
    public TimeSpan? DrainTimeout { get; set; }

    /// <summary>Names of assemblies of the host that plugins share with it instead of bringing their own copy.</summary>
    /// <value>The default is none beyond the contract and the Microsoft.Extensions abstractions.</value>
    public IList<string> SharedAssemblies { get; set; } = [];
}

/// <summary>How scripts run.</summary>
public sealed class RunOptions
{
    /// <summary>How many runs may be under way at once in this host; further ones are queued.</summary>
    /// <value>1 to 10,000. The default is 100.</value>
    public int MaxConcurrent { get; set; } = 100;

    /// <summary>How many runs of the scripts of one plugin may be under way at once; further ones are queued.</summary>
    /// <value>1 to 10,000. The default is null: as many as the host allows.</value>
    public int? MaxConcurrentPerPlugin { get; set; }

    /// <summary>How many runs may be under way at once of all scripts that name a group, by the group's name.</summary>
    /// <value>1 to 10,000 each; names are compared without case. A group that is not listed here lets one run at a time.</value>
    public Dictionary<string, int> Groups { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The time limit of a script that does not set its own.</summary>
    /// <value>The default is null: none.</value>
    public TimeSpan? DefaultTimeout { get; set; }

    /// <summary>
    /// How long a cancelled or timed-out script may take to stop before it is given up on. Then its place is free, also for
    /// the next run of its script, and its version is shown with it until it really ends.
    /// </summary>
    /// <value>0 to 1 hour. The default is 30 seconds.</value>
    public TimeSpan CancelGrace { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether the thread of a script that does not stop within <see cref="CancelGrace"/> is aborted, up to the script's first await that really waits.</summary>
    /// <value>
    /// The default is false. It ends endless loops, whatever they catch. It does not end what waits, in Thread.Sleep or in
    /// native code. It is dangerous: a lock that the thread holds, or a field that it has half set, stays so, in the
    /// framework as well. A script with <c>Isolation = ScriptIsolation.Process</c> is ended without that danger.
    /// </value>
    public bool AbortAfterGrace { get; set; }

    /// <summary>Whether it is seen, told in the run's log and put back what a script changes for the whole process.</summary>
    /// <value>
    /// The default is true. Of the working directory, the default cultures, the console's writers, the limits of the
    /// thread pool and the environment variables, what changed during a run is put back, if no other run was under way
    /// meanwhile. Where more than eight runs end within 10 ms, what some of them changed is told of another one, or as a
    /// problem of the host. Set it to false where the application around the host changes these itself as it runs.
    /// </value>
    public bool WatchProcess { get; set; } = true;

    /// <summary>How much of a run's log is kept.</summary>
    /// <value>In bytes, 1 KiB to 1 GiB. The default is 10 MiB. The log says where it was cut.</value>
    public long MaxLogBytes { get; set; } = 10 * 1024 * 1024;

    /// <summary>How large a result may be.</summary>
    /// <value>In bytes of JSON, up to 100 MiB. The default is 1 MiB.</value>
    public int MaxResultBytes { get; set; } = 1024 * 1024;

    /// <summary>How large a value may be that a script keeps from one run to the next.</summary>
    /// <value>In bytes of JSON, 1 KiB to 16 MiB. The default is 64 KiB.</value>
    public int MaxStateValueBytes { get; set; } = 64 * 1024;

    /// <summary>How many values a script may keep from one run to the next.</summary>
    /// <value>1 to 100,000. The default is 1,000.</value>
    public int MaxStateKeys { get; set; } = 1000;

    /// <summary>Whether what a script writes to the console goes to its run's log.</summary>
    /// <value>The default is true. It replaces <see cref="Console.Out"/> and <see cref="Console.Error"/> of the process by writers that pass everything else through.</value>
    public bool CaptureConsole { get; set; } = true;

    /// <summary>
    /// Whether the process goes on when a plugin throws where nothing can handle it: on a thread of its own, in a timer,
    /// in an async void method, in a finalizer. It is logged, counted, and shown as a problem of the host.
    /// </summary>
    /// <value>
    /// The default is false, and true in the ready host. It takes the one handler that a process can have
    /// (<see cref="System.Runtime.ExceptionServices.ExceptionHandling.SetUnhandledExceptionHandler"/>); exceptions that
    /// are no plugin's end the process as ever.
    /// </value>
    public bool SurviveUnhandledExceptions { get; set; }

    /// <summary>Whether the thread pool is given more threads at once when all that it has are blocked, so that pages and the API go on answering.</summary>
    /// <value>
    /// The default is false, and true in the ready host. It raises the least number of threads of the process's pool
    /// (<see cref="ThreadPool.SetMinThreads"/>) step by step, to 1,000 at most, when the pool has not answered for half a
    /// second, and puts it back after a calm minute.
    /// </value>
    public bool RelieveThreadPool { get; set; }

    /// <summary>Whether processes that a run in the host has started, and what these started, are ended some seconds after the run, on Linux.</summary>
    /// <value>
    /// The default is false, and true in the ready host. They are known by an environment variable that is set for this
    /// process, so do not set this in an application that starts processes of its own; a process that was given another
    /// environment is not found. Which run started a process cannot be seen: it is ended when no run is under way any more
    /// that was so when the process was first seen, also if later runs use it, and when the host stops.
    /// </value>
    public bool EndLeftProcesses { get; set; }

    /// <summary>When a script is suspected of ending the process.</summary>
    public QuarantineOptions Quarantine { get; set; } = new();
}

/// <summary>When a script is suspected of ending the process. Then nothing starts it until somebody allows it, or a new version of its plugin goes live.</summary>
/// <remarks>
/// Counted is how often the process ended, not in good order, while a run of the script was under way on the same
/// version. Deaths that the ready host's supervisor has seen count also when they are further apart than the window, as
/// long as no run of the script has ended in between.
/// </remarks>
public sealed class QuarantineOptions
{
    /// <summary>How often is enough.</summary>
    /// <value>1 to 100, or 0 to suspect nothing ever. The default is 3.</value>
    public int Crashes { get; set; } = 3;

    /// <summary>How often is enough when runs of no other script were under way.</summary>
    /// <value>1 to 100. The default is 2.</value>
    public int CrashesAlone { get; set; } = 2;

    /// <summary>Within what time.</summary>
    /// <value>1 second to 30 days. The default is 10 minutes.</value>
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(10);
}
