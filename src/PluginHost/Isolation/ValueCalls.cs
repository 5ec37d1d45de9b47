using System.Text.Json;

namespace PluginHost.Isolation;

/// <summary>Answers what a script in a worker asks about the values that it keeps.</summary>
internal static class ValueCalls
{
    public static async Task<ValueAnswer> AnswerAsync(ValueCall call, StateStore state)
    {
        try
        {
            return call.Action switch
            {
                ValueAction.Find => Found(call, await state.FindAsync<JsonElement>(call.Key)),
                // Whoever expects a version asks only whether it was there.
                ValueAction.Set when call.Expected is { } expected => new ValueAnswer(call.Call) { Version = await state.TrySetAsync(call.Key, Value(call), expected) ? expected : null },
                ValueAction.Set => new ValueAnswer(call.Call) { Version = await state.SetAsync(call.Key, Value(call)) },
                ValueAction.Remove => new ValueAnswer(call.Call) { Removed = await state.RemoveAsync(call.Key) },
                _ => new ValueAnswer(call.Call) { Keys = await state.GetKeysAsync() },
            };
        }
        catch (Exception failure)
        {
            return new ValueAnswer(call.Call) { Error = new RunError(failure is ArgumentException ? nameof(ArgumentException) : nameof(InvalidOperationException), failure.Message, null) };
        }
    }

    private static ValueAnswer Found(ValueCall call, StateEntry<JsonElement>? entry) =>
        entry is null ? new ValueAnswer(call.Call) : new ValueAnswer(call.Call) { Json = entry.Value.GetRawText(), Version = entry.Version };

    private static JsonElement Value(ValueCall call) => JsonElement.Parse(call.Json ?? "null");
}
