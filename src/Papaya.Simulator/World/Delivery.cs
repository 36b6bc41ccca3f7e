using System.Text.Json.Serialization;

namespace Papaya.Simulator.World;

internal enum DeliveryKind
{
    /// <summary>Payment result of a cashier order.</summary>
    [JsonStringEnumMemberName("payment")]
    Payment,

    [JsonStringEnumMemberName("debit")]
    Debit,

    [JsonStringEnumMemberName("contract")]
    Contract,

    [JsonStringEnumMemberName("refund")]
    Refund,
}

/// <summary>Which family a message belongs to.</summary>
internal enum DeliveryFormat
{
    /// <summary>XML, signed once inside; its repeats are the same bytes.</summary>
    V2,

    /// <summary>JSON, encrypted once; its headers are signed anew for each send. Acknowledged by any 2xx.</summary>
    V3,

    /// <summary>As V3, of the global family: its own schedule.</summary>
    V3Global,
}

/// <summary>A notification on its way, with the number of sends made.</summary>
internal sealed class Delivery : Scheduled
{
    public required long Id { get; set; }

    public DeliveryKind Kind { get; set; }

    public override required string MchId { get; set; }

    public required string Url { get; set; }

    /// <summary>The message as it goes out, UTF-8.</summary>
    [JsonConverter(typeof(Utf8Text))]
    public required byte[] Body { get; set; }

    public DeliveryFormat Format { get; set; }

    public string? OutTradeNo { get; set; }

    public string? OutRefundNo { get; set; }

    public string? ContractId { get; set; }

    public int Sends { get; set; }

    /// <summary>How often it went out in this run, copies and probes included. Under the lock.</summary>
    [JsonIgnore]
    public int Posts { get; set; }

    /// <summary>Sent by hand: not repeated, whatever the answer.</summary>
    public bool IsOnce { get; set; }

    /// <summary>Held back once by a fault; the next appointment is its send.</summary>
    public bool HeldBack { get; set; }
}
