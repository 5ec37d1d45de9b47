namespace PluginHost.Alerts;

/// <summary>Secrets that the settings hold themselves, or that stand in the first line of a file; read each time, so that a new one counts at once.</summary>
internal static class SecretFile
{
    /// <param name="file">The file; null when the settings hold the secret.</param>
    /// <param name="secret">The secret in the settings, or null.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<string> ReadAsync(string? file, string? secret, CancellationToken cancellationToken) =>
        file is null ? secret ?? "" : (await File.ReadAllLinesAsync(file, cancellationToken)).FirstOrDefault("");
}
