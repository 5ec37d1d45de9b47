using System.Net.ServerSentEvents;
using Microsoft.Kiota.Abstractions;
using Microsoft.Kiota.Abstractions.Authentication;
using Microsoft.Kiota.Abstractions.Serialization;
using Microsoft.Kiota.Http.HttpClientLibrary;
using PluginHost.Client.Models;
using PluginHost.TestInfra;

namespace PluginHost.Client.Tests;

/// <summary>A stranger's program: its client is generated from the API's description, and knows nothing else of the host.</summary>
[Platform(Exclude = "Win", Reason = "The host is stopped by SIGTERM.")]
public sealed class ClientOfTheApi
{
    private const string Script = "Report.Work";

    private TestDirectory _folder = null!;
    private TestRepository _repository = null!;
    private ReadyHost _host = null!;
    private HttpClientRequestAdapter _adapter = null!;
    private PluginHostClient _client = null!;

    [SetUp]
    public async Task StartHost()
    {
        _folder = new TestDirectory();
        _repository = TestRepository.Create(_folder.Combine("repository"));
        _repository.AddPlugin(
            "Report",
            """
            Console.WriteLine($"day {Days}");
            await context.State.UpdateAsync<int>("runs", runs => runs + 1);
            context.SetResult(Days == 1 ? 1.5 : new { days = Days, names = new[] { "Ada", "Grace" } });
            """,
            "[Script(Tags = [\"daily\"])] [Schedule(\"* * * * * *\")]",
            "[Parameter, System.ComponentModel.DataAnnotations.Range(1, 9)] public int Days { get; init; } = 1; [Parameter] public DayOfWeek WeekBegins { get; init; }").Commit("First");
        _host = await ReadyHost.StartAsync(_repository.Path, _folder.Combine("data"), poll: "1h");
        _adapter = new HttpClientRequestAdapter(new AnonymousAuthenticationProvider(), httpClient: _host.Api) { BaseUrl = _host.Api.BaseAddress!.ToString().TrimEnd('/') };
        _client = new PluginHostClient(_adapter);
    }

    [TearDown]
    public async Task StopHost()
    {
        _adapter?.Dispose();
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Test]
    public async Task Runs_AreStartedFollowedAndListed_AndWrongParametersAreNamed()
    {
        var script = (await _client.Api.V1.Scripts.GetAsync())!.Items!.Single();
        Assert.That((script.Id, script.State, script.Tags!.Single()), Is.EqualTo((Script, (ScriptState?)ScriptState.Ready, "daily")));
        Assert.That(Of(((UntypedObject)script.Parameters!).GetValue()["type"]), Is.EqualTo("object"), "the JSON Schema, as it is");
        Assert.That((await _client.Api.V1.Scripts[Script].Pause.PostAsync())!.State, Is.EqualTo(ScriptState.Paused));

        var run = (await StartAsync(new() { ["Days"] = 3, ["WeekBegins"] = "monday" }, wait: 60))!;
        Assert.That(run.State, Is.EqualTo(RunState.Succeeded), run.Error?.Message);
        var result = ((UntypedObject)run.Result!).GetValue();
        Assert.That(Of(result["days"]), Is.EqualTo(3));
        Assert.That(((UntypedArray)result["names"]).GetValue().Select(Of), Is.EqualTo(new[] { "Ada", "Grace" }));
        var number = await _client.Api.V1.Runs[(await StartAsync([], wait: 60))!.Id!].GetAsync();
        Assert.That(Of(number!.Result!), Is.EqualTo(1.5), "a result that is no object");

        var wrong = (await Assert.ThrowsAsync<HttpValidationProblemDetails>(() => StartAsync(new() { ["Days"] = 99, ["Weekday"] = 1 })))!;
        Assert.That(wrong.Errors!.AdditionalData.Keys, Is.EquivalentTo(new[] { "Days", "Weekday" }));
        Assert.That(wrong.Title, Is.Not.Empty);
        var missing = (await Assert.ThrowsAsync<ProblemDetails>(() => _client.Api.V1.Scripts["Report.Wrok"].GetAsync()))!;
        Assert.That((missing.ResponseStatusCode, missing.Title), Is.EqualTo((404, "There is no script 'Report.Wrok'.")));

        Assert.That(await _client.Api.V1.Runs[run.Id!].Log.GetAsync(), Does.EndWith(" OUT day 3\n"));
        Assert.That(await FollowAsync(run.Id!), Is.EqualTo(new[] { "message", "end" }));

        for (var i = 0; i < 3; i++)
        {
            await StartAsync([], wait: 60);
        }

        var listed = new List<string>();
        string? next = null;
        do
        {
            var page = (await _client.Api.V1.Runs.GetAsync(query => query.QueryParameters = new() { Script = Script, Trigger = Api.V1.Runs.GetTriggerQueryParameterType.Manual, Limit = 2, After = next }))!;
            Assert.That(page.Items, Has.Count.InRange(1, 2));
            listed.AddRange(page.Items!.Select(item => item.Id!));
            next = page.Next;
        }
        while (next is not null);
        Assert.That(listed, Has.Count.EqualTo(5).And.Unique.And.Ordered.Descending);
        Assert.That((await _client.Api.V1.Scripts[Script].State.GetAsync())!.Items!.Select(value => Of(value.Value!)), Has.One.Matches<object>(runs => Convert.ToInt32(runs, null) >= 5));
        await _client.Api.V1.Scripts[Script].State.DeleteAsync(query => query.QueryParameters.Key = "runs");
    }

