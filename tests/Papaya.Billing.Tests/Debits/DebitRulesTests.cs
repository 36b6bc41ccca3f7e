using FsCheck;
using FsCheck.Fluent;
using Papaya.Billing.Calendar;
using Papaya.Billing.Debits;

namespace Papaya.Billing.Tests.Debits;

public sealed class DebitRulesTests
{
    private static readonly DateTimeOffset Noon = At("2026-03-10T12:00:00+08:00");
    private static readonly DebitPolicies Policies = new();

    public static TheoryData<string, CodeClass, bool, int> Codes => new()
    {
        { "NOTENOUGH", CodeClass.SoftWait, true, int.MaxValue },
        { "BANKERROR", CodeClass.SoftWait, true, int.MaxValue },
        { "RULELIMIT", CodeClass.SoftWait, true, 2 },
        { "TRADE_ERROR", CodeClass.SoftWait, true, 1 },
        { "CLOSED", CodeClass.SoftWait, true, int.MaxValue },
        { "PAY_FAIL", CodeClass.SoftWait, true, int.MaxValue },
        { "PAYERROR", CodeClass.SoftWait, true, int.MaxValue },
        { "REVOKED", CodeClass.SoftWait, true, int.MaxValue },
        { "ORDERCLOSED", CodeClass.SoftWait, false, 3 },
        { "INVALID_REQUEST", CodeClass.SoftWait, false, 3 },
        { "ACCOUNTERROR", CodeClass.Hold, true, 0 },
        { "USER_ACCOUNT_ABNORMAL", CodeClass.Hold, true, 0 },
        { "USER_NOT_EXIST", CodeClass.Hard, true, 0 },
        { "CONTRACT_NOT_EXIST", CodeClass.Hard, false, 0 },
        { "CONTRACTERROR", CodeClass.Hard, false, 0 },
        { "SYSTEMERROR", CodeClass.Ask, false, 0 },
        { "ORDERPAID", CodeClass.Ask, false, 0 },
        { "ORDER_ACCEPTED", CodeClass.Ask, false, 0 },
        { "OUT_TRADE_NO_USED", CodeClass.Ask, false, 0 },
        { "FREQUENCY_LIMITED", CodeClass.Throttle, false, 0 },
        { "SIGNERROR", CodeClass.ConfigFault, false, 0 },
        { "SIGN_ERROR", CodeClass.ConfigFault, false, 0 },
        { "SIGN ERROR", CodeClass.ConfigFault, false, 0 },
        { "PARAM_ERROR", CodeClass.ConfigFault, false, 0 },
        { "PARAMETER FAIL", CodeClass.ConfigFault, false, 0 },
        { "LACK_PARAMS", CodeClass.ConfigFault, false, 0 },
        { "XML_FORMAT_ERROR", CodeClass.ConfigFault, false, 0 },
        { "XML FAIL", CodeClass.ConfigFault, false, 0 },
        { "REQUIRE_POST_METHOD", CodeClass.ConfigFault, false, 0 },
        { "POST_DATA_EMPTY", CodeClass.ConfigFault, false, 0 },
        { "NOT_UTF8", CodeClass.ConfigFault, false, 0 },
        { "APPID_NOT_EXIST", CodeClass.ConfigFault, false, 0 },
        { "MCHID_NOT_EXIST", CodeClass.ConfigFault, false, 0 },
        { "APPID_MCHID_NOT_MATCH", CodeClass.ConfigFault, false, 0 },
        { "NOAUTH", CodeClass.ConfigFault, false, 0 },
        { "MERCHANT PERMISSION ERROR", CodeClass.ConfigFault, false, 0 },
        { "A_CODE_OF_NEXT_YEAR", CodeClass.Ask, false, 0 },
    };

    [Theory]
    [MemberData(nameof(Codes))]
    public void Every_code_has_its_reviewed_class(string code, CodeClass expected, bool executed, int softTries)
    {
        var row = DebitCode.Of(code);
        Assert.Equal((expected, executed, softTries), (row.Class, row.Executed, row.SoftTries));
    }

