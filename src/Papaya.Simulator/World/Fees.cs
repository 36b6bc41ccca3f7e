using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.World;

/// <summary>What WeChat keeps of a merchant's takings, and when it gives the rest free.</summary>
internal static class Fees
{
    /// <summary>A rate is counted in hundredths of a percent: 60 is 0.60 %.</summary>
    private const int Whole = 10_000;

    /// <summary>The fee of an amount: to the fen, half a fen up.</summary>
    public static long Of(long amount, int rate) => checked((amount * rate) + (Whole / 2)) / Whole;

    /// <summary>
    /// What comes back of a fee when so much of an order is refunded, after what was refunded before: the parts of a whole refund
    /// are together the whole fee.
    /// </summary>
    public static long Back(long fee, long amount, long before, long now) => Share(fee, amount, before + now) - Share(fee, amount, before);

    /// <summary>The same part of a sum as another amount is of its whole, half a fen up.</summary>
    public static long Part(long sum, long whole, long amount) => Share(sum, whole, amount);

    /// <summary>Sets the fee of a payment, once what was due for settlement has been settled.</summary>
    public static void Charge(SimulatorState state, Movement payment)
    {
        var merchant = state.FindMerchant(payment.MchId)!;
        Settle(state, merchant, payment.At);
        payment.Fee = Of(payment.Settled, merchant.FeeRate);
        payment.FeeApart = merchant.FeesApart && state.AccountsOf(merchant.MchId).Fees >= payment.Fee;
        if (state.FindOrder(payment.MchId, payment.OutTradeNo) is { } order)
        {
            (order.Fee, order.FeeRate, order.FeeApart) = (payment.Fee, merchant.FeeRate, payment.FeeApart);
            state.Put(order);
        }
    }

    /// <summary>Takings whose day of settlement has come become available, or leave for the bank.</summary>
    public static void Settle(SimulatorState state, Merchant merchant, DateTimeOffset now)
    {
        var accounts = state.AccountsOf(merchant.MchId);
        while (accounts.OldestUnsettledDay is { } day && Due(state, day, merchant) is var at && at <= now)
        {
            var fen = accounts.UnsettledOf(day);
            state.Put(new Movement
            {
                MchId = merchant.MchId, Kind = MovementKind.Settlement, Account = FundsAccount.Available, Amount = fen, At = at, Day = day,
            });
            if (merchant.SettlesToBank)
            {
                state.Put(new Movement { MchId = merchant.MchId, Kind = MovementKind.Withdrawal, Account = FundsAccount.Available, Amount = fen, At = at });
            }
        }
    }

    /// <summary>The hour is published nowhere.</summary>
    private static DateTimeOffset Due(SimulatorState state, DateOnly day, Merchant merchant)
    {
        var hour = state.Switches["settlement_hour", merchant.MchId] switch { "00:00" => 0, "14:00" => 14, _ => 8 };
        return new DateTimeOffset(day.AddDays(merchant.SettlesAfterDays).ToDateTime(new(hour, 0)), BeijingTime.Offset).ToUniversalTime();
    }

    private static long Share(long fee, long amount, long part) => ((long)((Int128)fee * part * 2 / amount) + 1) / 2;
}
