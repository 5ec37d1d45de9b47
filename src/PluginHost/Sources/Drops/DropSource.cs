using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using PluginHost.Sources.Signatures;

namespace PluginHost.Sources.Drops;

/// <summary>A folder into which a pipeline drops plugins that it has built.</summary>
internal sealed class DropSource(string name, SourceOptions options, IsKept isKept, SignatureCheck? signatures, TimeProvider time) : ISource
{
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private readonly DropFolder _folder = new(Path.GetFullPath(options.DropFolder!), isKept, signatures is null ? null : new DropSignatures(() => signatures.Stamp, signatures.Verify, time), time);

    public string Name { get; } = name;

    public SourceKind Kind => SourceKind.Drops;

    public string Url { get; } = Path.GetFullPath(options.DropFolder!);

    /// <summary>Nothing but drops lies there.</summary>
    public string Folder => "";

    public async Task<SourceSnapshot> PullAsync(SourceSnapshot? current, CancellationToken cancellationToken)
    {
        if (!await _oneAtATime.WaitAsync(options.Timeout, cancellationToken))
        {
            throw TimedOut();
        }

        // A share that has gone away can hold a thread for ever, and the next look must not begin before that one's end.
        var work = Task.Run(
            () =>
            {
                try
                {
                    return Read(current);
                }
                finally
                {
                    _oneAtATime.Release();
                }
            },
            CancellationToken.None);

        // Nobody waits for it any more when it ends after its time.
        _ = work.ContinueWith(done => _ = done.Exception, TaskScheduler.Default);
        try
        {
            return await work.WaitAsync(options.Timeout, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw TimedOut();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new SourceException(
                SourceFailure.Unreachable,
                $"The drops in {Url} cannot be read: {failure.Message} What is live stays live, and it is tried again. Check that the folder is there, and that the host's user may read it.",
                failure);
        }
    }

    public void Dispose()
    {
        // A look that still hangs gives its turn back when it ends, so that is left to the collector.
    }

    private SourceSnapshot Read(SourceSnapshot? current)
    {
        if (_folder.IsEmpty())
        {
            throw new SourceException(
                SourceFailure.NothingToDeploy,
                $"The folder {Url} is empty, as it is when a share is not mounted, so no plugin is taken away for that. Drop a plugin there. To have the last plugin taken away, leave some file in the folder.");
        }

        var (plugins, problem) = _folder.Read();
        return current?.Drops?.SequenceEqual(plugins) != true ? Describe(current?.Drops ?? [], plugins, problem)
            : current.Problem == problem ? current
            : current with { Problem = problem };
    }

    private SourceSnapshot Describe(IReadOnlyList<DroppedPlugin> before, IReadOnlyList<DroppedPlugin> plugins, string? problem)
    {
        // What it says of itself is what changed last; the receipt tells the rest.
        var newest = plugins.Except(before).Where(plugin => plugin.Current is not null).OrderByDescending(plugin => plugin.Current!.Manifest.CreatedAt).ToList();
        return new SourceSnapshot
        {
            Source = Name,
            Branch = null,
            Commit = newest is [{ Current: { } drop }, ..] ? drop.Commit : StateOf(plugins),
            Author = newest is [{ Current: { } its }, ..] ? its.Author : "unknown",
            Message = newest.Count == 0 ? (before.Count == 0 ? "no drop is there yet, or none is whole" : "drops were taken away, or are not whole") : $"{newest[0].Plugin} {newest[0].Current!.Version}: {newest[0].Current!.Message}{(newest.Count > 1 ? $", and {newest.Count - 1} more" : "")}",
            Tree = new SourceTree(StateOf(plugins), FrozenDictionary<string, SourceFile>.Empty, plugins.Where(plugin => plugin.Current is not null).ToFrozenDictionary(plugin => plugin.Plugin, TreeOf)),
            Signer = newest is [{ Current.Signer: { } signer }, ..] ? signer : null,
            OpenContent = _ => throw new InvalidOperationException("What is in a drop is not read as source."),
            Drops = plugins,
            Problem = problem,
        };
    }

    private static SourceTree TreeOf(DroppedPlugin plugin)
    {
        var id = plugin.Current!.ContentId;
        return new SourceTree(id, new Dictionary<string, SourceFile> { [DropManifest.FileName] = new(id, SourceFileKind.Regular) }.ToFrozenDictionary(), FrozenDictionary<string, SourceTree>.Empty);
    }

    // As long as a commit's id, which it stands for.
    private static string StateOf(IEnumerable<DroppedPlugin> plugins) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', plugins.Select(plugin => $"{plugin.Plugin}\t{plugin.Current?.ContentId}\t{plugin.Fault}")))))[..40];

    private SourceException TimedOut() => new(
        SourceFailure.Unreachable,
        $"Reading the drops in {Url} took longer than {options.Timeout}. What is live stays live, and it is tried again. Sources:{Name}:Timeout sets the limit.");
}
