using Microsoft.Extensions.Logging;

namespace PluginHost.Running;

/// <summary>Gives a script loggers that write to its run's log, and to the host's own log.</summary>
internal sealed class RunLoggerFactory(IRunOutput output) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => new RunLogger(output);

    public void AddProvider(ILoggerProvider provider) =>
        throw new NotSupportedException("A script cannot add log providers; what it logs goes to its run's log.");

    public void Dispose()
    {
    }

    // It goes to the host's log as well, and is copied on its way: one of a gigabyte must not take the process with it.
    private const int Longest = 512 * 1024;

    private sealed class RunLogger(IRunOutput output) : ILogger
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
            if (text.Length > Longest)
            {
                text = $"{text.AsSpan(0, Longest)}… (cut here: the message has {text.Length} characters)";
            }

            output.Log(logLevel, exception is null ? text : $"{text}\n{Scripts.ExceptionText.FullText(exception)}");
        }
    }
}
