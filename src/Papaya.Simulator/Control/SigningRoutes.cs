using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Papaya.Simulator.Calls;
using Papaya.Simulator.Wire;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Control;

/// <summary>The user acts on a signing page.</summary>
internal sealed class SigningRoutes(ControlApi api, SimulatorState state)
{
    private static readonly ControlJson Json = ControlJson.Default;

    private static readonly V2Endpoint[] Pages = [Endpoints.EntrustWeb, Endpoints.EntrustWeb.Partner!];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/_sim/entrust", http => api.ChangeAsync(http, Json.EntrustRequest, Json.SigningResult, Act));
    }

    private Outcome<SigningResult> Act(EntrustRequest request, DateTimeOffset now)
    {
        if (request.Action is not (null or "agree" or "cancel") || (request.Action is null) == (request.Agree is null))
        {
            return new(400, "action is agree or cancel (or agree is true or false); one of them.");
        }

        if (new object?[] { request.Url, request.PreEntrustwebId, request.Session, request.ExtraData }.Count(w => w is not null) != 1)
        {
            return new(400, "Exactly one of url, pre_entrustweb_id, session, extra_data says what is signed.");
        }

        if (state.FindUser(request.Openid) is not { } user)
        {
            return new(404, "There is no such user; POST /_sim/users makes one.");
        }

        var (session, reason) = Find(request, now);
        if (session is null)
        {
            return reason is null ? new(404, "There is no such session.") : new(new SigningResult(false, Reason: reason));
        }

        return new(SignOnly.Show(state, session, now) is { } late && session.IsOpen && request.Session is null
            ? new SigningResult(false, Reason: late)
            : SignOnly.Act(state, session, user, request.Agree ?? request.Action == "agree", now));
    }

    private (SigningSession? Session, string? Reason) Find(EntrustRequest request, DateTimeOffset now)
    {
        if (request.ExtraData is { } data)
        {
            return Of(SigningRequests.FromExtraData(state, data, now));
        }

        if (request.Url is not { } address)
        {
            return (state.FindSigning(request.PreEntrustwebId ?? request.Session), null);
        }

        if (!Uri.TryCreate(address, UriKind.RelativeOrAbsolute, out var url))
        {
            return (null, null);
        }

        var target = url.IsAbsoluteUri ? url.PathAndQuery : address;
        var question = target.IndexOf('?', StringComparison.Ordinal);
        var (path, query) = question < 0 ? (target, "") : (target[..question], target[question..].Split('#')[0]);
        if (Array.Find(Pages, p => p.Path == path) is { } page)
        {
            return Of(SigningRequests.FromQuery(state, page, query, now));
        }

        var id = path.StartsWith("/sign/", StringComparison.Ordinal) ? path["/sign/".Length..]
            : query.TrimStart('?').Split('&').FirstOrDefault(p => p.StartsWith("session_id=", StringComparison.Ordinal))?["session_id=".Length..];
        return (state.FindSigning(id), null);
    }

    private static (SigningSession?, string?) Of(Opening opening) => (opening.Session, opening.Session is null ? $"{opening.Code}: {opening.Text}" : null);
}
