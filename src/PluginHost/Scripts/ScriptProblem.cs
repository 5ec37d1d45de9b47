namespace PluginHost.Scripts;

/// <summary>A mistake in a script class. Holds only text.</summary>
/// <param name="Stage"><see cref="ProblemStage.Load"/> or <see cref="ProblemStage.Schedule"/>.</param>
/// <param name="Message">What is wrong and what to do.</param>
/// <param name="TypeName">The class, or null.</param>
internal sealed record ScriptProblem(ProblemStage Stage, string Message, string? TypeName)
{
    /// <param name="script">The id of the script.</param>
    /// <param name="typeName">Its class.</param>
    /// <param name="problem">The name of the parameter and what is wrong with it.</param>
    public static ScriptProblem OfParameter(string script, string typeName, string problem) =>
        new(ProblemStage.Load, $"Script '{script}': parameter {problem}", typeName);
}

/// <summary>The scripts of a plugin, and everything that is wrong with them.</summary>
internal sealed record ScriptReadResult(IReadOnlyList<ScriptClass> Scripts, IReadOnlyList<ScriptProblem> Problems);
