using System.Reflection;

namespace PluginHost.Scripts;

/// <summary>Turns a plugin's exception into text: keeping the exception would keep the plugin in memory.</summary>
/// <remarks>Whatever an exception does when it is asked for its text, these methods return, and with a bounded length.</remarks>
internal static class ExceptionText
{
    private const int MaxMessageLength = 4 * 1024;
    private const int MaxFullLength = 64 * 1024;

    /// <summary>The type and the message, without wrappings that say nothing.</summary>
    public static string Describe(Exception exception)
    {
        var cause = Unwrap(exception);
        return $"{cause.GetType().Name}: {Message(cause)}";
    }

    /// <summary>The message alone.</summary>
    public static string Message(Exception exception) => Read(() => exception.Message, MaxMessageLength);

    /// <summary>Everything the exception says, with inner exceptions and stack traces.</summary>
    public static string FullText(Exception exception) => Read(exception.ToString, MaxFullLength);

    private static Exception Unwrap(Exception exception)
    {
        while (exception is TargetInvocationException or TypeInitializationException or AggregateException { InnerExceptions.Count: 1 }
            && exception.InnerException is { } inner)
        {
            exception = inner;
        }

        return exception;
    }

    private static string Read(Func<string> text, int maxLength)
    {
        try
        {
            var read = text() ?? "";
            return read.Length <= maxLength ? read : $"{read.AsSpan(0, maxLength)}…";
        }
        catch (Exception)
        {
            // Message and ToString are virtual, so they are the plugin's code, and may fail in any way.
            return "(the exception fails when it is asked for its text)";
        }
    }
}
