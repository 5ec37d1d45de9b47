using Microsoft.Extensions.Logging;

namespace PluginHost.Running;

/// <summary>Gives a script loggers that write to its run's log, and to the host's own log.</summary>
internal sealed class RunLoggerFactory(RunLog log, ILogger host, SecretTexts secrets) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => new RunLogger(log, host, secrets);

    public void AddProvider(ILoggerProvider provider) =>
        throw new NotSupportedException("A script cannot add log providers; what it logs goes to its run's log.");

    public void Dispose()
    {
    }

    private sealed class RunLogger(RunLog log, ILogger host, SecretTexts secrets) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Debug and < LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
            {
                return;
            }

            // Only text crosses from the plugin to the host: an object of the plugin, kept by a log provider, would keep
            // the whole plugin in memory.
            var text = formatter(state, exception);
            if (exception is not null)
            {
                text = $"{text}\n{Scripts.ExceptionText.FullText(exception)}";
            }

            text = secrets.Hide(text);
            log.Write(Name(logLevel), text);
            host.Log(logLevel, "{Text}", text);
        }

        private static string Name(LogLevel level) => level switch
        {
            LogLevel.Debug => "DBG",
            LogLevel.Information => "INF",
            LogLevel.Warning => "WRN",
            LogLevel.Error => "ERR",
            LogLevel.Critical => "CRT",
            _ => "TRC",
        };
    }
}
