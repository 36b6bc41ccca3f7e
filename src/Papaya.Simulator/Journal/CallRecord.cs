using System.Text.Json.Serialization;
using Papaya.Simulator.Faults;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Journal;

/// <summary>What became of a message: of a call, whether its signature held; of a send, what the merchant's side did with it.</summary>
internal enum CallVerdict
{
    /// <summary>Nobody looked: the connection was cut before, or the call carries no signature.</summary>
    [JsonStringEnumMemberName("unchecked")]
    Unchecked,

    [JsonStringEnumMemberName("valid")]
    Valid,

    /// <summary>Signed with the key before the last reset.</summary>
    [JsonStringEnumMemberName("previous_key")]
    PreviousKey,

    [JsonStringEnumMemberName("unsigned")]
    Unsigned,

    [JsonStringEnumMemberName("bad_signature")]
    BadSignature,

    /// <summary>Not a message at all, or nobody's.</summary>
    [JsonStringEnumMemberName("unreadable")]
    Unreadable,

    [JsonStringEnumMemberName("acknowledged")]
    Acknowledged,

    /// <summary>An answer came that is no acknowledgement.</summary>
    [JsonStringEnumMemberName("not_acknowledged")]
    NotAcknowledged,

    /// <summary>Nobody answered within WeChat's patience.</summary>
    [JsonStringEnumMemberName("no_answer")]
    NoAnswer,

    /// <summary>A fault lost it or held it back: it never left.</summary>
    [JsonStringEnumMemberName("not_sent")]
    NotSent,
}

/// <summary>
/// One call of a merchant or one send of a notification, with the bytes as they went over the wire.
/// Strings to sign are worked out when somebody reads a record, not when it is made.
/// </summary>
internal sealed class CallRecord
{
    /// <summary>One sequence for calls and sends; given by the journal.</summary>
    public long Id { get; set; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Null for a call.</summary>
    public DeliveryKind? Kind { get; init; }

    public string Method { get; init; } = "POST";

    /// <summary>The path template of a call (what faults and lint name it by), or the address of a send.</summary>
    public required string Path { get; init; }

    /// <summary>The path and query as asked for, when they differ from <see cref="Path"/>.</summary>
    public string? Target { get; init; }

    public string? MchId { get; init; }

    public string? OutTradeNo { get; init; }

    public string? OutRefundNo { get; init; }

    public string? ContractId { get; init; }

    public string? ContractCode { get; init; }

    public string? Openid { get; init; }

    /// <summary>HTTP status; 0 when there was no answer.</summary>
    public int Status { get; init; }

    /// <summary>What was answered: <c>err_code</c>, the text of an unsigned refusal, or V3's <c>code</c>; null on success.</summary>
    public string? ErrCode { get; init; }

    public CallVerdict Verdict { get; init; }

    /// <summary>Of a send: why it was not acknowledged.</summary>
    public string? Why { get; init; }

    public FaultKind? Fault { get; init; }

    /// <summary>Real milliseconds from the first byte of the request to the last of the answer.</summary>
    public double DurationMs { get; init; }

    /// <summary>The caller hung up while the answer was on its way.</summary>
    public bool HungUp { get; init; }

    /// <summary>V3: how far the Authorization's timestamp was from the nearer of both clocks; null when it did not hold.</summary>
    public double? SkewSeconds { get; init; }

    /// <summary>Which connection of the caller it came on.</summary>
    public string? Connection { get; init; }

    /// <summary>The delivery of a send, its number among the sends, and how many there may be.</summary>
    public long Delivery { get; init; }

    public int Send { get; init; }

    public int Of { get; init; }

    /// <summary>The few headers that matter, of the request and of the answer.</summary>
    public KeyValuePair<string, string>[] Headers { get; init; } = [];

    public KeyValuePair<string, string>[] AnswerHeaders { get; init; } = [];

    [JsonConverter(typeof(RawText))]
    public byte[] Request { get; init; } = [];

    /// <summary>Null when there was no answer.</summary>
    [JsonConverter(typeof(RawText))]
    public byte[]? Response { get; init; }

    [JsonIgnore]
    public bool IsSend => Kind is not null;

    [JsonIgnore]
    public bool IsV3 => Path.StartsWith("/v3/", StringComparison.Ordinal) || Headers.Any(h => h.Key == "Wechatpay-Signature");

    [JsonIgnore]
    public bool Acknowledged => Verdict == CallVerdict.Acknowledged;

    /// <summary>Whether any of its numbers is this one.</summary>
    public bool Has(string number) => number == OutTradeNo || number == OutRefundNo || number == ContractId || number == ContractCode;
}
