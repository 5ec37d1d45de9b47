using PluginHost.Scripts;

namespace PluginHost.Running;

/// <summary>Turns what a script threw into the error of its run.</summary>
internal static class RunErrors
{
    public static RunError Of(Exception failure) =>
        new(failure.GetType().FullName ?? failure.GetType().Name, ExceptionText.Message(failure), ExceptionText.FullText(failure));

    /// <summary>The same error without the secrets of its run.</summary>
    public static RunError Without(this RunError error, SecretTexts secrets) =>
        new(error.Type, secrets.Hide(error.Message), error.StackTrace is { } trace ? secrets.Hide(trace) : null);
}
