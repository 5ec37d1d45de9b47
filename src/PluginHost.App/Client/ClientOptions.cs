using System.CommandLine;
using System.CommandLine.Parsing;

namespace PluginHost.App.Client;

/// <summary>The options that every client command has: which host, and as whom.</summary>
internal sealed class ClientOptions
{
    public const string HostVariable = "PLUGINHOST_HOST";
    public const string KeyVariable = "PLUGINHOST_KEY";

    private const string DefaultHost = "http://127.0.0.1:5080";
    private const string HostOption = "--host";
    private const string KeyOption = "--key";

    private readonly Option<string?> _host = new(HostOption) { Description = $"The address of the host, as of its dashboard. Default: {HostVariable}, else {DefaultHost}.", HelpName = "URL" };
    private readonly Option<string?> _key = new(KeyOption) { Description = $"The key to ask with. Default: {KeyVariable}.", HelpName = "KEY" };
    private readonly Option<bool> _json = new("--json") { Description = "Prints the answer as JSON, as the host gave it." };

    public ClientOptions() => _host.Validators.Add(result => Check(result, result.GetValueOrDefault<string?>()));

    public void AddTo(Command command)
    {
        command.Options.Add(_host);
        command.Options.Add(_key);
        command.Options.Add(_json);
    }

    public bool IsJson(ParseResult result) => result.GetValue(_json);

    /// <summary>Takes the options of whichever client command was typed.</summary>
    /// <exception cref="CommandFailure">The address of the host cannot be read.</exception>
    public static ApiClient Connect(ParseResult result)
    {
        var text = result.GetValue<string?>(HostOption) ?? Variable(HostVariable) ?? DefaultHost;
        return new ApiClient(Parse(text) ?? throw new CommandFailure(Refusal(text), ExitCode.WrongUsage), result.GetValue<string?>(KeyOption) ?? Variable(KeyVariable));
    }

    private static void Check(OptionResult result, string? text)
    {
        if (text is not null && Parse(text) is null)
        {
            result.AddError(Refusal(text));
        }
    }

    private static Uri? Parse(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps) ? address : null;

    private static string Refusal(string text) => $"'{text}' is no address of a host. It is written as in {DefaultHost}.";

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
