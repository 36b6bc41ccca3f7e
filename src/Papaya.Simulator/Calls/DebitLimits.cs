using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Calls;

/// <summary>How much and how often a contract may be debited (FAQ D:4011987907, items 30 and 36 to 38).</summary>
internal static class DebitLimits
{
    private const int AppliesADay = 300;
    private const int ExecutionsADay = 150;
    private const int PeriodicSuccessesADay = 1;
    private const int PayLaterSuccessesADay = 5;
    private const int TestSuccessesADay = 100;

    /// <summary>The counters as of now. The caller puts them.</summary>
    public static Usage UsageOf(SimulatorState state, Template template, Contract contract, DateTimeOffset now)
    {
        var usage = state.UsageOf(contract);
        usage.Turn(now, CycleStart(state, template, contract, BeijingTime.Day(now)));
        return usage;
    }

    /// <summary>Whether the amount fits the template's price, its single limit and, for test templates, WeChat's few fen.</summary>
    public static bool AllowsAmount(SimulatorState state, Template template, Contract contract, long amount)
    {
        if (template.IsTest && amount > (state.Switches.Is("test_template_cap", "1_fen") ? 1 : 10))
        {
            return false;
        }

        return amount <= template.SingleLimit && (template.Fee == FeeRule.Capped ? amount <= template.Amount : IsPrice(state, template, contract, amount));
    }

    /// <summary>Whether the amount is a fixed template's price, or its first one while that may be taken; others have none.</summary>
    public static bool IsPrice(SimulatorState state, Template template, Contract contract, long amount) =>
        template.Fee == FeeRule.Capped || amount == template.Amount
        || (amount == template.FirstAmount && (!contract.WasDebited || state.Switches.Is("fixed_fee_first_amount", "any_time")));

    /// <summary>Whether one more apply today is one too many.</summary>
    public static bool IsOverApplies(Usage usage) => usage.Applies > AppliesADay;

    /// <summary>Whether today's executions are too many.</summary>
    public static bool IsOverExecutions(Usage usage) => usage.Executions > ExecutionsADay;

    /// <summary>Whether a success of this amount today would be one too many, or too much for the day, the cycle or the month.</summary>
    public static bool IsOver(SimulatorState state, Template template, Usage usage, long amount) =>
        usage.Successes >= SuccessesADay(template)
        || amount > template.DailyLimit - usage.Debited
        || (amount > template.MonthlyLimit - usage.MonthDebited && state.Switches.Is("monthly_cap", "75000_yuan"))
        || (MostInACycle(state, template) is { } most && usage.CycleSuccesses >= most);

    /// <summary>A debit that is wholly refunded on its day is none of the day's successes any more, where the switch says so.</summary>
    public static void GiveBack(SimulatorState state, Order order, DateTimeOffset now)
    {
        if (order is { Kind: OrderKind.Debit, IsV3: false, PaidAt: { } paidAt } && order.Refunded == order.Amount && BeijingTime.Day(paidAt) == BeijingTime.Day(now)
            && state.Switches.Is("refund_resets_day_limit", "yes") && state.FindContract(order.ContractId) is { } contract)
        {
            var usage = UsageOf(state, state.FindTemplate(contract.MchId, contract.PlanId)!, contract, now);
            usage.Successes--;
            usage.Debited -= order.Amount;
            state.Put(usage);
        }
    }

    private static int SuccessesADay(Template template) =>
        template.IsTest ? TestSuccessesADay : template.IsImmediate ? PayLaterSuccessesADay : PeriodicSuccessesADay;

    private static int? MostInACycle(SimulatorState state, Template template) =>
        template.IsTest || template.IsImmediate || MonthsOf(template.Cycle) is null && DaysOf(template.Cycle) is null ? null
            : template.SuccessesPerCycle ?? state.Switches["successes_per_cycle"] switch { "1" => 1, "2" => 2, _ => null };

    /// <summary>The first day of the cycle that holds a day; null when the template's cycle is no number of days or months.</summary>
    public static DateOnly? CycleOf(SimulatorState state, Template template, Contract contract, DateOnly day) =>
        MonthsOf(template.Cycle) is null && DaysOf(template.Cycle) is null ? null : CycleStart(state, template, contract, day);

    /// <summary>The first day of the cycle that holds a day: counted from signing, or by the calendar.</summary>
    private static DateOnly CycleStart(SimulatorState state, Template template, Contract contract, DateOnly day)
    {
        var signed = BeijingTime.Day(contract.SignedAt);
        if (day <= signed)
        {
            return signed;
        }

        if (DaysOf(template.Cycle) is { } days)
        {
            return day.AddDays(-((day.DayNumber - signed.DayNumber) % days));
        }

        if (MonthsOf(template.Cycle) is not { } months)
        {
            return signed;
        }

        if (state.Switches.Is("cycle_start", "calendar"))
        {
            var first = ((day.Month - 1) / months * months) + 1;
            return new(day.Year, first, 1);
        }

        // The 31st becomes the last day of a shorter month, and the 31st again after it.
        var passed = (((day.Year - signed.Year) * 12) + day.Month - signed.Month) / months * months;
        return signed.AddMonths(passed) is var start && start <= day ? start : signed.AddMonths(passed - months);
    }

    private static int? DaysOf(string cycle) => cycle switch { "day" => 1, "week" => 7, _ => null };

    private static int? MonthsOf(string cycle) => cycle switch { "month" => 1, "quarter" => 3, "half_year" => 6, "year" => 12, _ => null };
}
