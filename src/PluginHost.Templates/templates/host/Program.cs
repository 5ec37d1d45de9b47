var builder = WebApplication.CreateBuilder(args);

// Configured by the section PluginHost of appsettings.json. A script may ask for every service that is shared here:
// builder.Services.AddPluginHost().Share<IOrders>();
builder.Services.AddPluginHost();

var app = builder.Build();

// The pages are below /scripts, and the API below /scripts/api/v1. The app listens on loopback only and signs nobody in:
// before anybody else can reach it, add .RequireAuthorization(…), because whoever gets here can start scripts.
app.MapPluginHost("/scripts");

await app.RunAsync();
