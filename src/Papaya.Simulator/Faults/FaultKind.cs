using System.Text.Json.Serialization;

namespace Papaya.Simulator.Faults;

/// <summary>What a fault does. <see cref="FaultCatalogue"/> says where each may be used and what it needs.</summary>
internal enum FaultKind
{
    /// <summary>The connection is cut before anything was done.</summary>
    [JsonStringEnumMemberName("timeout_before")]
    TimeoutBefore,

    /// <summary>The connection is cut when all was done: the caller does not know.</summary>
    [JsonStringEnumMemberName("timeout_after")]
    TimeoutAfter,

    /// <summary>SYSTEMERROR, after processing unless told otherwise.</summary>
    [JsonStringEnumMemberName("system_error")]
    SystemError,

    /// <summary>HTTP 500 with a page instead of XML, before processing unless told otherwise.</summary>
    [JsonStringEnumMemberName("http_500")]
    Http500,

    /// <summary>An HTML page with HTTP 200 (a proxy's doing), before processing unless told otherwise.</summary>
    [JsonStringEnumMemberName("html")]
    Html,

    [JsonStringEnumMemberName("frequency_limited")]
    FrequencyLimited,

    /// <summary>The right answer or message under a wrong signature.</summary>
    [JsonStringEnumMemberName("bad_signature")]
    BadSignature,

    /// <summary>One send of a notification is lost.</summary>
    [JsonStringEnumMemberName("drop")]
    Drop,

    /// <summary>One send arrives twice, or as often as told.</summary>
    [JsonStringEnumMemberName("duplicate")]
    Duplicate,

    /// <summary>One send arrives later.</summary>
    [JsonStringEnumMemberName("delay")]
    Delay,

    /// <summary>One send waits until the merchant's next message has gone, a minute at most.</summary>
    [JsonStringEnumMemberName("reorder")]
    Reorder,

    /// <summary>A bill in which one amount is one fen off.</summary>
    [JsonStringEnumMemberName("amount_off_by_one_fen")]
    AmountOffByOneFen,

    /// <summary>The status of the rule with a page, before processing unless told otherwise.</summary>
    [JsonStringEnumMemberName("http")]
    Http,

    /// <summary>The answer says that it is zipped, and is not.</summary>
    [JsonStringEnumMemberName("bad_gzip")]
    BadGzip,

    /// <summary>The connection is cut in the middle of the answer.</summary>
    [JsonStringEnumMemberName("half_body")]
    HalfBody,

    /// <summary>The answer is shorter than it says, then the connection is cut.</summary>
    [JsonStringEnumMemberName("wrong_length")]
    WrongLength,

    /// <summary>The answer comes in small pieces over some seconds of real time.</summary>
    [JsonStringEnumMemberName("drip")]
    Drip,

    /// <summary>The right answer or message in other bytes.</summary>
    [JsonStringEnumMemberName("rewrite")]
    Rewrite,

    /// <summary>Signed with the key before the last reset.</summary>
    [JsonStringEnumMemberName("old_key")]
    OldKey,

    /// <summary><c>return_code</c> FAIL with HTTP 200, unsigned.</summary>
    [JsonStringEnumMemberName("return_fail")]
    ReturnFail,

    /// <summary>A signed refusal with the code of the rule.</summary>
    [JsonStringEnumMemberName("refuse")]
    Refuse,

    /// <summary>A query answers as things were some time ago.</summary>
    [JsonStringEnumMemberName("lag")]
    Lag,

    /// <summary>A query answers a state that is not true.</summary>
    [JsonStringEnumMemberName("lie")]
    Lie,

    /// <summary>Something else happens just before the call, or just after it.</summary>
    [JsonStringEnumMemberName("meanwhile")]
    Meanwhile,

    /// <summary>What the call causes at once is sent before its answer.</summary>
    [JsonStringEnumMemberName("early")]
    Early,

    /// <summary>A debit or a refund is executed later than promised.</summary>
    [JsonStringEnumMemberName("late")]
    Late,

