using Microsoft.Extensions.Hosting.WindowsServices;
using Microsoft.Extensions.Options;
using PluginHost.App.Security;
using PluginHost.App.Services;
using PluginHost.App.Supervision;
using PluginHost.App.Telemetry;
using PluginHost.Crashes;

namespace PluginHost.App;

/// <summary>The host as a program of its own.</summary>
internal static class ReadyHost
{
    /// <summary>The process is gone this long after it was asked to stop, whatever scripts do.</summary>
    public static readonly TimeSpan ExitLimit = TimeSpan.FromSeconds(55);

    // Longer than a cancelled script may take by default, so that its end is stored.
    private static readonly TimeSpan ShutdownLimit = TimeSpan.FromSeconds(45);

    /// <summary>Runs until Ctrl-C, SIGTERM or the token stops it.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(RunArguments arguments, CancellationToken cancellationToken)
    {
        using var signals = new StopSignals(takeOver: false);
        var starting = new Starting();
        try
        {
            await using var app = Build(arguments, starting);
            Announcement.Register(app);
            app.Lifetime.ApplicationStarted.Register(starting.End);
            app.Lifetime.ApplicationStopping.Register(() => ProcessEnd.After(ExitLimit, HowItEnded));
            await Starting.RunAsync(app, cancellationToken);
            await app.WaitForShutdownAsync(cancellationToken);
            return HowItEnded();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCode.Done;
        }
        catch (UsageException failure)
        {
            return Say(failure.Message, ExitCode.WrongUsage);
        }
        catch (OptionsValidationException failure)
        {
            return Say(string.Join(Environment.NewLine, failure.Failures), ExitCode.WrongUsage);
        }
        catch (Exception failure) when (failure is DataDirectoryInUseException or ClusterException)
        {
            return Say(failure.Message, ExitCode.Failed);
        }
        catch (IOException failure) when (failure.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            return Say($"{failure.Message} Another program listens there: stop it, or start this one with --urls.", ExitCode.Failed);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Say($"The host cannot start: {failure.Message} Check the data directory (--data): it has to be a folder that this user may write to.", ExitCode.Failed);
        }
        catch (Exception failure) when (!starting.HasEnded)
        {
            return Say($"The host cannot start: {(failure is InvalidOperationException ? failure.Message : failure)}", ExitCode.Failed);
        }

        int HowItEnded() => signals.Asked.IsCompleted || cancellationToken.IsCancellationRequested || WindowsServiceHelpers.IsWindowsService() ? ExitCode.Done : ExitCode.StoppedByItself;
    }

    private static WebApplication Build(RunArguments arguments, Starting starting)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        SettingsFile.Add(builder.Configuration, arguments.Settings);
        builder.Configuration.AddInMemoryCollection(HostSettings.Read(arguments, builder.Configuration));
        builder.Logging.ClearProviders().AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
        });
        starting.Quieten(builder.Logging);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownLimit);
        builder.AddSecurity();
        builder.AddConnectionLimits();
        builder.AddReverseProxy();
        builder.AddTelemetry();
        builder.AddServiceManager();
        builder.Services.AddSingleton(new PreviousDeath(arguments.Death));
        var host = builder.Services.AddPluginHost().AddReadyHostSettings().AddAlerts();
        if (!string.IsNullOrEmpty(builder.Configuration[$"{ClusterOptions.SectionName}:{nameof(ClusterOptions.ConnectionString)}"]))
        {
            host.UseCluster();
        }

        var app = builder.Build();
        app.UseReverseProxy();
        app.UseSecurity();
        app.MapPluginHost("/", ReadyHostSecurity.AskForRoles);
        return app;
    }

    private static int Say(string message, int exitCode)
    {
        Console.Error.WriteLine(message);
        return exitCode;
    }
}
