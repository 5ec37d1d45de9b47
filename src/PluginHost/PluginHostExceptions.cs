namespace PluginHost;

/// <summary>There is no script, run, plugin, source or version of that name.</summary>
/// <param name="kind">What was looked for, such as <c>script</c>.</param>
/// <param name="id">The name it was looked for by.</param>
public sealed class NotFoundException(string kind, string id) : Exception($"There is no {kind} '{id}'.")
{
    /// <summary>What was looked for, such as <c>script</c>.</summary>
    public string Kind { get; } = kind;

    /// <summary>The name it was looked for by.</summary>
    public string Id { get; } = id;
}

/// <summary>What was asked for cannot be done in the present state.</summary>
/// <param name="message">Why not, and what to do.</param>
public sealed class ConflictException(string message) : Exception(message);

/// <summary>A run was refused because of its parameters.</summary>
/// <param name="scriptId">The script.</param>
/// <param name="errors">For each wrong parameter, what is wrong with it.</param>
public sealed class InvalidParametersException(string scriptId, IReadOnlyDictionary<string, string[]> errors)
    : Exception($"Script '{scriptId}' was not run: {string.Join(" ", errors.SelectMany(e => e.Value))}")
{
    /// <summary>For each wrong parameter, what is wrong with it.</summary>
    public IReadOnlyDictionary<string, string[]> Errors { get; } = errors;
}

/// <summary>A schedule was refused because of what was wanted of it.</summary>
/// <param name="errors">For each wrong property, what is wrong with it; a parameter's name stands behind <c>parameters.</c>.</param>
public sealed class InvalidScheduleException(IReadOnlyDictionary<string, string[]> errors)
    : Exception($"The schedule was not taken: {string.Join(" ", errors.SelectMany(e => e.Value))}")
{
    /// <summary>For each wrong property, what is wrong with it; a parameter's name stands behind <c>parameters.</c>.</summary>
    public IReadOnlyDictionary<string, string[]> Errors { get; } = errors;
}
