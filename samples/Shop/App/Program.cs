using Microsoft.AspNetCore.HttpOverrides;
using PluginHost;                                                              // 1
using Shop;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddSingleton<IShopDatabase, ShopDatabase>();
builder.Services.AddSingleton<ICatalog, Catalog>();
builder.Services.AddSingleton<Orders>();
builder.Services.AddPluginHost().Share<ICatalog>().Share<IShopDatabase>();     // 2: scripts may ask for these two

// Only for a reverse proxy that shows this app under a path of its own: one that takes the path off the requests, and
// says it in X-Forwarded-Prefix (heard with ASPNETCORE_FORWARDEDHEADERS_ENABLED=true), or one that leaves it on them.
builder.Services.Configure<ForwardedHeadersOptions>(options => options.ForwardedHeaders |= ForwardedHeaders.XForwardedPrefix);

var app = builder.Build();
app.UsePathBase(app.Configuration["PathBase"]);
app.UseRouting();
app.MapGet("/products", (ICatalog catalog, CancellationToken cancellationToken) => catalog.ListAsync(cancellationToken));
app.MapPost("/orders", async (Order order, Orders orders, CancellationToken cancellationToken) =>
    await orders.PlaceAsync(order, cancellationToken) ? Results.NoContent() : Results.Conflict("There is no such product, or not as many of it."));

// 3 and 4: the pages and the API. This sample listens on loopback only and signs nobody in; where anybody else can
// reach your app, add .RequireAuthorization(…), because whoever gets here can start scripts.
app.MapPluginHost("/scripts");

await app.RunAsync();
