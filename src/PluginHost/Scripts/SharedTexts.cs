namespace PluginHost.Scripts;

/// <summary>Gives equal texts one instance: thousands of schedules are written in a few ways.</summary>
internal static class SharedTexts
{
    private static readonly SmallCache<string> Texts = new();

    public static string Share(string text) => Texts.GetOrAdd(text, text => text);
}

/// <summary>Remembers what was made of texts. When it has grown too large it begins anew: it saves memory and keeps no promise.</summary>
internal sealed class SmallCache<T>
{
    private const int Most = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, T> _values = new(StringComparer.Ordinal);

    public T GetOrAdd(string text, Func<string, T> make)
    {
        lock (_lock)
        {
            if (_values.TryGetValue(text, out var value))
            {
                return value;
            }

            if (_values.Count >= Most)
            {
                _values.Clear();
            }

            return _values[text] = make(text);
        }
    }
}
