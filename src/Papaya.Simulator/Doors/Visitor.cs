using System.Net;
using Microsoft.AspNetCore.Http;

namespace Papaya.Simulator.Doors;

/// <summary>
/// Who may change the simulated world. The simulator listens on a developer's machine, beside a browser in which any web page may make the browser
/// send requests to it; so the control API and the pages' forms listen to this machine only, and not to what a foreign page sends.
/// </summary>
internal sealed class Visitor(SimulatorOptions options)
{
    /// <summary>Null, or why the request is refused.</summary>
    public string? Refusal(HttpContext http)
    {
        var request = http.Request;
        var isControl = request.Path.StartsWithSegments("/_sim") || request.Path.StartsWithSegments("/room") || request.Path == "/";
        if (options.AllowRemoteControl || !(isControl || IsForm(request)))
        {
            return null;
        }

        if (!IsLocal(http))
        {
            return "This is answered to this machine only; start the simulator with --allow-remote-control to let others in.";
        }

        if (!IsKnown(request.Host.Host))
        {
            return $"The name '{request.Host.Host}' is not one of this machine; use 127.0.0.1 or localhost, or start the simulator with --allow-remote-control.";
        }

        // A person who follows a link to a page of the control API only looks.
        var isLooking = HttpMethods.IsGet(request.Method) && request.Headers["Sec-Fetch-Dest"] == "document";
        return !isLooking && IsSentByAnotherSite(request)
            ? "A web page of another site sent this; call from a program, or start the simulator with --allow-remote-control."
            : null;
    }

    /// <summary>The machine itself, or anybody who was let in.</summary>
    public bool IsTrusted(HttpContext http) => options.AllowRemoteControl || IsLocal(http);

    public static bool IsLocal(HttpContext http) => http.Connection.RemoteIpAddress is null || IPAddress.IsLoopback(http.Connection.RemoteIpAddress);

    /// <summary>A body of a browser's form; WeChat's own calls are XML or JSON and prove themselves by their signature.</summary>
    private static bool IsForm(HttpRequest request) => HttpMethods.IsPost(request.Method) && request.HasFormContentType;

    /// <summary>An address cannot be taken over by the name service of a foreign site, a name can.</summary>
    private bool IsKnown(string host) =>
        host.Length == 0
        || IPAddress.TryParse(host.AsSpan().TrimStart('[').TrimEnd(']'), out _)
        || Authority.Names.Contains(host, StringComparer.OrdinalIgnoreCase)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (Uri.TryCreate(options.PublicUrl, UriKind.Absolute, out var own) && own.Host.Equals(host, StringComparison.OrdinalIgnoreCase));

    private static bool IsSentByAnotherSite(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"] is [{ Length: > 0 } site, ..])
        {
            return site is not ("same-origin" or "none");
        }

        // Older browsers; programs send neither.
        return request.Headers.Origin is [{ Length: > 0 } origin, ..]
            && !origin.Equals($"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
    }
}
