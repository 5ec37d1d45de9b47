using PluginHost.History;

namespace PluginHost.App.Security;

/// <summary>Whether anybody may come in without signing in: only on loopback, and only as long as nobody could sign in.</summary>
/// <remarks>Once closed it stays so until the host is started again: to remove the last key does not open it.</remarks>
internal sealed class Door(AccessKeyStore keys, bool mayBeOpen)
{
    private volatile bool _isClosed = !mayBeOpen;

    public bool IsOpen
    {
        get
        {
            if (!_isClosed && keys.Any())
            {
                _isClosed = true;
            }

            return !_isClosed;
        }
    }
}
