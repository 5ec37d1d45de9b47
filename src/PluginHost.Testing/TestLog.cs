using Microsoft.Extensions.Logging;
using PluginHost.Running;

namespace PluginHost.Testing;

/// <summary>Gives a script loggers that keep what they are told.</summary>
internal sealed class TestLog(TimeProvider time, SecretTexts secrets) : ILoggerFactory
{
    private readonly Lock _lock = new();
    private readonly List<LogEntry> _entries = [];

    public IReadOnlyList<LogEntry> Entries
    {
        get
        {
            lock (_lock)
            {
                return [.. _entries];
            }
        }
    }

    /// <summary>Entries as lines below a sentence.</summary>
    public static string Text(IReadOnlyList<LogEntry> entries) =>
        entries.Count == 0 ? " (nothing)" : string.Concat(entries.Select(entry => $"{Environment.NewLine}  {entry}"));

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void AddProvider(ILoggerProvider provider) =>
        throw new NotSupportedException("A script cannot add log providers; what it logs goes to its run's log.");

    public void Dispose()
    {
    }

    private void Add(LogLevel level, string category, string message, Exception? exception)
    {
        lock (_lock)
        {
            _entries.Add(new LogEntry(time.GetUtcNow(), level, category, secrets.Hide(message), exception));
        }
    }

    private sealed class Logger(TestLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Debug and < LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                log.Add(logLevel, category, formatter(state, exception), exception);
            }
        }
    }
}
