using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace PluginHost.TestInfra;

/// <summary>A server program that a test starts on loopback, and that ends with it.</summary>
public sealed class Server : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly Lock LogLock = new();

    private static readonly ConcurrentDictionary<int, bool> Given = new();

    private readonly Process _process;

    private Server(Process process) => _process = process;

    /// <summary>A port that nobody listens on at this moment, and that no other test of this process was given.</summary>
    public static int FreePort()
    {
        while (true)
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            if (((IPEndPoint)listener.LocalEndpoint).Port is var port && Given.TryAdd(port, true))
            {
                return port;
            }
        }
    }

    /// <summary>Starts a program that stays in the foreground, and waits until it is ready.</summary>
    /// <param name="isReady">Whether it answers by now.</param>
    /// <param name="log">The file in which it says what is wrong.</param>
    /// <param name="file">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    public static Server Start(Func<bool> isReady, string log, string file, params string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.ErrorDataReceived += (_, line) => Append(log, line.Data);
        process.OutputDataReceived += (_, line) => Append(log, line.Data);
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        for (var watch = Stopwatch.StartNew(); !isReady(); Thread.Sleep(10))
        {
            if (process.HasExited || watch.Elapsed > Patience)
            {
                var state = process.HasExited ? $"ended with {process.ExitCode}" : "is not ready";
                process.Kill();
                process.WaitForExit();
                throw new InvalidOperationException($"{file} {string.Join(' ', arguments)} {state}: {(File.Exists(log) ? File.ReadAllText(log) : "")}");
            }
        }

        return new Server(process);
    }

    public static bool Answers(int port)
    {
        using var client = new TcpClient();
        try
        {
            client.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private static void Append(string log, string? line)
    {
        if (line is not null)
        {
            lock (LogLock)
            {
                File.AppendAllLines(log, [line]);
            }
        }
    }
}
