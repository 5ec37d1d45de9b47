using System.Globalization;

namespace Files;

[Script(Description = "Adds up the readings in a file, by station")]
public sealed class SumReadings(ILogger<SumReadings> log) : IScript
{
    [Parameter(Description = "A file of lines station;reading")]
    public required string FileName { get; init; }

    public async Task RunAsync(ScriptContext context, CancellationToken cancellationToken)
    {
        var sums = new SortedDictionary<string, decimal>(StringComparer.Ordinal);
        var number = 0;
        await foreach (var line in File.ReadLinesAsync(FileName, cancellationToken))
        {
            number++;
            if (line.Split(';') is not [var station, var text] || !decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var reading))
            {
                throw new InvalidDataException($"Line {number} is not station;reading: '{line}'.");
            }

            sums[station] = sums.GetValueOrDefault(station) + reading;
        }

        log.LogInformation("{Lines} lines, {Stations} stations", number, sums.Count);
        context.SetResult(sums);
    }
}
