using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Papaya.Simulator.Calls;
using Papaya.Simulator.Journal;
using Papaya.Simulator.Wire;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Pages;

/// <summary>The signing page for a person: agreement, password, result. An H5 address works once; what it opened may be looked at again.</summary>
internal sealed class SigningPages(SimulatorState state, CallJournal journal)
{
    private const int MostUsers = 50;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(SigningDoor.H5Page, OpenOnceAsync);
        routes.MapGet("/sign/{session_id}", http => ShowAsync(http, null, mustAgree: false));
        routes.MapPost("/sign/{session_id}/confirm", ConfirmAsync);
        routes.MapPost("/sign/{session_id}", ActAsync);
        routes.MapGet("/sign/{session_id}/result", ShowOutcomeAsync);
    }

    private static string Id(HttpContext http) => (string?)http.GetRouteValue("session_id") ?? "";

    private static Task ShowOverAsync(HttpContext http, Language l, string? why) => why is null
        ? http.ShowAsync<Closed>(l, new ClosedView { Headline = l["没有这个签约页面", "There is no such signing page"] }, StatusCodes.Status404NotFound)
        : http.ShowAsync<Closed>(
            l, new ClosedView { Headline = l["页面已失效", "This page has expired"], Detail = l["请回到商家重新发起。", "Start again at the merchant's."], Why = why }, StatusCodes.Status410Gone);

    private static Task ShowUnregisteredAsync(HttpContext http, Language l) => http.ShowAsync<Closed>(l, new ClosedView
    {
        Headline = l["商家服务异常，请联系商家处理", "The merchant's service is not in order: please contact the merchant"],
        Why = "The page that led here is not under one of the merchant's signing_domains.",
    }, StatusCodes.Status403Forbidden);

    private static Uri? RefererOf(HttpContext http) => Uri.TryCreate(http.Request.Headers.Referer, UriKind.Absolute, out var referer) ? referer : null;

    private async Task OpenOnceAsync(HttpContext http)
    {
        var l = Language.OfPhone(http);
        string? id = http.Request.Query["session_id"];
        string? why;
        bool isRegistered;
        SigningSession? session;
        using (var op = state.Begin())
        {
            session = state.FindSigning(id);
            var referer = RefererOf(http);
            isRegistered = session is null || SignOnly.MayComeFrom(state, session, referer);
            why = session is null || !isRegistered ? null : SignOnly.Show(state, session, op.Now) ?? "";
            if (why is "" && referer?.Scheme is "http" or "https")
            {
                // Whatever the user decides, the page goes back to where he came from.
                session!.ReturnTo ??= referer.AbsoluteUri;
                state.Put(session);
            }
        }

        if (session is not null)
        {
            journal.NoteQuery(http, state, !isRegistered ? StatusCodes.Status403Forbidden : why is "" ? StatusCodes.Status302Found : StatusCodes.Status410Gone, default, null, session);
        }

        if (!isRegistered)
        {
            await ShowUnregisteredAsync(http, l);
        }
        else if (why is "")
        {
            http.Response.Redirect(l.To("/sign/" + Uri.EscapeDataString(id!)));
        }
        else
        {
            await ShowOverAsync(http, l, why);
        }
    }

    private async Task ShowAsync(HttpContext http, Confirmation? confirmation, bool mustAgree, int status = StatusCodes.Status200OK)
    {
        var l = Language.OfPhone(http);
        SigningPageView? view = null;
        string? why = null;
        var isRegistered = true;
        using (var op = state.Begin())
        {
            var session = state.FindSigning(Id(http));
            // The address that V3 gives for H5 leads here at once.
            isRegistered = session is not { Channel: SigningChannel.V3H5, ShownAt: null, Outcome: null } || SignOnly.MayComeFrom(state, session, RefererOf(http));
            if (session is not null && isRegistered)
            {
                why = session.Outcome ?? (session.ShownAt is not null && op.Now < session.ExpiresAt ? null : SignOnly.Show(state, session, op.Now));
                view = why is null || session.Outcome is not null and not "expired" ? View(session, op.Now, confirmation, mustAgree) : null;
            }
        }

        await (!isRegistered ? ShowUnregisteredAsync(http, l)
            : view is null ? ShowOverAsync(http, l, why)
            : view.Outcome is not null ? http.ShowAsync<SigningOutcome>(l, view)
            : confirmation is null ? http.ShowAsync<Signing>(l, view, status)
            : http.ShowAsync<SigningPassword>(l, view, status));
        await http.Response.CompleteAsync();
        state.Arm();
    }

    private async Task ConfirmAsync(HttpContext http)
    {
        var form = await CashierRoutes.ReadAsync(http);
        if (form["action"] == "cancel")
        {
            await ActAsync(http);
            return;
        }

        http.ForgetEarlierPages();
        var agrees = form["agree"] == "on";
        await ShowAsync(http, agrees ? new(form["openid"].ToString(), Signs: true, WasWrong: false) : null, mustAgree: !agrees, agrees ? 200 : 400);
    }

    private async Task ActAsync(HttpContext http)
    {
        var form = await CashierRoutes.ReadAsync(http);
        var agrees = form["action"] == "agree";
        var openid = form["openid"].ToString();
        if (agrees && !CashierRoutes.IsRight(form["password"].ToString()))
        {
            await ShowAsync(http, new(openid, Signs: true, WasWrong: true), mustAgree: false, StatusCodes.Status400BadRequest);
            return;
        }

        using (var op = state.Begin())
        {
            if (state.FindSigning(Id(http)) is { } session && state.FindUser(openid) is { } user)
            {
                SignOnly.Act(state, session, user, agrees, op.Now);
            }
        }

        http.SeeOther(Language.OfPhone(http).To($"/sign/{Uri.EscapeDataString(Id(http))}/result"));
        await http.Response.CompleteAsync();
        state.Arm();
    }

    private Task ShowOutcomeAsync(HttpContext http)
    {
        var l = Language.OfPhone(http);
        SigningPageView? view;
        using (var op = state.Begin())
        {
            view = state.FindSigning(Id(http)) is { Outcome: not null } session ? View(session, op.Now, null, mustAgree: false) : null;
        }

        return view is null ? ShowOverAsync(http, l, null) : http.ShowAsync<SigningOutcome>(l, view);
    }

    private SigningPageView View(SigningSession session, DateTimeOffset now, Confirmation? confirmation, bool mustAgree)
    {
        var users = session.Openid is { } named ? [new Payer(named, 0)] : state.Users.Take(MostUsers).Select(u => new Payer(u.Openid, u.Balance));
        return new(session, state.FindMerchant(session.MchId)!, state.FindTemplate(session.MchId, session.PlanId)!, [.. users], now)
        {
            Confirmation = confirmation,
            MustAgree = mustAgree,
        };
    }
}
