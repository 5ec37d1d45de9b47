using System.CommandLine;
using System.Globalization;

namespace PluginHost.App.Client;

/// <summary>Which part of a long list is wanted.</summary>
internal sealed class PageOptions
{
    /// <summary>As many as an answer of the host holds.</summary>
    public const int Most = 500;


    private const int Default = 50;

    private readonly Option<int?> _limit;
    private readonly int _unasked;
    private readonly Option<string?> _after = new("--after") { Description = "Goes on after a page, with what it said at its end.", HelpName = "CURSOR" };

    /// <param name="unasked">How many come at most where nobody says how many.</param>
    public PageOptions(int unasked = Default)
    {
        _unasked = unasked;
        _limit = new("--limit") { Description = $"How many at most, 1 to {Most}. Default: {unasked}.", HelpName = "N" };
        _limit.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= Most))
            {
                result.AddError($"--limit is a whole number from 1 to {Most}, not '{token.Value}'.");
            }
        });
    }

    public IEnumerable<Option> All => [_limit, _after];

    public string AddTo(ClientCall call, QueryText query) =>
        query.Add("limit", (call.Get(_limit) ?? (_unasked == Default ? null : _unasked))?.ToString(CultureInfo.InvariantCulture)).Add("after", call.Get(_after)).ToString();
}
