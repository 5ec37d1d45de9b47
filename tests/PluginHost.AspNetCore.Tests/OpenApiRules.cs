using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using PluginHost.AspNetCore.Api;

namespace PluginHost.AspNetCore.Tests;

/// <summary>What the generator cannot see by itself: our own kinds of query values, and what is always written.</summary>
internal static class OpenApiRules
{
    private static readonly Dictionary<string, string> Parameters = new()
    {
        ["id"] = "Its id.",
        ["scheduleId"] = "The id of a schedule of the code, or the name of one that is added: 1 to 64 of A-Z, a-z, 0-9, dot, hyphen and underscore, and not eight hexadecimal digits.",
        ["cron"] = "The expression.",
        ["timeZone"] = "The time zone it is read in: an IANA or Windows id. UTC when it is left out.",
        ["api/v1/schedules/preview script"] = "The script that H is derived from.",
        ["version"] = "The id of the version.",
        ["against"] = "The id of the version that it is compared with; the one that was built before when it is left out.",
        ["name"] = "The source's name in the configuration.",
        ["script"] = "Only those of this script.",
        ["state"] = "Only runs in this state.",
        ["trigger"] = "Only runs started so.",
        ["fanOut"] = "Only those that began together on every node: the 'fanOut' of one of them.",
        ["from"] = "Only those that were due at this time or later.",
        ["api/v1/scripts/{id}/calendar from"] = "The first day, at most 400 days ago.",
        ["api/v1/scripts/{id}/calendar timeZone"] = "The time zone whose days they are: an IANA or Windows id. UTC when it is left out.",
        ["to"] = "Only those that were due before this time.",
        ["source"] = "The source's name in the configuration.",
        ["who"] = "Only what this one asked for.",
        ["action"] = "Only requests of this kind.",
        ["outcome"] = "Only those that ended so.",
        ["key"] = "The key of the value.",
        ["limit"] = "How many items at most.",
        ["after"] = "The cursor 'next' of the page before.",
        ["accept"] = "The commit, by 7 of its digits or more, to take although it does not descend from the one before it.",
        ["wait"] = "How many seconds to wait for the end.",
        ["Idempotency-Key"] = "Any text that tells this request from others.",
        ["Last-Event-ID"] = "The number of the last line that was received; later ones follow. For text/event-stream only.",
    };

    public static void Apply(OpenApiOptions options)
    {
        // Any JSON is a schema that says nothing; by a name of its own, generators take it for an object.
        options.CreateSchemaReferenceId = json => json.Type == typeof(JsonNode) ? null : OpenApiOptions.CreateDefaultSchemaReferenceId(json);
        options.AddDocumentTransformer(Describe);
        options.AddOperationTransformer(Describe);
        options.AddSchemaTransformer(Describe);
    }

    private static Task Describe(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "PluginHost",
            Version = "v1",
            Description = "Times are ISO 8601 in UTC, durations are in milliseconds. Errors are RFC 9457 problem details with a title that a person understands.",
        };
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.Tags = new HashSet<OpenApiTag>();
        foreach (var (path, item) in document.Paths)
        {
            var tag = path.StartsWith("/api/v1/", StringComparison.Ordinal) ? path.Split('/')[3] : "monitoring";
            document.Tags.Add(new OpenApiTag { Name = tag });
            foreach (var operation in item.Operations!.Values)
            {
                operation.Tags = new HashSet<OpenApiTagReference> { new(tag, document) };
            }
        }

        return Task.CompletedTask;
    }

    private static Task Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var parameter in (operation.Parameters ?? []).Cast<OpenApiParameter>())
        {
            var source = context.Description.ParameterDescriptions.Single(description => description.Name == parameter.Name);
            var type = (source.ParameterDescriptor as IParameterInfoParameterDescriptor)?.ParameterInfo.ParameterType;
            parameter.Description = Parameters.GetValueOrDefault($"{context.Description.RelativePath} {parameter.Name}") ?? Parameters[parameter.Name!];
            parameter.Schema = Schema(Nullable.GetUnderlyingType(type!) ?? type!);
        }

        return Task.CompletedTask;
    }

    private static OpenApiSchema Schema(Type type)
    {
        if (type == typeof(Limit))
        {
            return new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = $"{Limit.Smallest}", Maximum = $"{Limit.Largest}", Default = Limit.Default };
        }

        if (type == typeof(Moment))
        {
            return new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time" };
        }

        if (type == typeof(Day))
        {
            return new OpenApiSchema { Type = JsonSchemaType.String, Format = "date" };
        }

        if (type == typeof(Wait))
        {
            return new OpenApiSchema { Type = JsonSchemaType.Number, Minimum = "0", Maximum = $"{Wait.LongestSeconds}" };
        }

        return type.IsGenericType && type.GetGenericTypeDefinition() == typeof(OneOf<>)
            ? new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. Enum.GetNames(type.GenericTypeArguments[0]).Select(name => (JsonNode)JsonNamingPolicy.KebabCaseLower.ConvertName(name))] }
            : new OpenApiSchema { Type = JsonSchemaType.String };
    }

    private static Task Describe(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = context.JsonTypeInfo.Type;
        if (type.IsEnum)
        {
            schema.Type = JsonSchemaType.String;
        }
        else if (type == typeof(JsonObject))
        {
            schema.Type = JsonSchemaType.Object;
        }
        else if (type == typeof(StartRunBody))
        {
            schema.AdditionalPropertiesAllowed = false;
            schema.Description = "What to run a script with: a value for each parameter by name, the version to run on, and when. A parameter that is left out keeps its default; without a version it is the live one, and without a time at once.";
        }
        else if (type == typeof(ScheduleBody))
        {
            schema.AdditionalPropertiesAllowed = false;
            schema.Description = "What is wanted of a schedule, written as on the attribute [Schedule]. What is left out is as the code says, or as the attribute has it without being told.";
        }
        else if (type.FullName!.StartsWith("PluginHost.", StringComparison.Ordinal))
        {
            // What is answered is written whole, null or not.
            schema.Required = schema.Properties?.Keys.ToHashSet();
        }

        return Task.CompletedTask;
    }
}
