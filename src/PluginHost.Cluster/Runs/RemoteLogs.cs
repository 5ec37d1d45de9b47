using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using PluginHost.Cluster.Nodes;
using PluginHost.Cluster.Postgres;
using PluginHost.Cluster.Signals;
using PluginHost.History;

namespace PluginHost.Cluster.Runs;

/// <summary>Asks other nodes for the logs that are in their files, a page at a time, through the database. Where nobody looks, no line travels.</summary>
internal sealed class RemoteLogs(HistoryDatabase database, RunStore store, Node node, PostgresSource source, TimeProvider time)
{
    /// <summary>In characters: as much as fits into a row without slowing down others.</summary>
    private const int LongestPage = 256 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    private readonly ConcurrentDictionary<string, TaskCompletionSource> _waiting = new();

    public async IAsyncEnumerable<RunLogLine> ReadAsync(RunInfo run, long after, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var ended = false; !ended;)
        {
            // Looked at before the log is: what is written until then is in it.
            var stored = store.Find(run.Id);
            if (stored is { IsFinished: false, Node: "" } && follow)
            {
                await Task.Delay(Pause, time, cancellationToken);
                continue;
            }

            if (stored is null or { Node: "" })
            {
                yield break;
            }

            // It may have been moved.
            run = stored;
            var isOver = run.IsFinished;
            if (await AskAsync(run, after, cancellationToken) is not { } page)
            {
                yield return new RunLogLine(after + 1, $"The log is on node '{run.Node}', which does not answer. It is there again when the node is.");
                yield break;
            }

            foreach (var line in page.Lines)
            {
                yield return new RunLogLine(++after, line);
            }

            ended = page.IsWhole && (isOver || !follow);
            if (!ended && page.IsWhole)
            {
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    /// <summary>The answer to a request of this node is there.</summary>
    public void Answered(string request)
    {
        if (_waiting.TryGetValue(request, out var waiting))
        {
            waiting.TrySetResult();
        }
    }

    /// <summary>Answers what another node asks.</summary>
    /// <param name="request">The request.</param>
    /// <param name="read">Reads the log of a run that is here, from after a line on.</param>
    /// <param name="asker">The node that asks.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task AnswerAsync(string request, Func<string, long, IAsyncEnumerable<RunLogLine>> read, string asker, CancellationToken cancellationToken)
    {
        var asked = database.Read(connection => connection.Query("SELECT run, after FROM log_requests WHERE id = @id", reader => (Run: reader.GetString(0), After: reader.GetInt64(1)), ("@id", request)));
        if (asked is not [var (run, after)])
        {
            return;
        }

        var (page, isWhole, length) = (new List<string>(), true, 0);
        await foreach (var line in read(run, after).WithCancellation(cancellationToken))
        {
            if (length > LongestPage)
            {
                isWhole = false;
                break;
            }

            // The one character that PostgreSQL does not store.
            page.Add(line.Text.Replace('\0', '\uFFFD'));
            length += line.Text.Length;
        }

        await database.WriteAsync(
            connection =>
            {
                connection.Run("UPDATE log_requests SET answer = @answer, ended = @whole WHERE id = @id", ("@answer", string.Join('\n', page)), ("@whole", isWhole), ("@id", request));
                Signal.Send(connection, source, Signal.Answer, asker, request);
                return true;
            },
            cancellationToken);
    }

    private async Task<(IReadOnlyList<string> Lines, bool IsWhole)?> AskAsync(RunInfo run, long after, CancellationToken cancellationToken)
    {
        var (request, answered) = (Guid.NewGuid().ToString("n"), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        _waiting[request] = answered;
        try
        {
            await database.WriteAsync(
                connection =>
                {
                    // Those of readers that died meanwhile go, too.
                    connection.Run("DELETE FROM log_requests WHERE at < now() - interval '1 minute'");
                    connection.Run("INSERT INTO log_requests (id, run, after) VALUES (@id, @run, @after)", ("@id", request), ("@run", run.Id), ("@after", after));
                    Signal.Send(connection, source, Signal.Log, run.Node, request, node.Id);
                    return true;
                },
                cancellationToken);
            await answered.Task.WaitAsync(Patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return null;
        }
        finally
        {
            _waiting.TryRemove(request, out _);
        }

        var answers = await database.WriteAsync(
            connection => connection.Query("DELETE FROM log_requests WHERE id = @id RETURNING answer, ended", reader => (Text: reader.GetString(0), IsWhole: reader.GetBoolean(1)), ("@id", request)), cancellationToken);
        return answers is [var (text, isWhole)] ? (text.Length == 0 ? [] : text.Split('\n'), isWhole) : null;
    }
}
