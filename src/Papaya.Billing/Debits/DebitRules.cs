using Papaya.Billing.Calendar;

namespace Papaya.Billing.Debits;

/// <summary>What becomes of a charge whose attempt ended without money.</summary>
public abstract record AfterFailure
{
    private AfterFailure()
    {
    }

    /// <summary>Another number at this instant.</summary>
    public sealed record Retry(DateTimeOffset At) : AfterFailure;

    /// <summary>No more tries at this charge; the contract goes on.</summary>
    public sealed record Stop(string Reason) : AfterFailure;

    /// <summary>No more tries, and the contract is suspended until a person or a paid recovery resumes it.</summary>
    public sealed record Suspend(string Reason) : AfterFailure;

    /// <summary>The contract or the customer is gone: WeChat is asked about the contract.</summary>
    public sealed record AskContract(string Reason) : AfterFailure;
}

/// <summary>The merchant's own policies (docs/reference/wechat-rules.md §12), on by default; zero switches one off.</summary>
public sealed record DebitPolicies
{
    /// <summary>Highest single debit, in fen: 50,000 yuan.</summary>
    public long SingleMost { get; init; } = 5_000_000;

    /// <summary>Debits sent a Beijing day for one contract.</summary>
    public int DailyMost { get; init; } = 10;

    /// <summary>Failed executions in a row, whatever the charge, that suspend a contract.</summary>
    public int FailuresToSuspend { get; init; } = 3;

    /// <summary>An amount above this share of the contract's mean is held for review; the agreed price never is.</summary>
    public int JumpPercent { get; init; } = 200;

    public TimeSpan LeastGap { get; init; } = TimeSpan.FromHours(6);
}

/// <summary>WeChat's own limits, as the template's settings (docs/reference/wechat-rules.md §4).</summary>
public sealed record TemplateLimits
{
    /// <summary>The template's price or cap, in fen; 0 when unknown.</summary>
    public long Fee { get; init; }

    /// <summary>为: exactly the price. Otherwise 不高于: at most.</summary>
    public bool IsFixed { get; init; }

    /// <summary>500 yuan to start with.</summary>
    public long SingleMost { get; init; } = 50_000;

    /// <summary>2,500 yuan to start with, successes of a Beijing day.</summary>
    public long DailyMost { get; init; } = 250_000;

    /// <summary>1 for periodic templates, 5 for pay-later.</summary>
    public int DailySuccesses { get; init; } = 1;

    public static TemplateLimits For(DebitMode mode, long fee, bool isFixed) => new()
    {
        Fee = fee, IsFixed = isFixed, DailySuccesses = mode == DebitMode.PayLater ? 5 : 1,
    };
}

/// <summary>What the contract has seen so far.</summary>
public readonly record struct ContractHistory
{
    /// <summary>Debits sent on the present Beijing day.</summary>
    public int SentToday { get; init; }

    public int SucceededToday { get; init; }

    public long CollectedToday { get; init; }

    public long Successes { get; init; }

    public long Collected { get; init; }

    public int FailuresInARow { get; init; }

    public DateTimeOffset? LastExecution { get; init; }
}

public enum LimitVerdict
{
    Allowed,

    /// <summary>Not now: at the instant given.</summary>
    Later,

    /// <summary>Never at this amount.</summary>
    Refused,

    /// <summary>A person has to look.</summary>
    Review,
}

public readonly record struct LimitAnswer(LimitVerdict Verdict, string Code = "", string Why = "", DateTimeOffset At = default)
{
    public static LimitAnswer Allowed { get; } = new(LimitVerdict.Allowed);
}

/// <summary>Rules between a due charge and its debit, and between a failure and the next try.</summary>
public static class DebitRules
{
    /// <summary>Limits that no waiting can heal.</summary>
    public static LimitAnswer CheckAmount(long amount, DebitPolicies policies, TemplateLimits template) =>
        amount <= 0 ? Refuse("amount_not_positive", "A debit collects at least one fen.")
        : policies.SingleMost > 0 && amount > policies.SingleMost ? Refuse("above_single_limit", $"The merchant's own limit for one debit is {policies.SingleMost} fen.")
        : template.Fee > 0 && template.IsFixed && amount != template.Fee ? Refuse("not_the_fixed_price", $"The template allows exactly {template.Fee} fen.")
        : template.Fee > 0 && amount > template.Fee ? Refuse("above_template_cap", $"The template allows at most {template.Fee} fen.")
        : template.SingleMost > 0 && amount > template.SingleMost ? Refuse("above_wechat_limit", $"WeChat's limit for one debit of this template is {template.SingleMost} fen.")
        : LimitAnswer.Allowed;

