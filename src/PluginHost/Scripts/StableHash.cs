using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace PluginHost.Scripts;

/// <summary>A hash that is the same in every process and on every node, which <see cref="string.GetHashCode()"/> is not.</summary>
internal static class StableHash
{
    /// <summary>The hash of a text, without regard to case: ids are compared so.</summary>
    public static ulong Of(string text) =>
        BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToLowerInvariant())));
}
