using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace PluginHost.Isolation;

/// <summary>Messages over two streams: four bytes of length, the lowest first, then JSON.</summary>
/// <remarks>
/// Both ends read on a thread of their own that never writes, so that neither waits for the other for ever. Any number of
/// threads may send. Reading and writing block: nothing hands a message to another thread on its way.
/// </remarks>
internal sealed class MessagePipe(Stream input, Stream output) : IDisposable
{
    /// <summary>Far above the largest result that may be set.</summary>
    public const int MaxBytes = 256 << 20;

    private const int HeaderBytes = 4;

    private readonly Lock _lock = new();

    /// <exception cref="IOException">The other end is gone.</exception>
    /// <exception cref="InvalidDataException">The message is too large; nothing was sent.</exception>
    public void Send(WorkerMessage message)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(message, WorkerJson.Default.WorkerMessage);
        if (json.Length > MaxBytes)
        {
            throw new InvalidDataException($"A message of {json.Length} bytes is larger than the {MaxBytes} that fit between host and worker.");
        }

        // In one write, which the other end is woken by once.
        var frame = new byte[HeaderBytes + json.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, json.Length);
        json.CopyTo(frame, HeaderBytes);
        lock (_lock)
        {
            output.Write(frame);
            output.Flush();
        }
    }

    /// <summary>Waits for the next message. One reader at a time.</summary>
    /// <returns>The message, or null when the other end is gone.</returns>
    /// <exception cref="InvalidDataException">What came is no message, and what follows cannot be understood either.</exception>
    public WorkerMessage? Receive()
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (input.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(header);
        if (length is <= 0 or > MaxBytes)
        {
            throw new InvalidDataException($"What came between host and worker is no message: its length would be {length}.");
        }

        var body = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            if (input.ReadAtLeast(body.AsSpan(0, length), length, throwOnEndOfStream: false) < length)
            {
                return null;
            }

            return JsonSerializer.Deserialize(body.AsSpan(0, length), WorkerJson.Default.WorkerMessage)
                ?? throw new InvalidDataException("What came between host and worker is no message: it is null.");
        }
        catch (Exception failure) when (failure is JsonException or NotSupportedException)
        {
            throw new InvalidDataException($"What came between host and worker is no message: {failure.Message}", failure);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(body);
        }
    }

    public void Dispose()
    {
        output.Dispose();
        input.Dispose();
    }
}
