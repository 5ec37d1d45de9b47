using System.Net;
using System.Net.Sockets;

namespace PluginHost.TestInfra;

/// <summary>The network between a program and a PostgreSQL server. Once it is cut, nothing passes and neither side is told; when it is mended, what was on its way arrives.</summary>
public sealed class CuttableNetwork : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly string _server;
    private readonly Task _accepting;
    private TaskCompletionSource _isWhole = Whole();

    /// <param name="server">The server's socket in the file system.</param>
    public CuttableNetwork(string server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The port on 127.0.0.1 where the server is reached through it.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Cut() => _isWhole = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Mend() => _isWhole.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private static TaskCompletionSource Whole()
    {
        var whole = new TaskCompletionSource();
        whole.SetResult();
        return whole;
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(PassAsync(await _listener.AcceptSocketAsync(_stop.Token)));
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task PassAsync(Socket client)
    {
        using var here = client;
        using var there = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await Volatile.Read(ref _isWhole).Task.WaitAsync(_stop.Token);
            await there.ConnectAsync(new UnixDomainSocketEndPoint(_server), _stop.Token);
            await Task.WhenAny(CopyAsync(here, there), CopyAsync(there, here));
        }
        catch (Exception failure) when (failure is OperationCanceledException or SocketException)
        {
            // Both ends are closed.
        }
    }

    private async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReceiveAsync(buffer, _stop.Token) is > 0 and var count)
        {
            await Volatile.Read(ref _isWhole).Task.WaitAsync(_stop.Token);
            for (var sent = 0; sent < count;)
            {
                sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), _stop.Token);
            }
        }

        // That the other end has gone does not get through a cut either.
        await Volatile.Read(ref _isWhole).Task.WaitAsync(_stop.Token);
    }
}