    [Test]
    public async Task TheSameKey_StartsOneRun()
    {
        async Task<RunInfo?> StartOnceAsync(int days) => await _client.Api.V1.Scripts[Script].Runs.PostAsync(
            new StartRunBody { Parameters = new() { AdditionalData = { ["Days"] = days } } }, request => request.Headers.Add("Idempotency-Key", "order 1"));

        var first = await StartOnceAsync(2);
        Assert.That((await StartOnceAsync(2))!.Id, Is.EqualTo(first!.Id));
        var refused = (await Assert.ThrowsAsync<ProblemDetails>(() => StartOnceAsync(3)))!;
        Assert.That(refused.ResponseStatusCode, Is.EqualTo(409));
    }

    [Test]
    public async Task Schedules_ArePausedResumedSetAndTakenBack_AndTheirTimesAreAccountedFor()
    {
        var api = _client.Api.V1;
        await UntilAsync(async () => (await api.Occurrences.GetAsync(query => query.QueryParameters = new()
        {
            Script = Script, Outcome = Api.V1.Occurrences.GetOutcomeQueryParameterType.Ran, To = DateTimeOffset.UtcNow,
        }))!.Items!.Exists(due => due.RunId is not null && due.LateByMs >= 0));

        await api.Scripts[Script].Pause.PostAsync();
        var set = await api.Scripts[Script].Schedules["nightly"].PutAsync(new ScheduleBody { Cron = "0 3 * * *", TimeZone = "Europe/Berlin", Parameters = new() { AdditionalData = { ["Days"] = 7 } } });
        Assert.That((set!.Cron, set.Next!.Count), Is.EqualTo(("0 3 * * *", 0)), "while it is paused nothing is due");
        var refused = (await Assert.ThrowsAsync<HttpValidationProblemDetails>(() => api.Scripts[Script].Schedules["nightly"].PutAsync(new ScheduleBody { Cron = "61 3 * * *" })))!;
        Assert.That(refused.Errors!.AdditionalData.Keys, Is.EqualTo(new[] { "cron" }));
        Assert.That((await api.Scripts[Script].Schedules.GetAsync())!.Items, Has.Count.EqualTo(2));
        Assert.That((await api.Scripts[Script].Schedules["nightly"].DeleteAsync())!.Items, Has.Count.EqualTo(1));
        Assert.That((await api.Schedules.Preview.GetAsync(query => query.QueryParameters = new() { Cron = "0 6 * * MON-FRI", TimeZone = "Asia/Tokyo" }))!.Next, Is.Not.Empty);
        Assert.That((await api.Scripts[Script].Resume.PostAsync())!.State, Is.EqualTo(ScriptState.Ready));
        Assert.That((await api.Scripts[Script].Calendar.GetAsync(query => query.QueryParameters.From = new Date(DateTime.UtcNow.AddDays(-7))))!.Items, Is.Not.Empty);
        Assert.That((await api.Audit.GetAsync(query => query.QueryParameters.Action = Api.V1.Audit.GetActionQueryParameterType.ScriptPause))!.Items!.Single().Target, Is.EqualTo(Script));
    }

