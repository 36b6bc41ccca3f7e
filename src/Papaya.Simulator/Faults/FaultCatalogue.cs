using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Faults;

/// <summary>Where a fault may strike.</summary>
[Flags]
internal enum FaultPlaces
{
    Call = 1,
    Query = 2,
    Bill = 4,
    Message = 8,
    Execution = 16,
    RefundExecution = 32,
}

/// <summary>What one kind is for.</summary>
/// <param name="IsProcessed">Whether the request is carried out although the answer is bad, unless the rule says otherwise.</param>
/// <param name="Members">The members of the rule that belong to it; one that ends in ! must be there.</param>
internal sealed record FaultEntry(FaultKind Kind, string Wire, FaultPlaces Places, bool IsProcessed, string[] Members, string Meaning, string Chinese);

/// <summary>Every kind of fault and every place where one can strike; the documentation and the checks read the same list.</summary>
internal static class FaultCatalogue
{
    /// <summary>Variants of <c>rewrite</c>.</summary>
    public static readonly string[] Rewritings =
        ["bom", "blank_lines", "padded", "plain", "shuffled", "extra", "emoji", "without", "gbk", "doctype", "duplicate_element"];

    private const FaultPlaces Call = FaultPlaces.Call;
    private const FaultPlaces Message = FaultPlaces.Message;
    private const FaultPlaces Bill = FaultPlaces.Bill;

