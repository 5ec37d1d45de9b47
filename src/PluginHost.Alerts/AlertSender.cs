using System.IO.Enumeration;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly;

namespace PluginHost.Alerts;

/// <summary>Sends alerts to those whom the rules name. One who cannot be reached holds up no other.</summary>
internal sealed partial class AlertSender : BackgroundService
{
    private const int Waiting = 1000;

    private readonly List<Receiver> _receivers;
    private readonly ResiliencePipeline _tries;
    private readonly ILogger<AlertSender> _logger;

    public AlertSender(IOptions<AlertOptions> options, Webhook webhook, Mail mail, TimeProvider time, ILogger<AlertSender> logger)
    {
        _logger = logger;
        _receivers =
        [
            .. options.Value.Rules.Where(rule => rule.Value.Url is not null).Select(rule => new Receiver(rule.Key, rule.Value, webhook.PostAsync)),

            // An address that the server refuses must not keep the others from their mail.
            .. options.Value.Rules.SelectMany(rule => rule.Value.MailTo.Select(address =>
                new Receiver(rule.Key, rule.Value, (_, alert, cancellationToken) => mail.SendAsync(address, alert, cancellationToken)))),
        ];
        _tries = Tries.Create(time);
    }

    /// <summary>Whether there is anybody to tell.</summary>
    public bool HasReceivers => _receivers.Count > 0;

    public void Send(Alert alert)
    {
        foreach (var receiver in _receivers.Where(receiver => Concerns(receiver.Rule, alert)))
        {
            receiver.Alerts.Writer.TryWrite(alert);
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(_receivers.Select(receiver => Task.Run(() => SendAllAsync(receiver, stoppingToken), stoppingToken)));

    private async Task SendAllAsync(Receiver receiver, CancellationToken stopping)
    {
        await foreach (var alert in receiver.Alerts.Reader.ReadAllAsync(stopping))
        {
            try
            {
                await _tries.ExecuteAsync(async cancellationToken => await receiver.SendAsync(receiver.Rule, alert, cancellationToken), stopping);
            }
            catch (Exception failure) when (!stopping.IsCancellationRequested)
            {
                LogNotSent(failure, alert.Title, receiver.Name);
            }
        }
    }

    private static bool Concerns(AlertRule rule, Alert alert) =>
        (rule.On.Count == 0 || rule.On.Contains(alert.Kind))
        && (rule.About.Count == 0 || rule.About.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, alert.Subject)));

    [LoggerMessage(EventId = 1002, Level = LogLevel.Error, Message = "The alert '{Title}' could not be sent to '{Rule}', six times, and is given up on. Check PluginHost:Alerts:Rules:{Rule}.")]
    private partial void LogNotSent(Exception failure, string title, string rule);

    /// <summary>Somebody who is told in one way, and what waits for them: of too much, the oldest is given up.</summary>
    private sealed record Receiver(string Name, AlertRule Rule, Func<AlertRule, Alert, CancellationToken, Task> SendAsync)
    {
        public Channel<Alert> Alerts { get; } = Channel.CreateBounded<Alert>(new BoundedChannelOptions(Waiting) { FullMode = BoundedChannelFullMode.DropOldest });
    }
}
