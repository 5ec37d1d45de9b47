using System.Data.Common;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using PluginHost.AspNetCore.Api;
using PluginHost.AspNetCore.Pages;

namespace PluginHost.AspNetCore;

/// <summary>Answers errors as RFC 9457 problem details with a title that a person understands; to a browser, as a page.</summary>
internal sealed partial class Problems(RequestDelegate next, ILogger<Problems> logger)
{
    /// <summary>How the title begins where no endpoint is, in distinction to an endpoint that does not find what it is asked for.</summary>
    public const string NothingThere = "There is nothing at ";

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null })
            {
                await WriteAsync(context, Describe(context));
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be answered.
        }
        catch (Exception failure) when (!context.Response.HasStarted)
        {
            await WriteAsync(context, Describe(context, failure));
        }
    }

    private ProblemDetails Describe(HttpContext context, Exception failure)
    {
        switch (failure)
        {
            case NotFoundException:
                return new ProblemDetails { Status = 404, Title = failure.Message };
            case ConflictException:
                return new ProblemDetails { Status = 409, Title = failure.Message };
            case InvalidParametersException invalid:
                return new ProblemDetails { Status = 400, Title = failure.Message, Extensions = { ["errors"] = invalid.Errors } };
            case InvalidScheduleException invalid:
                return new ProblemDetails { Status = 400, Title = failure.Message, Extensions = { ["errors"] = invalid.Errors } };
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return new ProblemDetails { Status = 413, Title = $"The body is too large. It has {BodyLimit.Of(context)} bytes at most." };
            case BadHttpRequestException bad:
                return new ProblemDetails { Status = bad.StatusCode, Title = bad.Message };
            case DbException:
                LogFailed(failure);
                return new ProblemDetails { Status = 503, Title = $"The history cannot be used at present, so this was not done: {failure.Message} Look at the disk of the data directory, or the database: is it full, read-only or gone? Then ask again." };
            default:
                LogFailed(failure);
                return new ProblemDetails { Status = 500, Title = "The host failed to answer. Its log says why." };
        }
    }

    // What routing answers by a status alone.
    private static ProblemDetails Describe(HttpContext context)
    {
        var (request, status) = (context.Request, context.Response.StatusCode);
        return new ProblemDetails
        {
            Status = status,
            Title = status switch
            {
                StatusCodes.Status401Unauthorized => "Sign in first: nobody has, or the key is not known here.",
                StatusCodes.Status404NotFound => $"{NothingThere}{request.PathBase}{request.Path}.",
                StatusCodes.Status405MethodNotAllowed => $"{request.PathBase}{request.Path} takes {context.Response.Headers.Allow}, not {request.Method}.",
                StatusCodes.Status415UnsupportedMediaType => "The body is expected as application/json; say so in the header Content-Type.",
                _ => ReasonPhrases.GetReasonPhrase(status),
            },
        };
    }

    private static async Task WriteAsync(HttpContext context, ProblemDetails problem)
    {
        context.Response.StatusCode = problem.Status!.Value;
        if (IsForAPerson(context.Request))
        {
            await (await PageRenderer.RenderAsync<ProblemPage>(context, "Problem", new() { ["Title"] = problem.Title })).ExecuteAsync(context);
        }
        else
        {
            await context.Response.WriteAsJsonAsync(problem, ApiJson.Options, "application/problem+json", context.RequestAborted);
        }
    }

    /// <summary>Whether a page is expected, and not an answer of the API.</summary>
    public static bool IsForAPerson(HttpRequest request) =>
        HttpMethods.IsGet(request.Method)
        && !request.Path.StartsWithSegments("/api")
        && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    [LoggerMessage(EventId = 901, Level = LogLevel.Error, Message = "A request failed.")]
    private partial void LogFailed(Exception failure);
}
