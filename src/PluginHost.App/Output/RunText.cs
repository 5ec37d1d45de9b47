namespace PluginHost.App.Output;

/// <summary>How people speak of runs.</summary>
internal static class RunText
{
    public static string HowItEnded(RunState state) => state switch
    {
        RunState.Succeeded => "succeeded",
        RunState.Failed => "failed",
        RunState.Cancelled => "was cancelled",
        RunState.TimedOut => "took longer than its time limit",
        RunState.Lost => "was lost: the host died while it was under way",
        _ => "has not ended",
    };
}
