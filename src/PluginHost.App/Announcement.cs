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
                Console.WriteLine($"Watching '{source.Name}': {source.Url}, folder {source.Path}, every {options.Sources[source.Name].Poll.TotalSeconds} s");
            }

            Console.WriteLine($"Data:      {Path.GetFullPath(options.DataDirectory)}");
            foreach (var url in app.Urls)
            {
                Console.WriteLine($"Dashboard: {url}/");
            }
        });
    }
}
