using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.Logging;

namespace PluginHost.AspNetCore.Pages;

/// <summary>The rows of the scripts' page as HTML: rendered again when what they show has changed, which of a thousand are a few.</summary>
internal sealed class ScriptRows(ILoggerFactory loggers)
{
    private volatile Dictionary<string, Row> _ofViewers = [];
    private volatile Dictionary<string, Row> _ofOperators = [];

    /// <param name="scripts">The scripts, each once.</param>
    /// <param name="isOperator">Whether whoever looks may start and pause them.</param>
    public async Task<IReadOnlyList<MarkupString>> RenderAsync(IReadOnlyList<ScriptInfo> scripts, bool isOperator)
    {
        var known = isOperator ? _ofOperators : _ofViewers;
        var rows = new Dictionary<string, Row>(scripts.Count);
        await using var renderer = PageRenderer.Create(loggers);
        await renderer.Dispatcher.InvokeAsync(async () =>
        {
            foreach (var script in scripts)
            {
                var content = ScriptRowContent.Of(script);
                rows[script.Id] = known.GetValueOrDefault(script.Id) is { } row && row.Content == content ? row : new Row(content, await RenderAsync(renderer, script, isOperator));
            }
        });
        if (isOperator)
        {
            _ofOperators = rows;
        }
        else
        {
            _ofViewers = rows;
        }

        return [.. scripts.Select(script => rows[script.Id].Html)];
    }

    private static async Task<MarkupString> RenderAsync(HtmlRenderer renderer, ScriptInfo script, bool isOperator)
    {
        var parameters = ParameterView.FromDictionary(new Dictionary<string, object?> { [nameof(ScriptRow.Script)] = script, [nameof(ScriptRow.IsOperator)] = isOperator });
        return new MarkupString((await renderer.RenderComponentAsync<ScriptRow>(parameters)).ToHtmlString());
    }

    private sealed record Row(ScriptRowContent Content, MarkupString Html);
}
