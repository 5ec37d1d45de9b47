namespace PluginHost.Tests.Running;

/// <summary>Runs that are asked for at a later time.</summary>
public sealed class DelayedRunTests : RunTestBase
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly NoticedNames _groups = new();

    private protected override void Configure(PluginHostOptions options) => options.Runs.Groups = new(_groups) { ["other"] = 1 };

    [SetUp]
    public void Deploy() => Host.Deploy(typeof(Plain), typeof(Counting));

    [Test]
    public async Task ARunForLater_StartsThen_AndNotBefore()
    {
        var run = await Host.StartAsync("Plain", new RunRequest { StartAt = Time.GetUtcNow() + Hour });
        Assert.That((run.State, run.StartAt), Is.EqualTo((RunState.Queued, Time.GetUtcNow() + Hour)));

        Time.Advance(Hour - TimeSpan.FromMilliseconds(1));
        Assert.That(Stage.HasNext, Is.False);
        Time.Advance(TimeSpan.FromMilliseconds(1));

        (await Stage.NextAsync()).End();
        Assert.That((await Host.EndOfAsync(run)).StartedAt, Is.EqualTo(run.StartAt));
    }

    [Test]
    public async Task RunsForLater_StartInTheOrderOfTheirTimes()
    {
        var late = await Host.StartAsync("Plain", new RunRequest { StartAt = Time.GetUtcNow() + (2 * Hour) });
        var soon = await Host.StartAsync("Plain", new RunRequest { StartAt = Time.GetUtcNow() + Hour });

        Time.Advance(Hour);
        Assert.That((await Stage.NextAsync()).Context.RunId, Is.EqualTo(soon.Id));
        Time.Advance(Hour);
        Assert.That((await Stage.NextAsync()).Context.RunId, Is.EqualTo(late.Id));
    }

    [Test]
    public async Task ATimeThatHasPassed_MeansNow()
    {
        await Host.StartAsync("Plain", new RunRequest { StartAt = Time.GetUtcNow() - Hour });

        await Stage.NextAsync();
    }

    [Test]
    public async Task ARunForLater_CanBeCancelled_AndNeverStarts()
    {
        var run = await Host.StartAsync("Plain", new RunRequest { StartAt = Time.GetUtcNow() + Hour });

        Host.Runs.CancelHere(run.Id);

        Assert.That((await Host.EndOfAsync(run)).State, Is.EqualTo(RunState.Cancelled));
        Time.Advance(2 * Hour);
        Assert.That(Stage.HasNext, Is.False);
    }

    [Test]
    public async Task ARunForLater_CanBeCancelled_OnItsWayToItsTurn()
    {
        Host.Deploy(typeof(Grouped));
        await Host.StartAsync("Grouped");
        var run = await Host.StartAsync("Grouped", new RunRequest { StartAt = Time.GetUtcNow() + Hour });

        // Its group is looked up when its time has come, and before it waits for its turn.
        _groups.Noticed = () => Host.Runs.CancelHere(run.Id);
        Time.Advance(Hour);
        _groups.Noticed = null;

        Assert.That((await Host.EndOfAsync(run)).State, Is.EqualTo(RunState.Cancelled));
    }

    [Test]
    public async Task ARunForLater_StartsThenAfterACrash()
    {
        var run = await Host.StartAsync("Plain", new RunRequest { StartAt = Time.GetUtcNow() + Hour });

        await CrashAndRestartAsync();
        await Host.Runs.StartAsync(CancellationToken.None);
        Host.Deploy(typeof(Plain));
        Host.Readiness.Loaded();
        Assert.That(Stage.HasNext, Is.False);
        Time.Advance(Hour);

        Assert.That((await Stage.NextAsync()).Context.RunId, Is.EqualTo(run.Id));
    }

    [Test]
    public async Task ARunForLater_IsBoundByWhatItsScriptSaysThen()
    {
        Host.Deploy(typeof(ChangingFromFive));
        var run = await Host.StartAsync("Changing", new RunRequest { StartAt = Time.GetUtcNow() + Hour });
        Host.Deploy(typeof(ChangedToOne));
        await Host.StartAsync("Changing");
        await Stage.NextAsync();

        Time.Advance(Hour);

        Assert.That(Host.Runs.Get(run.Id).State, Is.EqualTo(RunState.Queued));
        Assert.That(Host.Runs.Counts, Is.EqualTo((1, 1)));
    }

    [Test]
    public void WrongParameters_AreRefusedNow() => Assert.That(
        () => Host.StartAsync("Counting", new RunRequest { StartAt = Time.GetUtcNow() + Hour, Parameters = new() { ["Count"] = 11 } }),
        Throws.InstanceOf<InvalidParametersException>());

    [Test]
    public void ATimeTooFarAhead_IsRefused() => Assert.That(
        () => Host.StartAsync("Plain", new RunRequest { StartAt = Time.GetUtcNow().AddDays(367) }),
        Throws.InstanceOf<InvalidParametersException>().With.Property(nameof(InvalidParametersException.Errors)).ContainKey("startAt"));

    /// <summary>Lets a test act at the moment at which a group is looked up.</summary>
    private sealed class NoticedNames : IEqualityComparer<string>
    {
        public Action? Noticed { get; set; }

        public bool Equals(string? one, string? other) => StringComparer.OrdinalIgnoreCase.Equals(one, other);

        public int GetHashCode(string name)
        {
            Noticed?.Invoke();
            return StringComparer.OrdinalIgnoreCase.GetHashCode(name);
        }
    }
}
