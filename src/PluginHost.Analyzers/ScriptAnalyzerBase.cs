using Microsoft.CodeAnalysis.Diagnostics;

namespace PluginHost.Analyzers;

/// <summary>What all analyzers do the same: at once on several threads, not in generated code, and only where there are scripts.</summary>
public abstract class ScriptAnalyzerBase : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public sealed override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
        {
            if (KnownTypes.Of(start.Compilation) is { } types)
            {
                Start(start, types);
            }
        });
    }

    private protected abstract void Start(CompilationStartAnalysisContext context, KnownTypes types);
}
