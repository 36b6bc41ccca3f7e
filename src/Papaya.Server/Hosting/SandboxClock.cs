using System.Net.Http.Headers;
using System.Text.Json;

namespace Papaya.Server.Hosting;

/// <summary>Sandbox only: <c>/v1/sandbox/clock</c> passes on to the test clock's own resource and back.</summary>
internal sealed class SandboxClock(Uri clock) : IDisposable
{
    // An advance over a year of renewals takes a while; the caller's own patience ends it.
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };

    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/sandbox/clock").WithTags("Sandbox").WithMetadata(new MovesTheClock());
        group.MapGet("", (SandboxClock sandbox, HttpContext context) => sandbox.ForwardAsync(context)).WithSummary("What time it is in the sandbox");
        group.MapPost("", (SandboxClock sandbox, HttpContext context) => sandbox.ForwardAsync(context))
            .WithSummary("Advance the sandbox's time: {\"advance_seconds\":n} or {\"to\":\"RFC 3339\"}; needs no Idempotency-Key")
            .WithDescription("Name the instant with 'to' when you may have to repeat it: the clock is never moved past that, and it never runs backwards.");
    }

    public void Dispose() => _http.Dispose();

    private async Task<IResult> ForwardAsync(HttpContext context)
    {
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), clock);
        if (HttpMethods.IsPost(context.Request.Method))
        {
            request.Content = new StreamContent(context.Request.Body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        try
        {
            using var answer = await _http.SendAsync(request, context.RequestAborted);
            var body = await answer.Content.ReadAsStringAsync(context.RequestAborted);
            return (int)answer.StatusCode switch
            {
                < 400 => TypedResults.Content(body, "application/json; charset=utf-8", statusCode: (int)answer.StatusCode),
                var status and < 500 => new Problem("clock_refused", status, ReasonOf(body), Cure: "Send {\"advance_seconds\":n} or {\"to\":\"RFC 3339\"}, not before now.").ToResult(),
                _ => Unreachable("The simulator failed.").ToResult(),
            };
        }
        catch (HttpRequestException e)
        {
            return Unreachable($"The simulator's clock does not answer ({e.HttpRequestError}).").ToResult();
        }
    }

    private static Problem Unreachable(string title) =>
        new("clock_unreachable", StatusCodes.Status502BadGateway, title, Cure: "Is the simulator running at sandbox_clock_url? Its log says more.");

    private static string ReasonOf(string body)
    {
        try
        {
            using var answer = JsonDocument.Parse(body);
            return answer.RootElement.TryGetProperty("reason", out var reason) && reason.GetString() is { Length: > 0 } text ? text : "The clock refused.";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return "The clock refused.";
        }
    }
}
