using PluginHost;

var builder = WebApplication.CreateBuilder(args);

// What nobody should find in a repository: addresses of webhooks, passwords. It is read anew when it changes.
builder.Configuration.AddJsonFile("secrets.json", optional: true, reloadOnChange: true).AddEnvironmentVariables();
builder.Services.AddPluginHost().AddAlerts();

var app = builder.Build();
app.MapPluginHost();    // on loopback only: see ScriptsOnly for a sign-in

await app.RunAsync();
