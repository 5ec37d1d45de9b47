using System.Reflection;
using PluginHost.Testing;
using PluginHost.TestInfra;
using PublicApiGenerator;

namespace PluginHost.Packages.Tests;

/// <summary>The public surface of each package is what is written down, so that no change of it is one by accident.</summary>
/// <remarks>PLUGINHOST_TESTS_WRITE_API=1 writes it down anew.</remarks>
public sealed class PublicApiTests
{
    private static readonly Assembly[] Assemblies =
    [
        typeof(IScript).Assembly, typeof(IPluginHost).Assembly, typeof(PluginHostEndpointRouteBuilderExtensions).Assembly,
        typeof(PluginHostAlertsExtensions).Assembly, typeof(ScriptSchedule).Assembly,
    ];

    [TestCaseSource(nameof(Assemblies))]
    public void PublicApi_IsWhatIsWrittenDown(Assembly assembly)
    {
        var name = assembly.GetName().Name!;
        var file = Path.Combine(Repository.Root, "tests", "PluginHost.Packages.Tests", "PublicApi", $"{name}.txt");
        var api = assembly.GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false }).ReplaceLineEndings("\n").TrimEnd() + "\n";
        if (Environment.GetEnvironmentVariable("PLUGINHOST_TESTS_WRITE_API") == "1")
        {
            File.WriteAllText(file, api);
        }

        var written = File.Exists(file) ? File.ReadAllText(file) : "";

        Assert.That(api, Is.EqualTo(written), $"The public API of {name} changed. If that is meant, run this test with PLUGINHOST_TESTS_WRITE_API=1 and commit {file}; a breaking change belongs in CHANGELOG.md.");
    }
}
