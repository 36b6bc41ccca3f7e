using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Papaya.Simulator.Calls;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Control;

/// <summary>Users, what they do in the cashier, and the contracts that they hold.</summary>
internal sealed class UserRoutes(ControlApi api, SimulatorState state)
{
    private static readonly ControlJson Json = ControlJson.Default;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/_sim/users", http => api.ChangeAsync(http, Json.UserRequest, Json.UserView, PutUser));
        routes.MapGet("/_sim/users", http => api.ListAsync(http, Json.ListingUserView, () => Users(http)));
        routes.MapGet("/_sim/users/{openid}", http => api.ShowAsync(http, Json.UserView, "user", () => View(state.FindUser(ControlApi.Route(http, "openid")))));
        routes.MapPost("/_sim/users/{openid}/coupons",
            http => api.ChangeAsync(http, Json.CouponRequest, Json.UserView, (r, _) => GiveCoupons(ControlApi.Route(http, "openid"), r)));
        routes.MapPost("/_sim/cashier/{prepay_id}", http => api.ChangeAsync(http, Json.CashierRequest, Json.CashierResult, (r, now) => Act(ControlApi.Route(http, "prepay_id"), r, now)));
        routes.MapPost("/_sim/contracts/{contract_id}/terminate",
            http => api.ChangeAsync(http, Json.TerminateRequest, Json.ContractView, (r, now) => Terminate(ControlApi.Route(http, "contract_id"), r, now), new()));
        routes.MapGet("/_sim/contracts", http => api.ListAsync(http, Json.ListingContractView, () => Contracts(http)));
    }

    /// <summary>At most <c>limit</c> users, 100 if it is not given, in the order of their openids after <c>after</c>.</summary>
    private IEnumerable<UserView> Users(HttpContext http)
    {
        var after = ControlApi.Query(http, "after");
        var limit = int.TryParse(ControlApi.Query(http, "limit"), NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : 100;
        return state.Users.Where(u => after is null || string.CompareOrdinal(u.Openid, after) > 0).OrderBy(u => u.Openid, StringComparer.Ordinal).Take(Math.Min(limit, 1000))
            .Select(u => View(u)!);
    }

    private UserView? View(User? u) => u is null
        ? null
        : new(
            u.Openid, u.Nickname, u.Balance, u.Account, u.Bank, u.Risk, [.. u.Cards ?? []], u.Preferred, !u.Unverified, u.OtherItems,
            [.. state.ContractsOf(u.Openid).Select(ContractView.Of)], [.. state.MessagesOf(u.Openid)], [.. u.Coupons ?? []]);

    private Outcome<UserView> PutUser(UserRequest request, DateTimeOffset now)
    {
        if (request.Openid.Length is < 1 or > 128 || request.Balance is < 0 || request.OtherItems is < 0)
        {
            return new(400, "openid has 1 to 128 characters; balance and other_items are not negative.");
        }

        if (request.Cards?.Any(c => c.Balance < 0 || !(c.Bank.EndsWith("_DEBIT", StringComparison.Ordinal) || c.Bank.EndsWith("_CREDIT", StringComparison.Ordinal))) is true)
        {
            return new(400, "bank of a card is WeChat's bank_type, such as CMB_DEBIT or CMB_CREDIT; its balance is not negative.");
        }

        if (CouponBook.WhyNot(request.Coupons ?? [], []) is { } wrong)
        {
            return new(400, wrong);
        }

        var user = state.FindUser(request.Openid) ?? new User { Openid = request.Openid };
        user.Balance = request.Balance ?? user.Balance;
        user.Account = request.Account ?? user.Account;
        user.Bank = request.Bank ?? user.Bank;
        user.Risk = request.Risk ?? user.Risk;
        user.Cards = request.Cards?.ToList() ?? user.Cards;
        user.Coupons = request.Coupons is { } coupons ? CouponBook.Of(coupons, state.Numbers) : user.Coupons;
        user.Preferred = request.Preferred ?? user.Preferred;
        user.Nickname = request.Nickname ?? user.Nickname;
        user.Unverified = request.Verified is { } verified ? !verified : user.Unverified;
        user.OtherItems = request.OtherItems ?? user.OtherItems;
        state.Put(user);
        if (request.Account == AccountState.Closed)
        {
            // WeChat ends what a closed account had signed, and tells the merchants.
            foreach (var contract in state.ContractsOf(user.Openid).Where(c => c.IsActive).ToList())
            {
                Calls.Contracts.Terminate(state, contract, Calls.Contracts.AccountClosed, null, now);
            }
        }

        return new(View(user)!);
    }

    private Outcome<UserView> GiveCoupons(string openid, CouponRequest request)
    {
        if (state.FindUser(openid) is not { } user)
        {
            return new(404, "There is no such user; POST /_sim/users makes one.");
        }

        if (CouponBook.WhyNot([request], user.Coupons ?? []) is { } wrong)
        {
            return new(400, wrong);
        }

        (user.Coupons ??= []).AddRange(CouponBook.Of([request], state.Numbers));
        state.Put(user);
        return new(View(user)!);
    }

    private Outcome<CashierResult> Act(string prepayId, CashierRequest request, DateTimeOffset now)
    {
        if (request.Action is not ("pay" or "cancel"))
        {
            return new(400, "action is pay or cancel.");
        }

        var order = state.FindOrderByPrepay(prepayId);
        if (order is null || state.FindUser(request.Openid) is not { } user)
        {
            return new(404, order is null ? "There is no such prepay_id." : "There is no such user; POST /_sim/users makes one.");
        }

        return order.State != TradeState.NotPay
            ? new(409, order.IsPaid ? "order_paid" : "order_closed")
            : new(PayAndSign.Act(state, order, prepayId, user, request.Action == "pay", request.Sign, now));
    }

    private Outcome<ContractView> Terminate(string contractId, TerminateRequest request, DateTimeOffset now)
    {
        if (request.Mode is < 1 or 6 or > 7 || request.By is not (null or "user" or "merchant_platform" or "customer_service") || (request.Mode is not null && request.By is not null))
        {
            return new(400, "mode is 1, 2, 3, 4, 5 or 7 (6 is documented nowhere), or by is user, merchant_platform or customer_service; not both.");
        }

        var found = state.FindContract(contractId);
        var mode = request.Mode ?? request.By switch
        {
            // The platform's page calls the merchant's API itself.
            "merchant_platform" => state.Switches["termination_mode_platform", found?.MchId] == "3" ? 3 : 4,
            "customer_service" => 7,
            _ => 2,
        };
        switch (found)
        {
            case null:
                return new(404, "There is no such contract.");
            case { IsActive: false }:
                return new(409, "The contract is already terminated.");
            case { } contract:
                Calls.Contracts.Terminate(state, contract, mode, request.Remark, now);
                return new(ContractView.Of(contract));
        }
    }

    private IEnumerable<ContractView> Contracts(HttpContext http)
    {
        var planId = ControlApi.Query(http, "plan_id");
        var openid = ControlApi.Query(http, "openid");
        var mchId = ControlApi.Query(http, "mch_id");
        return (openid is null ? state.Contracts : state.ContractsOf(openid))
            .Where(c => mchId is null || c.MchId == mchId).Where(c => planId is null || c.PlanId.ToString(CultureInfo.InvariantCulture) == planId).Select(ContractView.Of);
    }
}
