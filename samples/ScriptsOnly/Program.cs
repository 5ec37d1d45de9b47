using Microsoft.AspNetCore.Authentication;
using PluginHost;
using ScriptsOnly;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddPluginHost();

// People sign in with keys of the section Keys. Put what your company has in place of it: OpenID Connect, Negotiate, …
builder.Services.AddAuthentication(KeySignIn.SchemeName).AddScheme<AuthenticationSchemeOptions, KeySignIn>(KeySignIn.SchemeName, null);
builder.Services.AddAuthorizationBuilder()
    .AddPolicy("look", policy => policy.RequireAuthenticatedUser())
    .AddPolicy("operate", policy => policy.RequireRole("operator"));

var app = builder.Build();
app.UseAuthentication();
app.MapPluginHost("/", options => (options.ViewerPolicy, options.OperatorPolicy) = ("look", "operate"));

await app.RunAsync();
