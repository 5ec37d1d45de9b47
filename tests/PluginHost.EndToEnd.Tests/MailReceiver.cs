using System.Buffers;
using System.Net;
using System.Text;
using System.Threading.Channels;
using PluginHost.TestInfra;
using SmtpServer;
using SmtpServer.ComponentModel;
using SmtpServer.Protocol;
using SmtpServer.Storage;

namespace PluginHost.EndToEnd.Tests;

/// <summary>An SMTP server that takes every message.</summary>
internal sealed class MailReceiver : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Mailbox _mailbox = new();
    private readonly Task _serving;

    public MailReceiver()
    {
        var services = new ServiceProvider();
        services.Add(_mailbox);
        var options = new SmtpServerOptionsBuilder().ServerName("localhost").Endpoint(endpoint => endpoint.Endpoint(new IPEndPoint(IPAddress.Loopback, Port))).Build();
        _serving = new SmtpServer.SmtpServer(options, services).StartAsync(_stop.Token);
    }

    public int Port { get; } = Server.FreePort();

    /// <summary>Waits for the next message.</summary>
    /// <returns>As it was sent, with its headers.</returns>
    public Task<string> NextAsync() => _mailbox.Messages.Reader.ReadAsync().AsTask().WaitAsync(ReadyHost.Patience);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _stop.Dispose();
    }

    private sealed class Mailbox : MessageStore
    {
        public Channel<string> Messages { get; } = Channel.CreateUnbounded<string>();

        public override async Task<SmtpResponse> SaveAsync(
            ISessionContext context, IMessageTransaction transaction, ReadOnlySequence<byte> buffer, CancellationToken cancellationToken)
        {
            await Messages.Writer.WriteAsync(Encoding.UTF8.GetString(buffer.ToArray()), cancellationToken);
            return SmtpResponse.Ok;
        }
    }
}
