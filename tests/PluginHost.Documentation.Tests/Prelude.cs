// What the examples take for granted: the usings of their projects, and the classes of the app that they speak of.
global using System;
global using System.Collections.Generic;
global using System.ComponentModel.DataAnnotations;
global using System.IO;
global using System.Linq;
global using System.Net.Http;
global using System.Text.Json;
global using System.Text.Json.Nodes;
global using System.Threading;
global using System.Threading.Tasks;
global using Microsoft.AspNetCore.Builder;
global using Microsoft.Extensions.Configuration;
global using Microsoft.Extensions.DependencyInjection;
global using Microsoft.Extensions.Diagnostics.HealthChecks;
global using Microsoft.Extensions.Logging;
global using NUnit.Framework;
global using OpenTelemetry.Metrics;
global using OpenTelemetry.Trace;
global using PluginHost;
global using PluginHost.Testing;
global using Range = System.ComponentModel.DataAnnotations.RangeAttribute;

public interface IOrders;

public sealed class OrderBook : IOrders;

public sealed class FakeOrders : IOrders;

public sealed record Totals(int Sum);

public sealed class Greet : IScript
{
    [Parameter]
    public string Name { get; init; } = "world";

    public Task RunAsync(ScriptContext context, CancellationToken cancellationToken) => Task.CompletedTask;
}

public sealed class DailyTotals(IOrders orders) : IScript
{
    [Parameter]
    public int Days { get; init; } = 1;

    public Task RunAsync(ScriptContext context, CancellationToken cancellationToken) => Task.FromResult(orders);
}
