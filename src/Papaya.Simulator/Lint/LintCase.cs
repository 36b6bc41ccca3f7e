using Papaya.Simulator.Journal;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Lint;

/// <summary>One record as a rule sees it: parsed, with what was known before it, and with the world at hand.</summary>
internal sealed class LintCase(LintReport report, SimulatorState state, LintFacts facts, CallRecord record)
{
    public const string Apply = "/pay/pappayapply";
    public const string Order = "/pay/contractorder";
    public const string DebitQuery = "/pay/paporderquery";
    public const string OrderQuery = "/pay/orderquery";
    public const string Close = "/pay/closeorder";
    public const string Refund = "/secapi/pay/refund";
    public const string ContractQuery = "/papay/querycontract";
    public const string ContractDelete = "/papay/deletecontract";

    private LintRule? _rule;

    public CallRecord Record => record;

    public LintFacts Facts => facts;

    public SimulatorState State => state;

    /// <summary>The request of a call, or the message of a send; null when it is no V2 message.</summary>
    public V2Message? Request { get; } = V2Message.TryParse(record.Request, out var request, out _) ? request : null;

    /// <summary>The answer to a call; null when there was none that can be read.</summary>
    public V2Message? Reply { get; } = !record.IsSend && record.Response is { } bytes && V2Message.TryParse(bytes, out var reply, out _) ? reply : null;

    /// <summary>No answer to a call, or one that tells nothing.</summary>
    public bool IsUnknown => record.Status is 0 or >= 500 || Reply is null || record.ErrCode == "SYSTEMERROR";

    /// <summary>Which order a refund is of, by the merchant's number or WeChat's.</summary>
    public string? RefundedOrder => record.OutTradeNo ?? (Text("transaction_id") is { } transaction && record.MchId is { } mchId
        ? state.FindOrderByTransaction(mchId, transaction)?.OutTradeNo
        : null);

    public string? Text(string name) => Request?[name] is { Length: > 0 } value ? value : null;

    public LintCase For(LintRule rule)
    {
        _rule = rule;
        return this;
    }

    /// <summary>The situation arose and was handled well.</summary>
    public void Pass() => report.Pass(_rule!, record.MchId);

    public void Fault(string detail, params long[] earlier) => Fault(_rule!.Severity, detail, earlier);

    public void Fault(LintSeverity severity, string detail, params long[] earlier) =>
        report.Fault(
            _rule!, new(record.At, record.MchId ?? "", record.OutTradeNo ?? record.OutRefundNo ?? record.ContractId ?? record.ContractCode,
                [.. earlier.Where(e => e > 0).Select(e => Name(e, isSend: false)), Name(record.Id, record.IsSend)], detail, severity),
            $"{record.Id}/{detail}");

    /// <summary>Passes, or finds fault.</summary>
    public void Judge(bool isGood, string detail, params long[] earlier)
    {
        if (isGood)
        {
            Pass();
        }
        else
        {
            Fault(detail, earlier);
        }
    }

    public static string Name(long id, bool isSend) => (isSend ? "s" : "r") + id.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>What rules look at when a report is asked for.</summary>
internal sealed class LintReview(LintReport report, SimulatorState state, LintFacts facts, DateTimeOffset now)
{
    private LintRule? _rule;

    public LintFacts Facts => facts;

    public SimulatorState State => state;

    public DateTimeOffset Now => now;

    public LintReview For(LintRule rule)
    {
        _rule = rule;
        return this;
    }

    public void Pass(string mchId, string key) => report.Pass(_rule!, mchId, key);

    public void Fault(string mchId, string? number, DateTimeOffset at, long record, string detail) =>
        report.Fault(_rule!, new(at, mchId, number, record > 0 ? [LintCase.Name(record, isSend: false)] : [], detail, _rule!.Severity), $"{number}/{detail}");

    public void Judge(bool isGood, string mchId, string number, DateTimeOffset at, long record, string detail)
    {
        if (isGood)
        {
            Pass(mchId, number);
        }
        else
        {
            Fault(mchId, number, at, record, detail);
        }
    }
}
