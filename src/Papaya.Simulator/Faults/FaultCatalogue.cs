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

    /// <summary>Of https.</summary>
    Handshake = 64,
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
        ["bom", "blank_lines", "padded", "plain", "shuffled", "extra", "emoji", "without", "gbk", "doctype", "duplicate_element", "after_signing"];

    /// <summary>Variants that JSON has; a document type is XML's.</summary>
    public static readonly string[] JsonRewritings = [.. Rewritings.Where(how => how != "doctype")];

    /// <summary>Variants that a file of lines has.</summary>
    public static readonly string[] FileRewritings = ["bom", "gbk"];

    /// <summary>What may be wrong with a certificate.</summary>
    public static readonly string[] Certificates = ["name", "authority", "expired"];

    /// <summary>The shapes of a failed debit's message, as the switch debit_failure_notification names them.</summary>
    public static readonly string[] Shapes = ["F1", "F1p", "F2", "F3"];

    /// <summary>Where a rule strikes before there is a request.</summary>
    public const string Handshake = "handshake";

    private const FaultPlaces Call = FaultPlaces.Call;
    private const FaultPlaces Message = FaultPlaces.Message;
    private const FaultPlaces Bill = FaultPlaces.Bill;

    public static readonly IReadOnlyList<FaultEntry> All =
    [
        new(FaultKind.TimeoutBefore, "timeout_before", Call, false, [], "the connection is cut before anything is done", "处理之前断开连接"),
        new(FaultKind.TimeoutAfter, "timeout_after", Call, true, [], "it is done, then the connection is cut", "处理完成后断开连接"),
        new(FaultKind.HalfBody, "half_body", Call, true, [], "it is done; the connection is cut in the middle of the answer", "处理完成，应答只发出一半"),
        new(FaultKind.WrongLength, "wrong_length", Call, true, [], "it is done; the answer is shorter than its Content-Length", "处理完成，应答比 Content-Length 短"),
        new(FaultKind.Drip, "drip", Call, true, ["delay_seconds!"], "it is done; the answer trickles for `delay_seconds` of real time, 10 at most (the test clock waits for it)", "处理完成，应答在 `delay_seconds` 秒真实时间内缓慢发出，最多 10 秒（测试时钟等待它）"),
        new(FaultKind.Http, "http", Call, false, ["status!"], "a page with HTTP `status` instead of XML", "返回 HTTP 状态码 `status` 和网页，而不是 XML"),
        new(FaultKind.Http500, "http_500", Call, false, [], "HTTP 500 with a page instead of XML", "HTTP 500 和网页，而不是 XML"),
        new(FaultKind.Html, "html", Call, false, [], "HTTP 200 with a page instead of XML, as a proxy answers", "HTTP 200，内容是网页而不是 XML（如代理返回）"),
        new(FaultKind.BadGzip, "bad_gzip", Call, false, [], "the answer says that it is zipped, and is not", "声称 gzip 压缩但内容不是"),
        new(FaultKind.Rewrite, "rewrite", Call | Message, true, ["how!", "field"], "the right answer or message in other bytes; of a bill, the file", "内容正确但字节不同；账单则是文件的字节不同"),
        new(FaultKind.BadSignature, "bad_signature", Call | Message, true, [], "the right answer or message under a wrong sign; of downloadfundflow and V3's file, a digest that does not fit", "签名错误；资金账单和 V3 账单文件则是摘要不符"),
        new(FaultKind.OldKey, "old_key", Call | Message, true, ["how"], "V2: signed with the key before the last reset; V3: with a platform certificate that has retired; either with one that the caller cannot have, if there is none. A V3 message with `how` apiv3: encrypted with the APIv3 key before the present one", "V2：用上次重置之前的密钥签名；V3：用已停用的平台证书签名；没有时用调用方不可能有的密钥。V3 通知加 `how` apiv3：用更换前的 APIv3 密钥加密"),
        new(FaultKind.Probe, "probe", Call | Message, true, [], "V3: a deliberately false signature (WECHATPAY/SIGNTEST/); of a callback it goes ahead of the real send, whose turn it does not use up", "V3 探测流量：WECHATPAY/SIGNTEST/ 开头的错误签名；通知时先于真正的发送，不占用它的次数"),
        new(FaultKind.SystemError, "system_error", Call, true, [], "SYSTEMERROR is answered", "返回 SYSTEMERROR"),
        new(FaultKind.FrequencyLimited, "frequency_limited", Call, false, [], "FREQUENCY_LIMITED is answered", "返回 FREQUENCY_LIMITED"),
        new(FaultKind.ReturnFail, "return_fail", Call, false, ["text"], "V2 only: `return_code` FAIL with `text`, unsigned", "仅 V2：`return_code` FAIL，文字为 `text`，无签名"),
        new(FaultKind.Refuse, "refuse", Call, false, ["code!", "text", "status", "field"], "refused with `code` and `text`; with `field` contract only that part of contractorder", "按错误码 `code` 和文字 `text` 拒绝；`field` contract 时只有 contractorder 的签约部分失败"),
        new(FaultKind.Lag, "lag", FaultPlaces.Query, true, ["delay_seconds!"], "a query answers as things were `delay_seconds` ago", "查询返回 `delay_seconds` 秒之前的状态"),
        new(FaultKind.Lie, "lie", FaultPlaces.Query, true, ["code!", "how", "field"], "a query answers the state `code`, under a wrong sign unless `how` is signed; `field` names another member than the state that it usually tells", "查询返回状态 `code`，签名错误；`how` 为 signed 时签名正确；`field` 指定平常那个状态以外的字段"),
        new(FaultKind.Meanwhile, "meanwhile", Call, false, ["do!"], "`do` happens just before the call, with `processed` true just after it", "请求处理前的一刻发生 `do`；`processed` 为 true 时在处理后的一刻"),
        new(FaultKind.Early, "early", Call, true, [], "what the call causes at once (a debit, its message) happens before its answer leaves", "请求立即引起的事（扣款及其通知）先于应答发生"),
        new(FaultKind.ResetBefore, "reset_before", Call, false, [], "TCP's reset (RST) before anything is done", "处理之前连接被重置（RST）"),
        new(FaultKind.ResetAfter, "reset_after", Call, true, [], "it is done, then TCP's reset (RST)", "处理完成后连接被重置（RST）"),
        new(FaultKind.AfterClose, "after_close", Call, true, [], "it is done, and answered only when the caller has given up and closed the connection: his own time-out decides. The test clock goes on meanwhile", "处理完成，但直到调用方放弃并断开后才应答：由调用方自己的超时决定。其间测试时钟照常走"),
        new(FaultKind.SkewedClock, "skewed_clock", Call | Message, true, ["skew_seconds!"], "V3: the time in the headers is `skew_seconds` off, validly signed; a merchant takes 300", "V3：应答和通知头里的时间戳偏差 `skew_seconds` 秒，签名有效；商户接受 300 秒以内的偏差"),
        new(FaultKind.TlsFailure, "tls_failure", FaultPlaces.Handshake, false, [], "the handshake breaks", "TLS 握手失败"),
        new(FaultKind.WrongCertificate, "wrong_certificate", FaultPlaces.Handshake, false, ["how!"], "a certificate of another `name`, of another `authority`, or `expired`", "`how` 为 name：证书域名不符；authority：签发机构不受信任；expired：已过期"),
        new(FaultKind.Drop, "drop", Message, false, [], "one send is lost", "通知丢失一次"),
        new(FaultKind.Duplicate, "duplicate", Message, false, ["copies", "how"], "one send arrives `copies` times (2); all at once when `how` is concurrent", "一次发送到达 `copies` 份（默认 2）；`how` 为 concurrent 时同时到达"),
        new(FaultKind.Delay, "delay", Message, false, ["delay_seconds!"], "one send arrives `delay_seconds` later", "一次发送晚 `delay_seconds` 秒到达"),
        new(FaultKind.Reorder, "reorder", Message, false, [], "one send waits until the merchant's next message has gone, 60 seconds at most", "通知被后一条超越，最多等 60 秒"),
        new(FaultKind.WrongAmount, "wrong_amount", Message, false, ["amount"], "`amount` fen more (1), validly signed", "金额多 `amount` 分（默认 1），签名有效"),
        new(FaultKind.WrongMerchant, "wrong_merchant", Message, false, [], "another merchant's number, signed with that one's key", "另一商户号，用其密钥签名"),
        new(FaultKind.UnknownOrder, "unknown_order", Message, false, [], "a number that nobody has, validly signed", "不存在的单号，签名有效"),
        new(FaultKind.Shape, "shape", Message, false, ["how!"], "V2: the message of a failed debit in the shape `how`: F1, F1p, F2 or F3, whatever the switch `debit_failure_notification` says; a message of success passes by", "V2：扣款失败通知的形式，`how` 为 F1、F1p、F2 或 F3，不管开关 `debit_failure_notification`；成功通知不受影响"),
        new(FaultKind.Late, "late", FaultPlaces.Execution | FaultPlaces.RefundExecution, false, ["delay_seconds!"], "it is executed `delay_seconds` later", "推迟 `delay_seconds` 秒执行"),
        new(FaultKind.Lost, "lost", FaultPlaces.Execution, false, [], "it is never executed, and no query knows the order; the same number may be sent again", "永不执行，查询不到订单；同一单号可以再次提交"),
        new(FaultKind.Fail, "fail", FaultPlaces.Execution, false, ["code!", "text"], "it fails with `code` and `text`; after SYSTEMERROR the order stays open", "扣款失败，错误码 `code`，文字 `text`；SYSTEMERROR 之后订单仍未关闭"),
        new(FaultKind.Twice, "twice", FaultPlaces.Execution, false, [], "the money is taken twice, under two transaction ids: WeChat's own fault", "同一单扣款两次，有两个微信支付订单号：微信自己的错误"),
        new(FaultKind.Abnormal, "abnormal", FaultPlaces.RefundExecution, false, [], "the refund cannot reach its account (CHANGE); a control action may end it", "退款无法到账（CHANGE），可以由控制接口了结"),
        new(FaultKind.Closed, "closed", FaultPlaces.RefundExecution, false, [], "the refund is closed (REFUNDCLOSE)", "退款关闭（REFUNDCLOSE）"),
        new(FaultKind.AmountOffByOneFen, "amount_off_by_one_fen", Bill, true, [], "one amount of the bill is one fen off", "账单有一笔金额差一分"),
        new(FaultKind.MissingLine, "missing_line", Bill, true, [], "the bill lacks its first line", "账单缺第一行"),
        new(FaultKind.ExtraLine, "extra_line", Bill, true, [], "the bill has a line about an order that never was", "账单多一行，其订单并不存在"),
        new(FaultKind.WrongTotals, "wrong_totals", Bill, true, [], "the sums do not fit the lines", "汇总与明细不符"),
        new(FaultKind.NextDayRow, "next_day_row", Bill, true, [], "the last line belongs to the next day", "末行属于次日"),
        new(FaultKind.DuplicateRows, "duplicate_rows", Bill, true, [], "each line comes twice", "每行重复"),
        new(FaultKind.ChangedFile, "changed_file", Bill, true, [], "the file differs from an earlier download (use `skip`)", "与之前下载的内容不同（配合 `skip`）"),
        new(FaultKind.NotReady, "not_ready", Bill, false, ["at!"], "the bill is still being made until `at`, Beijing time of day (hh:mm)", "北京时间 `at`（hh:mm）之前账单尚未生成"),
        new(FaultKind.Empty, "empty", Bill, false, [], "there is said to be no bill on an active day", "有交易的日期却说没有账单"),
        new(FaultKind.Truncated, "truncated", Bill, true, [], "the file ends in the middle", "文件被截断"),
        new(FaultKind.FeeRounding, "fee_rounding", Bill, true, [], "the fee of one line is rounded the other way", "有一行手续费舍入方向相反"),
        new(FaultKind.Long, "long", Bill, true, ["rows!"], "a trade bill of `rows` rows, 10,000,000 at most: the day's own and made-up payments like its first, with sums that fit; made while it is sent", "交易账单有 `rows` 行，最多 10,000,000：当天真实的行，加上仿照第一行编造的支付，汇总相符；边生成边发送"),
    ];

    /// <summary>What breaks on the way.</summary>
    private static readonly FaultKind[] Wire =
    [
        FaultKind.TimeoutBefore, FaultKind.TimeoutAfter, FaultKind.ResetBefore, FaultKind.ResetAfter, FaultKind.AfterClose, FaultKind.HalfBody, FaultKind.WrongLength,
        FaultKind.Drip, FaultKind.Http, FaultKind.Http500, FaultKind.Html, FaultKind.BadGzip,
    ];

    /// <summary>What a V3 path knows.</summary>
    public static readonly FaultKind[] V3Calls =
    [
        .. Wire, FaultKind.Rewrite, FaultKind.BadSignature, FaultKind.OldKey, FaultKind.Probe, FaultKind.SkewedClock, FaultKind.SystemError, FaultKind.FrequencyLimited,
        FaultKind.Refuse, FaultKind.Meanwhile, FaultKind.Early,
    ];

    /// <summary>What the V3 paths that only ask know.</summary>
    public static readonly FaultKind[] V3Queries = [.. V3Calls, FaultKind.Lag, FaultKind.Lie];

    /// <summary>What is wrong with a file's lines, wherever it comes from.</summary>
    private static readonly FaultKind[] Lines =
    [
        FaultKind.AmountOffByOneFen, FaultKind.MissingLine, FaultKind.ExtraLine, FaultKind.WrongTotals, FaultKind.NextDayRow, FaultKind.DuplicateRows,
        FaultKind.ChangedFile, FaultKind.Truncated,
    ];

    /// <summary>What V3's downloading of a file knows, which nothing signs; the digest was told before.</summary>
    public static readonly FaultKind[] V3Files =
        [.. Wire, FaultKind.Rewrite, FaultKind.BadSignature, FaultKind.SystemError, FaultKind.FrequencyLimited, FaultKind.Refuse, FaultKind.Meanwhile, .. Lines];

    /// <summary>What V3's offer of a fund-flow bill knows: its faults are in the file, and the digest fits them.</summary>
    public static readonly FaultKind[] V3FundFlow = [.. V3Calls, FaultKind.NotReady, FaultKind.Empty, .. Lines];

    /// <summary>What V3's offer of a trade bill knows.</summary>
    public static readonly FaultKind[] V3TradeBill = [.. V3FundFlow, FaultKind.FeeRounding, FaultKind.Long];

    /// <summary>What the page of entrustweb knows.</summary>
    public static readonly FaultKind[] SigningPages =
    [
        FaultKind.TimeoutBefore, FaultKind.TimeoutAfter, FaultKind.ResetBefore, FaultKind.ResetAfter, FaultKind.Http, FaultKind.Http500, FaultKind.Html, FaultKind.BadGzip,
        FaultKind.SystemError, FaultKind.FrequencyLimited, FaultKind.Refuse,
    ];

    /// <summary>What h5entrustweb knows, whose answer has no sign.</summary>
    public static readonly FaultKind[] H5Calls =
        [.. SigningPages, FaultKind.AfterClose, FaultKind.HalfBody, FaultKind.WrongLength, FaultKind.Drip, FaultKind.Rewrite, FaultKind.ReturnFail];

    /// <summary>What a V3 message knows.</summary>
    public static readonly FaultKind[] V3Messages =
    [
        FaultKind.Rewrite, FaultKind.BadSignature, FaultKind.OldKey, FaultKind.Probe, FaultKind.SkewedClock, FaultKind.Drop, FaultKind.Duplicate, FaultKind.Delay,
        FaultKind.Reorder, FaultKind.WrongAmount, FaultKind.WrongMerchant, FaultKind.UnknownOrder,
    ];

    /// <summary>What is V3's alone.</summary>
    private static readonly FaultKind[] OnlyV3 = [FaultKind.Probe, FaultKind.SkewedClock];

    /// <summary>The names of notifications, beside <c>notification</c> for all of them.</summary>
    private static readonly string[] Messages = ["payment", "debit", "contract", "refund", "v3_payment", "v3_debit", "v3_contract", "v3_refund"];

    private static readonly string[] Bills = [Endpoints.DownloadBill.Path, Endpoints.DownloadFundFlow.Path, "/v3/bill/tradebill", "/v3/bill/fundflowbill", "/v3/billdownload/file"];

    /// <summary>The paths that only ask.</summary>
    private static readonly string[] Queries =
    [
        "/pay/orderquery", "/pay/paporderquery", "/papay/querycontract", "/pay/refundquery", Endpoints.QueryContract.Partner!.Path, Endpoints.PapOrderQuery.Partner!.Path,
        .. V3.V3Rules.All.Where(r => r.Method == "GET" && r.Path != "/v3/certificates" && !Bills.Contains(r.Path)).Select(r => r.Path),
    ];

    private static readonly string[] EntrustWeb = [Endpoints.EntrustWeb.Path, Endpoints.EntrustWeb.Partner!.Path];

    private static readonly string[] H5EntrustWeb = [Endpoints.H5EntrustWeb.Path, Endpoints.H5EntrustWeb.Partner!.Path];

    private static readonly HashSet<string> Paths = [.. EntrustWeb, .. H5EntrustWeb, .. V3Endpoints.All.Select(e => e.Path), .. V3.V3Rules.All.Select(r => r.Path)];

    /// <summary>All that a rule's <c>on</c> may be: paths, <c>*</c>, messages, moments.</summary>
    /// <param name="calls">The paths of V2 that are called with XML.</param>
    public static IEnumerable<string> PlacesWith(IEnumerable<string> calls) =>
        [.. calls.Union(Paths).Order(StringComparer.Ordinal), "*", .. Messages, "notification", "execution", "refund_execution", Handshake];

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
        new((delivery.Format == DeliveryFormat.V2 ? "" : "v3_") + NameOf(delivery.Kind), delivery.MchId, [.. new[] { delivery.OutTradeNo, delivery.OutRefundNo, delivery.ContractId }.OfType<string>()], delivery.HeldBack)
        {
            // Only transaction_id proves a payment, whatever the shape.
            IsFailure = delivery is { Format: DeliveryFormat.V2, Kind: DeliveryKind.Debit } && delivery.Body.AsSpan().IndexOf("<transaction_id>"u8) < 0,
        };

    /// <summary>Whether a kind has something to strike there; a rule for everything passes by where it has not.</summary>
    public static bool Knows(string on, FaultKind kind) => KindsOf(on)?.Kinds.Contains(kind) ?? (on switch
    {
        "*" or "notification" => true,
        "/pay/downloadbill" => kind is not (FaultKind.BadSignature or FaultKind.OldKey or FaultKind.Early),
        "/pay/downloadfundflow" => kind is not (FaultKind.OldKey or FaultKind.Early or FaultKind.FeeRounding or FaultKind.Long),
        _ => !(kind == FaultKind.Shape && on != "debit"),
    } && (on is "*" or "notification" || !OnlyV3.Contains(kind)));

    /// <summary>Answers and messages of V3 are JSON under another signature, those of signing have none: what is about XML or signs does not fit them.</summary>
    public static (string Who, FaultKind[] Kinds)? KindsOf(string on) => on switch
    {
        "/v3/bill/tradebill" => (on + " knows", V3TradeBill),
        "/v3/bill/fundflowbill" => (on + " knows", V3FundFlow),
        "/v3/billdownload/file" => (on + " knows", V3Files),
        _ when IsV3Path(on) => Queries.Contains(on) ? ("V3 paths that ask know", V3Queries) : ("V3 paths know", V3Calls),
        _ when on.StartsWith("v3_", StringComparison.Ordinal) => ("V3 messages know", V3Messages),
        _ when EntrustWeb.Contains(on) => ("The signing page knows", SigningPages),
        _ when H5EntrustWeb.Contains(on) => ("h5entrustweb knows", H5Calls),
        _ => null,
    };

    public static bool IsV3Path(string on) => on.StartsWith("/v3/", StringComparison.Ordinal);

    /// <summary>Paths whose answer is a file.</summary>
    public static bool IsFile(string on) => Bills.Contains(on) && !on.StartsWith("/v3/bill/", StringComparison.Ordinal);

    public static string Names(IEnumerable<FaultKind> kinds) => string.Join(", ", kinds.Select(k => Of(k).Wire));

    public static string Describe(FaultPlaces places) => string.Join(" and ", new[]
    {
        places.HasFlag(FaultPlaces.Call) ? "calls" : null,
        places.HasFlag(FaultPlaces.Query) ? "queries" : null,
        places.HasFlag(FaultPlaces.Bill) ? "bills" : null,
        places.HasFlag(FaultPlaces.Message) ? "notifications" : null,
        places.HasFlag(FaultPlaces.Execution) ? "execution" : null,
        places.HasFlag(FaultPlaces.RefundExecution) ? "refund_execution" : null,
        places.HasFlag(FaultPlaces.Handshake) ? Handshake : null,
    }.OfType<string>());

    public static FaultPlaces? PlaceOf(string on, Func<string, bool> isPath) => on switch
    {
        "notification" => FaultPlaces.Message,
        "execution" => FaultPlaces.Execution,
        "refund_execution" => FaultPlaces.RefundExecution,
        Handshake => FaultPlaces.Handshake,
        "*" => FaultPlaces.Call,
        _ when Bills.Contains(on) => FaultPlaces.Call | FaultPlaces.Bill,
        _ when Messages.Contains(on) => FaultPlaces.Message,
        _ when isPath(on) || Paths.Contains(on) => FaultPlaces.Call | (Queries.Contains(on) ? FaultPlaces.Query : 0),
        _ => null,
    };
}
