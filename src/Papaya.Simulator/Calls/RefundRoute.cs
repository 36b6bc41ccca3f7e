using System.Globalization;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Calls;

/// <summary>What becomes of a refund at its moment.</summary>
internal enum RefundWay
{
    /// <summary>Back the way the money came.</summary>
    Original,

    /// <summary>To the wallet, as the card takes nothing any more.</summary>
    Wallet,

    /// <summary>The bank is being maintained: again tomorrow.</summary>
    Later,

    /// <summary>Neither card nor wallet takes it.</summary>
    Nowhere,
}

/// <summary>The way of a refund back to the user: the way the money came, else the wallet.</summary>
internal static class RefundRoute
{
    /// <summary>The channel of a refund that somebody saw to.</summary>
    public const string Elsewhere = "OTHER_BANKCARD";

    public const string ToWallet = "支付用户零钱";

    /// <summary>To a wallet at most 20 minutes, here 3 to 12; to a card one to three days. Spread by the number.</summary>
    public static TimeSpan Takes(SimulatorState state, Order order, Refund refund) =>
        state.Switches.Is("refund_takes", "longest") ? IsByCard(order) ? TimeSpan.FromDays(3) : TimeSpan.FromMinutes(20)
        : IsByCard(order) ? TimeSpan.FromDays(1 + Spread(refund.OutRefundNo, 3)) : TimeSpan.FromMinutes(3 + Spread(refund.OutRefundNo, 10));

    public static RefundWay Find(SimulatorState state, Order order)
    {
        if (state.FindUser(order.Openid) is not { Account: not AccountState.Closed } user)
        {
            return RefundWay.Nowhere;
        }

        var wallet = user.Account == AccountState.Frozen ? RefundWay.Nowhere : RefundWay.Wallet;
        if (!IsByCard(order))
        {
            return wallet == RefundWay.Wallet ? RefundWay.Original : RefundWay.Nowhere;
        }

        var card = user.Cards?.Find(c => c.Bank == order.BankType);
        return card is null or { State: BankState.Frozen } ? wallet
            : card.State == BankState.Maintenance || user.Bank == BankState.Maintenance ? RefundWay.Later
            : RefundWay.Original;
    }

    /// <summary>The user has the money.</summary>
    public static void Arrive(SimulatorState state, Order order, Refund refund)
    {
        // Seen to by hand, it went to an account that is not ours to know.
        if (refund.Channel != Elsewhere && state.FindUser(order.Openid) is { } user && !Funds.Give(state, user, refund.Channel == "BALANCE" ? Funds.Wallet : order.BankType ?? Funds.Wallet, refund.CashFee))
        {
            user.Balance += refund.CashFee;
            state.Put(user);
        }
    }

    /// <summary>Who has paid and gets it back, in the words of the user's messages: bank, kind of card and its last four figures.</summary>
    public static string Receiver(Order order) => IsByCard(order)
        ? Card(order.BankType!, Spread(order.Openid + order.BankType, 10_000).ToString("D4", CultureInfo.InvariantCulture))
        : ToWallet;

    /// <summary>Such as 招商银行信用卡0403.</summary>
    public static string Card(string bankType, string lastFour)
    {
        var parts = bankType.Split('_');
        var bank = parts[0] switch
        {
            "CMB" => "招商银行",
            "ICBC" => "工商银行",
            "CCB" => "建设银行",
            "ABC" => "农业银行",
            "BOC" => "中国银行",
            "COMM" => "交通银行",
            "PSBC" => "邮储银行",
            "CMBC" => "民生银行",
            "SPDB" => "浦发银行",
            "CIB" => "兴业银行",
            _ => parts[0],
        };
        return $"{bank}{(parts[^1] == "CREDIT" ? "信用卡" : "借记卡")}{lastFour}";
    }

    private static bool IsByCard(Order order) => order.BankType is not (null or Funds.Wallet or "CFT");

    // A hash that is the same in every process, so that a run can be repeated.
    private static int Spread(string number, int most) => (int)(number.Aggregate(2_166_136_261u, (hash, c) => (hash ^ c) * 16_777_619u) % (uint)most);
}
