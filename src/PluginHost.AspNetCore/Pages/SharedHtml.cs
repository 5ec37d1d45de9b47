using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace PluginHost.AspNetCore.Pages;

/// <summary>A page that is sent to many: compressed once, as every browser takes it, and taken apart again for the others.</summary>
/// <remarks>Nothing in a page is secret towards who gets it, so that its length gives nothing away.</remarks>
internal sealed class SharedHtml : IResult
{
    private const string Gzip = "gzip";

    private readonly byte[] _compressed;

    private SharedHtml(byte[] compressed) => _compressed = compressed;

    public static SharedHtml Write(Action<TextWriter> write)
    {
        using var compressed = new MemoryStream();
        using (var writer = new StreamWriter(new GZipStream(compressed, CompressionLevel.Fastest), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 16 * 1024))
        {
            write(writer);
        }

        return new SharedHtml(compressed.ToArray());
    }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = PageRenderer.HtmlType;
        response.Headers.Append(HeaderNames.Vary, HeaderNames.AcceptEncoding);
        if (Takes(httpContext.Request))
        {
            response.Headers.ContentEncoding = Gzip;
            response.ContentLength = _compressed.Length;
            await response.Body.WriteAsync(_compressed, httpContext.RequestAborted);
            return;
        }

        using var plain = new GZipStream(new MemoryStream(_compressed), CompressionMode.Decompress);
        await plain.CopyToAsync(response.Body, httpContext.RequestAborted);
    }

    private static bool Takes(HttpRequest request) =>
        request.GetTypedHeaders().AcceptEncoding.Any(encoding => encoding.Value.Equals(Gzip, StringComparison.OrdinalIgnoreCase) && encoding.Quality != 0);
}
