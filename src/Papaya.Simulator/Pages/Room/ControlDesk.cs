using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;

namespace Papaya.Simulator.Pages.Room;

/// <summary>
/// The control room does nothing of its own: what a person presses becomes a call of <c>/_sim</c>, made inside the process, with the same answer that a
/// program gets. So there is one logic, and each form can be shown as a command.
/// </summary>
internal sealed class ControlDesk(EndpointDataSource endpoints)
{
    /// <summary>The answer of a control call; 404 without a body when there is no such call.</summary>
    public async Task<(int Status, JsonNode? Json)> SendAsync(HttpContext visitor, string method, string address, JsonNode? body = null)
    {
        var question = address.IndexOf('?', StringComparison.Ordinal);
        var (path, query) = question < 0 ? (address, "") : (address[..question], address[question..]);
        var values = new RouteValueDictionary();
        if (Find(method, path, values) is not { RequestDelegate: { } handle })
        {
            return (StatusCodes.Status404NotFound, null);
        }

        using var request = new MemoryStream(body is null ? [] : System.Text.Encoding.UTF8.GetBytes(body.ToJsonString()));
        using var answer = new MemoryStream();
        var http = new DefaultHttpContext { RequestServices = visitor.RequestServices, RequestAborted = visitor.RequestAborted };
        http.Connection.RemoteIpAddress = visitor.Connection.RemoteIpAddress;
        (http.Request.Method, http.Request.Path, http.Request.QueryString) = (method, path, new(query));
        (http.Request.Body, http.Request.ContentType, http.Request.ContentLength) = (request, "application/json", request.Length);
        (http.Request.Scheme, http.Request.Host) = (visitor.Request.Scheme, visitor.Request.Host);
        http.Request.RouteValues = values;
        http.Response.Body = answer;
        await handle(http);
        return (http.Response.StatusCode, answer.Length == 0 ? null : JsonNode.Parse(answer.ToArray()));
    }

    /// <summary>What a GET lists, or nothing when there is no such call.</summary>
    public async Task<JsonArray> ListAsync(HttpContext visitor, string address) =>
        await SendAsync(visitor, HttpMethods.Get, address) is (StatusCodes.Status200OK, { } json) && json["data"]?.DeepClone() is JsonArray rows ? rows : [];

    public bool Knows(string method, string path) => Find(method, path, []) is not null;

    private RouteEndpoint? Find(string method, string path, RouteValueDictionary values)
    {
        RouteEndpoint? best = null;
        foreach (var endpoint in endpoints.Endpoints.OfType<RouteEndpoint>())
        {
            if (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains(method) != true
                || (best is not null && best.RoutePattern.InboundPrecedence <= endpoint.RoutePattern.InboundPrecedence))
            {
                continue;
            }

            var found = new RouteValueDictionary();
            if (new TemplateMatcher(new(endpoint.RoutePattern), []).TryMatch(path, found))
            {
                best = endpoint;
                values.Clear();
                foreach (var (name, value) in found)
                {
                    values[name] = value;
                }
            }
        }

        return best;
    }
}
