using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Papaya.Server.Hosting;

/// <summary>The description of the REST API at <c>/openapi/v1.json</c>, made from the endpoints that exist.</summary>
internal static class OpenApi
{
    private const string Scheme = "api_key";

    public static void AddDescription(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.ShouldInclude = description => description.RelativePath?.StartsWith("wechat", StringComparison.Ordinal) != true;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Papaya",
                Version = "v1",
                Description = "Auto-renewal and delegated debit on WeChat Pay. Money is in fen, times are RFC 3339 in UTC, lists are paged with limit and after.",
            };
            document.Servers = [];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
            {
                [Scheme] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "One of the server's api_keys." },
            };
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            // A converter of our own writes instants, so the generator knows only their format.
            if (context.JsonTypeInfo.Type == typeof(DateTimeOffset) || context.JsonTypeInfo.Type == typeof(DateTimeOffset?))
            {
                schema.Type = JsonSchemaType.String | (context.JsonTypeInfo.Type == typeof(DateTimeOffset?) ? JsonSchemaType.Null : 0);
            }

            return Task.CompletedTask;
        });
        options.AddOperationTransformer(Complete);
    });

    private static Task Complete(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        var path = "/" + context.Description.RelativePath;
        if (!path.StartsWith("/v1", StringComparison.Ordinal))
        {
            return Task.CompletedTask;
        }

        operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, context.Document)] = [] }];
        AddProblem(operation, "401", "The API key is missing or unknown.");
        AddParameters(operation, context);
        if (path.Contains('{', StringComparison.Ordinal))
        {
            AddProblem(operation, "404", "There is no such thing.");
        }

        if (context.Description.HttpMethod == "POST" && !context.Description.ActionDescriptor.EndpointMetadata.OfType<MovesTheClock>().Any())
        {
            (operation.Parameters ??= []).Add(new OpenApiParameter
            {
                Name = "Idempotency-Key",
                In = ParameterLocation.Header,
                Required = true,
                Description = "A fresh text for each new request, the same one for its repetitions: they get the first answer.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 255 },
            });
            AddProblem(operation, "400", "The Idempotency-Key is missing, or the body cannot be read.");
            AddProblem(operation, "409", "The key was used with another body, its first request still runs, or the state of things forbids it.");
        }

        return Task.CompletedTask;
    }

    private static void AddParameters(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var parameters = context.Description.ActionDescriptor.EndpointMetadata.OfType<System.Reflection.MethodInfo>().SelectMany(m => m.GetParameters());
        var paged = context.Description.RelativePath == "v1/events" || parameters.Any(p => p.ParameterType == typeof(PageQuery));
        if (!paged)
        {
            return;
        }

        operation.Parameters ??= [];
        operation.Parameters.Add(new OpenApiParameter
        {
            Name = "limit",
            In = ParameterLocation.Query,
            Description = "Rows on a page.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = "200", Default = JsonValue.Create(PageQuery.DefaultLimit) },
        });
        operation.Parameters.Add(new OpenApiParameter
        {
            Name = "after",
            In = ParameterLocation.Query,
            Description = "The 'next' of the page before.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        });
        AddProblem(operation, "422", "limit or after is not valid.");
    }

    private static void AddProblem(OpenApiOperation operation, string status, string description)
    {
        operation.Responses ??= [];
        if (!operation.Responses.ContainsKey(status))
        {
            operation.Responses[status] = new OpenApiResponse
            {
                Description = description,
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                {
                    ["application/problem+json"] = new() { Schema = ProblemSchema() },
                },
            };
        }
    }

    private static OpenApiSchema ProblemSchema() => new()
    {
        Type = JsonSchemaType.Object,
        Required = new HashSet<string>(StringComparer.Ordinal) { "type", "title", "status", "code" },
        Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
        {
            ["type"] = new OpenApiSchema { Type = JsonSchemaType.String },
            ["title"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "What is wrong." },
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer },
            ["code"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "Stable; compare this one." },
            ["field"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "The member, header or parameter it is about." },
            ["detail"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "What to do." },
        },
    };
}
