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

/// <summary>A notification on its way, with the number of sends made.</summary>
internal sealed class Delivery : Scheduled
{
    public required long Id { get; set; }

    public DeliveryKind Kind { get; set; }

    public required string MchId { get; set; }

    public required string Url { get; set; }

    /// <summary>The message as it goes out, UTF-8.</summary>
    [JsonConverter(typeof(Utf8Text))]
    public required byte[] Body { get; set; }

    public string? OutTradeNo { get; set; }

    public string? ContractId { get; set; }

    public int Sends { get; set; }

    /// <summary>Held back once by a fault; the next appointment is its send.</summary>
    public bool HeldBack { get; set; }
}
