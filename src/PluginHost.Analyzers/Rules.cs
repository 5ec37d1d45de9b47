using Microsoft.CodeAnalysis;

namespace PluginHost.Analyzers;

/// <summary>Every rule: its id, its words and how grave it is. Explained one by one in rules.md.</summary>
/// <remarks>A warning is what a script may have good reasons for; an error is what a host rejects anyway.</remarks>
internal static class Rules
{
    private const string Category = "PluginHost";

    public static readonly DiagnosticDescriptor AsyncVoid = Warning(
        "PH0001",
        "async void",
        "'{0}' is async void: nobody can wait for it, and an exception in it ends the whole host. Return Task, and await it.");

    public static readonly DiagnosticDescriptor NotAwaited = Warning(
        "PH0002",
        "A task that nobody awaits",
        "Nobody awaits '{0}': it goes on after the run has ended, keeps its version in memory, and what it throws is lost. Await it.");

    public static readonly DiagnosticDescriptor TokenNotPassed = Warning(
        "PH0003",
        "A call that could be given the cancellation token",
        "'{0}' takes a CancellationToken. Pass '{1}', or a run that is cancelled has to wait for this.");

    public static readonly DiagnosticDescriptor TokenIgnored = Warning(
        "PH0004",
        "A script that ignores its cancellation token",
        "'{0}' waits or loops without ever looking at '{1}', so it cannot be cancelled and is given up on. Pass the token on, or call ThrowIfCancellationRequested.");

    public static readonly DiagnosticDescriptor StaticState = Warning(
        "PH0005",
        "Static state that changes",
        "'{0}' is static and can change: it is shared by all runs, and gone with the next commit. Keep it in context.State, or make it readonly.");

    public static readonly DiagnosticDescriptor StaticEvent = Warning(
        "PH0006",
        "An event that outlives the version",
        "The event '{0}' holds on to its handlers for as long as the process lives, and so to this version of the plugin. Take the handler off again with -= when the run ends.");

    public static readonly DiagnosticDescriptor Registration = Warning(
        "PH0007",
        "A registration that outlives the version",
        "What '{0}' registers stays for as long as the process lives, and keeps this version of the plugin in memory. {1}");

    public static readonly DiagnosticDescriptor StaticTimer = Warning(
        "PH0008",
        "A static timer or thread",
        "'{0}' goes on after the run and after the next commit, and keeps this version of the plugin in memory. Use [Schedule], or a timer that the run disposes.");

    public static readonly DiagnosticDescriptor Cron = Error(
        "PH0009",
        "A cron expression that cannot be read",
        "The cron expression \"{0}\" {1}");

    public static readonly DiagnosticDescriptor TimeZone = Error(
        "PH0010",
        "A time zone that is not known",
        "No time zone '{0}' is known here. Write an IANA or Windows id, for example \"Europe/Berlin\", or leave it out for UTC.");

    public static readonly DiagnosticDescriptor Parameter = Error(
        "PH0011",
        "A parameter that cannot be given",
        "Parameter '{0}' {1}");

    public static readonly DiagnosticDescriptor SameName = Error(
        "PH0012",
        "Two scripts of one name",
        "The classes {0} are both script '{1}'; names are compared without case. Give one another name: [Script(Name = \"…\")].",
        WellKnownDiagnosticTags.CompilationEnd);

    public static readonly DiagnosticDescriptor AfterItself = Error(
        "PH0013",
        "A script that runs after itself",
        "Script '{0}' runs after itself, and would never stop. Name another script, or use [Schedule].");

    public static readonly DiagnosticDescriptor NoScript = Error(
        "PH0014",
        "A script attribute on a class that is no script",
        "Class '{0}' has the attribute [{1}], but {2}");

    private static DiagnosticDescriptor Warning(string id, string title, string message) =>
        new(id, title, message, Category, DiagnosticSeverity.Warning, isEnabledByDefault: true);

    private static DiagnosticDescriptor Error(string id, string title, string message, params string[] tags) =>
        new(id, title, message, Category, DiagnosticSeverity.Error, isEnabledByDefault: true, customTags: tags);
}