    public static readonly IReadOnlyList<FaultEntry> All =
    [
        new(FaultKind.TimeoutBefore, "timeout_before", Call, false, [], "the connection is cut before anything is done", "处理之前断开连接"),
        new(FaultKind.TimeoutAfter, "timeout_after", Call, true, [], "it is done, then the connection is cut", "处理完成后断开连接"),
        new(FaultKind.HalfBody, "half_body", Call, true, [], "it is done; the connection is cut in the middle of the answer", "处理完成，应答只发出一半"),
        new(FaultKind.WrongLength, "wrong_length", Call, true, [], "it is done; the answer is shorter than its Content-Length", "处理完成，应答比 Content-Length 短"),
        new(FaultKind.Drip, "drip", Call, true, ["delay_seconds!"], "it is done; the answer trickles for `delay_seconds` of real time, 10 at most (the test clock waits for it)", "处理完成，应答缓慢发出（真实时间，最多 10 秒）"),
        new(FaultKind.Http, "http", Call, false, ["status!"], "a page with HTTP `status` instead of XML", "返回指定 HTTP 状态码和网页"),
        new(FaultKind.Http500, "http_500", Call, false, [], "HTTP 500 with a page instead of XML", "HTTP 500 和网页"),
        new(FaultKind.Html, "html", Call, false, [], "HTTP 200 with a page instead of XML, as a proxy answers", "HTTP 200，内容是网页（如代理返回）"),
        new(FaultKind.BadGzip, "bad_gzip", Call, false, [], "the answer says that it is zipped, and is not", "声称 gzip 压缩但内容不是"),
        new(FaultKind.Rewrite, "rewrite", Call | Message, true, ["how!", "field"], "the right answer or message in other bytes, signed as sent (except `gbk`, `doctype`, `duplicate_element`)", "内容正确但字节不同，签名按发出内容计算"),
        new(FaultKind.BadSignature, "bad_signature", Call | Message, true, [], "the right answer or message under a wrong sign", "签名错误"),
        new(FaultKind.OldKey, "old_key", Call | Message, true, [], "signed with the key before the last reset, or with one that the caller cannot have", "用旧密钥签名"),
        new(FaultKind.Probe, "probe", Call | Message, true, [], "V3: a deliberately false signature (WECHATPAY/SIGNTEST/); of a callback it goes ahead of the real send, whose turn it does not use up", "V3 探测流量：WECHATPAY/SIGNTEST/ 开头的错误签名"),
        new(FaultKind.SystemError, "system_error", Call, true, [], "SYSTEMERROR is answered", "返回 SYSTEMERROR"),
        new(FaultKind.FrequencyLimited, "frequency_limited", Call, false, [], "FREQUENCY_LIMITED is answered", "返回 FREQUENCY_LIMITED"),
        new(FaultKind.ReturnFail, "return_fail", Call, false, ["text"], "`return_code` FAIL with `text`, unsigned", "return_code=FAIL，无签名"),
        new(FaultKind.Refuse, "refuse", Call, false, ["code!", "text", "status", "field"], "refused with `code` and `text`; with `field` contract only that part of contractorder", "按指定错误码拒绝；field=contract 时只有签约部分失败"),
        new(FaultKind.Lag, "lag", FaultPlaces.Query, true, ["delay_seconds!"], "a query answers as things were `delay_seconds` ago", "查询返回一段时间之前的状态"),
        new(FaultKind.Lie, "lie", FaultPlaces.Query, true, ["code!", "how"], "a query answers the trade state `code`, under a wrong sign unless `how` is signed", "查询返回不真实的状态"),
        new(FaultKind.Meanwhile, "meanwhile", Call, false, ["do!"], "`do` happens just before the call, with `processed` true just after it", "请求处理前（或后）的一刻发生另一件事"),
        new(FaultKind.Early, "early", Call, true, [], "what the call causes at once (a debit, its message) happens before its answer leaves", "通知先于应答到达"),
        new(FaultKind.Drop, "drop", Message, false, [], "one send is lost", "通知丢失一次"),
        new(FaultKind.Duplicate, "duplicate", Message, false, ["copies", "how"], "one send arrives `copies` times (2); all at once when `how` is concurrent", "通知重复多次"),
        new(FaultKind.Delay, "delay", Message, false, ["delay_seconds!"], "one send arrives `delay_seconds` later", "通知延迟"),
        new(FaultKind.Reorder, "reorder", Message, false, [], "one send waits until the merchant's next message has gone, 60 seconds at most", "通知被后一条超越，最多等 60 秒"),
        new(FaultKind.WrongAmount, "wrong_amount", Message, false, ["amount"], "`amount` fen more (1), validly signed", "金额不符，签名有效"),
        new(FaultKind.WrongMerchant, "wrong_merchant", Message, false, [], "another merchant's number, signed with that one's key", "另一商户号，用其密钥签名"),
        new(FaultKind.UnknownOrder, "unknown_order", Message, false, [], "a number that nobody has, validly signed", "不存在的单号，签名有效"),
        new(FaultKind.Late, "late", FaultPlaces.Execution | FaultPlaces.RefundExecution, false, ["delay_seconds!"], "it is executed `delay_seconds` later", "推迟执行"),
        new(FaultKind.Lost, "lost", FaultPlaces.Execution, false, [], "it is never executed, and no query knows the order; the same number may be sent again", "永不执行，查询不到订单"),
        new(FaultKind.Fail, "fail", FaultPlaces.Execution, false, ["code!", "text"], "it fails with `code` and `text`; after SYSTEMERROR the order stays open", "按指定错误码扣款失败；SYSTEMERROR 不会自动关单"),
        new(FaultKind.Twice, "twice", FaultPlaces.Execution, false, [], "the money is taken twice, under two transaction ids: WeChat's own fault", "同一单扣款两次"),
        new(FaultKind.Abnormal, "abnormal", FaultPlaces.RefundExecution, false, [], "the refund cannot reach its account (CHANGE); a control action may end it", "退款异常（CHANGE）"),
        new(FaultKind.Closed, "closed", FaultPlaces.RefundExecution, false, [], "the refund is closed (REFUNDCLOSE)", "退款关闭（REFUNDCLOSE）"),
        new(FaultKind.AmountOffByOneFen, "amount_off_by_one_fen", Bill, true, [], "one amount of the bill is one fen off", "账单有一笔金额差一分"),
        new(FaultKind.MissingLine, "missing_line", Bill, true, [], "the bill lacks its first line", "账单缺一行"),
        new(FaultKind.ExtraLine, "extra_line", Bill, true, [], "the bill has a line about an order that never was", "账单多一行"),
        new(FaultKind.WrongTotals, "wrong_totals", Bill, true, [], "the sums do not fit the lines", "汇总与明细不符"),
        new(FaultKind.NextDayRow, "next_day_row", Bill, true, [], "the last line belongs to the next day", "末行属于次日"),
        new(FaultKind.DuplicateRows, "duplicate_rows", Bill, true, [], "each line comes twice", "每行重复"),
        new(FaultKind.ChangedFile, "changed_file", Bill, true, [], "the file differs from an earlier download (use `skip`)", "再次下载内容不同"),
        new(FaultKind.NotReady, "not_ready", Bill, false, ["at!"], "Bill Creating until `at`, Beijing time of day", "指定时间之前返回 Bill Creating"),
        new(FaultKind.Empty, "empty", Bill, false, [], "No Bill Exist on an active day", "有交易的日期返回 No Bill Exist"),
        new(FaultKind.Truncated, "truncated", Bill, true, [], "the file ends in the middle", "文件被截断"),
        new(FaultKind.FeeRounding, "fee_rounding", Bill, true, [], "the fee of one line is rounded the other way", "有一行手续费舍入方向相反"),
    ];

    /// <summary>What a V3 path knows.</summary>
    public static readonly FaultKind[] V3Calls =
    [
        FaultKind.TimeoutBefore, FaultKind.TimeoutAfter, FaultKind.HalfBody, FaultKind.WrongLength, FaultKind.Drip, FaultKind.Http, FaultKind.Http500, FaultKind.Html,
        FaultKind.BadGzip, FaultKind.BadSignature, FaultKind.Probe, FaultKind.SystemError, FaultKind.FrequencyLimited, FaultKind.Refuse,
    ];

