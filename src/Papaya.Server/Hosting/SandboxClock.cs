using System.Net.Http.Headers;

namespace Papaya.Server.Hosting;

/// <summary>Sandbox only: <c>/v1/sandbox/clock</c> passes on to the test clock's own resource and back, as it is.</summary>
internal sealed class SandboxClock(Uri clock) : IDisposable
{
    // An advance over a year of renewals takes a while; the caller's own patience ends it.
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };

    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/sandbox/clock").WithTags("Sandbox").WithMetadata(new MovesTheClock());
        group.MapGet("", (SandboxClock sandbox, HttpContext context) => sandbox.ForwardAsync(context)).WithSummary("What time it is in the sandbox");
        group.MapPost("", (SandboxClock sandbox, HttpContext context) => sandbox.ForwardAsync(context))
            .WithSummary("Advance the sandbox's time: {\"advance_seconds\":n} or {\"to\":\"RFC 3339\"}");
    }

    public void Dispose() => _http.Dispose();

    private async Task ForwardAsync(HttpContext context)
    {
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), clock);
        if (HttpMethods.IsPost(context.Request.Method))
        {
            request.Content = new StreamContent(context.Request.Body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString() ?? "application/json";
        await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
