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
}
