using System.Reflection;
using System.Text.RegularExpressions;

namespace PluginHost.Scripts;

/// <summary>Finds the scripts among the types of a plugin, and reads what they say about themselves.</summary>
internal static partial class ScriptReader
{
    private const int MaxAttempts = 100;
    private const int MaxConcurrent = 10_000;
    private static readonly TimeSpan MaxTimeout = TimeSpan.FromDays(30);
    private static readonly TimeSpan MaxRetryDelay = TimeSpan.FromHours(1);

    /// <summary>Reads all scripts and all mistakes. Constructs no script.</summary>
    public static ScriptReadResult Read(string pluginId, IEnumerable<Type> types)
    {
        var scripts = new List<ScriptClass>();
        var problems = new List<ScriptProblem>();
        foreach (var type in types)
        {
            var name = TypeDisplay.FullName(type);
            try
            {
                if (ScriptCandidates.IsScript(type, out var problem) && Read(pluginId, type, problems) is { } script)
                {
                    scripts.Add(script);
                }
                else if (problem is not null)
                {
                    problems.Add(new ScriptProblem(ProblemStage.Load, $"Class '{name}' {problem}", name));
                }
            }
            catch (Exception failure)
            {
                // Attributes are the plugin's code where the plugin declares them, and may refer to what is missing.
                problems.Add(new ScriptProblem(ProblemStage.Load, $"Class '{name}' cannot be read: {ExceptionText.Describe(failure)}", name));
            }
        }

        return new ScriptReadResult(WithoutTwins(scripts, problems), problems);
    }

    private static ScriptClass? Read(string pluginId, Type type, List<ScriptProblem> problems)
    {
        var typeName = TypeDisplay.FullName(type);
        var attribute = type.GetCustomAttribute<ScriptAttribute>(inherit: false) ?? new ScriptAttribute();
        var name = attribute.Name ?? type.Name;
        var id = $"{pluginId}.{name}";
        var known = problems.Count;
        if (!Name().IsMatch(name))
        {
            problems.Add(new ScriptProblem(ProblemStage.Load, NameProblem(typeName, attribute.Name, name), typeName));
        }

        if (attribute.MaxAttempts is < 1 or > MaxAttempts)
        {
            Report($"MaxAttempts is {attribute.MaxAttempts}. It has to be from 1 to {MaxAttempts}; 1 means no retry.");
        }

        if (attribute.MaxConcurrent is < 0 or > MaxConcurrent)
        {
            Report($"MaxConcurrent is {attribute.MaxConcurrent}. It has to be from 0 to {MaxConcurrent}; 0 means as many as the host allows.");
        }

        if (!Enum.IsDefined(attribute.Isolation))
        {
            Report($"Isolation is {(int)attribute.Isolation}, which is none of {string.Join(", ", Enum.GetNames<ScriptIsolation>())}.");
        }

        var label = PlacementReader.Read(attribute, type.IsDefined(typeof(RunAfterAttribute), inherit: false), Report);
        var timeout = DurationSetting.Read(nameof(attribute.Timeout), attribute.Timeout, DurationSetting.MoreThanZero, MaxTimeout, Report);
        var retryDelay = DurationSetting.Read(nameof(attribute.RetryDelay), attribute.RetryDelay, TimeSpan.Zero, MaxRetryDelay, Report);
        var schedules = new ScheduleReader(id, ReportSchedule).Read(type.GetCustomAttributes<ScheduleAttribute>(inherit: false));
        var runAfter = RunAfterReader.Read(type.GetCustomAttributes<RunAfterAttribute>(inherit: false), problem => ReportSchedule($"Script '{id}': {problem}"));
        var parameters = ParameterSet.Read(type, problem => problems.Add(ScriptProblem.OfParameter(id, typeName, problem)));
        if (problems.Count > known)
        {
            return null;
        }

        var descriptor = new ScriptDescriptor
        {
            Id = id,
            PluginId = pluginId,
            Name = name,
            Description = attribute.Description,
            Tags = [.. (attribute.Tags ?? []).Where(tag => !string.IsNullOrWhiteSpace(tag)).Select(tag => tag.Trim()).Distinct(StringComparer.OrdinalIgnoreCase)],
            Timeout = timeout,
            MaxAttempts = attribute.MaxAttempts,
            RetryDelay = retryDelay ?? ScriptDescriptor.DefaultRetryDelay,
            MaxConcurrent = attribute.MaxConcurrent,
            Group = string.IsNullOrWhiteSpace(attribute.Group) ? null : attribute.Group.Trim(),
            RerunWhenLost = attribute.RerunWhenLost,
            Isolation = attribute.Isolation,
            RunOn = attribute.RunOn,
            NodeLabel = label,
            RunAfter = runAfter,
            Schedules = schedules,
            ParameterSchema = parameters.Schema,
        };
        return new ScriptClass(descriptor, type, parameters);

        void Report(string problem) => problems.Add(new ScriptProblem(ProblemStage.Load, $"Script '{id}': {problem}", typeName));

        void ReportSchedule(string problem) => problems.Add(new ScriptProblem(ProblemStage.Schedule, problem, typeName));
    }

    private static string NameProblem(string typeName, string? given, string name) => given is null
        ? $"Class '{typeName}' cannot lend its name to a script, because '{name}' has other characters than A-Z, a-z, 0-9, dot, hyphen and underscore. Give the script a name: [Script(Name = \"…\")]."
        : $"Class '{typeName}': the name \"{given}\" has to be made of A-Z, a-z, 0-9, dot, hyphen and underscore, and of at least one of them.";

    private static List<ScriptClass> WithoutTwins(List<ScriptClass> scripts, List<ScriptProblem> problems)
    {
        var single = new List<ScriptClass>();
        foreach (var group in scripts.GroupBy(script => script.Descriptor.Id, StringComparer.OrdinalIgnoreCase))
        {
            if (group.Count() == 1)
            {
                single.Add(group.Single());
                continue;
            }

            var names = group.Select(script => $"'{TypeDisplay.FullName(script.Type)}'").Order(StringComparer.Ordinal).ToList();
            problems.Add(new ScriptProblem(
                ProblemStage.Load,
                $"The classes {string.Join(" and ", names)} are both script '{group.Key}'; ids are compared without case. Give one another name: [Script(Name = \"…\")].",
                names[0].Trim('\'')));
        }

        return single;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9._-]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
