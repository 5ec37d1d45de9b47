using System.Globalization;
using Google.Protobuf;

namespace PluginHost.TestInfra;

/// <summary>A message of Protocol Buffers, read by the numbers of its fields.</summary>
internal sealed class ProtobufMessage
{
    private readonly List<(int Field, ByteString? Bytes, ulong Number)> _fields = [];

    public ProtobufMessage(byte[] bytes)
    {
        var input = new CodedInputStream(bytes);
        while (input.ReadTag() is var tag and not 0)
        {
            var field = WireFormat.GetTagFieldNumber(tag);
            switch (WireFormat.GetTagWireType(tag))
            {
                case WireFormat.WireType.LengthDelimited:
                    _fields.Add((field, input.ReadBytes(), 0));
                    break;
                case WireFormat.WireType.Varint:
                    _fields.Add((field, null, input.ReadUInt64()));
                    break;
                case WireFormat.WireType.Fixed64:
                    _fields.Add((field, null, input.ReadFixed64()));
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }
    }

    public IEnumerable<ProtobufMessage> Messages(int field) => Bytes(field).Select(bytes => new ProtobufMessage(bytes.ToByteArray()));

    public string Text(int field) => Bytes(field).Select(bytes => bytes.ToStringUtf8()).SingleOrDefault("");

    public string Hex(int field) => Bytes(field).Select(bytes => Convert.ToHexStringLower(bytes.Span)).SingleOrDefault("");

    /// <summary>The attributes of OpenTelemetry in a field: keys, and values of whatever simple kind as text.</summary>
    public IReadOnlyDictionary<string, string> Attributes(int field) => Messages(field).ToDictionary(
        attribute => attribute.Text(1),
        attribute => attribute.Messages(2).Select(value => value._fields).Select(value => value is [var only, ..] ? only.Bytes?.ToStringUtf8() ?? only.Number.ToString(CultureInfo.InvariantCulture) : "").SingleOrDefault(""));

    private IEnumerable<ByteString> Bytes(int number) => _fields.Where(field => field.Field == number).Select(field => field.Bytes!);
}
