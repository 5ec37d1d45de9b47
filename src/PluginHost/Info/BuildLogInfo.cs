namespace PluginHost;

/// <summary>A log of the build of a commit.</summary>
/// <param name="Kind">How it is written.</param>
/// <param name="Bytes">How large it is, in bytes.</param>
public sealed record BuildLogInfo(BuildLogKind Kind, long Bytes);

/// <summary>How the log of a build is written.</summary>
public enum BuildLogKind
{
    /// <summary>What <c>dotnet build</c> wrote, as text.</summary>
    Text,

    /// <summary>MSBuild's binary log: every step of the build, for MSBuild Structured Log Viewer. It holds environment variables that the build has read.</summary>
    Binary,
}