    /// <summary>Everything that stands between a due charge and its debit now, apart from window and permits.</summary>
    /// <param name="isAgreedPrice">The plan's price, agreed at signing: never a jump, also after a cheaper first period.</param>
    public static LimitAnswer Check(
        long amount, bool isAgreedPrice, RetryPlan plan, DebitPolicies policies, TemplateLimits template, ContractHistory history, DateTimeOffset now)
    {
        if (CheckAmount(amount, policies, template) is { Verdict: not LimitVerdict.Allowed } refused)
        {
            return refused;
        }

        if (!isAgreedPrice && policies.JumpPercent > 0 && history.Successes > 0
            && (decimal)amount * 100 * history.Successes > (decimal)history.Collected * policies.JumpPercent)
        {
            return new(LimitVerdict.Review, "amount_jump", $"The amount is above {policies.JumpPercent} % of this contract's mean.");
        }

        var tomorrow = DebitWindow.NextOpen(Beijing.At(Beijing.DateOf(now).AddDays(1), TimeOnly.MinValue));
        if (policies.DailyMost > 0 && history.SentToday >= policies.DailyMost)
        {
            return new(LimitVerdict.Later, "daily_debits", "This contract has had its debits of the day.", tomorrow);
        }

        // In 24-hour mode the execution is tomorrow's, and one debit waits at a time: today's successes do not stand in its way.
        if (plan.Mode == DebitMode.PayLater)
        {
            if (template.DailySuccesses > 0 && history.SucceededToday >= template.DailySuccesses)
            {
                return new(LimitVerdict.Later, "daily_successes", "WeChat allows no more successful debits of this contract today.", tomorrow);
            }

            if (template.DailyMost > 0 && history.CollectedToday + amount > template.DailyMost && amount <= template.DailyMost)
            {
                return new(LimitVerdict.Later, "daily_amount", "WeChat's daily amount for this contract is used up.", tomorrow);
            }

            // The gap is between a failure and what follows it; pay-later uses that succeed may follow one another at once.
            if (history.FailuresInARow > 0 && history.LastExecution is { } last && now < last + policies.LeastGap)
            {
                return new(LimitVerdict.Later, "least_gap", "Two tries are at least six hours apart.", DebitWindow.NextOpen(last + policies.LeastGap));
            }
        }

        return LimitAnswer.Allowed;
    }

    /// <summary>What follows an attempt that ended without money.</summary>
    /// <param name="code">Its code, from the table.</param>
    /// <param name="sameCode">How often this charge failed by this code, this time included.</param>
    /// <param name="failures">Executions of this charge that failed, this one included.</param>
    /// <param name="failuresInARow">Executions of the contract that failed in a row, this one included.</param>
    public static AfterFailure AfterFailure(
        DebitCode code, int sameCode, int failures, int failuresInARow, RetryPlan plan, DebitPolicies policies,
        DateTimeOffset firstExecution, DateTimeOffset lastExecution, DateTimeOffset now)
    {
        if (code.Class == CodeClass.Hard)
        {
            // WeChat said that the contract is good, and then missed it again: a person has to look.
            return sameCode > 1 ? new AfterFailure.Suspend(code.Code) : new AfterFailure.AskContract(code.Code);
        }

        if (code.Class == CodeClass.Hold)
        {
            return new AfterFailure.Suspend(code.Code);
        }

        if (policies.FailuresToSuspend > 0 && failuresInARow >= policies.FailuresToSuspend)
        {
            return new AfterFailure.Suspend("failed_in_a_row");
        }

        if (sameCode > code.SoftTries)
        {
            // What never reached the customer's account says nothing against the contract.
            return code.Executed ? new AfterFailure.Suspend(code.Code) : new AfterFailure.Stop(code.Code);
        }

        var next = code.Executed ? plan.After(failures, firstExecution, lastExecution, now) : plan.AfterRefusal(now);
        return next switch
        {
            NextTry.At at => new AfterFailure.Retry(at.Instant),
            NextTry.GiveUp gaveUp => new AfterFailure.Stop(gaveUp.Reason),
            _ => throw new InvalidOperationException("A plan answers with a time or gives up."),
        };
    }

    private static LimitAnswer Refuse(string code, string why) => new(LimitVerdict.Refused, code, why);
}
