using ExistingApp;
using Orders;
using PluginHost;                                           // 1

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddSingleton<IOrders, OrderBook>();
builder.Services.AddPluginHost().Share<IOrders>();          // 2: scripts may ask for IOrders

var app = builder.Build();
app.MapGet("/orders", (IOrders orders) => orders.All);
app.MapPost("/orders", (Order order, IOrders orders) => orders.Add(order));

// 3 and 4: the pages and the API. This sample listens on loopback only and signs nobody in; where anybody else can
// reach your app, add .RequireAuthorization(…), because whoever gets here can start scripts.
app.MapPluginHost("/scripts");

await app.RunAsync();
