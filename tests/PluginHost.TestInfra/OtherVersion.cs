using System.Diagnostics;

namespace PluginHost.TestInfra;

/// <summary>The ready host of these sources as another version, as nodes have it during a rolling upgrade.</summary>
/// <remarks>
/// All of it says the other version, also the contract that it carries. So it makes builds of its own of the same commit, as
/// a release does that changes the contract or how plugins are built.
/// </remarks>
public static class OtherVersion
{
    /// <summary>The version that the tests were built with.</summary>
    public static string Own { get; } = FileVersionInfo.GetVersionInfo(Path.Combine(Path.GetDirectoryName(ReadyHost.ProgramOf("PluginHost.App"))!, "PluginHost.dll")).ProductVersion!.Split('+')[0];

    /// <summary>One minor version later, as far as nodes work together.</summary>
    public static string Next { get; } = NextOf(Version.Parse(Own.Split('-')[0]));

    /// <summary>Builds the next version; half a minute.</summary>
    /// <param name="folder">Where everything of it goes; nothing is written beside the sources.</param>
    /// <returns>Its program.</returns>
    public static string Build(string folder)
    {
        new MarkedProcesses().Run(
            Repository.Root, "dotnet", "build", "src/PluginHost.App/PluginHost.App.csproj", "--configuration", "Release", "-nodeReuse:false", "-nologo", "-verbosity:quiet",
            $"-property:Version={Next}", "-property:MinVerSkip=true", "-property:RunAnalyzers=false", $"-property:ArtifactsPath={folder}");
        return Path.Combine(folder, "bin", "PluginHost.App", "release", "PluginHost.App.dll");
    }

    private static string NextOf(Version version) => $"{version.Major}.{version.Minor + 1}.0";
}
