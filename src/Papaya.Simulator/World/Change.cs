using System.Text.Json;
using System.Text.Json.Serialization;
using Papaya.Simulator.Faults;

namespace Papaya.Simulator.World;

/// <summary>What one operation changed: one line of the journal. Entities are written whole, so that a line replaces what it names.</summary>
internal sealed class Change
{
    /// <summary>When; the clock is never set back behind it.</summary>
    public DateTimeOffset At { get; set; }

    /// <summary>The machine's time of a clock line: after a restart the clock has gone on at the machine's speed.</summary>
    public DateTimeOffset? MachineAt { get; set; }

    /// <summary>In a clock line: time stood, and a restart does not let it go.</summary>
    public bool Frozen { get; set; }

    public long? Offset { get; set; }

    public long? Given { get; set; }

    public long? Due { get; set; }

    public List<Merchant>? Merchants { get; set; }

    public List<Template>? Templates { get; set; }

    public List<User>? Users { get; set; }

    public List<Order>? Orders { get; set; }

    public List<Contract>? Contracts { get; set; }

    public List<SigningSession>? Signings { get; set; }

    public List<Notice>? Notices { get; set; }

    public List<Usage>? Usages { get; set; }

    public List<UserMessage>? Messages { get; set; }

    public List<Refund>? Refunds { get; set; }

    public List<Movement>? Movements { get; set; }

    public List<Delivery>? Deliveries { get; set; }

    public List<Sent>? Sent { get; set; }

    /// <summary>Deliveries that were acknowledged or given up.</summary>
    public List<long>? Ended { get; set; }

    public List<MerchantKeys>? Keys { get; set; }

    public List<PlatformIdentity>? Platform { get; set; }

    public List<FaultRule>? Faults { get; set; }

    public List<FaultMark>? FaultMarks { get; set; }

    /// <summary>Rules that were removed.</summary>
    public List<int>? FaultsGone { get; set; }

    /// <summary>Switches that were set, for all or for one merchant.</summary>
    public List<SwitchValue>? Switches { get; set; }

    /// <summary>Leaves out what a merchant did; itself, its templates and its keys stay.</summary>
    public void Without(string mchId)
    {
        Orders?.RemoveAll(o => o.MchId == mchId);
        Contracts?.RemoveAll(c => c.MchId == mchId);
        Signings?.RemoveAll(s => s.MchId == mchId);
        Notices?.RemoveAll(n => n.MchId == mchId);
        Usages?.RemoveAll(u => u.MchId == mchId);
        Messages?.RemoveAll(m => m.MchId == mchId);
        Refunds?.RemoveAll(r => r.MchId == mchId);
        Movements?.RemoveAll(m => m.MchId == mchId);
        Deliveries?.RemoveAll(d => d.MchId == mchId);
        Faults?.RemoveAll(f => f.MchId == mchId);
        Switches?.RemoveAll(s => s.MchId == mchId);
    }

    [JsonIgnore]
    public bool IsEmpty => Merchants is null && Templates is null && Users is null && Orders is null && Contracts is null && Refunds is null
        && Signings is null && Notices is null && Usages is null && Messages is null && Movements is null && Deliveries is null && Sent is null && Ended is null
        && Keys is null && Platform is null && Switches is null
        && Faults is null && FaultMarks is null && FaultsGone is null;
}

/// <summary>A switch's value; without a merchant for everybody.</summary>
internal sealed record SwitchValue(string Name, string Value, string? MchId);

/// <summary>A delivery's next appointment, without its body.</summary>
internal sealed record Sent(long Id, int Sends, bool HeldBack, DateTimeOffset DueAt, long DueNumber);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    UseStringEnumConverter = true,
    Converters = [typeof(Microseconds)])]
[JsonSerializable(typeof(Change))]
internal sealed partial class WorldJson : JsonSerializerContext;

/// <summary>UTF-8 bytes as a JSON string.</summary>
internal sealed class Utf8Text : JsonConverter<byte[]>
{
    public override byte[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var bytes = new byte[reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length];
        return bytes[..reader.CopyString(bytes)];
    }

    public override void Write(Utf8JsonWriter writer, byte[] value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}

/// <summary>Instants as microseconds since 1970.</summary>
internal sealed class Microseconds : JsonConverter<DateTimeOffset>
{
    public static DateTimeOffset Truncate(DateTimeOffset at) => new(at.UtcTicks - at.UtcTicks % TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        DateTimeOffset.UnixEpoch.AddTicks(reader.GetInt64() * TimeSpan.TicksPerMicrosecond);

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteNumberValue((value.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond);
}
