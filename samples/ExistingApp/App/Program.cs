using ExistingApp;
using Microsoft.AspNetCore.HttpOverrides;
using Orders;
using PluginHost;                                           // 1

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddSingleton<IOrders, OrderBook>();
builder.Services.AddPluginHost().Share<IOrders>();          // 2: scripts may ask for IOrders

// Only for a reverse proxy that shows this app under a path of its own: one that takes the path off the requests, and
// says it in X-Forwarded-Prefix (heard with ASPNETCORE_FORWARDEDHEADERS_ENABLED=true), or one that leaves it on them.
builder.Services.Configure<ForwardedHeadersOptions>(options => options.ForwardedHeaders |= ForwardedHeaders.XForwardedPrefix);

var app = builder.Build();
app.UsePathBase(app.Configuration["PathBase"]);
app.UseRouting();
app.MapGet("/orders", (IOrders orders) => orders.All);
app.MapPost("/orders", (Order order, IOrders orders) => orders.Add(order));

// 3 and 4: the pages and the API. This sample listens on loopback only and signs nobody in; where anybody else can
// reach your app, add .RequireAuthorization(…), because whoever gets here can start scripts.
app.MapPluginHost("/scripts");

await app.RunAsync();
