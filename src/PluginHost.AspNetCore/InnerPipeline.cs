using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PluginHost.AspNetCore.Access;

namespace PluginHost.AspNetCore;

/// <summary>The pipeline behind the one endpoint that the application sees.</summary>
internal static class InnerPipeline
{
    public static RequestDelegate Build(IServiceProvider application, PluginHostEndpointOptions options)
    {
        var app = new ApplicationBuilder(Services(application));
        app.UseMiddleware<SecurityHeaders>();
        app.UseMiddleware<HeadAsGet>();
        app.UseMiddleware<Problems>();
        app.UseMiddleware<CrossSiteGuard>();
        app.UseRouting();
        app.UseMiddleware<RequestSpan>();
        app.UseMiddleware<AccessGuard>(options);
        app.UseMiddleware<BodyLimit>();
        app.UseEndpoints(routes => routes.MapAll());
        app.Run(context =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
        return app.Build();
    }

    // Routing with services of its own: with the application's, our endpoints would turn up in its link generation and
    // its OpenAPI document, and its routing options would change our routes. Requests keep the application's services.
    private static ServiceProvider Services(IServiceProvider application)
    {
        var services = new ServiceCollection();
        services.AddSingleton(application.GetRequiredService<ILoggerFactory>());
        services.AddSingleton(application.GetRequiredService<DiagnosticListener>());
        services.AddSingleton(application.GetRequiredService<IMeterFactory>());
        services.AddSingleton(application.GetRequiredService<IPluginHost>());
        services.AddSingleton(application.GetRequiredService<IAuditLog>());
        services.AddSingleton(application.GetRequiredService<IHostApplicationLifetime>());
        services.AddSingleton(application.GetRequiredService<TimeProvider>());
        services.AddLogging();
        services.AddRouting();

        // What cannot be bound is an exception, which Problems answers, in every environment.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        return services.BuildServiceProvider();
    }
}
