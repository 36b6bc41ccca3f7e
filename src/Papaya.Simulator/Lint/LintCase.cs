using System.Globalization;
using System.Text.Json;
using Papaya.Simulator.Faults;
using Papaya.Simulator.Journal;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Lint;

/// <summary>One record as a rule sees it: parsed, with what was known before it, and with the world at hand.</summary>
internal sealed class LintCase(LintReport report, LintWorld world, LintFacts facts, CallRecord record, string mchId, V2Message? request, V2Message? reply)
{
    public const string Apply = "/pay/pappayapply";
    public const string Order = "/pay/contractorder";
    public const string DebitQuery = "/pay/paporderquery";
    public const string OrderQuery = "/pay/orderquery";
    public const string Close = "/pay/closeorder";
    public const string Refund = "/secapi/pay/refund";
    public const string ContractQuery = "/papay/querycontract";
    public const string ContractDelete = "/papay/deletecontract";
    public const string Bill = "/pay/downloadbill";
    public const string V3Bill = "/v3/bill/tradebill";
    public const string EntrustPage = "/papay/entrustweb";
    public const string H5Page = "/papay/readentrustwebtemplate";
    public const string Notice = "/v3/papay/contracts/{contract_id}/notify";

    private LintRule? _rule;
    private List<NumberFacts>? _others;
    private bool _knowsOthers;

    public CallRecord Record => record;

    public LintFacts Facts => facts;

    public LintWorld World => world;

    /// <summary>Who called, or who is told; a merchant of this world.</summary>
    public string MchId => mchId;

    /// <summary>The request of a call, or the message of a send; null when it is no V2 message.</summary>
    public V2Message? Request => request;

    /// <summary>The answer to a call; null when there was none that can be read.</summary>
    public V2Message? Reply => reply;

    /// <summary>No answer to a call, or one that tells nothing: nothing that can be read, SYSTEMERROR, or a sign that does not fit.</summary>
    public bool IsUnknown =>
        record.Status is 0 or >= 500 || (reply is null && !record.IsV3) || record.ErrCode == "SYSTEMERROR" || IsForged || !HasAnswer;

    /// <summary>Whether the call's own answer reached the caller as a whole: nothing came instead of it, and it did not break on its way.</summary>
    public bool HasAnswer =>
        !IsReplaced && record.Fault is not (FaultKind.AfterClose or FaultKind.HalfBody or FaultKind.WrongLength);

    /// <summary>Whether something else was sent instead of the call's own answer.</summary>
    public bool IsReplaced => record.Fault is { } fault && WireFaults.Replaces(fault);

    /// <summary>A page that a user's browser opens: no call of the merchant's server.</summary>
    public bool IsPage => record.Path == H5Page || record.Path.EndsWith("/entrustweb", StringComparison.Ordinal);

    /// <summary>An answer whose sign was made wrong on purpose: whoever verifies knows nothing. A lie may be signed.</summary>
    public bool IsForged => record.Fault == FaultKind.BadSignature || (record.Fault == FaultKind.Lie && reply is not null && !world.IsSigned(reply, mchId));

    public bool IsQuery => record.Path is DebitQuery or OrderQuery;

    /// <summary>What a query was told of an order's state, in either version of the interface.</summary>
    public string? TradeState
    {
        get
        {
            if (!record.IsV3)
            {
                return reply?["trade_state"];
            }

            using var answer = Parse(record.Response);
            return answer?.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("trade_state", out var state) ? state.GetString() : null;
        }
    }

    /// <summary>A query about an order, in either version of the interface.</summary>
    public bool AsksAboutOrder => IsQuery || (record is { IsV3: true, Method: "GET", OutTradeNo: not null } && !record.Path.Contains("refund", StringComparison.Ordinal));

    /// <summary>With which algorithm a V2 call is validly signed; null for any other call.</summary>
    public SignType? Algorithm =>
        record is { IsSend: false, IsV3: false, Verdict: CallVerdict.Valid or CallVerdict.PreviousKey } && request?["sign"] is { } sign
            ? sign.Length == 64 ? SignType.HmacSha256 : SignType.Md5
            : null;

