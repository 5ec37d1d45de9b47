using PluginHost.Scripts;

namespace PluginHost.Running;

/// <summary>Turns what a script threw into the error of its run.</summary>
internal static class RunErrors
{
    public static RunError Of(Exception failure, SecretTexts secrets) => new(
        failure.GetType().FullName ?? failure.GetType().Name, secrets.Hide(ExceptionText.Message(failure)), secrets.Hide(ExceptionText.FullText(failure)));
}
