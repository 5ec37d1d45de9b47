using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using PluginHost.AspNetCore.Api;

namespace PluginHost.AspNetCore.Tests;

/// <summary>The document that is served is the one that the endpoints' own types and metadata make.</summary>
public sealed class OpenApiTests
{
    // Set to write the document anew: PLUGINHOST_TESTS_WRITE_OPENAPI=1 dotnet test … --filter OpenApi
    private static readonly bool Write = Environment.GetEnvironmentVariable("PLUGINHOST_TESTS_WRITE_OPENAPI") == "1";

    [Test]
    public async Task TheServedDocument_IsWhatTheEndpointsSay()
    {
        var wanted = await GenerateAsync();
        if (Write)
        {
            await File.WriteAllTextAsync(SourceFile(), wanted + "\n");
        }

        Assert.That((await File.ReadAllTextAsync(SourceFile())).ReplaceLineEndings("\n").TrimEnd(), Is.EqualTo(wanted),
            "Api/openapi.json is not what the endpoints say. Write it anew with PLUGINHOST_TESTS_WRITE_OPENAPI=1, and read the difference.");
    }

    [Test]
    public async Task WhatIsServed_IsThatDocument()
    {
        await using var host = await WebHost.StartAsync(new FakeHost());

        var served = await host.GetAsync("/openapi/v1.json");

        Assert.That(JsonNode.DeepEquals(served, JsonNode.Parse(await File.ReadAllTextAsync(SourceFile()))));
    }

    private static async Task<string> GenerateAsync()
    {
        await using var host = await WebHost.StartAsync(
            new FakeHost(),
            app =>
            {
                app.MapAll();
                app.MapOpenApi("/generated.json");
            },
            services =>
            {
                services.Configure<JsonOptions>(options =>
                {
                    // As ApiJson; its converter of times says nothing of their form, which is that of the framework.
                    options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
                    options.SerializerOptions.Converters.Add(ApiJson.Options.Converters.OfType<JsonStringEnumConverter>().Single());
                });
                services.AddOpenApi(options => OpenApiRules.Apply(options));
            });
        return (await host.GetAsync("/generated.json")).ToJsonString(new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })
            .ReplaceLineEndings("\n");
    }

    private static string SourceFile()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var file = Path.Combine(folder.FullName, "src", "PluginHost.AspNetCore", "Api", "openapi.json");
            if (File.Exists(file))
            {
                return file;
            }
        }

        throw new InvalidOperationException("The tests are not run from within the repository.");
    }
}