    /// <summary>An accepted debit is never executed, and nobody knows it.</summary>
    [JsonStringEnumMemberName("lost")]
    Lost,

    /// <summary>A debit fails with the code of the rule.</summary>
    [JsonStringEnumMemberName("fail")]
    Fail,

    /// <summary>A debit is executed twice: WeChat's own fault.</summary>
    [JsonStringEnumMemberName("twice")]
    Twice,

    /// <summary>A refund cannot reach its account.</summary>
    [JsonStringEnumMemberName("abnormal")]
    Abnormal,

    /// <summary>A refund is closed.</summary>
    [JsonStringEnumMemberName("closed")]
    Closed,

    /// <summary>A message with another amount, validly signed.</summary>
    [JsonStringEnumMemberName("wrong_amount")]
    WrongAmount,

    /// <summary>A message of another merchant, signed with that one's key.</summary>
    [JsonStringEnumMemberName("wrong_merchant")]
    WrongMerchant,

    /// <summary>A message about a number that nobody has, validly signed.</summary>
    [JsonStringEnumMemberName("unknown_order")]
    UnknownOrder,

    /// <summary>The bill lacks its first line.</summary>
    [JsonStringEnumMemberName("missing_line")]
    MissingLine,

    /// <summary>The bill has a line about an order that never was.</summary>
    [JsonStringEnumMemberName("extra_line")]
    ExtraLine,

    /// <summary>The sums of the bill do not fit its lines.</summary>
    [JsonStringEnumMemberName("wrong_totals")]
    WrongTotals,

    /// <summary>The last line of the bill belongs to the next day.</summary>
    [JsonStringEnumMemberName("next_day_row")]
    NextDayRow,

    /// <summary>Each line of the bill comes twice.</summary>
    [JsonStringEnumMemberName("duplicate_rows")]
    DuplicateRows,

    /// <summary>The bill differs from what an earlier download gave.</summary>
    [JsonStringEnumMemberName("changed_file")]
    ChangedFile,

    /// <summary>The bill is still being made until some time of day.</summary>
    [JsonStringEnumMemberName("not_ready")]
    NotReady,

    /// <summary>The day is said to have no bill.</summary>
    [JsonStringEnumMemberName("empty")]
    Empty,

    /// <summary>The file ends in the middle.</summary>
    [JsonStringEnumMemberName("truncated")]
    Truncated,

    /// <summary>The fee of one line is rounded the other way.</summary>
    [JsonStringEnumMemberName("fee_rounding")]
    FeeRounding,

    /// <summary>V3: one of WeChat's deliberate fakes, a signature that begins WECHATPAY/SIGNTEST/.</summary>
    [JsonStringEnumMemberName("probe")]
    Probe,

    /// <summary>TCP's reset before anything was done.</summary>
    [JsonStringEnumMemberName("reset_before")]
    ResetBefore,

    /// <summary>TCP's reset when all was done.</summary>
    [JsonStringEnumMemberName("reset_after")]
    ResetAfter,

    /// <summary>All is done, and answered only when the caller has given up and gone.</summary>
    [JsonStringEnumMemberName("after_close")]
    AfterClose,

    /// <summary>V3: WeChat's own clock, as its headers tell it, is wrong.</summary>
    [JsonStringEnumMemberName("skewed_clock")]
    SkewedClock,

    /// <summary>The message of a failed debit has one of its other shapes.</summary>
    [JsonStringEnumMemberName("shape")]
    Shape,

    /// <summary>https: the handshake breaks.</summary>
    [JsonStringEnumMemberName("tls_failure")]
    TlsFailure,

    /// <summary>https: a certificate that a careful caller refuses.</summary>
    [JsonStringEnumMemberName("wrong_certificate")]
    WrongCertificate,

    /// <summary>A trade bill with very many rows.</summary>
    [JsonStringEnumMemberName("long")]
    Long,
}
