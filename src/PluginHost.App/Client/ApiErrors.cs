using System.Net;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using PluginHost.AspNetCore;

namespace PluginHost.App.Client;

/// <summary>Says what an answer means that is none, and what to do.</summary>
internal sealed class ApiErrors(HttpClient http, Uri host, bool hasKey)
{
    private static readonly string OwnVersion =
        typeof(ApiErrors).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public CommandFailure Explain(HttpRequestException failure) => new(failure.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => $"The name '{host.Host}' is not known, so the host at {host} was not asked. Check --host (or PLUGINHOST_HOST).",
        HttpRequestError.SecureConnectionError => $"No secure connection with {host}: {Innermost(failure)} Check its certificate, or whether it speaks http there.",
        HttpRequestError.ConnectionError => $"No host answers at {host}: {Innermost(failure)} Start one with 'pluginhost run', or say where it is with --host (or PLUGINHOST_HOST).",
        HttpRequestError.InvalidResponse => NotAPluginHost().Message,
        _ => $"The connection with {host} broke: {Innermost(failure)} Whether it was done is not known; ask again.",
    });

    public CommandFailure TookTooLong(TimeSpan limit) =>
        new($"The host at {host} did not answer within {limit.TotalSeconds:0} s. Look at its log, or try again.");

    public CommandFailure NotAPluginHost() =>
        new($"What answers at {host} is not a PluginHost. Check --host (or PLUGINHOST_HOST): it is the address of the dashboard, with the path under which the host is mounted, if any.");

    public async Task<CommandFailure> SpeaksAnotherVersionAsync(JsonException failure, CancellationToken cancellationToken) => await AskVersionAsync(cancellationToken) is { } version
        ? new($"The host at {host} is version {version}, and its answer is not what this command line, version {OwnVersion}, expects ({failure.Message}) Use the same version of both.")
        : NotAPluginHost();

    public async Task<CommandFailure> ExplainAsync(HttpResponseMessage response, string text, IReadOnlyList<Lookup> lookups, CancellationToken cancellationToken)
    {
        var title = Title(response, text);
        switch (response.StatusCode)
        {
            case HttpStatusCode.Unauthorized when hasKey:
                return new($"The host at {host} does not know this key{Said(title)} Check --key (or PLUGINHOST_KEY): it may have been revoked.");
            case HttpStatusCode.Unauthorized:
                return new($"The host at {host} wants to know who asks{Said(title)} Give a key with --key, or in the environment as PLUGINHOST_KEY.");
            case HttpStatusCode.Forbidden:
                return new($"The host at {host} refuses{Said(title)} {(hasKey ? "Use a key that may do this." : "Give a key that may do this with --key, or in the environment as PLUGINHOST_KEY.")}");
        }

        if (title is null)
        {
            return response.StatusCode >= HttpStatusCode.InternalServerError
                ? new($"What answers at {host} says {(int)response.StatusCode} ({response.ReasonPhrase}). Look whether the host behind it is up.")
                : NotAPluginHost();
        }

        return response.StatusCode switch
        {
            HttpStatusCode.NotFound => await NotFoundAsync(title, lookups, cancellationToken),
            HttpStatusCode.MethodNotAllowed => await TooOldAsync(title, cancellationToken),
            HttpStatusCode.BadRequest => new(title, ExitCode.WrongUsage),
            _ => new(title),
        };
    }

    private async Task<CommandFailure> NotFoundAsync(string title, IReadOnlyList<Lookup> lookups, CancellationToken cancellationToken)
    {
        if (title.StartsWith(Problems.NothingThere, StringComparison.Ordinal))
        {
            return await TooOldAsync(title, cancellationToken);
        }

        if (await AskAsync("status", cancellationToken) is null)
        {
            return NotAPluginHost();
        }

        var lookup = lookups.FirstOrDefault(lookup => title.Contains($" {lookup.Kind} '", StringComparison.Ordinal));
        return lookup is not null && await AskAsync(lookup.List, cancellationToken) is { } list
            ? new($"{title} {lookup.Suggest([.. lookup.Read(list).OfType<string>()])}")
            : new(title);
    }

    private async Task<CommandFailure> TooOldAsync(string title, CancellationToken cancellationToken) => await AskVersionAsync(cancellationToken) is { } version
        ? new($"The host at {host} cannot do this: it is version {version}, and this command line is version {OwnVersion}. Update the host. ({title})")
        : NotAPluginHost();

    private async Task<string?> AskVersionAsync(CancellationToken cancellationToken) => (string?)(await AskAsync("status", cancellationToken))?["version"];

    /// <summary>Answers null when nothing that can be understood comes back.</summary>
    private async Task<JsonNode?> AskAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync(path, cancellationToken);
            return response.IsSuccessStatusCode ? JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellationToken)) as JsonObject : null;
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException)
        {
            return null;
        }
    }

    private static string? Title(HttpResponseMessage response, string text)
    {
        if (response.Content.Headers.ContentType?.MediaType != "application/problem+json")
        {
            return null;
        }

        try
        {
            return (string?)JsonNode.Parse(text)?["title"];
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string Said(string? title) => title is null ? "." : $": {title}";

    private static string Innermost(Exception failure) => $"{failure.GetBaseException().Message.TrimEnd('.')}.";
}
