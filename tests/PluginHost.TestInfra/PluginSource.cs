namespace PluginHost.TestInfra;

/// <summary>The files of a plugin, as an author writes them.</summary>
public static class PluginSource
{
    public static string Project(string items = "", string properties = "") => $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
            <Nullable>enable</Nullable>
            {properties}
          </PropertyGroup>
          <ItemGroup><PackageReference Include="PluginHost.Abstractions" Version="*" /></ItemGroup>
          <ItemGroup>{items}</ItemGroup>
        </Project>
        """;

    /// <summary>A project whose build waits until a file exists. That it waits is told by a second file, <c>….waiting</c>.</summary>
    public static string ProjectThatWaitsFor(string file) => Project().Replace("</Project>", $"""
          <Target Name="Wait" BeforeTargets="CoreCompile">
            <Exec Command="touch '{file}.waiting'; until [ -e '{file}' ]; do sleep 0.05; done" />
          </Target>
        </Project>
        """, StringComparison.Ordinal);

    /// <summary>A project that is no plugin.</summary>
    public static string Library() => """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
          </PropertyGroup>
        </Project>
        """;

    public static string Script(string body, string attributes = "", string members = "", string name = "Work") => $$"""
        using Microsoft.Extensions.Logging;
        using PluginHost;

        {{attributes}}
        public sealed class {{name}} : IScript
        {
            {{members}}

            public async Task RunAsync(ScriptContext context, CancellationToken cancellationToken)
            {
                await Task.Yield();
                {{body}}
            }
        }
        """;
}
