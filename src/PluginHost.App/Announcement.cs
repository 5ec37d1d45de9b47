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
            foreach (var (name, source) in options.Sources)
            {
                Console.WriteLine($"Watching '{name}': {new UriFreeOfSecrets(source.Url)}, folder {source.Path}, every {source.Poll.TotalSeconds} s");
            }

            Console.WriteLine($"Data:      {Path.GetFullPath(options.DataDirectory)}");
            foreach (var url in app.Urls)
            {
                Console.WriteLine($"Dashboard: {url}/");
            }
        });
    }

    private readonly struct UriFreeOfSecrets(string url)
    {
        public override string ToString() =>
            Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.UserInfo.Length > 0 && uri.Scheme != "ssh"
                ? new UriBuilder(uri) { UserName = "", Password = "" }.Uri.AbsoluteUri
                : url;
    }
}
