using System.CommandLine;
using PluginHost.App.Output;

namespace PluginHost.App.Client;

/// <summary>One client command at work.</summary>
internal sealed record ClientCall(ParseResult Arguments, ApiClient Api, CommandOutput Output, TimeProvider Time, bool IsJson, CancellationToken Cancellation)
{
    public T Get<T>(Argument<T> argument) => Arguments.GetRequiredValue(argument);

    public T? Get<T>(Option<T> option) => Arguments.GetValue(option);

    public string Local(DateTimeOffset? moment) => Show.Time(moment, Time);

    /// <summary>Writes an answer: as it came, or for people.</summary>
    public int Write<T>(Answer<T> answer, Action<T> forPeople)
    {
        if (IsJson)
        {
            Output.Json(answer.Json);
        }
        else
        {
            forPeople(answer.Value);
        }

        return ExitCode.Done;
    }

    /// <summary>Writes a list as a table.</summary>
    public int WriteList<T>(Answer<Page<T>> answer, IReadOnlyList<string> headers, Func<T, IReadOnlyList<Cell>> row, string none) => Write(answer, page =>
    {
        if (page.Items.Count == 0)
        {
            Output.Note(none);
        }
        else
        {
            Output.Table(headers, page.Items.Select(row));
        }

        if (page.Next is not null)
        {
            Output.Note($"There are more: --after {page.Next}");
        }
    });
}