    [Fact]
    public void No_code_is_without_a_review() =>
        Assert.Equal(DebitCode.Table.Select(r => r.Code).Append("A_CODE_OF_NEXT_YEAR").Order(StringComparer.Ordinal), Codes.Select(r => (string)r[0]).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("NOTENOUGH", AttemptEvidence.Refused)]
    [InlineData("CONTRACT_NOT_EXIST", AttemptEvidence.Refused)]
    [InlineData("ACCOUNTERROR", AttemptEvidence.Refused)]
    [InlineData("FREQUENCY_LIMITED", AttemptEvidence.NotTaken)]
    [InlineData("PARAM_ERROR", AttemptEvidence.NotTaken)]
    [InlineData("SYSTEMERROR", AttemptEvidence.NoAnswer)]
    [InlineData("ORDERPAID", AttemptEvidence.NoAnswer)]
    [InlineData("ORDER_ACCEPTED", AttemptEvidence.NoAnswer)]
    [InlineData("OUT_TRADE_NO_USED", AttemptEvidence.NoAnswer)]
    [InlineData(null, AttemptEvidence.NoAnswer)]
    public void A_refusal_of_apply_proves_no_more_than_its_code(string? code, AttemptEvidence expected) => Assert.Equal(expected, DebitCode.Of(code).AsAnswerToApply);

    [Theory]
    [InlineData("NOTENOUGH", "NOTENOUGH")]
    [InlineData("CONTRACT_NOT_EXIST", "CONTRACT_NOT_EXIST")]
    [InlineData("SYSTEMERROR", "CLOSED")]
    [InlineData("0", "CLOSED")]
    [InlineData(null, "CLOSED")]
    public void A_closed_order_keeps_the_code_that_was_reported(string? reported, string expected) => Assert.Equal(expected, DebitCode.OfClosed(reported).Code);

    [Theory]
    [InlineData(DebitMode.Delay24H, 1, "2026-03-11T12:00:00+08:00")] // executed on the 10th and again on the 12th: applied for a day before
    [InlineData(DebitMode.Delay24H, 2, "2026-03-13T12:00:00+08:00")]
    [InlineData(DebitMode.Delay24H, 3, null)]
    [InlineData(DebitMode.PayLater, 1, "2026-03-11T12:00:00+08:00")]
    [InlineData(DebitMode.PayLater, 2, "2026-03-12T12:00:00+08:00")]
    [InlineData(DebitMode.PayLater, 3, null)]
    public void The_plan_counts_from_the_first_execution(DebitMode mode, int failures, string? expected)
    {
        var plan = RetryPlan.For(mode);
        var last = Noon.AddDays(plan.Days[failures - 1]);
        var next = plan.After(failures, Noon, last, last.AddMinutes(5));
        Assert.Equal(expected is null ? (DateTimeOffset?)null : At(expected), (next as NextTry.At)?.Instant);
    }

