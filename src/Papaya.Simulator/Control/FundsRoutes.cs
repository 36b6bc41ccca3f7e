using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Control;

/// <summary>What each account shall hold (<c>set</c>), or what is paid in and taken out (<c>add</c>, below nothing), in fen.</summary>
internal sealed record FundsRequest
{
    public Dictionary<FundsAccount, long>? Set { get; init; }

    public Dictionary<FundsAccount, long>? Add { get; init; }
}

/// <summary>A merchant's accounts in fen. <c>basic</c> is what the fund-flow bill calls so: unsettled and available together.</summary>
internal sealed record FundsView(string MchId, long Unsettled, long Available, long Basic, long Operation, long Fees, DateOnly? OldestUnsettledDay)
{
    public static FundsView Of(string mchId, Accounts a) => new(
        mchId, a.Unsettled, a.Available, a.Unsettled + a.Available, a.Operation, a.Fees, a.OldestUnsettledDay);
}

/// <summary>A movement between nobody's wallet and the merchant: opening balance, money paid in, withdrawal, settlement, a closed refund's return.</summary>
internal sealed record FundsEntry(MovementKind Kind, string MchId, FundsAccount Account, long Amount, DateTimeOffset At, DateOnly? Day)
{
    /// <summary>The refund that was closed.</summary>
    public string? OutRefundNo { get; init; }

    /// <summary>WeChat's fee, taken again with it.</summary>
    public long? Fee { get; init; }

    /// <summary>What the merchant has again, where coupons had a part.</summary>
    public long? SettlementAmount { get; init; }

    public static FundsEntry Of(Movement m) => m.Kind == MovementKind.RefundClosed
        ? new(m.Kind, m.MchId, FundsAccount.Available, m.Amount, m.At, null) { OutRefundNo = m.OutRefundNo, Fee = m.Fee, SettlementAmount = m.CouponAmount == 0 ? null : m.Settled }
        : new(m.Kind, m.MchId, m.Account, m.Amount, m.At, m.Day);
}

/// <summary>The money of merchants.</summary>
internal sealed class FundsRoutes(ControlApi api, SimulatorState state)
{
    private const long Most = 1_000_000_000_000;

    private static readonly ControlJson Json = ControlJson.Default;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/_sim/merchants/{mch_id}/funds", http => api.ShowAsync(http, Json.FundsView, "merchant", () => View(ControlApi.Route(http, "mch_id"))));
        routes.MapPost("/_sim/merchants/{mch_id}/funds", http => api.ChangeAsync(http, Json.FundsRequest, Json.FundsView, (r, now) => Change(ControlApi.Route(http, "mch_id"), r, now)));
    }

    private FundsView? View(string mchId)
    {
        if (state.FindMerchant(mchId) is not { } merchant)
        {
            return null;
        }

        Fees.Settle(state, merchant, state.Now);
        return FundsView.Of(mchId, state.AccountsOf(mchId));
    }

    private Outcome<FundsView> Change(string mchId, FundsRequest request, DateTimeOffset now)
    {
        if (View(mchId) is null)
        {
            return new(404, $"There is no merchant {mchId}.");
        }

        if ((request.Set ?? []).Values.Concat((request.Add ?? []).Values).Any(fen => fen is > Most or < -Most))
        {
            return new(400, $"An account holds 0 to {Most} fen.");
        }

        var accounts = state.AccountsOf(mchId);
        var changes = (request.Set ?? []).Select(s => (Account: s.Key, Fen: s.Value - accounts[s.Key], Then: s.Value))
            .Concat((request.Add ?? []).Select(a => (Account: a.Key, Fen: a.Value, Then: accounts[a.Key] + a.Value))).ToArray();
        if (changes.Length == 0 || changes.DistinctBy(c => c.Account).Count() < changes.Length)
        {
            return new(400, "Send set, add or both, each {\"unsettled\" | \"available\" | \"operation\" | \"fees\": fen}, and name an account once.");
        }

        if (changes.Any(c => c.Then is < 0 or > Most))
        {
            return new(400, $"An account holds 0 to {Most} fen.");
        }

        foreach (var (account, fen, _) in changes.Where(c => c.Fen != 0))
        {
            state.Put(new Movement
            {
                MchId = mchId, Kind = fen > 0 ? MovementKind.TopUp : MovementKind.Withdrawal, Account = account, Amount = Math.Abs(fen), At = now,
            });
        }

        return new(View(mchId)!);
    }
}
