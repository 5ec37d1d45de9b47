using Microsoft.Extensions.Logging;
using PluginHost.Hosting;
using PluginHost.Sources;

namespace PluginHost.Pipeline;

/// <summary>Looks at one source from time to time, and asks for a deployment when its tip has moved.</summary>
internal sealed partial class SourceWatcher(
    ISource source, TimeSpan poll, DeploymentQueue queue, HostEvents events, TimeProvider time, ILogger<SourceWatcher> logger)
{
    private readonly SemaphoreSlim _oneCheckAtATime = new(1);
    private readonly TaskCompletionSource _firstDeploymentEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PollBackoff _backoff = new(poll);
    private TaskCompletionSource _hint = NewHint();
    private SourceSnapshot? _latest;

    // The newest that was not refused: what is changed by hand is changed on it.
    private SourceSnapshot? _accepted;
    private Task<DeploymentInfo>? _deployment;
    private volatile SourceInfo _info = new(source.Name, source.Url, null, source.Folder, null, SourceState.Starting, null, null) { Kind = source.Kind };

    public SourceInfo Info => _info;

    /// <summary>Ends when the source's first tip is deployed, or it turned out that there is none to be had now.</summary>
    public Task FirstDeploymentEnded => _firstDeploymentEnded.Task;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var trigger = DeploymentTrigger.Startup;
        while (!cancellationToken.IsCancellationRequested)
        {
            // Before the look: whatever is hinted at from now on, it may not see.
            var hint = Volatile.Read(ref _hint);
            if (hint.Task.IsCompleted)
            {
                Volatile.Write(ref _hint, hint = NewHint());
            }

            try
            {
                await CheckAsync(trigger, cancellationToken);
                trigger = DeploymentTrigger.Poll;
            }
            catch (SourceException)
            {
                // Said where it happened; the pause before the next try is longer now.
                _firstDeploymentEnded.TrySetResult();
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
            {
                // Nobody foresaw this one. A watcher that ended by it would look healthy for ever.
                LogFailed(failure, source.Name);
                _backoff.Failed(SourceFailure.Unreachable);
                Tell(_info with { State = SourceState.Unreachable, Error = $"Looking at the source failed: {failure.Message} What is live stays live, and it is tried again. The host's log says more." });
                _firstDeploymentEnded.TrySetResult();
            }

            if (await PauseAsync(hint.Task, cancellationToken))
            {
                trigger = DeploymentTrigger.Webhook;
            }
        }
    }

    /// <summary>Ends the pause between two looks. During a look it makes for one more.</summary>
    public void Hint() => Volatile.Read(ref _hint).TrySetResult();

    /// <summary>Takes a commit although it does not descend from the one before it, at the next look.</summary>
    public void AcceptRewrite(string commit) => source.AcceptRewrite(commit);

    /// <summary>Looks now.</summary>
    /// <returns>The deployment of the tip, under way or done.</returns>
    /// <exception cref="SourceException">The source cannot be read.</exception>
    public async Task<Task<DeploymentInfo>> CheckAsync(DeploymentTrigger trigger, CancellationToken cancellationToken)
    {
        await _oneCheckAtATime.WaitAsync(cancellationToken);
        try
        {
            var seenAt = time.GetUtcNow();
            var snapshot = await source.PullAsync(_latest, cancellationToken);
            _backoff.Succeeded();

            // A clone that was made anew reads its trees anew, and what failed for want of it may succeed now.
            if (snapshot.Commit != _latest?.Commit || snapshot.Refusal != _latest.Refusal || !ReferenceEquals(snapshot.Tree, _latest.Tree) || await IsWorthAnotherTry(trigger))
            {
                LogTipMoved(source.Name, snapshot.Branch ?? (snapshot.Drops is null ? "HEAD" : "the newest drop"), snapshot.Commit, snapshot.Author, snapshot.Message);
                _deployment = queue.Enqueue(new DeploymentRequest(snapshot, source.Folder, trigger, seenAt, time.GetUtcNow() - seenAt));
                _ = _deployment.ContinueWith(_ => _firstDeploymentEnded.TrySetResult(), TaskScheduler.Default);
            }

            _latest = snapshot;
            _accepted = snapshot.Refusal is null ? snapshot : _accepted;
            var mistake = snapshot.Refusal ?? snapshot.Problem ?? FindMistake(snapshot);
            if (mistake is not null && _info.Error != mistake)
            {
                LogUnreadable(source.Name, mistake);
            }

            Tell(_info with { Branch = snapshot.Branch, Commit = _accepted?.Commit, State = SourceState.Watching, Error = mistake });
            return _deployment!;
        }
        catch (SourceException failure)
        {
            _backoff.Failed(failure.Failure);
            var state = failure.Failure == SourceFailure.NothingToDeploy ? SourceState.Empty : SourceState.Unreachable;
            if (_info.Error != failure.Message)
            {
                LogUnreadable(source.Name, failure.Message);
            }

            Tell(_info with { State = state, Error = failure.Message });
            throw;
        }
        finally
        {
            _oneCheckAtATime.Release();
        }
    }

    /// <summary>Deploys the tip again although it has not moved: something else has that decides what is live.</summary>
    /// <exception cref="ConflictException">The source has not been read yet.</exception>
    public Task<DeploymentInfo> DeployAgain(DeploymentTrigger trigger) => _accepted is { } snapshot
        ? queue.Enqueue(new DeploymentRequest(snapshot, source.Folder, trigger, time.GetUtcNow(), TimeSpan.Zero))
        : throw new ConflictException($"Source '{source.Name}' has had no commit to deploy since the host started, so its plugins cannot be changed now. {_info.Error}".TrimEnd());

    /// <returns>Whether a hint ended it.</returns>
    private async Task<bool> PauseAsync(Task hint, CancellationToken cancellationToken)
    {
        using var pause = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var delay = Task.Delay(_backoff.Delay, time, pause.Token);
        var ended = await Task.WhenAny(_backoff.IsRefused ? delay : hint, delay);
        await pause.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        return ended == hint;
    }

    private static TaskCompletionSource NewHint() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private string? FindMistake(SourceSnapshot snapshot) => snapshot.Tree.FindFolder(source.Folder) is null
        ? $"There is no folder '{source.Folder}' in commit {snapshot.Commit[..7]} of {source.Url}, so it has no plugins. Commit one, or set the folder to watch (--path, or Sources:{source.Name}:Path)."
        : null;

    /// <summary>Asked by hand, a tip is tried again unless all of it is live.</summary>
    private async Task<bool> IsWorthAnotherTry(DeploymentTrigger trigger) =>
        trigger == DeploymentTrigger.Manual && _deployment is { IsCompleted: true } done && (await done).State != DeploymentState.Succeeded;

    private void Tell(SourceInfo info)
    {
        var changed = info with { LastCheckedAt = _info.LastCheckedAt } != _info;
        _info = info with { LastCheckedAt = time.GetUtcNow() };
        if (changed)
        {
            events.Publish(HostEventKind.Source, source.Name);
        }
    }

    [LoggerMessage(EventId = 110, Level = LogLevel.Information, Message = "Source '{Source}': {Branch} is at {Commit}, {Author}: {Message}")]
    private partial void LogTipMoved(string source, string branch, string commit, string author, string message);

    [LoggerMessage(EventId = 112, Level = LogLevel.Error, Message = "Looking at source '{Source}' failed; it is tried again.")]
    private partial void LogFailed(Exception failure, string source);

    [LoggerMessage(EventId = 111, Level = LogLevel.Warning, Message = "Source '{Source}': {Error}")]
    private partial void LogUnreadable(string source, string error);
}
