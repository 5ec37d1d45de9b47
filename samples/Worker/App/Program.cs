using PluginHost;
using Worker;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddOptions<InboxOptions>().BindConfiguration("Inbox");
builder.Services.AddPluginHost();
builder.Services.AddHostedService<Inbox>();

await builder.Build().RunAsync();
