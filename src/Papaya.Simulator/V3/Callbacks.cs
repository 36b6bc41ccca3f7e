using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Papaya.Simulator.Faults;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.V3;

/// <summary>What WeChat tells by V3: an envelope whose resource is encrypted once, under headers that are signed anew for each send.</summary>
internal static class Callbacks
{
    private const int NonceLength = 12;

    /// <summary>A contract was signed.</summary>
    public static void Signed(SimulatorState state, Contract contract, DateTimeOffset now) =>
        Tell(state, contract, "ENTRUST.SIGN", "签约成功", now);

    /// <summary>A contract ended by any route.</summary>
    public static void ContractEnded(SimulatorState state, Contract contract, DateTimeOffset now) =>
        Tell(state, contract, "ENTRUST.TERMINATE", "解约成功", now);

    /// <summary>A debit succeeded.</summary>
    public static void Debited(SimulatorState state, Order order, DateTimeOffset now) =>
        Tell(state, order, DeliveryKind.Debit, "TRANSACTION.SUCCESS", "支付成功", Transactions.StateOf(order), now);

    /// <summary>A debit failed; the number is spent.</summary>
    public static void DebitFailed(SimulatorState state, Order order, DateTimeOffset now) =>
        Tell(state, order, DeliveryKind.Debit, "TRANSACTION.FAIL", "支付失败", "PAY_FAIL", now);

    /// <summary>An order was paid in the cashier.</summary>
    public static void Paid(SimulatorState state, Order order, DateTimeOffset now) =>
        Tell(state, order, DeliveryKind.Payment, "TRANSACTION.SUCCESS", "支付成功", Transactions.StateOf(order), now);

    /// <summary>Sends a message of V3.</summary>
    /// <param name="state">The world, its lock held.</param>
    /// <param name="delivery">Kind, merchant, address and numbers; the body is written here.</param>
    /// <param name="eventType">Such as <c>REFUND.SUCCESS</c>.</param>
    /// <param name="originalType">Such as <c>refund</c>.</param>
    /// <param name="summary">A few words.</param>
    /// <param name="write">The members of the resource.</param>
    /// <param name="now">The time.</param>
    public static void Send(
        SimulatorState state, Delivery delivery, string eventType, string originalType, string summary, Action<Utf8JsonWriter> write, DateTimeOffset now)
    {
        var nonce = state.Nonces.Next()[..NonceLength];
        var associated = state.Switches.Is("v3_associated_data", "empty") ? "" : originalType;
        var secret = state.Identities.Of(delivery.MchId).Secret;
        delivery.Body = V3Call.Write(json =>
        {
            json.WriteString("id", Id(delivery.Id, state.Numbers.Offset));
            json.WriteTime("create_time", now);
            json.WriteString("resource_type", "encrypt-resource");
            json.WriteString("event_type", eventType);
            json.WriteString("summary", summary);
            json.WriteStartObject("resource");
            json.WriteString("original_type", originalType);
            json.WriteString("algorithm", "AEAD_AES_256_GCM");
            json.WriteString("ciphertext", V3Cipher.Seal(secret, nonce, associated, V3Call.Write(write)));
            json.WriteString("associated_data", associated);
            json.WriteString("nonce", nonce);
            json.WriteEndObject();
        });
        state.Schedule(delivery, now);
        state.Put(delivery);
    }

    /// <summary>The headers of one send, signed at its moment, in the time and under the kind of key that the merchant's own calls use.</summary>
    public static KeyValuePair<string, string>[] HeadersOf(SimulatorState state, Delivery delivery, ReadOnlyMemory<byte> body, DateTimeOffset sentAt, FaultHit? fault)
    {
        PlatformIdentity signer;
        string nonce;
        DateTimeOffset at;
        using (state.Begin())
        {
            var keys = state.Identities.Of(delivery.MchId);
            nonce = NonceOf(state, delivery);
            at = (keys.KeepsMachineTime ? state.MachineNow : sentAt) + (fault?.Skew ?? TimeSpan.Zero);
            signer = fault is { Kind: FaultKind.OldKey, Rule.How: null } ? state.Identities.OutOfUse(sentAt) : state.Switches["v3_callback_key"] switch
            {
                "public_key" => state.Identities.PublicKey,
                "as_asked" when keys.AsksForPublicKey => state.Identities.PublicKey,
                _ => state.Identities.Certificate(sentAt, nonce),
            };
        }

        return fault is { Kind: FaultKind.Probe }
            ? V3Headers.Probe(signer, at, nonce, body.Span)
            : V3Headers.Sign(signer, at, nonce, body.Span, fault is { Kind: FaultKind.BadSignature });
    }

    /// <summary>With a seed by message and send: sends happen at once, beside all else that draws from the world's source.</summary>
    private static string NonceOf(SimulatorState state, Delivery delivery) => state.Options.Seed is { } seed
        ? Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}/{delivery.Id}/{delivery.Sends}/{delivery.Posts++}")))[..NonceSource.Length]
        : state.Nonces.Next();

    private static void Tell(SimulatorState state, Contract contract, string eventType, string summary, DateTimeOffset now)
    {
        if (contract.NotifyUrl is not { } url)
        {
            return;
        }

        var delivery = new Delivery
        {
            Id = state.Numbers.Plain(),
            Kind = DeliveryKind.Contract,
            Format = contract.IsGlobal ? DeliveryFormat.V3Global : DeliveryFormat.V3,
            MchId = contract.MchId,
            Url = url,
            Body = [],
            ContractId = contract.ContractId,
        };
        Send(state, delivery, eventType, "entrust", summary, json =>
        {
            if (contract.IsGlobal)
            {
                GlobalContracts.WriteChange(json, contract);
            }
            else
            {
                ScheduledContracts.Write(json, state, contract, now);
            }
        }, now);
    }

    private static void Tell(SimulatorState state, Order order, DeliveryKind kind, string eventType, string summary, string tradeState, DateTimeOffset now)
    {
        var delivery = new Delivery
        {
            Id = state.Numbers.Plain(),
            Kind = kind,
            Format = order.Currency is null ? DeliveryFormat.V3 : DeliveryFormat.V3Global,
            MchId = order.MchId,
            Url = order.NotifyUrl,
            Body = [],
            OutTradeNo = order.OutTradeNo,
            ContractId = order.ContractId,
        };
        Send(state, delivery, eventType, "transaction", summary, json => Transactions.Write(json, state, order, tradeState), now);
    }

    /// <summary>36 characters that look like a GUID and follow from the delivery.</summary>
    private static string Id(long delivery, long offset)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes($"{offset}/{delivery}")));
        return $"{hash[..8]}-{hash[8..12]}-5{hash[13..16]}-a{hash[17..20]}-{hash[20..32]}";
    }
}
