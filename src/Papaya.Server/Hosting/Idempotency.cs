using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Routing.Patterns;
using Papaya.Server.Storage;

namespace Papaya.Server.Hosting;

/// <summary>
/// A POST under /v1 with its <c>Idempotency-Key</c>; an endpoint takes it as a parameter.
/// An endpoint whose effect is one transaction calls <see cref="CompleteAsync"/> inside it, so that effect and answer are durable together.
/// One with a foreign call in the middle calls <see cref="BeginAsync"/> in its first transaction and <see cref="CompleteAsync"/> in its last,
/// and has an <see cref="ICompleteUnfinished"/> that drives the resource to its end after a crash.
/// </summary>
public sealed class IdempotentRequest
{
    private readonly JsonSerializerOptions _json;
    private readonly TimeProvider _clock;

    internal IdempotentRequest(string route, string key, string requestHash, string? resource, JsonSerializerOptions json, TimeProvider clock)
    {
        (Route, Key, RequestHash, Resource) = (route, key, requestHash, resource);
        (_json, _clock) = (json, clock);
    }

    /// <summary>The endpoint with its values, e.g. <c>/v1/checkouts</c>, however the caller spelled the path.</summary>
    public string Route { get; }

    public string Key { get; }

    /// <summary>What <see cref="BeginAsync"/> was given; set on a request found unfinished.</summary>
    public string? Resource { get; private set; }

    /// <summary>True once an answer is durable.</summary>
    internal bool Completed { get; private set; }

    internal bool Begun { get; private set; }

    /// <summary>The transaction of <see cref="BeginAsync"/> was tried. It may be durable although its commit threw, so this is no proof of anything.</summary>
    internal bool MayHaveBegun { get; private set; }

    internal string RequestHash { get; }

    /// <summary>Stores in this transaction that the request made <paramref name="resource"/> and is not answered yet.</summary>
    public async Task BeginAsync(Transaction tx, string resource)
    {
        MayHaveBegun = true;
        var rows = await tx.ExecuteAsync(
            """
            insert into idempotency_key (route, key, request_hash, state, resource, created_at)
            values (@Route, @Key, @RequestHash, 'running', @Resource, @CreatedAt)
            on conflict (route, key) do nothing
            """,
            new { Route, Key, RequestHash, Resource = resource, CreatedAt = Instant.ToMicros(_clock.GetUtcNow()) });
        if (rows != 1)
        {
            throw new ProblemException(IdempotencyProblems.StillRunning);
        }

        Resource = resource;
        tx.AfterCommit(() => Begun = true);
    }

    /// <summary>Stores the answer in this transaction; return it from the endpoint once the transaction is committed.</summary>
    public async Task<Answer> CompleteAsync<T>(Transaction tx, int status, T body, string? location = null)
    {
        var text = JsonSerializer.Serialize(body, _json.Of<T>());
        await IdempotencyStore.CompleteAsync(tx, this, status, text, location, Instant.ToMicros(_clock.GetUtcNow()));
        tx.AfterCommit(() => Completed = true);
        return new Answer(status, text, location);
    }

    /// <summary>For endpoints: the request the middleware made out of the header and the body.</summary>
    public static ValueTask<IdempotentRequest?> BindAsync(HttpContext context) => ValueTask.FromResult(context.Features.Get<IdempotentRequest>());
}

/// <summary>What a key belongs to.</summary>
internal static class IdempotentRoute
{
    /// <summary>
    /// One text for all spellings that lead to one endpoint: routing knows no letter case and no slash at the end. The values are kept as they
    /// were sent, since ids and codes that differ in letter case are different things.
    /// </summary>
    public static string Of(RouteEndpoint endpoint, RouteValueDictionary values)
    {
        var route = new StringBuilder();
        foreach (var segment in endpoint.RoutePattern.PathSegments)
        {
            route.Append('/');
            foreach (var part in segment.Parts)
            {
                route.Append(part switch
                {
                    RoutePatternLiteralPart literal => literal.Content.ToLowerInvariant(),
                    RoutePatternParameterPart parameter => values[parameter.Name] as string,
                    RoutePatternSeparatorPart separator => separator.Content,
                    _ => throw new InvalidOperationException($"A route with a part of the kind {part.PartKind}."),
                });
            }
        }

        return route.ToString();
    }
}

/// <summary>Drives requests that a crash interrupted to their end; asked at start, before /readyz says 200.</summary>
public interface ICompleteUnfinished
{
    /// <summary>The <see cref="IdempotentRequest.Route"/> of its POST, e.g. <c>/v1/checkouts</c>.</summary>
    string Route { get; }

    /// <summary>Brings the resource to where the endpoint would have brought it and calls <see cref="IdempotentRequest.CompleteAsync"/>.</summary>
    Task CompleteAsync(IdempotentRequest unfinished, CancellationToken ct);
}

/// <summary>A stored answer, byte for byte what the first caller got.</summary>
public sealed class Answer(int status, string body, string? location = null) : IResult
{
    public int Status => status;

    public string Body => body;

    public string? Location => location;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = status;
        if (location is not null)
        {
            httpContext.Response.Headers.Location = location;
        }

        httpContext.Response.ContentType = status >= 400 ? "application/problem+json" : "application/json; charset=utf-8";
        return httpContext.Response.WriteAsync(body, httpContext.RequestAborted);
    }
}

internal static class IdempotencyProblems
{
    public static readonly Problem Missing = new(
        "idempotency_key_missing",
        StatusCodes.Status400BadRequest,
        "A POST needs an Idempotency-Key header.",
        "Idempotency-Key",
        "Send a fresh random text of 1 to 255 visible ASCII characters with each new request, and the same one when you repeat it.");

    public static readonly Problem Malformed = Missing with { Code = "idempotency_key_malformed", Title = "The Idempotency-Key is not 1 to 255 visible ASCII characters." };

    public static readonly Problem Reused = new(
        "idempotency_key_reused",
        StatusCodes.Status409Conflict,
        "This Idempotency-Key was used for a request with another body.",
        "Idempotency-Key",
        "Use a new key for a new request; repeat an old one only with exactly the same body.");

    public static readonly Problem StillRunning = new(
        "request_still_running",
        StatusCodes.Status409Conflict,
        "The first request with this Idempotency-Key is still being worked on.",
        "Idempotency-Key",
        "Repeat the same request in a second.");
}
