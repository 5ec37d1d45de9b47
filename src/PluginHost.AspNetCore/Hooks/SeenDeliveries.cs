namespace PluginHost.AspNetCore.Hooks;

/// <summary>Remembers which webhooks were delivered, the newest so many.</summary>
internal sealed class SeenDeliveries(int most)
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _seen = [];
    private readonly Queue<string> _order = new();

    /// <returns>Whether none of these was seen before.</returns>
    public bool Add(IEnumerable<string> identities)
    {
        lock (_lock)
        {
            var isNew = true;
            foreach (var identity in identities)
            {
                if (!_seen.Add(identity))
                {
                    isNew = false;
                    continue;
                }

                _order.Enqueue(identity);
                if (_order.Count > most)
                {
                    _seen.Remove(_order.Dequeue());
                }
            }

            return isNew;
        }
    }
}
