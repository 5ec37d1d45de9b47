using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using PluginHost.Scripts;
using PluginHost.Tests.Scripts;

namespace PluginHost.Tests.Isolation;

public sealed class IsolationPolicyTests
{
    [TestCase(ScriptIsolation.Host, ScriptIsolation.Host, "", ExpectedResult = ScriptIsolation.Host)]
    [TestCase(ScriptIsolation.Process, ScriptIsolation.Host, "", ExpectedResult = ScriptIsolation.Process)]
    [TestCase(ScriptIsolation.Host, ScriptIsolation.Process, "", ExpectedResult = ScriptIsolation.Process)]
    [TestCase(ScriptIsolation.Host, ScriptIsolation.Host, "shop", ExpectedResult = ScriptIsolation.Process)]
    [TestCase(ScriptIsolation.Host, ScriptIsolation.Host, "shop.sweep", ExpectedResult = ScriptIsolation.Process)]
    [TestCase(ScriptIsolation.Host, ScriptIsolation.Host, "Shop.Other", ExpectedResult = ScriptIsolation.Host)]
    [TestCase(ScriptIsolation.Host, ScriptIsolation.Host, "Sweep", ExpectedResult = ScriptIsolation.Host)]
    public ScriptIsolation TheOperator_CanOnlyRaiseIt(ScriptIsolation asked, ScriptIsolation byDefault, string listed) =>
        Policy(byDefault, listed).Apply(new ScriptDescriptor { Id = "Shop.Sweep", PluginId = "Shop", Name = "Sweep", Isolation = asked, ParameterSchema = new System.Text.Json.Nodes.JsonObject() }).Isolation;

    [Test]
    public async Task AScriptThatAsksForAServiceOfTheApplication_IsRejectedWhenItIsLoaded()
    {
        await using var app = new FakeScriptServices(services => services.AddSingleton<Running.Stage>().Share<Running.Stage>());
        var read = ScriptReader.Read("Shop", [typeof(Asking)]);

        var problem = new ScriptValidator(Policy()).Validate(read, app.Factory.ForVersion()).Problems.Single();

        Assert.That(problem.Message, Is.EqualTo(
            "Script 'Shop.Asking' cannot be constructed. Its constructor asks for 'Stage stage'. The script runs in a worker process of its own, where the services of the application are not available; ILogger, IConfiguration, HttpClient and TimeProvider are. Reach the application another way, such as by HttpClient, or let the script run in the host: by [Script(Isolation = ScriptIsolation.Host)], where PluginHost:Isolation does not say otherwise."));
    }

    [Test]
    public async Task WhatTheOperatorIsolates_IsRejectedJustSo_AndIsFineWithout()
    {
        await using var app = new FakeScriptServices(services => services.AddSingleton<Running.Stage>().Share<Running.Stage>());
        var read = ScriptReader.Read("Shop", [typeof(Running.Plain)]);

        Assert.That(new ScriptValidator(Policy()).Validate(read, app.Factory.ForVersion()).Problems, Is.Empty);
        Assert.That(new ScriptValidator(Policy(ScriptIsolation.Process)).Validate(read, app.Factory.ForVersion()).Problems.Single().Message, Does.Contain("worker process"));
    }

    private static IsolationPolicy Policy(ScriptIsolation byDefault = ScriptIsolation.Host, string listed = "") =>
        new(Options.Create(new PluginHostOptions { Isolation = { Default = byDefault, Process = listed.Length == 0 ? [] : [listed] } }));
}
