namespace PluginHost.Testing;

/// <summary>Does something without the test framework's synchronization context.</summary>
/// <remarks>
/// A host has none. And only a thread without one goes on, within whatever ends a wait, with the code that waited: with
/// one, that is left to another thread, and a test that looks at once may look too early.
/// </remarks>
internal static class WithoutContext
{
    public static T Run<T>(Func<T> action)
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return action();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }
}