    [Test]
    public async Task Commits_AreSyncedRolledBackAndUnpinned()
    {
        var api = _client.Api.V1;
        var first = (await api.Plugins["Report"].GetAsync())!.Live!.Version;
        _repository.Replace("plugins/Report/Work.cs", "day {", "the day {").Commit("Second");
        var deployment = (await api.Sources["default"].Sync.PostAsync(query => query.QueryParameters.Wait = 120))!;
        Assert.That((deployment.State, deployment.Message), Is.EqualTo((DeploymentState.Succeeded, "Second")));
        Assert.That((await api.Deployments[deployment.Id!].GetAsync())!.Plugins!.Single().Outcome, Is.EqualTo(PluginOutcomeKind.Built));
        Assert.That((await api.Deployments.GetAsync(query => query.QueryParameters.Limit = 1))!.Next, Is.Not.Null);
        Assert.That((await api.Plugins["Report"].Versions.GetAsync())!.Items!.Select(version => version.Version), Does.Contain(first));

        var rolledBack = (await api.Plugins["Report"].Rollback.PostAsync(new RollbackBody()))!;
        Assert.That((rolledBack.Live!.Version, rolledBack.Pin!.Version), Is.EqualTo((first, first)));
        Assert.That((await api.Plugins["Report"].Pin.DeleteAsync())!.Pin, Is.Null);
        Assert.That((await api.Plugins.GetAsync())!.Items!.Single().State, Is.EqualTo(PluginState.Live));

        var status = (await api.Status.GetAsync())!;
        Assert.That((status.State, status.Sources!.Single().Name, status.Counts!.Scripts), Is.EqualTo((HostState.Healthy, "default", 1)));
        Assert.That((await _client.Health.Ready.GetAsync())!.Status, Is.EqualTo(HostState.Healthy));
        Assert.That((await _client.Health.Live.GetAsync())!.Status, Is.EqualTo("live"));
        Assert.That(await _client.Metrics.GetAsync(), Does.Contain("pluginhost_"));
    }

    private async Task<RunInfo?> StartAsync(Dictionary<string, object> parameters, double? wait = null) => await _client.Api.V1.Scripts[Script].Runs.PostAsync(
        new StartRunBody { Parameters = new() { AdditionalData = parameters } }, query => query.QueryParameters.Wait = wait);

    /// <summary>The kinds of the events of a run's log.</summary>
    private async Task<List<string>> FollowAsync(string run)
    {
        var request = _client.Api.V1.Runs[run].Log.ToGetRequestInformation();
        request.Headers.Clear();
        request.Headers.Add("Accept", "text/event-stream");
        await using var stream = (await _adapter.SendPrimitiveAsync<Stream>(request))!;
        return await SseParser.Create(stream).EnumerateAsync().Select(item => item.EventType).ToListAsync();
    }

    private static object Of(UntypedNode node) => node switch
    {
        UntypedString text => text.GetValue()!,
        UntypedInteger number => number.GetValue(),
        UntypedDecimal number => (double)number.GetValue(),
        UntypedDouble number => number.GetValue(),
        _ => throw new ArgumentException($"{node.GetType()}"),
    };

    private static async Task UntilAsync(Func<Task<bool>> wanted)
    {
        using var limit = new CancellationTokenSource(ReadyHost.Patience);
        while (!await wanted())
        {
            await Task.Delay(50, limit.Token);
        }
    }
}
