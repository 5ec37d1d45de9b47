using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace PluginHost.Alerts;

/// <summary>How often, and for how long, somebody outside is tried to be told.</summary>
internal static class Tries
{
    /// <summary>In all: the first time, and five more.</summary>
    public const int Most = 6;

    /// <param name="time">The clock.</param>
    /// <param name="again">After which failures it is tried again; after every one without it.</param>
    public static ResiliencePipeline Create(TimeProvider time, PredicateBuilder<object>? again = null)
    {
        var retry = new RetryStrategyOptions { MaxRetryAttempts = Most - 1, Delay = TimeSpan.FromSeconds(2), BackoffType = DelayBackoffType.Exponential, UseJitter = true };
        if (again is not null)
        {
            retry.ShouldHandle = again;
        }

        return new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(retry)
            .AddTimeout(new TimeoutStrategyOptions { Timeout = TimeSpan.FromSeconds(15) })
            .Build();
    }
}
