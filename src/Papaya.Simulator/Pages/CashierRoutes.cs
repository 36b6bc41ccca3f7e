using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Papaya.Simulator.Calls;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Pages;

/// <summary>
/// The phone's cashier for a person: order, password, result. Nothing but the box itself sets the tick: no address, no earlier visit, no error.
/// A program may post the last step at once, without a password.
/// </summary>
internal sealed class CashierRoutes(SimulatorState state)
{
    private const int MostPayers = 50;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/cashier/{prepay_id}", ShowAsync);
        routes.MapPost("/cashier/{prepay_id}/confirm", ConfirmAsync);
        routes.MapPost("/cashier/{prepay_id}", ActAsync);
        routes.MapGet("/cashier/{prepay_id}/result", ShowOutcomeAsync);
    }

    private static string PrepayId(HttpContext http) => (string?)http.GetRouteValue("prepay_id") ?? "";

    private static string? ReturnTo(HttpContext http) =>
        Uri.TryCreate(http.Request.Query["redirect_url"], UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url.AbsoluteUri : null;

    private Task ShowAsync(HttpContext http) => ShowAsync(http, null, StatusCodes.Status200OK);

    private Task ShowAsync(HttpContext http, Confirmation? confirmation, int status)
    {
        var l = Language.OfPhone(http);
        CashierView? cashier = null;
        (string Headline, int Status)? closed;
        using (var op = state.Begin())
        {
            var order = state.FindOrderByPrepay(PrepayId(http));
            closed = WhyClosed(l, order, PrepayId(http), op.Now);
            if (closed is null)
            {
                cashier = View(http, order!, confirmation);
            }
        }

        return closed is { } why ? http.ShowAsync<Closed>(l, new ClosedView { Headline = why.Headline, ReturnTo = ReturnTo(http) }, why.Status)
            : confirmation is null ? http.ShowAsync<Cashier>(l, cashier, status)
            : http.ShowAsync<Password>(l, cashier, status);
    }

    private async Task ConfirmAsync(HttpContext http)
    {
        var form = await ReadAsync(http);
        if (form["action"] == "cancel")
        {
            await ActAsync(http);
            return;
        }

        var openid = form["openid"].ToString();
        http.ForgetEarlierPages();
        await (IsUser(openid)
            ? ShowAsync(http, new(openid, form["sign"] == "on", WasWrong: false), StatusCodes.Status200OK)
            : ShowAsync(http, null, StatusCodes.Status400BadRequest));
    }

    private async Task ActAsync(HttpContext http)
    {
        var form = await ReadAsync(http);
        var (openid, signs, pays) = (form["openid"].ToString(), form["sign"] == "on", form["action"] == "pay");
        if (!IsUser(openid))
        {
            await ShowAsync(http, null, StatusCodes.Status400BadRequest);
            return;
        }

        if (pays && form.ContainsKey("password") && !IsRight(form["password"].ToString()))
        {
            await ShowAsync(http, new(openid, signs, WasWrong: true), StatusCodes.Status400BadRequest);
            return;
        }

        var l = Language.OfPhone(http);
        (string Headline, int Status)? closed;
        var address = "";
        using (var op = state.Begin())
        {
            var order = state.FindOrderByPrepay(PrepayId(http));
            closed = WhyClosed(l, order, PrepayId(http), op.Now);
            if (closed is null)
            {
                var result = PayAndSign.Act(state, order!, PrepayId(http), state.FindUser(openid)!, pays, signs, op.Now);
                address = View(http, order!, null).Address("/result");
                // Merchants report these words for a first amount that could not be taken together with a contract.
                var reason = result.Reason == "not_enough" && signs && order!.OffersContract ? "busy" : result.Reason;
                address += result.Paid ? "" : $"{(address.Contains('?', StringComparison.Ordinal) ? '&' : '?')}reason={reason}";
            }
        }

        if (closed is { } why)
        {
            await http.ShowAsync<Closed>(l, new ClosedView { Headline = why.Headline, ReturnTo = ReturnTo(http) }, why.Status);
        }
        else
        {
            http.SeeOther(l.To(address));
        }

        await http.Response.CompleteAsync();
        state.Arm();
    }

    /// <summary>What is true of the order; the address tells only why nothing was paid.</summary>
    private Task ShowOutcomeAsync(HttpContext http)
    {
        var l = Language.OfPhone(http);
        OutcomeView? outcome = null;
        using (state.Begin())
        {
            if (state.FindOrderByPrepay(PrepayId(http)) is { } order)
            {
                var contract = state.FindContract(order.ContractId);
                var cashier = View(http, order, null);
                outcome = new()
                {
                    Cashier = cashier,
                    IsPaid = order.IsPaid,
                    Reason = order.IsPaid ? order.NotSigned : http.Request.Query["reason"],
                    Openid = order.Openid,
                    ContractId = contract?.ContractId,
                    SignedAt = contract?.SignedAt,
                    IsPreNotice = cashier.Template?.Mode == NoticeMode.PreNotice,
                    OffersContract = order.OffersContract,
                };
            }
        }

        return outcome is null
            ? http.ShowAsync<Closed>(l, new ClosedView { Headline = l["没有这个订单", "There is no such order"] }, StatusCodes.Status404NotFound)
            : http.ShowAsync<Outcome>(l, outcome);
    }

    internal static async Task<IFormCollection> ReadAsync(HttpContext http) => http.Request.HasFormContentType ? await http.Request.ReadFormAsync(http.RequestAborted) : FormCollection.Empty;

    internal static bool IsRight(string password) => password.Length == 6 && password.All(char.IsAsciiDigit) && password != "000000";

    private bool IsUser(string openid)
    {
        using (state.Begin())
        {
            return state.FindUser(openid) is not null;
        }
    }

    private CashierView View(HttpContext http, Order order, Confirmation? confirmation)
    {
        var payers = order.Openid is { } named ? state.FindUser(named) is { } user ? [user] : [] : state.Users.Take(MostPayers);
        return new(PrepayId(http), order, order.PlanId is { } plan ? state.FindTemplate(order.MchId, plan) : null, [.. payers.Select(u => new Payer(u.Openid, u.Balance))])
        {
            ReturnTo = ReturnTo(http),
            Confirmation = confirmation,
        };
    }

    private static (string Headline, int Status)? WhyClosed(Language l, Order? order, string prepayId, DateTimeOffset now) => order switch
    {
        null => (l["没有这个订单", "There is no such order"], StatusCodes.Status404NotFound),
        { IsPaid: true } => (l["订单已支付", "The order is already paid"], StatusCodes.Status410Gone),
        { State: not TradeState.NotPay } => (l["订单已关闭", "The order is closed"], StatusCodes.Status410Gone),
        _ when PayAndSign.IsOver(order, prepayId, now) => (order.TradeType == "MWEB"
            ? l["支付请求已失效，请重新发起支付", "This link is older than five minutes; please order again"]
            : l["支付请求已失效，请重新发起支付", "This payment is older than two hours; please order again"], StatusCodes.Status410Gone),
        _ => null,
    };
}
