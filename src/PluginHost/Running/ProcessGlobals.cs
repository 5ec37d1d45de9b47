using System.Collections;
using System.Globalization;
using Microsoft.Extensions.Options;
using PluginHost.Hosting;

namespace PluginHost.Running;

/// <summary>Sees what a script in this process has changed for all others in it, tells, and puts it back.</summary>
/// <remarks>
/// Compares before and after a run. Put back is only what changed while no other run was under way: otherwise nobody can
/// say whose change it is. What cannot be read, such as the switches of AppContext, is not seen. The environment as it
/// is at the end of a run is what it is for those that begin at once: to copy it can take longer than a run.
/// </remarks>
internal sealed class ProcessGlobals(HostProblems problems, IOptions<PluginHostOptions> options, TimeProvider time)
{
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(10);

    private sealed record Variables(IDictionary Values, long At);

    private sealed record Global(string Name, Func<object?> Read, Action<object?> PutBack);

    private static readonly Global[] Globals =
    [
        new("the working directory", WorkingDirectory, value => Environment.CurrentDirectory = (string)value!),
        new("CultureInfo.DefaultThreadCurrentCulture", () => CultureInfo.DefaultThreadCurrentCulture, value => CultureInfo.DefaultThreadCurrentCulture = (CultureInfo?)value),
        new("CultureInfo.DefaultThreadCurrentUICulture", () => CultureInfo.DefaultThreadCurrentUICulture, value => CultureInfo.DefaultThreadCurrentUICulture = (CultureInfo?)value),
        new("Console.Out", () => Console.Out, value => Console.SetOut((TextWriter)value!)),
        new("Console.Error", () => Console.Error, value => Console.SetError((TextWriter)value!)),
        new("the least number of threads of the thread pool", () => ThreadPoolMinimum.SetByOthers, value => ThreadPoolMinimum.Set(((int, int))value!)),
        new("the greatest number of threads of the thread pool", MaxThreads, value => ThreadPool.SetMaxThreads((((int, int))value!).Item1, (((int, int))value!).Item2)),
    ];

    private readonly Lock _lock = new();
    private int _underWay;
    private Watch? _alone;
    private volatile Variables? _latest;

    /// <summary>Remembers how things are as a run begins.</summary>
    public Watch Begin(string script)
    {
        var watch = new Watch(this, script);
        lock (_lock)
        {
            // Of many at once only the first can have thought that it was alone.
            _alone?.IsAlone = false;
            watch.IsAlone = _underWay++ == 0;
            _alone = watch.IsAlone ? watch : null;
        }

        // Only now: until then another one may still put things back.
        watch.Look();
        return watch;
    }

    private Variables LookAtVariables() => _latest = new Variables(Environment.GetEnvironmentVariables(), time.GetTimestamp());

    private Variables LatestVariables() => _latest is { } latest && time.GetElapsedTime(latest.At) < AtOnce ? latest : LookAtVariables();

    private static string? WorkingDirectory()
    {
        try
        {
            return Environment.CurrentDirectory;
        }
        catch (IOException)
        {
            // It was deleted.
            return null;
        }
    }

    private static object MaxThreads()
    {
        ThreadPool.GetMaxThreads(out var workers, out var ports);
        return (workers, ports);
    }

    /// <summary>The names of the variables of the environment that differ. For each run, and nearly always of none: so without a copy that is easier to work with.</summary>
    private static IEnumerable<string> Changed(IDictionary before, IDictionary after)
    {
        foreach (DictionaryEntry variable in after)
        {
            if (!Equals(before[variable.Key], variable.Value))
            {
                yield return (string)variable.Key;
            }
        }

        foreach (DictionaryEntry variable in before)
        {
            if (!after.Contains(variable.Key))
            {
                yield return (string)variable.Key;
            }
        }
    }

    /// <summary>A run under way.</summary>
    internal sealed class Watch
    {
        private readonly ProcessGlobals _owner;
        private readonly string _script;
        private object?[] _before = [];
        private IDictionary? _variables;

        public Watch(ProcessGlobals owner, string script) => (_owner, _script) = (owner, script);

        public void Look()
        {
            if (_owner.IsOn)
            {
                (_before, _variables) = (Array.ConvertAll(Globals, global => global.Read()), _owner.LatestVariables().Values);
            }
        }

        /// <summary>Whether no other run was under way meanwhile.</summary>
        public bool IsAlone { get; set; }

        /// <summary>The run has ended: tells what it changed, and puts it back where that may be.</summary>
        public void End(Action<string> tell)
        {
            try
            {
                foreach (var (name, restore) in _variables is null ? [] : Changes())
                {
                    var (putBack, restored) = PutBack(restore);
                    var what = restored ? "It was put back." : putBack ? "It could not be put back." : "Other runs were under way as well, so it stays as it is.";
                    tell($"While this run was under way, {name} changed, which is the same for everything in the process. {what}");
                    if (!restored)
                    {
                        _owner.Report(_script, name);
                    }
                }
            }
            finally
            {
                lock (_owner._lock)
                {
                    _owner._underWay--;
                    _owner._alone = _owner._alone == this ? null : _owner._alone;
                }
            }
        }

        /// <summary>While it is done, no other run begins.</summary>
        private (bool IsAllowed, bool IsDone) PutBack(Action restore)
        {
            lock (_owner._lock)
            {
                _owner._latest = null;
                return (IsAlone, IsAlone && Try(restore));
            }
        }

        private IEnumerable<(string Name, Action Restore)> Changes()
        {
            for (var i = 0; i < Globals.Length; i++)
            {
                var (global, before) = (Globals[i], _before[i]);
                if (!Equals(before, global.Read()))
                {
                    yield return (global.Name, () => global.PutBack(before));
                }
            }

            // Only by name: a value may be a secret.
            foreach (var name in Changed(_variables!, _owner.LookAtVariables().Values))
            {
                yield return ($"the environment variable {name}", () => Environment.SetEnvironmentVariable(name, (string?)_variables![name]));
            }
        }

        private static bool Try(Action restore)
        {
            try
            {
                restore();
                return true;
            }
            catch (Exception failure) when (failure is IOException or ArgumentException or UnauthorizedAccessException)
            {
                return false;
            }
        }
    }

    private bool IsOn => options.Value.Runs.WatchProcess;

    private void Report(string script, string what) => problems.Set(
        $"process {what}", $"A script, perhaps '{script}', changed {what} of this process, and it stays so until the host is restarted. Scripts that need that are run in a process of their own: [Script(Isolation = ScriptIsolation.Process)].");
}
