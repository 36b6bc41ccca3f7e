using Papaya.Simulator.World;

namespace Papaya.Simulator.Calls;

/// <summary>What came of an attempt to take money: the bank_type that paid, or WeChat's code and text.</summary>
internal readonly record struct Taken(string? BankType, string? Code = null, string? Text = null)
{
    public bool IsTaken => BankType is not null;
}

/// <summary>Users' money. One method pays the whole amount: the preferred one, else the wallet, a credit card, a debit card.</summary>
internal static class Funds
{
    /// <summary>bank_type of the wallet.</summary>
    public const string Wallet = "OTHERS";

    private const string WalletName = "wallet";

    /// <summary>Takes the amount and puts the user.</summary>
    /// <param name="state">The world, its lock held.</param>
    /// <param name="user">Who pays.</param>
    /// <param name="amount">Fen.</param>
    /// <param name="noCredit">limit_pay no_credit: credit cards are not tried.</param>
    public static Taken Take(SimulatorState state, User user, long amount, bool noCredit = false)
    {
        Taken? failed = null;
        foreach (var card in Methods(user, noCredit))
        {
            if ((card?.Balance ?? user.Balance) < amount)
            {
                continue;
            }

            if (card is not null && user.Bank == BankState.Ok && card.State == BankState.Ok)
            {
                card.Balance -= amount;
            }
            else if (card is null)
            {
                user.Balance -= amount;
            }
            else
            {
                failed ??= card.State == BankState.Frozen ? new(null, "NOTENOUGH", "您的银行卡已被冻结，请尝试其他卡") : Maintenance;
                continue;
            }

            state.Put(user);
            return new(card?.Bank ?? Wallet);
        }

        return failed ?? (user.Bank == BankState.Maintenance ? Maintenance : NotEnough);
    }

    /// <summary>Whether any method has the amount, whatever else may be wrong.</summary>
    public static bool Suffice(User user, long amount) => Methods(user, noCredit: false).Any(card => (card?.Balance ?? user.Balance) >= amount);

    /// <summary>Gives back what was taken by a method; a card that is gone is answered by false.</summary>
    public static bool Give(SimulatorState state, User user, string bankType, long amount)
    {
        if (bankType == Wallet)
        {
            user.Balance += amount;
        }
        else if (user.Cards?.Find(c => c.Bank == bankType) is { State: not BankState.Frozen } card)
        {
            card.Balance += amount;
        }
        else
        {
            return false;
        }

        state.Put(user);
        return true;
    }

    /// <summary>What is wrong with the account itself, whatever it holds; debits ask this first, the cashier has its own words.</summary>
    public static Taken? WhyNot(User user) => user switch
    {
        { Account: AccountState.Closed } => new(null, "USER_NOT_EXIST", "用户帐号注销"),
        { Account: AccountState.Frozen } or { Unverified: true } => new(null, "ACCOUNTERROR", "用户账户异常"),
        { Account: AccountState.Abnormal } => new(null, "USER_ACCOUNT_ABNORMAL", "当前用户账户已被限制交易"),
        _ => null,
    };

    private static Taken Maintenance => new(null, "BANKERROR", "用户银行卡暂不可用");

    private static Taken NotEnough => new(null, "NOTENOUGH", "银行卡可用余额不足（如信用卡则为可透支额度不足），请核实后再试");

    /// <summary>The methods in the order in which WeChat tries them; null is the wallet.</summary>
    private static IEnumerable<Card?> Methods(User user, bool noCredit)
    {
        if (user.Cards is null)
        {
            return [null];
        }

        var cards = user.Cards.Where(c => !noCredit || !c.IsCredit);
        return cards.Prepend(null).OrderBy(c => (c?.Bank ?? WalletName) == user.Preferred ? 0 : c is null ? 1 : c.IsCredit ? 2 : 3);
    }
}