    [Fact]
    public void The_planner_never_leaves_the_window_the_gap_or_the_present() =>
        Prop.ForAll(ArbMap.Default.ArbFor<DebitMode>(), Gen.Choose(0, 400_000).Three().ToArbitrary(), Gen.Choose(0, 5).ToArbitrary(), (mode, minutes, failures) =>
        {
            var plan = RetryPlan.For(mode);
            var (first, later, then) = minutes;
            var last = Noon.AddMinutes(first + later);
            var now = last.AddMinutes(then);
            return plan.After(failures, Noon.AddMinutes(first), last, now) is not NextTry.At at
                ? failures >= 3
                : failures < 3 && DebitWindow.IsOpen(at.Instant) && at.Instant >= now && at.Instant + plan.Delay >= last + plan.LeastGap;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Theory]
    [InlineData("NOTENOUGH", 1, 1, 1, "retry")]
    [InlineData("NOTENOUGH", 2, 2, 2, "retry")]
    [InlineData("NOTENOUGH", 3, 3, 3, "suspend")]
    [InlineData("NOTENOUGH", 1, 1, 3, "suspend")] // whatever the charge
    [InlineData("RULELIMIT", 2, 2, 2, "retry")]
    [InlineData("RULELIMIT", 3, 2, 2, "suspend")]
    [InlineData("TRADE_ERROR", 1, 1, 1, "retry")]
    [InlineData("TRADE_ERROR", 2, 2, 2, "suspend")]
    [InlineData("INVALID_REQUEST", 3, 0, 0, "retry")]
    [InlineData("INVALID_REQUEST", 4, 0, 0, "stop")] // no new number every six hours for ever
    [InlineData("ORDERCLOSED", 4, 0, 0, "stop")]
    [InlineData("ACCOUNTERROR", 1, 1, 1, "suspend")]
    [InlineData("CONTRACT_NOT_EXIST", 1, 0, 0, "ask")]
    [InlineData("CONTRACT_NOT_EXIST", 2, 0, 0, "suspend")] // WeChat called the contract good in between
    [InlineData("USER_NOT_EXIST", 1, 1, 1, "ask")]
    public void A_failure_is_followed_by_what_its_code_and_its_number_say(string code, int sameCode, int failures, int inARow, string expected) =>
        Assert.Equal(expected, Follow(code, sameCode, failures, inARow, Policies) switch
        {
            AfterFailure.Retry => "retry",
            AfterFailure.Stop => "stop",
            AfterFailure.Suspend => "suspend",
            AfterFailure.AskContract => "ask",
            _ => "?",
        });

    [Fact]
    public void Where_suspending_is_switched_off_the_plan_still_ends() =>
        Assert.IsType<AfterFailure.Stop>(Follow("NOTENOUGH", 3, 3, 3, Policies with { FailuresToSuspend = 0 }));

    [Theory]
    [InlineData(0, "amount_not_positive")]
    [InlineData(2_500, "")]
    [InlineData(5_000, "")]
    [InlineData(5_001, "above_template_cap")]
    [InlineData(5_000_001, "above_single_limit")]
    public void An_amount_stays_within_every_limit(long amount, string expected) =>
        Assert.Equal(expected, DebitRules.CheckAmount(amount, Policies, TemplateLimits.For(DebitMode.Delay24H, 5_000, isFixed: false)).Code);

    [Fact]
    public void A_fixed_template_takes_exactly_its_price()
    {
        var template = TemplateLimits.For(DebitMode.Delay24H, 2_500, isFixed: true);
        Assert.Equal(LimitVerdict.Allowed, DebitRules.CheckAmount(2_500, Policies, template).Verdict);
        Assert.Equal("not_the_fixed_price", DebitRules.CheckAmount(2_499, Policies, template).Code);
    }

    [Fact]
    public void WeChats_single_limit_is_the_templates_setting()
    {
        var template = TemplateLimits.For(DebitMode.PayLater, 100_000, isFixed: false);
        Assert.Equal("above_wechat_limit", DebitRules.CheckAmount(60_000, Policies, template).Code);
        Assert.Equal("", DebitRules.CheckAmount(60_000, Policies, template with { SingleMost = 75_000 }).Code);
    }

    [Theory]
    [InlineData(5_000, LimitVerdict.Allowed)]
    [InlineData(5_001, LimitVerdict.Review)]
    public void Above_twice_the_mean_a_person_looks(long amount, LimitVerdict expected) =>
        Assert.Equal(expected, Check(DebitMode.PayLater, amount, new() { Successes = 2, Collected = 5_000 }).Verdict);

    [Fact]
    public void The_agreed_price_after_a_cheap_first_period_is_no_jump() =>
        Assert.Equal(LimitVerdict.Allowed, Check(DebitMode.Delay24H, 2_500, new() { Successes = 1, Collected = 100 }, isAgreedPrice: true).Verdict);

    [Fact]
    public void The_eleventh_debit_of_a_day_waits_for_tomorrow()
    {
        var answer = Check(DebitMode.PayLater, 100, new() { SentToday = 10 });
        Assert.Equal((LimitVerdict.Later, At("2026-03-11T07:00:00+08:00")), (answer.Verdict, answer.At));
    }

    [Fact]
    public void After_WeChats_five_successes_of_a_day_the_sixth_waits()
    {
        Assert.Equal(LimitVerdict.Allowed, Check(DebitMode.PayLater, 100, new() { SucceededToday = 4 }).Verdict);
        Assert.Equal("daily_successes", Check(DebitMode.PayLater, 100, new() { SucceededToday = 5 }).Code);
    }

    [Fact]
    public void WeChats_daily_amount_is_kept()
    {
        Assert.Equal(LimitVerdict.Allowed, Check(DebitMode.PayLater, 1_000, new() { CollectedToday = 249_000 }).Verdict);
        Assert.Equal("daily_amount", Check(DebitMode.PayLater, 1_000, new() { CollectedToday = 249_001 }).Code);
    }

    [Fact]
    public void Six_hours_lie_between_a_failure_and_the_next_try()
    {
        var answer = Check(DebitMode.PayLater, 100, new() { FailuresInARow = 1, LastExecution = Noon.AddHours(-5) });
        Assert.Equal((LimitVerdict.Later, Noon.AddHours(1)), (answer.Verdict, answer.At));
        Assert.Equal(LimitVerdict.Allowed, Check(DebitMode.PayLater, 100, new() { FailuresInARow = 1, LastExecution = Noon.AddHours(-6) }).Verdict);
    }

    [Theory]
    [InlineData(DebitMode.Delay24H, true, 2, 0, 24 * 60, false)] // accepted, asked during its day: proves nothing
    [InlineData(DebitMode.Delay24H, true, 2, 24 * 60 + 5, 24 * 60 + 10, true)]
    [InlineData(DebitMode.Delay24H, false, 2, 1, 6, true)] // apply got no answer at all
    [InlineData(DebitMode.PayLater, true, 2, 1, 6, true)]
    [InlineData(DebitMode.PayLater, true, 1, 1, 60, false)]
    [InlineData(DebitMode.PayLater, true, 9, 1, 5, false)]
    public void No_such_order_is_believed_after_two_answers_over_five_minutes(DebitMode mode, bool wasAccepted, int times, int firstMinute, int nowMinute, bool expected) =>
        Assert.Equal(expected, Asking.ProvesAbsence(mode, Noon, wasAccepted, times, Noon.AddMinutes(firstMinute), Noon.AddMinutes(nowMinute)));

    [Fact]
    public void Questions_end_after_three_days_with_a_person()
    {
        Assert.Equal(Noon.AddSeconds(30), Asking.Next(0, Noon, Noon));
        Assert.Equal(Noon.AddHours(72), Asking.Next(40, Noon, Noon.AddHours(71)));
        Assert.Null(Asking.Next(40, Noon, Noon.AddHours(72)));
    }

    [Fact]
    public void In_24_hour_mode_the_first_question_waits_for_the_execution()
    {
        Assert.Equal(Noon.AddHours(24).AddMinutes(5), Asking.First(DebitMode.Delay24H, Noon));
        Assert.Equal(Noon.AddSeconds(30), Asking.First(DebitMode.PayLater, Noon));
    }

    [Fact]
    public void A_late_notice_delays_the_debit_by_five_days()
    {
        Assert.Equal(Noon.AddDays(5), NoticeRule.DueAfter(Noon.AddDays(5), Noon));
        Assert.Equal(Noon.AddDays(5), NoticeRule.DueAfter(Noon.AddDays(3), Noon));
        Assert.Equal(At("2026-03-16T07:00:00+08:00"), NoticeRule.DueAfter(Noon.AddDays(3), Noon.AddHours(11)));
    }

    private static AfterFailure Follow(string code, int sameCode, int failures, int inARow, DebitPolicies policies) =>
        DebitRules.AfterFailure(DebitCode.Of(code), sameCode, failures, inARow, RetryPlan.For(DebitMode.PayLater), policies, Noon, Noon, Noon);

    private static LimitAnswer Check(DebitMode mode, long amount, ContractHistory history, bool isAgreedPrice = false) =>
        DebitRules.Check(amount, isAgreedPrice, RetryPlan.For(mode), Policies, TemplateLimits.For(mode, 50_000, isFixed: false), history, Noon);

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
