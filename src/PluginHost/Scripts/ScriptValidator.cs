using Microsoft.Extensions.Logging.Abstractions;

namespace PluginHost.Scripts;

/// <summary>Constructs each script of a plugin once, before any of them goes live.</summary>
internal sealed class ScriptValidator(IsolationPolicy isolation)
{
    /// <summary>Adds the problems that only constructing shows, the defaults of parameters, and where each script runs.</summary>
    /// <remarks>
    /// Constructors and initializers are the plugin's code and run on this thread, and may never come back: call this
    /// on a thread of its own, with a time limit.
    /// </remarks>
    /// <param name="read">The scripts.</param>
    /// <param name="services">The services of their version.</param>
    public ScriptReadResult Validate(ScriptReadResult read, VersionServices services)
    {
        var problems = new List<ScriptProblem>(read.Problems);
        var scripts = read.Scripts.Select(script => Validate(script with { Descriptor = isolation.Apply(script.Descriptor) }, services, problems)).ToList();
        return new ScriptReadResult(scripts, problems);
    }

    private static ScriptClass Validate(ScriptClass script, VersionServices services, List<ScriptProblem> problems)
    {
        var id = script.Descriptor.Id;
        var typeName = TypeDisplay.FullName(script.Type);
        try
        {
            script = Construct(script, services, problem => problems.Add(ScriptProblem.OfParameter(id, typeName, problem)));
        }
        catch (ScriptActivationException failure)
        {
            problems.AddRange(failure.Problems.Select(problem => new ScriptProblem(ProblemStage.Load, $"Script '{id}' cannot be constructed. {problem}", typeName)));
        }
        catch (Exception failure)
        {
            problems.Add(new ScriptProblem(ProblemStage.Load, $"Script '{id}' cannot be constructed: {ExceptionText.Describe(failure)}", typeName));
        }

        if (script.Descriptor.Schedules.Count > 0)
        {
            problems.AddRange(script.Parameters.Required.Select(parameter => new ScriptProblem(
                ProblemStage.Schedule,
                $"Script '{id}' has a schedule, but a run by schedule has no value for its parameter '{parameter.Name}': {parameter.RequiredBecause}. Give it a valid initial value, or remove the schedule.",
                typeName)));
        }

        if (script.Descriptor.RunAfter.Count > 0)
        {
            problems.AddRange(script.Parameters.Required.Select(parameter => new ScriptProblem(
                ProblemStage.Schedule,
                $"Script '{id}' runs after another one, but such a run has no value for its parameter '{parameter.Name}': {parameter.RequiredBecause}. Give it a valid initial value, or remove [RunAfter].",
                typeName)));
        }

        return script;
    }

    private static ScriptClass Construct(ScriptClass script, VersionServices services, Action<string> report)
    {
        var scope = script.Descriptor.Isolation == ScriptIsolation.Process
            ? services.Factory.ForWorkers.Create(script.Descriptor.Id, NullLoggerFactory.Instance)
            : services.CreateScope(script.Descriptor.Id, NullLoggerFactory.Instance);
        try
        {
            var instance = script.Create(scope);
            try
            {
                return script.WithDefaultsOf(instance, report);
            }
            finally
            {
                Dispose(instance);
            }
        }
        finally
        {
            scope.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private static void Dispose(IScript instance)
    {
        try
        {
            // This thread has nothing else to do: it was made for the plugin's code.
            ScriptActivator.DisposeAsync(instance).AsTask().GetAwaiter().GetResult();
        }
        catch (Exception)
        {
            // A script that has not run may have nothing to dispose yet. The run in which this fails says so.
        }
    }
}
