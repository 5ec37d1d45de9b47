using PluginHost.Artifacts;
using PluginHost.Checking;
using PluginHost.Hosting;
using PluginHost.Sources;

namespace PluginHost.App.Authoring;

/// <summary>The ready host's own parts and settings over a data directory that is gone afterwards; it is not started.</summary>
internal sealed class CheckHost : IAsyncDisposable
{
    private const string Source = "check";

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("pluginhost-check-");
    private readonly WebApplication _app;
    private readonly PluginFolder _folder;

    public CheckHost(PluginFolder folder)
    {
        _folder = folder;
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<INodeLabels, LabelsElsewhere>();
        builder.Services.AddPluginHost(options =>
        {
            options.DataDirectory = _data.FullName;
            options.Sources.Clear();
            options.Sources[Source] = new SourceOptions { Url = folder.Root, Path = folder.Path, WorkingTree = true };
        }).AddReadyHostSettings();
        _app = builder.Build();
    }

    /// <summary>What was built of a plugin, as long as this host is there; null when there is no such plugin.</summary>
    public PluginArtifact? FindBuild(string plugin) => _app.Services.GetRequiredService<ArtifactCatalog>().Of(plugin) is [var build, ..] ? build : null;

    /// <param name="reference">The commit to compare with; null for none.</param>
    /// <param name="tell">Told what is being done.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<CheckReport> RunAsync(string? reference, Action<string> tell, CancellationToken cancellationToken)
    {
        using var told = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var telling = TellAsync(tell, told.Token);
        try
        {
            using var tree = OpenTree();
            return await ActivatorUtilities.CreateInstance<PluginCheck>(_app.Services).RunAsync(tree, _folder.Path, reference, cancellationToken);
        }
        catch (SourceException failure)
        {
            throw new CommandFailure(failure.Message);
        }
        finally
        {
            await told.CancelAsync();
            await telling;
        }
    }

    /// <summary>The commit that is checked out, when no file differs from it; else null.</summary>
    public CheckedCommit? FindCleanCommit()
    {
        try
        {
            using var tree = OpenTree();
            var head = tree.ReadCommit("HEAD");
            return head.Tree.Id == tree.Read(current: null).Tree.Id ? new CheckedCommit(head.Commit, head.Author, head.Message) : null;
        }
        catch (SourceException)
        {
            // Not in git, or nothing is committed yet.
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        try
        {
            foreach (var file in _data.EnumerateFiles("*", SearchOption.AllDirectories).Where(file => file.IsReadOnly))
            {
                file.IsReadOnly = false;
            }

            _data.Delete(recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Windows holds on to assemblies that were loaded; what is temporary goes another time.
        }
    }

    private WorkingTree OpenTree() => new(Source, _folder.Root, Path.Combine(_data.FullName, "tree.git"), _app.Services.GetRequiredService<TimeProvider>());

    private async Task TellAsync(Action<string> tell, CancellationToken cancellationToken)
    {
        var last = "";
        var activities = _app.Services.GetRequiredService<HostActivities>();
        try
        {
            await foreach (var change in _app.Services.GetRequiredService<HostEvents>().WatchAsync(cancellationToken))
            {
                if (change.Kind == HostEventKind.Activity && activities.Current is [.., var newest] && newest.Message != last)
                {
                    tell(last = newest.Message);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The work has ended.
        }
    }
}

/// <summary>A commit whose files are the ones that were checked.</summary>
/// <param name="Id">Its full id.</param>
/// <param name="Author">Who wrote it.</param>
/// <param name="Message">The first line of its message.</param>
internal sealed record CheckedCommit(string Id, string Author, string Message);