    /// <summary>What the page of entrustweb knows.</summary>
    public static readonly FaultKind[] SigningPages =
    [
        FaultKind.TimeoutBefore, FaultKind.TimeoutAfter, FaultKind.Http, FaultKind.Http500, FaultKind.Html, FaultKind.BadGzip, FaultKind.SystemError,
        FaultKind.FrequencyLimited, FaultKind.Refuse,
    ];

    /// <summary>What h5entrustweb knows, whose answer has no sign.</summary>
    public static readonly FaultKind[] H5Calls =
        [.. SigningPages, FaultKind.HalfBody, FaultKind.WrongLength, FaultKind.Drip, FaultKind.Rewrite, FaultKind.ReturnFail];

    /// <summary>What a V3 message knows.</summary>
    public static readonly FaultKind[] V3Messages =
        [FaultKind.BadSignature, FaultKind.Probe, FaultKind.Drop, FaultKind.Duplicate, FaultKind.Delay, FaultKind.Reorder];

    /// <summary>The names of notifications, beside <c>notification</c> for all of them.</summary>
    private static readonly string[] Messages = ["payment", "debit", "contract", "refund", "v3_payment", "v3_debit", "v3_contract", "v3_refund"];

    /// <summary>The paths that only ask.</summary>
    private static readonly string[] Queries = ["/pay/orderquery", "/pay/paporderquery", "/papay/querycontract", "/pay/refundquery"];

    private static readonly string[] EntrustWeb = [Endpoints.EntrustWeb.Path, Endpoints.EntrustWeb.Partner!.Path];

    private static readonly string[] H5EntrustWeb = [Endpoints.H5EntrustWeb.Path, Endpoints.H5EntrustWeb.Partner!.Path];

    private static readonly HashSet<string> Paths = [.. EntrustWeb, .. H5EntrustWeb, .. V3Endpoints.All.Select(e => e.Path), .. V3.V3Rules.All.Select(r => r.Path)];

    private static readonly Dictionary<FaultKind, FaultEntry> ByKind = All.ToDictionary(e => e.Kind);

    public static FaultEntry Of(FaultKind kind) => ByKind[kind];

    public static bool IsMessage(string on) => Messages.Contains(on);

