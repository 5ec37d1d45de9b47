using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace PluginHost.AspNetCore.Pages;

/// <summary>The pages' script and style. They are part of the assembly, so that nobody has to publish or copy them.</summary>
internal static class Assets
{
    private static readonly FrozenDictionary<string, (byte[] Content, string Type, EntityTagHeaderValue Tag)> Files =
        new[] { ("app.js", "text/javascript"), ("log.js", "text/javascript"), ("filter.js", "text/javascript"), ("app.css", "text/css") }
            .ToFrozenDictionary(file => file.Item1, file => Read(file.Item1, file.Item2));

    public static IResult Serve(string name, HttpContext context)
    {
        if (!Files.TryGetValue(name, out var file))
        {
            return Results.NotFound();
        }

        // Asked for anew each time and answered by 304: a new version of the host is never mixed with an old script.
        context.Response.Headers.CacheControl = "no-cache";
        return Results.Bytes(file.Content, file.Type + "; charset=utf-8", entityTag: file.Tag);
    }

    private static (byte[] Content, string Type, EntityTagHeaderValue Tag) Read(string name, string type)
    {
        using var resource = typeof(Assets).Assembly.GetManifestResourceStream($"Assets/{name}")!;
        using var content = new MemoryStream();
        resource.CopyTo(content);
        var bytes = content.ToArray();
        return (bytes, type, new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}\""));
    }
}
