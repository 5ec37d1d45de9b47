using System.Text.Encodings.Web;
using System.Text.Json;

namespace PluginHost.App.Output;

/// <summary>JSON that people read: without escapes that only a web page needs.</summary>
internal static class ResultJson
{
    public static JsonSerializerOptions Readable { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
