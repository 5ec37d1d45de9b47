using System.Net.Http.Json;

namespace Notify;

[Script(Description = "Tells a channel when a site stops answering, and when it answers again", Timeout = "00:00:50")]
[Schedule("* * * * *")]
public sealed class WatchSite(HttpClient http, IConfiguration settings, ILogger<WatchSite> log) : IScript
{
    private const string WasUp = "was-up";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public async Task RunAsync(ScriptContext context, CancellationToken cancellationToken)
    {
        var site = Setting("Site");
        var isUp = await AnswersAsync(site, cancellationToken);

        var wasUp = await context.State.GetAsync<bool?>(WasUp, cancellationToken) ?? true;

        // Only a change is told, and what was told is kept after that: better told twice than never.
        if (isUp != wasUp)
        {
            var text = isUp ? $"{site} answers again." : $"{site} does not answer.";
            using var answer = await http.PostAsJsonAsync(Setting("WebhookUrl"), new { text }, cancellationToken);
            answer.EnsureSuccessStatusCode();
            log.LogInformation("Told: {Text}", text);
        }

        await context.State.SetAsync<bool?>(WasUp, isUp, cancellationToken);
        context.SetResult(new { isUp });
    }

    private async Task<bool> AnswersAsync(string site, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            using var answer = await http.GetAsync(site, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception failure) when (failure is HttpRequestException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            log.LogWarning("{Site}: {Reason}", site, failure.Message);
            return false;
        }
    }

    private string Setting(string name) => settings[name]
        ?? throw new InvalidOperationException($"Nobody can be told. Set PluginHost:Scripts:Notify.WatchSite:{name} where the host keeps its settings.");
}