    /// <summary>Which order a refund is of, by the merchant's number or WeChat's.</summary>
    public string? RefundedOrder => field ??= record.OutTradeNo ?? (Text("transaction_id") is { } transaction ? world.NumberOf(mchId, transaction) : null);

    /// <summary>What is known about the number of this call.</summary>
    public NumberFacts? Number => record.OutTradeNo is { } number ? facts.Numbers.Find((mchId, number)) : null;

    /// <summary>The other numbers of the contract that an apply is about; null when it is no apply, or the first of its contract.</summary>
    public List<NumberFacts>? Others
    {
        get
        {
            if (!_knowsOthers)
            {
                _knowsOthers = true;
                _others = record is { Path: Apply, ContractId: { } contract } && facts.NumbersOf.Find((mchId, contract)) is { } all
                    ? all.FindAll(n => n.Number != record.OutTradeNo && n.Known != Knowledge.Refused)
                    : null;
            }

            return _others;
        }
    }

    /// <summary>A V3 query about a contract.</summary>
    public bool AsksAboutContract(string path) => path.StartsWith("/v3/", StringComparison.Ordinal) && record.Method == "GET" && path.Contains("contracts/", StringComparison.Ordinal);

    public string? Text(string name) => request?[name] is { Length: > 0 } value ? value : null;

    /// <summary>A header of the request, if the journal keeps it.</summary>
    public string? Header(string name)
    {
        foreach (var (key, value) in record.Headers)
        {
            if (key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>The body of a V3 call; the caller disposes it. Null when it is no JSON.</summary>
    public JsonDocument? Json() => Parse(record.Request);

    public LintCase For(LintRule rule)
    {
        _rule = rule;
        return this;
    }

    /// <summary>The situation arose and was handled well.</summary>
    public void Pass() => report.Pass(_rule!, mchId);

    public void Fault(string detail, params long[] earlier) => Fault(_rule!.Severity, detail, earlier);

    public void Fault(LintSeverity severity, string detail, params long[] earlier) =>
        report.Fault(
            _rule!, new(record.At, mchId, record.OutTradeNo ?? record.OutRefundNo ?? record.ContractId ?? record.ContractCode,
                [.. earlier.Where(e => e > 0).Select(e => Name(e, isSend: false)), Name(record.Id, record.IsSend)], detail, severity));

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

    private static JsonDocument? Parse(byte[]? json)
    {
        try
        {
            return json is not { Length: > 0 } ? null : JsonDocument.Parse(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static string Name(long id, bool isSend) => (isSend ? "s" : "r") + id.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What rules look at as time goes by.</summary>
internal sealed class LintReview(LintReport report, LintWorld world, LintFacts facts)
{
    private LintRule? _rule;

    public LintFacts Facts => facts;

    public LintWorld World => world;

    public DateTimeOffset Now { get; private set; }

    public LintReview At(DateTimeOffset now)
    {
        Now = now;
        return this;
    }

    public LintReview For(LintRule rule)
    {
        _rule = rule;
        return this;
    }

    public void Pass(string mchId) => report.Pass(_rule!, mchId);

    public void Fault(string mchId, string? number, DateTimeOffset at, string detail, string? evidence = null) =>
        report.Fault(_rule!, new(at, mchId, number, evidence is null ? [] : [evidence], detail, _rule!.Severity));

    /// <summary>Finds fault with each promise whose time is over.</summary>
    public void Overdue(Promises promises, Func<Promise, bool>? stands = null)
    {
        while (promises.TakeOverdue(Now) is { } broken)
        {
            if (stands?.Invoke(broken) ?? true)
            {
                Fault(broken.MchId, broken.Number, broken.At, broken.Detail, broken.Record > 0 ? LintCase.Name(broken.Record, broken.IsSend) : null);
            }
        }
    }
}
