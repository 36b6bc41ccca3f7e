using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Papaya.Simulator.Calls;
using Papaya.Simulator.Faults;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Control;

internal sealed record Health(string Status);

/// <summary>Every refusal of the control API.</summary>
internal sealed record Refusal(string Reason);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    UseStringEnumConverter = true,
    Converters = [typeof(Rfc3339)])]
[JsonSerializable(typeof(Health))]
[JsonSerializable(typeof(ClockView))]
[JsonSerializable(typeof(ClockMove))]
[JsonSerializable(typeof(Listing<Lint.LintLine>))]
[JsonSerializable(typeof(ProbeRequest))]
[JsonSerializable(typeof(ProbeView))]
[JsonSerializable(typeof(BatchRequest))]
[JsonSerializable(typeof(Listing<BatchMember>))]
[JsonSerializable(typeof(SnapshotRequest))]
[JsonSerializable(typeof(RestoreRequest))]
[JsonSerializable(typeof(ResetRequest))]
[JsonSerializable(typeof(SnapshotView))]
[JsonSerializable(typeof(Listing<SnapshotView>))]
[JsonSerializable(typeof(RestoredView))]
[JsonSerializable(typeof(Refusal))]
[JsonSerializable(typeof(MerchantRequest))]
[JsonSerializable(typeof(MerchantView))]
[JsonSerializable(typeof(PlatformView))]
[JsonSerializable(typeof(Listing<PlatformView>))]
[JsonSerializable(typeof(RotateRequest))]
[JsonSerializable(typeof(RenewRequest))]
[JsonSerializable(typeof(CertificateView))]
[JsonSerializable(typeof(TemplateRequest))]
[JsonSerializable(typeof(DisableRequest))]
[JsonSerializable(typeof(Listing<UserView>))]
[JsonSerializable(typeof(Template))]
[JsonSerializable(typeof(Listing<Template>))]
[JsonSerializable(typeof(UserRequest))]
[JsonSerializable(typeof(UserView))]
[JsonSerializable(typeof(CouponRequest))]
[JsonSerializable(typeof(CashierRequest))]
[JsonSerializable(typeof(CashierResult))]
[JsonSerializable(typeof(EntrustRequest))]
[JsonSerializable(typeof(SigningResult))]
[JsonSerializable(typeof(TerminateRequest))]
[JsonSerializable(typeof(ContractView))]
[JsonSerializable(typeof(Listing<ContractView>))]
[JsonSerializable(typeof(OrderView))]
[JsonSerializable(typeof(LedgerView))]
[JsonSerializable(typeof(CallView))]
[JsonSerializable(typeof(Listing<CallView>))]
[JsonSerializable(typeof(SendView))]
[JsonSerializable(typeof(Listing<SendView>))]
[JsonSerializable(typeof(DeliveryView))]
[JsonSerializable(typeof(Listing<DeliveryView>))]
[JsonSerializable(typeof(ResendRequest))]
[JsonSerializable(typeof(FundsRequest))]
[JsonSerializable(typeof(RefundRequest))]
[JsonSerializable(typeof(RefundEndRequest))]
[JsonSerializable(typeof(RefundView))]
[JsonSerializable(typeof(Listing<RefundView>))]
[JsonSerializable(typeof(FundsView))]
[JsonSerializable(typeof(FaultRequest))]
[JsonSerializable(typeof(FaultRule))]
[JsonSerializable(typeof(FaultKind))]
[JsonSerializable(typeof(Listing<ScenarioView>))]
[JsonSerializable(typeof(ScenarioRunRequest))]
[JsonSerializable(typeof(Scenarios.ScenarioResult))]
[JsonSerializable(typeof(Listing<FaultRule>))]
[JsonSerializable(typeof(Listing<SwitchView>))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class ControlJson : JsonSerializerContext;

/// <summary>Instants as RFC 3339 in UTC with a <c>Z</c>; any offset is read, and none is not: the machine's own time zone would decide what was meant.</summary>
internal sealed class Rfc3339 : JsonConverter<DateTimeOffset>
{
    /// <summary>Whether an instant says from which place's noon it counts.</summary>
    public static bool HasOffset(string text) => text is [.., 'Z' or 'z'] or [.., '+' or '-', _, _, ':', _, _];

    public static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString() is { } text && HasOffset(text) && reader.TryGetDateTimeOffset(out var at) ? at.ToUniversalTime() : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(Text(value));
}
