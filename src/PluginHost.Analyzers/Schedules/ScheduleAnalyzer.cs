using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using PluginHost.Scripts;

namespace PluginHost.Analyzers.Schedules;

/// <summary>PH0009 and PH0010: schedules that a host would reject.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ScheduleAnalyzer : ScriptAnalyzerBase
{
    private const string TimeZoneName = "TimeZone";

    // A machine without time zone data, or the .NET Framework, which knows no IANA ids, can judge no zone.
    private static readonly bool KnowsZones =
        !RuntimeInformation.FrameworkDescription.StartsWith(".NET Framework", StringComparison.Ordinal) && Knows("Europe/Berlin");

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.Cron, Rules.TimeZone];

    private protected override void Start(CompilationStartAnalysisContext context, KnownTypes types) =>
        context.RegisterSymbolAction(symbol => Check(symbol, types), SymbolKind.NamedType);

    private static void Check(SymbolAnalysisContext context, KnownTypes types)
    {
        foreach (var attribute in context.Symbol.GetAttributes().Where(attribute => attribute.Is(types.Schedule)))
        {
            var syntax = attribute.ApplicationSyntaxReference?.GetSyntax(context.CancellationToken) as AttributeSyntax;
            if (attribute.ConstructorArguments is [{ Value: var cron }] && !CronText.TryParse(cron as string, seed: 0, out _, out var problem))
            {
                context.ReportDiagnostic(Diagnostic.Create(Rules.Cron, syntax?.ArgumentList?.Arguments.FirstOrDefault()?.GetLocation(), cron, problem));
            }

            var zone = attribute.NamedArguments.FirstOrDefault(argument => argument.Key == TimeZoneName);
            if (KnowsZones && zone is { Key: not null, Value.Value: var id } && !Knows((id as string ?? "").Trim()))
            {
                var place = syntax?.ArgumentList?.Arguments.FirstOrDefault(argument => argument.NameEquals?.Name.Identifier.ValueText == TimeZoneName);
                context.ReportDiagnostic(Diagnostic.Create(Rules.TimeZone, place?.GetLocation(), id));
            }
        }
    }

    private static bool Knows(string id)
    {
        try
        {
            return id.Length > 0 && TimeZoneInfo.FindSystemTimeZoneById(id) is not null;
        }
        catch (Exception failure) when (failure is TimeZoneNotFoundException or InvalidTimeZoneException or System.Security.SecurityException)
        {
            return false;
        }
    }
}