    public static string NameOf(DeliveryKind kind) => kind switch
    {
        DeliveryKind.Payment => "payment",
        DeliveryKind.Debit => "debit",
        DeliveryKind.Contract => "contract",
        DeliveryKind.Refund => "refund",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public static FaultPoint PointOf(Delivery delivery) =>
        new((delivery.Format == DeliveryFormat.V2 ? "" : "v3_") + NameOf(delivery.Kind), delivery.MchId, [.. new[] { delivery.OutTradeNo, delivery.OutRefundNo, delivery.ContractId }.OfType<string>()], delivery.HeldBack);

    /// <summary>Null, or why the rule makes no sense.</summary>
    public static string? WhyNot(FaultRule rule, Func<string, bool> isPath)
    {
        if (PlaceOf(rule.On, isPath) is not { } place)
        {
            return $"'on' is a path of WeChat Pay or * for all; payment, debit, contract, refund (v3_debit, v3_contract, v3_refund) or notification for all; "
                + $"execution or refund_execution. '{rule.On}' is none.";
        }

        var entry = Of(rule.Kind);
        return WhyNotThere(rule, entry) ?? ((entry.Places & place) == 0 ? $"{entry.Wire} strikes {Describe(entry.Places)}; '{rule.On}' is none."
            : rule.Times is < 1 || rule.Skip is < 0 || rule.Probability is <= 0 or > 1 or double.NaN
                ? "times is at least 1; skip is not negative; probability is above 0 and at most 1."
            : rule.Number is { } number && number.TrimEnd('*').Length == 0 ? "number is a number, or the beginning of one followed by *."
            : rule is { Kind: FaultKind.Refuse, Status: not null } && rule.On != "*" && !IsV3Path(rule.On) ? "status belongs to refuse on V3 paths: V2 refuses with HTTP 200."
            : rule.Site is not (null or "main" or "backup") ? "site is main or backup."
            : rule is { From: { } from, Until: { } until } && until <= from ? "until is later than from."
            : Surplus(rule, entry) ?? WrongMember(rule));
    }

    /// <summary>Whether a kind has something to strike there; a rule for everything passes by where it has not.</summary>
    public static bool Knows(string on, FaultKind kind) => KindsOf(on)?.Kinds.Contains(kind) ?? (kind != FaultKind.Probe || on is "*" or "notification");

    /// <summary>Answers and messages of V3 are JSON under another signature, those of signing have none: what is about XML or signs does not fit them.</summary>
    private static (string Who, FaultKind[] Kinds)? KindsOf(string on) =>
        IsV3Path(on) ? ("V3 paths know", V3Calls)
        : on.StartsWith("v3_", StringComparison.Ordinal) ? ("V3 messages know", V3Messages)
        : EntrustWeb.Contains(on) ? ("The signing page knows", SigningPages)
        : H5EntrustWeb.Contains(on) ? ("h5entrustweb knows", H5Calls)
        : null;

    private static bool IsV3Path(string on) => on.StartsWith("/v3/", StringComparison.Ordinal);

    private static string? WhyNotThere(FaultRule rule, FaultEntry entry) => Knows(rule.On, rule.Kind) ? null
        : KindsOf(rule.On) is { } place ? $"{place.Who} {Names(place.Kinds)}; not {entry.Wire}."
        : "probe is a fault of V3 paths and V3 messages.";

    public static string Names(IEnumerable<FaultKind> kinds) => string.Join(", ", kinds.Select(k => Of(k).Wire));

    public static string Describe(FaultPlaces places) => string.Join(" and ", new[]
    {
        places.HasFlag(FaultPlaces.Call) ? "calls" : null,
        places.HasFlag(FaultPlaces.Query) ? "queries" : null,
        places.HasFlag(FaultPlaces.Bill) ? "/pay/downloadbill" : null,
        places.HasFlag(FaultPlaces.Message) ? "notifications" : null,
        places.HasFlag(FaultPlaces.Execution) ? "execution" : null,
        places.HasFlag(FaultPlaces.RefundExecution) ? "refund_execution" : null,
    }.OfType<string>());

    private static FaultPlaces? PlaceOf(string on, Func<string, bool> isPath) => on switch
    {
        "notification" => FaultPlaces.Message,
        "execution" => FaultPlaces.Execution,
        "refund_execution" => FaultPlaces.RefundExecution,
        "/pay/downloadbill" => FaultPlaces.Call | FaultPlaces.Bill,
        "*" => FaultPlaces.Call,
        _ when Messages.Contains(on) => FaultPlaces.Message,
        _ when isPath(on) || Paths.Contains(on) => FaultPlaces.Call | (Queries.Contains(on) ? FaultPlaces.Query : 0),
        _ => null,
    };

    /// <summary>A member that belongs to another kind is a slip, and so is one that is not there.</summary>
    private static string? Surplus(FaultRule rule, FaultEntry entry)
    {
        (string Name, object? Value)[] members =
        [
            ("status", rule.Status), ("code", rule.Code), ("text", rule.Text), ("how", rule.How), ("field", rule.Field), ("amount", rule.Amount),
            ("copies", rule.Copies), ("at", rule.At), ("do", rule.Do),
        ];
        return members.FirstOrDefault(m => m.Value is not null && !entry.Members.Contains(m.Name) && !entry.Members.Contains(m.Name + "!")) is { Name: { } surplus }
                ? $"{surplus} does not belong to {entry.Wire}."
            : entry.Members.Contains("delay_seconds!") && rule.DelaySeconds is not > 0 ? $"{entry.Wire} needs delay_seconds > 0."
            : members.FirstOrDefault(m => m.Value is null && entry.Members.Contains(m.Name + "!")) is { Name: { } missing } ? $"{entry.Wire} needs {missing}."
            : null;
    }

    private static string? WrongMember(FaultRule rule) => rule switch
    {
        { Kind: FaultKind.Rewrite, How: var how } when !Rewritings.Contains(how) => $"how is one of {string.Join(", ", Rewritings)}.",
        { Kind: FaultKind.Rewrite, How: "without", Field: null } => "rewrite without needs field.",
        { Kind: FaultKind.Duplicate, How: not (null or "concurrent") } => "how is concurrent, or absent.",
        { Kind: FaultKind.Lie, How: not (null or "signed") } => "how is signed, or absent.",
        { Kind: FaultKind.Refuse, Field: not (null or "contract") } => "field is contract, or absent.",
        { Kind: FaultKind.Refuse, Field: "contract", On: not "/pay/contractorder" } => "field contract belongs to /pay/contractorder.",
        { Status: < 400 or > 599 } => "status is 400 to 599.",
        { Copies: < 2 or > 1000 } => "copies is 2 to 1000.",
        { Kind: FaultKind.Drip, DelaySeconds: > 10 } => "drip takes 10 seconds of real time at most.",
        { Kind: FaultKind.HalfBody or FaultKind.WrongLength or FaultKind.Drip, Processed: false } => "There is no answer to spoil when nothing is processed.",
        { At: { } at } when !TimeOnly.TryParseExact(at, "HH:mm", out _) => "at is hh:mm, Beijing time.",
        { Do: { } what } => Faults.Meanwhile.WhyNot(what),
        _ => null,
    };
}
