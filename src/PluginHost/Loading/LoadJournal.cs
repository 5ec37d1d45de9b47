using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PluginHost.Artifacts;
using PluginHost.Crashes;
using PluginHost.History;
using PluginHost.Hosting;

namespace PluginHost.Loading;

/// <summary>Knows what is being loaded also when the host dies of it: a build that ends the process each time is loaded no more.</summary>
/// <remarks>
/// A file stands for each load that is under way. It need not reach the disk: what outlives the process is enough.
/// One death proves nothing, because anything may have ended the process; so at the next start builds are loaded one at
/// a time, and the one that the host dies of once more is known.
/// </remarks>
internal sealed partial class LoadJournal(DataDirectory data, LoadCrashStore store, PreviousDeath death, TimeProvider time, ILogger<LoadJournal> logger) : IHostedService, IDisposable
{
    private const int Enough = 2;

    private readonly ConcurrentDictionary<(string Plugin, string ContentKey), LoadCrash> _crashes = new();
    private readonly ConcurrentDictionary<string, bool> _underWay = new();
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private volatile bool _careful;

    private string Folder => Path.Combine(data.Root, "loading");

    /// <summary>Takes up what the host before this one was loading when it died.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var known in store.GetAll())
        {
            _crashes[Key(known.Plugin, known.ContentKey)] = known;
        }

        Directory.CreateDirectory(Folder);
        var left = Directory.GetFiles(Folder);
        var suspects = left.Select(Read).OfType<Loading>().DistinctBy(load => Key(load.Plugin, load.ContentKey)).ToList();
        if (suspects.Count > 0)
        {
            _careful = true;
            var alone = suspects.Count == 1 && store.PluginsUnderWay().All(plugin => plugin.Equals(suspects[0].Plugin, StringComparison.OrdinalIgnoreCase));
            var crashes = suspects.ConvertAll(load => new LoadCrash(
                load.Plugin, load.ContentKey, (_crashes.GetValueOrDefault(Key(load.Plugin, load.ContentKey))?.Crashes ?? 0) + 1, alone, time.GetUtcNow(), death.Cause));
            await store.SaveAsync(crashes, cancellationToken);
            foreach (var crash in crashes)
            {
                _crashes[Key(crash.Plugin, crash.ContentKey)] = crash;
                LogSuspected(crash.Plugin, crash.ContentKey, crash.Crashes);
            }
        }

        Array.ForEach(left, File.Delete);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Why a build is not loaded any more, or null.</summary>
    public string? Refuse(PluginArtifact artifact)
    {
        if (!_crashes.TryGetValue(Key(artifact.PluginId, artifact.ContentKey), out var crash) || crash.Crashes < Enough || !crash.Alone)
        {
            return null;
        }

        var cause = crash.Cause is { } text ? $" of this: {PreviousDeath.Headline(text)}" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Loading version {artifact.Version} of {artifact.PluginId} ended the whole host {crash.Crashes} times in a row, the last time before {crash.At:u}{cause}. So it is not loaded again, until its content changes. Look for a module initializer, a static constructor or a script's constructor that does so.");
    }

    /// <summary>Notes that a build is being loaded, until the answer is disposed. Waits for its turn when builds are loaded one at a time.</summary>
    public async Task<IDisposable> BeginAsync(PluginArtifact artifact, CancellationToken cancellationToken)
    {
        var careful = _careful;
        if (careful)
        {
            await _oneAtATime.WaitAsync(cancellationToken);
        }

        var file = Path.Combine(Folder, Guid.NewGuid().ToString("n"));
        try
        {
            Directory.CreateDirectory(Folder);
            await File.WriteAllBytesAsync(
                file, JsonSerializer.SerializeToUtf8Bytes(new Loading(artifact.PluginId, artifact.ContentKey), LoadJournalJson.Default.Loading), cancellationToken);
            _underWay[file] = true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // A full disk must not keep a plugin from being loaded; what is lost is the knowledge of what the host dies of.
            LogNotNoted(failure, artifact.PluginId);
        }

        return new Note(() =>
        {
            Remove(file);
            if (careful)
            {
                _oneAtATime.Release();
            }
        });
    }

    /// <summary>A build was loaded, and the host lives.</summary>
    public async Task SurvivedAsync(PluginArtifact artifact)
    {
        if (_crashes.TryRemove(Key(artifact.PluginId, artifact.ContentKey), out _))
        {
            await store.RemoveAsync(artifact.PluginId, artifact.ContentKey, CancellationToken.None);
        }
    }

    /// <summary>What is still being loaded when the host ends in good order is not what ended it.</summary>
    public void Dispose()
    {
        foreach (var file in _underWay.Keys)
        {
            Remove(file);
        }
    }

    private void Remove(string file)
    {
        if (_underWay.TryRemove(file, out _))
        {
            try
            {
                File.Delete(file);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // Then the next start is careful, and finds out.
            }
        }
    }

    private static Loading? Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), LoadJournalJson.Default.Loading);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private static (string, string) Key(string plugin, string contentKey) => (plugin.ToLowerInvariant(), contentKey);

    [LoggerMessage(EventId = 420, Level = LogLevel.Warning, Message = "The host died while it loaded build '{ContentKey}' of plugin '{PluginId}', for the {Crashes}. time. Plugins are loaded one at a time now, to find out whether it died of that.")]
    private partial void LogSuspected(string pluginId, string contentKey, int crashes);

    [LoggerMessage(EventId = 421, Level = LogLevel.Warning, Message = "It could not be noted down that plugin '{PluginId}' is being loaded, so if the host dies of it, nobody will know. Look at the data directory: is its disk full, or read-only?")]
    private partial void LogNotNoted(Exception failure, string pluginId);

    internal sealed record Loading(string Plugin, string ContentKey);

    private sealed class Note(Action end) : IDisposable
    {
        private Action? _end = end;

        public void Dispose() => Interlocked.Exchange(ref _end, null)?.Invoke();
    }

    [JsonSerializable(typeof(Loading))]
    private sealed partial class LoadJournalJson : JsonSerializerContext;
}
