namespace PluginHost.Building;

/// <summary>The project file of a plugin, whole.</summary>
internal static class PluginProject
{
    public const string Text = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
            <Nullable>enable</Nullable>
          </PropertyGroup>
          <ItemGroup><PackageReference Include="PluginHost.Abstractions" Version="*" /></ItemGroup>
        </Project>

        """;
}
