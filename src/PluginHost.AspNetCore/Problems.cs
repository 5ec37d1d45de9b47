using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;
using PluginHost.AspNetCore.Api;

namespace PluginHost.AspNetCore;

/// <summary>Answers errors as RFC 9457 problem details with a title that a person understands.</summary>
internal sealed partial class Problems(RequestDelegate next, ILogger<Problems> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be answered.
        }
        catch (Exception failure) when (!context.Response.HasStarted)
        {
            await WriteAsync(context, Describe(failure));
        }
    }

    public static Task NoSuchPageAsync(HttpContext context) => WriteAsync(context, new ProblemDetails
    {
        Status = context.Response.StatusCode == StatusCodes.Status405MethodNotAllowed ? 405 : 404,
        Title = $"There is nothing at {context.Request.Method} {context.Request.Path}.",
    });

    private ProblemDetails Describe(Exception failure)
    {
        switch (failure)
        {
            case NotFoundException:
                return new ProblemDetails { Status = 404, Title = failure.Message };
            case ConflictException:
                return new ProblemDetails { Status = 409, Title = failure.Message };
            case InvalidParametersException invalid:
                return new ProblemDetails { Status = 400, Title = failure.Message, Extensions = { ["errors"] = invalid.Errors } };
            case JsonException json:
                return new ProblemDetails { Status = 400, Title = $"The request's body is not the JSON that is expected: {json.Message}" };
            case BadHttpRequestException bad:
                return new ProblemDetails { Status = bad.StatusCode, Title = bad.Message };
            default:
                LogFailed(failure);
                return new ProblemDetails { Status = 500, Title = "The host failed to answer. Its log says why." };
        }
    }

    private static async Task WriteAsync(HttpContext context, ProblemDetails problem)
    {
        context.Response.StatusCode = problem.Status!.Value;
        await context.Response.WriteAsJsonAsync(problem, ApiJson.Options, "application/problem+json", context.RequestAborted);
    }

    [LoggerMessage(EventId = 901, Level = LogLevel.Error, Message = "A request failed.")]
    private partial void LogFailed(Exception failure);
}
