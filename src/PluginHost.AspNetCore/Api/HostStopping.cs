using System.Runtime.CompilerServices;

namespace PluginHost.AspNetCore.Api;

/// <summary>Ends what would go on for long when the application stops.</summary>
/// <remarks>
/// The server waits for every request before anything else is stopped: one page left open would use up the time that
/// the runs under way have to end in.
/// </remarks>
internal static class HostStopping
{
    /// <summary>The same items; the end, rather than a failure, when the token says so.</summary>
    public static async IAsyncEnumerable<T> EndUpon<T>(this IAsyncEnumerable<T> items, [EnumeratorCancellation] CancellationToken end)
    {
        await using var enumerator = items.GetAsyncEnumerator(end);
        while (await MoveNextAsync())
        {
            yield return enumerator.Current;
        }

        async ValueTask<bool> MoveNextAsync()
        {
            try
            {
                return await enumerator.MoveNextAsync();
            }
            catch (OperationCanceledException) when (end.IsCancellationRequested)
            {
                return false;
            }
        }
    }

    /// <summary>Waits with a token that the stop cancels, too; then answers what is instead.</summary>
    public static async Task<T> WaitAsync<T>(
        Func<CancellationToken, Task<T>> wait, Func<Task<T>> instead, CancellationToken stopping, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
        try
        {
            return await wait(either.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return await instead();
        }
    }
}
