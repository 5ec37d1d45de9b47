using Microsoft.Extensions.Options;

namespace PluginHost.App;

/// <summary>What the terminal says when the host is up.</summary>
internal static class Announcement
{
    public static void Register(WebApplication app)
    {
        app.Lifetime.ApplicationStarted.Register(() =>
        {
            var options = app.Services.GetRequiredService<IOptions<PluginHostOptions>>().Value;
            foreach (var source in app.Services.GetRequiredService<IPluginHost>().GetStatus().Sources)
            {
                var watched = options.Sources[source.Name];
                var when = watched.WorkingTree ? "each file as it is saved" : $"every {watched.Poll.TotalSeconds} s";
                Console.WriteLine(watched.DropFolder is not null
                    ? $"Watching '{source.Name}': drops in {source.Url}, {when}"
                    : $"Watching '{source.Name}': {source.Url}, folder {source.Path}, {when}");
            }

            Console.WriteLine($"Data:      {Path.GetFullPath(options.DataDirectory)}");
            foreach (var url in app.Urls)
            {
                Console.WriteLine($"Dashboard: {url}{ReverseProxy.PathOf(app.Configuration)}/");
            }
        });
    }
}
