using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Timeout;

namespace PluginHost.Alerts;

/// <summary>Tells forges how deployments go: those of a source in their order, and one that cannot be reached holds up no other.</summary>
internal sealed partial class CommitStatusSender : BackgroundService
{
    private const int Waiting = 100;

    private readonly Forge _forge;
    private readonly ILogger<CommitStatusSender> _logger;
    private readonly Dictionary<string, Line> _lines;
    private readonly ResiliencePipeline _tries;

    public CommitStatusSender(IOptions<AlertOptions> options, Forge forge, TimeProvider time, ILogger<CommitStatusSender> logger)
    {
        (_forge, _logger) = (forge, logger);
        _lines = options.Value.CommitStatuses.ToDictionary(entry => entry.Key, entry => new Line(entry.Key, entry.Value), StringComparer.OrdinalIgnoreCase);
        _tries = Tries.Create(time, new PredicateBuilder().Handle<HttpRequestException>().Handle<TimeoutRejectedException>());
    }

    /// <summary>The sources whose commits have a forge.</summary>
    public IReadOnlyCollection<string> Sources => _lines.Keys;

    public void Send(string source, CommitStatus status)
    {
        if (_lines.TryGetValue(source, out var line))
        {
            line.Statuses.Writer.TryWrite(status);
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(_lines.Values.Select(line => Task.Run(() => SendAllAsync(line, stoppingToken), stoppingToken)));

    private async Task SendAllAsync(Line line, CancellationToken stopping)
    {
        CommitStatus? told = null;
        await foreach (var status in line.Statuses.Reader.ReadAllAsync(stopping))
        {
            // Events come in more often than anything changes, and what is over already is not told to be under way.
            if (told == status || (status.State == CommitStatusState.Pending && line.Statuses.Reader.TryPeek(out var next) && next.Deployment == status.Deployment))
            {
                continue;
            }

            try
            {
                await _tries.ExecuteAsync(async cancellationToken => await _forge.SetAsync(line.Options, status, cancellationToken), stopping);
                told = status;
            }
            catch (ForgeRefusedException refusal)
            {
                LogRefused(status.Commit, line.Source, refusal.Message);
            }
            catch (Exception failure) when (!stopping.IsCancellationRequested)
            {
                LogNotTold(failure, status.Commit, line.Source, Tries.Most);
            }
        }
    }

    [LoggerMessage(EventId = 1005, Level = LogLevel.Error, Message = "The status of commit {Commit} was refused: {Reason} Check the token's rights and PluginHost:Alerts:CommitStatuses:{Source}. The deployment is not affected.")]
    private partial void LogRefused(string commit, string source, string reason);

    [LoggerMessage(EventId = 1006, Level = LogLevel.Error, Message = "The status of commit {Commit} of source '{Source}' could not be told to its forge, {Tries} times, and is given up on. The deployment is not affected.")]
    private partial void LogNotTold(Exception failure, string commit, string source, int tries);

    /// <summary>The statuses of a source that wait: of too many, the oldest are given up.</summary>
    private sealed record Line(string Source, CommitStatusOptions Options)
    {
        public Channel<CommitStatus> Statuses { get; } = Channel.CreateBounded<CommitStatus>(new BoundedChannelOptions(Waiting) { FullMode = BoundedChannelFullMode.DropOldest });
    }
}
