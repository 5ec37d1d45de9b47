using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>What the host tells a service manager that speaks systemd's protocol.</summary>
[Platform("Linux")]
public sealed class UnderSystemd : HostTestBase
{
    [TestCase(false)]
    [TestCase(true)]
    public async Task TheHost_SaysThatItIsReady_ThatItIsAtWork_AndThatItStops(bool supervised)
    {
        Repository.AddPlugin("A").Commit("First");
        using var manager = new NotifySocket();
        var environment = new Dictionary<string, string> { ["NOTIFY_SOCKET"] = manager.Path, ["WATCHDOG_USEC"] = "400000" };

        await using (var host = await ReadyHost.LaunchAsync(Repository.Path, Data, environment: environment, supervised: supervised))
        {
            await manager.UntilAsync(said => said.Contains("READY=1") && said.Count(line => line == "WATCHDOG=1") > 2);
            await host.UntilReadyAsync();
            Assert.That(await host.StopAsync(), Is.Zero);

            // As the journal wants it: with a severity, and without a time.
            Assert.That(host.Output, Does.Contain("<6>").And.Contain("Plugin 'A' is live"));
        }

        await manager.UntilAsync(said => said.Contains("STOPPING=1"));
    }

    private sealed class NotifySocket : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        private readonly ConcurrentQueue<string> _said = new();
        private readonly CancellationTokenSource _end = new();

        public NotifySocket()
        {
            // Short: the address of a socket has 108 bytes.
            Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"n{Guid.NewGuid():n}"[..12]);
            _socket.Bind(new UnixDomainSocketEndPoint(Path));
            _ = ReadAsync();
        }

        public string Path { get; }

        public async Task UntilAsync(Func<IReadOnlyList<string>, bool> condition)
        {
            for (var watch = Stopwatch.StartNew(); !condition([.. _said]); await Task.Delay(20))
            {
                Assert.That(watch.Elapsed, Is.LessThan(ReadyHost.Patience), $"It said: {string.Join(" ", _said)}");
            }
        }

        public void Dispose()
        {
            _end.Cancel();
            _socket.Dispose();
            _end.Dispose();
            File.Delete(Path);
        }

        private async Task ReadAsync()
        {
            var buffer = new byte[4096];
            try
            {
                while (true)
                {
                    var count = await _socket.ReceiveAsync(buffer, _end.Token);
                    foreach (var line in Encoding.UTF8.GetString(buffer, 0, count).Split('\n', StringSplitOptions.RemoveEmptyEntries))
                    {
                        _said.Enqueue(line);
                    }
                }
            }
            catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The test has ended.
            }
        }
    }
}
