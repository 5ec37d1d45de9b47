using Microsoft.Extensions.DependencyInjection;

namespace PluginHost.Testing.Tests;

/// <summary>A host in a test, with real builds: one for all, because each start costs seconds.</summary>
public sealed class TestPluginHostTests
{
    [Test]
    public async Task ARepositoryOfTheTest_IsBuiltAndRun_FromCommitToCommit_AndWhatIsWrongIsNamed()
    {
        using var repository = ScriptRepository.Create().AddPlugin("Greetings", Script("Hello"));
        repository.Commit("First");
        await using var host = await TestPluginHost.StartAsync(repository, settings =>
        {
            settings.Configuration["PluginHost:Scripts:Greetings.Greet:Mark"] = "!";
            settings.Add(app =>
            {
                app.Services.AddSingleton<IFormatProvider>(System.Globalization.CultureInfo.InvariantCulture);
                app.Share<IFormatProvider>();
            });
        });

        var run = await host.RunAsync("Greetings.Greet", new { Name = "Ada" });
        Assert.That((run.State, run.Result?.ToString(), run.Commit), Is.EqualTo((RunState.Succeeded, "Hello, Ada!", repository.Head)), run.Error?.ToString());
        Assert.That((await host.ReadLogAsync(run.Id)).Single(), Does.EndWith("INF greeting"));
        await Assert.ThrowsAsync<InvalidParametersException>(() => host.RunAsync("Greetings.Greet", new { Nam = "Ada" }));

        repository.AddPlugin("Greetings", Script("Goodbye")).Commit("Second");
        Assert.That((await host.SyncAsync()).State, Is.EqualTo(DeploymentState.Succeeded));
        Assert.That((await host.RunAsync("Greetings.Greet")).Result!.ToString(), Is.EqualTo("Goodbye, you!"));

        repository.AddPlugin("Greetings", Script("\" + 1 + no")).Commit("Third");
        Assert.That((await host.SyncAsync()).Plugins.Single().Outcome, Is.EqualTo(PluginOutcomeKind.Rejected));

        var rejected = (await Assert.ThrowsAsync<PluginsRejectedException>(() => TestPluginHost.StartAsync(repository.Path)))!;
        Assert.That(rejected.Plugins.Single().Problem!.Stage, Is.EqualTo(ProblemStage.Build));
        Assert.That(rejected.Message, Does.Contain("'Greetings' (Build)"));
    }

    private static string Script(string greeting) => $$"""
        public sealed class Greet(IConfiguration configuration, IFormatProvider culture) : IScript
        {
            [Parameter]
            public string Name { get; init; } = "you";

            public Task RunAsync(ScriptContext context, CancellationToken cancellationToken)
            {
                context.Logger.LogInformation("greeting");
                context.SetResult(string.Create(culture, $"{{greeting}}, {Name}{configuration["Mark"]}"));
                return Task.CompletedTask;
            }
        }
        """;
}
