using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Papaya.Server.Storage;

namespace Papaya.Server.Hosting;

/// <summary>Counts a request as work in flight, except the sandbox clock, which waits for exactly that work to end.</summary>
internal sealed class WorkMiddleware(RequestDelegate next, IWorkInFlight work)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.Has<MovesTheClock>())
        {
            await next(context);
            return;
        }

        using var counted = work.Enter();
        await next(context);
    }
}

/// <summary>Whatever goes wrong below becomes a problem document.</summary>
internal sealed partial class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        Problem? problem = null;
        try
        {
            await next(context);
        }
        catch (ProblemException e)
        {
            problem = e.Problem;
        }
        catch (BadHttpRequestException e)
        {
            problem = BadRequests.Explain(e);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return; // The caller went away.
        }
        catch (Exception e)
        {
            LogFailed(e, context.Request.Method, context.Request.Path);
            problem = new Problem(
                "internal_error",
                StatusCodes.Status500InternalServerError,
                "The server failed at this request.",
                Cure: "Repeat it with the same Idempotency-Key; if it keeps failing, look into the server's log.");
        }

        if (context.Response.HasStarted)
        {
            return;
        }

        problem ??= context.Response.ContentLength is null && context.Response.ContentType is null ? ForStatus(context) : null;
        if (problem is not null)
        {
            await problem.ToResult().ExecuteAsync(context);
        }
    }

    /// <summary>Bare statuses that routing and Kestrel answer with.</summary>
    private static Problem? ForStatus(HttpContext context) => context.Response.StatusCode switch
    {
        404 => new Problem("no_such_path", 404, $"There is nothing at {context.Request.Path}.", Cure: "The paths are in /openapi/v1.json."),
        405 => new Problem("method_not_allowed", 405, $"{context.Request.Method} is not possible here.", Cure: "The Allow header names what is."),
        415 => new Problem("unsupported_media_type", 415, "The body is not application/json.", "Content-Type", "Send Content-Type: application/json."),
        _ => null,
    };

    [LoggerMessage(1301, LogLevel.Error, "{Method} {Path} failed")]
    private partial void LogFailed(Exception e, string method, string path);
}

internal static partial class BadRequests
{
    public static Problem Explain(BadHttpRequestException e) => e switch
    {
        { StatusCode: 413 } => new Problem("body_too_large", 413, "The body is larger than this endpoint takes.", Cure: "Send less; metadata is meant for references."),
        { StatusCode: 415 } => new Problem("unsupported_media_type", 415, "The body is not application/json.", "Content-Type", "Send Content-Type: application/json."),
        { InnerException: JsonException inner } => Explain(inner),
        _ => new Problem("malformed_request", e.StatusCode, "A parameter or the body cannot be read.", Cure: e.Message),
    };

    /// <summary>System.Text.Json tells its reasons only in words; the tests hold them.</summary>
    private static Problem Explain(JsonException e)
    {
        var path = (e.Path ?? "$").TrimStart('$').TrimStart('.');
        if (Unmapped().Match(e.Message) is { Success: true } unmapped)
        {
            var member = unmapped.Groups[1].Value;
            var field = path.Length == 0 || path == member || path.EndsWith("." + member, StringComparison.Ordinal)
                ? path.Length == 0 ? member : path
                : $"{path}.{member}";
            return new Problem("unknown_member", 400, $"'{field}' is not a member of this request.", field, "Remove it or correct its spelling; the members are in /openapi/v1.json.");
        }

        if (Missing().Match(e.Message) is { Success: true } missing)
        {
            var first = missing.Groups[1].Value;
            var field = path.Length == 0 ? first : $"{path}.{first}";
            return new Problem("required", 422, $"'{field}' is missing.", field, "Add it; the members are in /openapi/v1.json.");
        }

        if (e.Message.StartsWith("The JSON value could not be converted", StringComparison.Ordinal) && path.Length > 0)
        {
            return Problem.Invalid(path, $"'{path}' has a value of the wrong type.", "The types are in /openapi/v1.json.");
        }

        return e.Message.Contains("Duplicate property", StringComparison.Ordinal)
            ? new Problem("duplicate_member", 400, "A member appears twice.", path.Length > 0 ? path : null, "Send each member once.")
            : new Problem(
                "malformed_json",
                400,
                "The body is not well-formed JSON.",
                Cure: FormattableString.Invariant($"Line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1} is where reading stopped."));
    }

