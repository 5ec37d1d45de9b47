using System.Text.Json.Nodes;

namespace PluginHost.Tests.Running;

/// <summary>The secret parameters of a run: the script gets them, and nobody else.</summary>
public sealed class SecretRunTests : RunTestBase
{
    private const string Secret = "sword\"fish";

    private static RunRequest Request => new() { Parameters = new JsonObject { ["user"] = "ada", ["Password"] = Secret } };

    [SetUp]
    public void Deploy() => Host.Deploy(typeof(SignIn));

    [Test]
    public async Task TheScriptGetsIt_AndWhatIsShownAndStoredDoesNotHaveIt()
    {
        var run = await Host.StartAsync("SignIn", Request);
        var script = await Stage.NextAsync();

        Assert.That(((SignIn)script.Script).Password, Is.EqualTo(Secret));
        Assert.That(run.Parameters!.ToJsonString(), Is.EqualTo("""{"User":"ada","Password":"***"}"""));
        Assert.That(Host.Runs.Get(run.Id).Parameters!.ToJsonString(), Is.EqualTo(run.Parameters.ToJsonString()));
        Assert.That(Host.Runs.List(new RunQuery()).Items[0].Parameters!.ToJsonString(), Is.EqualTo(run.Parameters.ToJsonString()));
        Assert.That(Host.Runs.Last(["Shop.SignIn"])["Shop.SignIn"].Parameters!.ToJsonString(), Is.EqualTo(run.Parameters.ToJsonString()));
        Assert.That(Host.Store.Find(run.Id)!.Parameters!.ToJsonString(), Does.Contain("ada").And.Not.Contain("fish"));
    }

    [Test]
    public async Task WhatTheScriptSays_IsShownWithoutIt()
    {
        Stage.Script = (context, _) =>
        {
            context.ReportProgress(0.5, $"Signing in with {Secret}");
            context.SetResult(new { used = Secret });
            throw new InvalidOperationException($"{Secret} is wrong");
        };

        var run = await Host.EndOfAsync(await Host.StartAsync("SignIn", Request));

        Assert.That(run.Progress!.Message, Is.EqualTo("Signing in with ***"));
        Assert.That(run.Result!.ToJsonString(), Is.EqualTo("""{"used":"***"}"""));
        Assert.That(run.Error!.Message, Is.EqualTo("*** is wrong"));
        Assert.That(run.Error.StackTrace, Does.Contain("*** is wrong").And.Not.Contain("fish"));
        Assert.That(await Host.LogOfAsync(run), Has.Some.Contains("*** is wrong").And.None.Contains("fish"));
    }

    [Test]
    public async Task ARunThatWaits_AndOneThatIsRunAgain_HaveIt_AlsoAfterACrash()
    {
        var run = await Host.StartAsync("SignIn", Request with { StartAt = Time.GetUtcNow().AddHours(1) });

        await CrashAndRestartAsync();
        await Host.Runs.StartAsync(CancellationToken.None);
        Host.Deploy(typeof(SignIn));
        Host.Readiness.Loaded();
        Time.Advance(TimeSpan.FromHours(1));
        Assert.That(((SignIn)(await Stage.NextAsync()).Script).Password, Is.EqualTo(Secret));

        await Host.Runs.RerunAsync(run.Id, new RerunRequest(), CancellationToken.None);
        Assert.That(((SignIn)(await Stage.NextAsync()).Script).Password, Is.EqualTo(Secret));
    }

    [Test]
    public async Task AResult_StaysJson_WhereASecretStandsInANumber()
    {
        Host.Deploy(typeof(WithPin));
        Stage.Script = (context, _) =>
        {
            context.SetResult(new Dictionary<string, object> { ["pin 4711"] = 4711, ["total"] = 14711.5, ["text"] = "4711!", ["other"] = 42, ["list"] = new[] { true } });
            return Task.CompletedTask;
        };

        var run = await Host.EndOfAsync(await Host.StartAsync("WithPin", new RunRequest { Parameters = new JsonObject { ["Pin"] = 4711 } }));

        Assert.That(run.Error?.Message, Is.Null);
        Assert.That(run.Result!.ToJsonString(), Is.EqualTo("""{"pin ***":"***","total":"***","text":"***!","other":42,"list":[true]}"""));
    }

    [Test]
    public async Task OnAVersionThatDoesNotCallItSecret_ItStaysOne()
    {
        var run = await Host.StartAsync("SignIn", Request);
        (await Stage.NextAsync()).End();
        await Host.EndOfAsync(run);
        Host.Deploy(typeof(SignInOpenly));
        Stage.Script = (context, _) => throw new InvalidOperationException($"{Secret} is wrong");

        var again = await Host.EndOfAsync(await Host.Runs.RerunAsync(run.Id, new RerunRequest(), CancellationToken.None));

        Assert.That(again.Parameters!.ToJsonString(), Is.EqualTo("""{"User":"ada","Password":"***"}"""));
        Assert.That(Host.Store.Find(again.Id)!.Parameters!.ToJsonString(), Does.Contain("ada").And.Not.Contain("fish"));
        Assert.That(again.Error!.Message, Is.EqualTo("*** is wrong"));
        Assert.That(await Host.LogOfAsync(again), Has.Some.Contains("*** is wrong").And.None.Contains("fish"));
    }

    [Test]
    public async Task OnAVersionThatWantsANumberForIt_TheRefusalDoesNotHaveIt()
    {
        var run = await Host.StartAsync("SignIn", Request);
        Host.Deploy(typeof(SignInByNumber));

        var refused = await Assert.ThrowsAsync<InvalidParametersException>(() => Host.Runs.RerunAsync(run.Id, new RerunRequest(), CancellationToken.None));

        Assert.That(refused!.Errors["Password"].Single(), Does.Contain("***").And.Not.Contain("fish"));
    }

    [Test]
    public async Task TheSameKey_WithTheSameRequest_IsTheSameRun()
    {
        var first = await Host.StartAsync("SignIn", Request with { IdempotencyKey = "k" });

        Assert.That((await Host.StartAsync("SignIn", Request with { IdempotencyKey = "k" })).Id, Is.EqualTo(first.Id));
    }
}

public sealed class SignIn(Stage stage) : StagedScript(stage)
{
    [Parameter]
    public string User { get; init; } = "";

    [Parameter(Secret = true)]
    public string Password { get; init; } = "";
}

/// <summary>Another version of <see cref="SignIn"/>.</summary>
[Script(Name = nameof(SignIn))]
public sealed class SignInOpenly(Stage stage) : StagedScript(stage)
{
    [Parameter]
    public string User { get; init; } = "";

    [Parameter]
    public string Password { get; init; } = "";
}

/// <summary>Another version of <see cref="SignIn"/>.</summary>
[Script(Name = nameof(SignIn))]
public sealed class SignInByNumber(Stage stage) : StagedScript(stage)
{
    [Parameter]
    public string User { get; init; } = "";

    [Parameter]
    public int Password { get; init; }
}

public sealed class WithPin(Stage stage) : StagedScript(stage)
{
    [Parameter(Secret = true)]
    public int Pin { get; init; }
}
