using Microsoft.Extensions.Logging;

namespace PluginHost.Testing;

/// <summary>Something that a script has logged.</summary>
/// <param name="Time">When, by the clock of the harness.</param>
/// <param name="Level">How grave it is; what is less than <see cref="LogLevel.Debug"/> is not logged, as in a host.</param>
/// <param name="Category">The name of the logger; empty for that of the context.</param>
/// <param name="Message">The text, with the values of secret parameters replaced by <c>***</c> as a host does.</param>
/// <param name="Exception">What was logged with it, or null.</param>
public sealed record LogEntry(DateTimeOffset Time, LogLevel Level, string Category, string Message, Exception? Exception)
{
    /// <summary>The entry as a line.</summary>
    public override string ToString() => $"{Level}: {Message}{(Exception is null ? "" : $" ({Exception.GetType().Name}: {Exception.Message})")}";
}
