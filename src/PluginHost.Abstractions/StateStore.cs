namespace PluginHost;

/// <summary>What a script keeps from one run to the next: small values by key.</summary>
/// <remarks>
/// Each script has its own, and it survives swaps, restarts and crashes: when the task of a change ends, the change is
/// on disk. Values are kept as JSON, at most 64 KiB each and 1,000 of them unless the operator sets other limits; keep
/// larger data elsewhere, and no secrets here: operators can read the values. Safe to use from several threads and from
/// runs at the same time. A key is 1 to 200 characters, none of them a control character, and is compared with case.
/// <para>
/// Methods throw <see cref="ArgumentException"/> for such a key that is wrong and for a value that cannot be written as
/// JSON or is too large, and <see cref="InvalidOperationException"/> when there would be too many keys, or when what is
/// stored cannot be read as the type asked for.
/// </para>
/// </remarks>
public abstract class StateStore
{
    /// <summary>The value of a key and its version, or null when the key has none.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <typeparam name="T">What System.Text.Json is to read it as; <c>JsonElement</c> reads anything.</typeparam>
    public abstract Task<StateEntry<T>?> FindAsync<T>(string key, CancellationToken cancellationToken = default);

    /// <summary>Sets a value, whatever is there.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">Any value that System.Text.Json can write.</param>
    /// <param name="cancellationToken">Gives up; the value may be set nevertheless.</param>
    /// <returns>The version of the value.</returns>
    /// <typeparam name="T">The type as which it is written.</typeparam>
    public abstract Task<long> SetAsync<T>(string key, T value, CancellationToken cancellationToken = default);

    /// <summary>Sets a value if nobody else has set or removed it meanwhile.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">Any value that System.Text.Json can write.</param>
    /// <param name="expectedVersion">The version that was read before; 0 when the key is to have no value yet.</param>
    /// <param name="cancellationToken">Gives up; the value may be set nevertheless.</param>
    /// <returns>Whether it was set; if not, read again and decide again.</returns>
    /// <typeparam name="T">The type as which it is written.</typeparam>
    public abstract Task<bool> TrySetAsync<T>(string key, T value, long expectedVersion, CancellationToken cancellationToken = default);

    /// <summary>Removes a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Gives up; the key may be removed nevertheless.</param>
    /// <returns>Whether it had a value.</returns>
    public abstract Task<bool> RemoveAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>The keys that have a value, in order.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public abstract Task<IReadOnlyList<string>> GetKeysAsync(CancellationToken cancellationToken = default);

    /// <summary>The value of a key, or the default of its type when the key has none.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <typeparam name="T">What System.Text.Json is to read it as.</typeparam>
    public async Task<T?> GetAsync<T>(string key, CancellationToken cancellationToken = default) =>
        await FindAsync<T>(key, cancellationToken).ConfigureAwait(false) is { } entry ? entry.Value : default;

    /// <summary>Changes a value so that no change of another run is lost.</summary>
    /// <param name="key">The key.</param>
    /// <param name="change">
    /// Makes the new value of the present one, which is the default of the type when there is none. Called again when
    /// somebody else was faster, so it should do nothing else.
    /// </param>
    /// <param name="cancellationToken">Gives up; the value may be changed nevertheless.</param>
    /// <returns>The new value.</returns>
    /// <typeparam name="T">The type as which it is read and written.</typeparam>
    public async Task<T> UpdateAsync<T>(string key, Func<T?, T> change, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        while (true)
        {
            var entry = await FindAsync<T>(key, cancellationToken).ConfigureAwait(false);
            var value = change(entry is null ? default : entry.Value);
            if (await TrySetAsync(key, value, entry?.Version ?? 0, cancellationToken).ConfigureAwait(false))
            {
                return value;
            }
        }
    }
}

/// <summary>A value as it is stored.</summary>
/// <param name="Value">The value.</param>
/// <param name="Version">A number that each change makes larger, and that no value ever has again.</param>
/// <typeparam name="T">The type as which it was read.</typeparam>
public sealed record StateEntry<T>(T Value, long Version);