    [GeneratedRegex("^The JSON property '([^']*)' could not be mapped", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex Unmapped();

    [GeneratedRegex("missing required properties including: '([^']*)'", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex Missing();
}

/// <summary>Bearer keys for every endpoint that is not marked open, and for whatever is no endpoint at all.</summary>
internal sealed class ApiKeyMiddleware(RequestDelegate next, ApiKeys keys)
{
    private static readonly Problem Unauthorized = new(
        "unauthorized",
        StatusCodes.Status401Unauthorized,
        "The API key is missing or unknown.",
        "Authorization",
        "Send 'Authorization: Bearer <key>' with one of the server's api_keys.");

    public Task InvokeAsync(HttpContext context)
    {
        if (context.Has<OpenToAll>() || keys.Accept(context.Request.Headers.Authorization))
        {
            return next(context);
        }

        context.Response.Headers.WWWAuthenticate = "Bearer";
        return Unauthorized.ToResult().ExecuteAsync(context);
    }
}

/// <summary>The configured keys, kept as hashes so that comparing takes the same time whatever the caller sent.</summary>
internal sealed class ApiKeys(IEnumerable<string> keys)
{
    private readonly List<byte[]> _hashes = [.. keys.Select(Hash)];

    public bool Accept(string? authorization)
    {
        const string scheme = "Bearer ";
        if (authorization is null || !authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) || authorization.Length > 512)
        {
            return false;
        }

        var sent = Hash(authorization[scheme.Length..].Trim());
        var accepted = false;
        foreach (var hash in _hashes)
        {
            accepted |= CryptographicOperations.FixedTimeEquals(hash, sent);
        }

        return accepted;
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}

/// <summary>Reads the body of every POST of the API, and answers repeated requests from what is stored.</summary>
internal sealed class IdempotencyMiddleware(RequestDelegate next, Database db, UnfinishedRequests unfinished, IOptions<JsonOptions> json, TimeProvider clock)
{
    internal const int LargestBody = 64 * 1024;

    public async Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (!HttpMethods.IsPost(request.Method)
            || context.GetEndpoint() is not RouteEndpoint endpoint // Also the answer 405 is an endpoint.
            || context.Has<OpenToAll>()
            || context.Has<MovesTheClock>())
        {
            await next(context);
            return;
        }

        if (request.Headers["Idempotency-Key"] is not [{ Length: > 0 } key])
        {
            await IdempotencyProblems.Missing.ToResult().ExecuteAsync(context);
            return;
        }

        if (key.Length > 255 || !key.All(c => c is > ' ' and <= '~'))
        {
            await IdempotencyProblems.Malformed.ToResult().ExecuteAsync(context);
            return;
        }

        var body = await ReadBodyAsync(context);
        var idem = new IdempotentRequest(IdempotentRoute.Of(endpoint, request.RouteValues), key, Convert.ToHexStringLower(SHA256.HashData(body)), null, json.Value.SerializerOptions, clock);
        if (!unfinished.TryEnter(idem))
        {
            await IdempotencyProblems.StillRunning.ToResult().ExecuteAsync(context);
            return;
        }

        try
        {
            await AnswerAsync(context, idem);
        }
        finally
        {
            unfinished.Leave(idem);
        }
    }

    private static async Task<byte[]> ReadBodyAsync(HttpContext context)
    {
        if (context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = LargestBody;
        }

        using var copy = new MemoryStream();
        await context.Request.Body.CopyToAsync(copy, context.RequestAborted);
        var body = copy.ToArray();
        context.Request.Body = new MemoryStream(body, writable: false);
        return body;
    }

    private async Task AnswerAsync(HttpContext context, IdempotentRequest idem)
    {
        if (await db.ReadAsync(reader => IdempotencyStore.FindAsync(reader, idem.Route, idem.Key), context.RequestAborted) is { } earlier)
        {
            await Earlier(earlier, idem, context).ExecuteAsync(context);
            return;
        }

        context.Features.Set(idem);
        var original = context.Response.Body;
        using var buffer = new MemoryStream();
        context.Response.Body = buffer;
        try
        {
            await next(context);
        }
        catch (ProblemException e) when (e.Problem != IdempotencyProblems.StillRunning)
        {
            await e.Problem.ToResult().ExecuteAsync(context);
        }
        finally
        {
            context.Response.Body = original;
        }

        if (!idem.Completed && !idem.Begun && context.Response.StatusCode is >= 402 and < 500)
        {
            await KeepRefusalAsync(context, idem, buffer);
        }

        buffer.Position = 0;
        await buffer.CopyToAsync(original, context.RequestAborted);
    }

    private static IResult Earlier(IdempotencyRow earlier, IdempotentRequest idem, HttpContext context)
    {
        if (earlier.RequestHash != idem.RequestHash)
        {
            return IdempotencyProblems.Reused.ToResult();
        }

        if (earlier is not { State: "done", Status: { } status, Body: { } body })
        {
            return IdempotencyProblems.StillRunning.ToResult();
        }

        context.Response.Headers["Idempotency-Replayed"] = "true";
        return new Answer((int)status, body, earlier.Location);
    }

    /// <summary>A refusal is an answer too: the same key hears it again, even when the world has changed since.</summary>
    private async Task KeepRefusalAsync(HttpContext context, IdempotentRequest idem, MemoryStream buffer)
    {
        var text = Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
        await db.WriteAsync(
            tx => IdempotencyStore.CompleteAsync(tx, idem, context.Response.StatusCode, text, null, Instant.ToMicros(clock.GetUtcNow())),
            context.RequestAborted);
    }
}
