using Microsoft.AspNetCore.Http;

namespace PluginHost.AspNetCore;

/// <summary>Where the application itself begins, as its callers see it; we are mounted somewhere beneath.</summary>
/// <param name="Path">Empty at the root of a server.</param>
internal sealed record ApplicationBase(PathString Path)
{
    /// <summary>A path of the application as a link to it; what is no path of it, such as a whole address, as it is.</summary>
    public static string LinkTo(HttpContext context, string path) =>
        path is ['/', ..] ? $"{context.Features.Get<ApplicationBase>()?.Path}{path}" : path;
}
