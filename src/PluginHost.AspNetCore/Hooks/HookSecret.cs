namespace PluginHost.AspNetCore.Hooks;

/// <summary>Reads a source's secret when it is asked for, so that a rotated one needs no restart.</summary>
internal static class HookSecret
{
    /// <returns>Null when there is none: an empty one would let everybody sign.</returns>
    public static string? Of(SourceOptions? source)
    {
        var secret = source?.WebhookSecretFile is { Length: > 0 } file ? FirstLine(file) : source?.WebhookSecret;
        return string.IsNullOrWhiteSpace(secret) ? null : secret;
    }

    private static string? FirstLine(string file)
    {
        try
        {
            return File.ReadLines(file).FirstOrDefault()?.Trim();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"The file of the webhook secret '{file}' cannot be read: {failure.Message} No webhook is taken. Check WebhookSecretFile of the source.", failure);
        }
    }
}
