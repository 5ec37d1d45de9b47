namespace PluginHost.History;

/// <summary>Where the values are that scripts keep from one run to the next.</summary>
internal interface IScriptValues
{
    ScriptValue? Find(string script, string key);

    /// <summary>All values of a script, by key.</summary>
    IReadOnlyList<ScriptValue> List(string script);

    /// <summary>Sets a value.</summary>
    /// <param name="script">The script.</param>
    /// <param name="key">The key.</param>
    /// <param name="json">The value.</param>
    /// <param name="expected">The version that must be there now, 0 for none; null for whatever is there.</param>
    /// <param name="most">How many keys a script may have.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The version of the value, or null when another than the expected one is there.</returns>
    /// <exception cref="InvalidOperationException">The script has as many keys as it may have.</exception>
    Task<long?> SetAsync(string script, string key, string json, long? expected, int most, CancellationToken cancellationToken);

    /// <returns>Whether there was one.</returns>
    Task<bool> RemoveAsync(string script, string key, CancellationToken cancellationToken);
}
