using System.Reflection;

namespace PluginHost.Testing;

/// <summary>A host would not let this script go live.</summary>
public sealed class ScriptRejectedException : Exception
{
    internal ScriptRejectedException(MemberInfo type, IReadOnlyList<string> problems)
        : base($"A host would reject {type.Name}: {string.Join(" ", problems)}") => Problems = problems;

    /// <summary>Each mistake, in the words of the host.</summary>
    public IReadOnlyList<string> Problems { get; }
}
