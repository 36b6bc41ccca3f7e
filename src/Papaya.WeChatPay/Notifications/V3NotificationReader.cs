using System.Text.Json;
using Papaya.WeChatPay.Scheduled;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Notifications;

/// <summary>
/// Reads V3 callbacks: signature over the raw bytes, then the envelope, then the resource under the APIv3 keys
/// (https://pay.weixin.qq.com/doc/v3/merchant/4012071382). Whatever arrives, the outcome is a notification or a refusal.
/// </summary>
internal static class V3NotificationReader
{
    private const string Algorithm = "AEAD_AES_256_GCM";

    public static (Notification? Notification, NotificationRefusal? Refusal) Read(
        ReadOnlyMemory<byte> body, NotificationHeaders headers, MerchantCredentials credentials, TimeProvider clock)
    {
        if (credentials.V3 is not { } v3)
        {
            return Refused(NotificationFault.UnknownKey, "MerchantCredentials.V3 is not configured.");
        }

        // Larger than anything WeChat sends; said before the cost of hashing it.
        if (body.Length > V2Message.DefaultLimit)
        {
            return Refused(NotificationFault.Unreadable, $"The body is longer than {V2Message.DefaultLimit} bytes.");
        }

        return V3Signature.Verify(v3.PlatformKeys, headers, body.Span, clock.GetUtcNow(), v3.ClockTolerance) switch
        {
            V3Verdict.Valid => For(credentials.MerchantNumber, Open(body, headers, v3)),
            V3Verdict.Missing => Refused(NotificationFault.SignatureMissing, "A header of the signature is missing or makes no sense."),
            V3Verdict.Probe => Refused(NotificationFault.Probe, "A wrong signature that WeChat sent on purpose."),
            V3Verdict.Stale => Refused(NotificationFault.Stale, $"The timestamp is more than {v3.ClockTolerance.TotalSeconds:0} s from the clock."),
            V3Verdict.UnknownKey => Refused(NotificationFault.UnknownKey, "Wechatpay-Serial names a key that is not trusted."),
            _ => Refused(NotificationFault.SignatureMismatch, "The signature does not fit."),
        };
    }

    // An event without a type may name no merchant: its key has spoken.
    private static (Notification? Notification, NotificationRefusal? Refusal) For(string merchant, (Notification? Notification, NotificationRefusal? Refusal) read) =>
        read.Notification is { MerchantNumber: { Length: > 0 } number } && number != merchant
            ? (null, new(NotificationFault.Foreign, NotificationReader.OtherMerchant, number))
            : read;

    private static (Notification? Notification, NotificationRefusal? Refusal) Open(ReadOnlyMemory<byte> body, NotificationHeaders headers, V3Credentials v3)
    {
        if (!V3Json.TryParse(body.Span, V2Message.DefaultLimit, out var root, out var problem))
        {
            return Refused(NotificationFault.Unreadable, problem);
        }

        if (root.Text("id") is not { } id || root.Text("event_type") is not { } type || root.Object("resource") is not { } resource
            || resource.Text("nonce") is not { } nonce || resource.Text("ciphertext") is not { } ciphertext)
        {
            return Refused(NotificationFault.Incomplete, "The envelope lacks id, event_type, or a member of resource.");
        }

        if (resource.Text("algorithm") != Algorithm)
        {
            return Refused(NotificationFault.Undecipherable, $"The algorithm is not {Algorithm}.");
        }

        if (Decrypt(v3, nonce, resource.Text("associated_data") ?? "", ciphertext) is not { } plain)
        {
            return Refused(NotificationFault.Undecipherable, "The resource was not encrypted under any of the APIv3 keys.");
        }

        return V3Json.TryParse(plain, V2Message.DefaultLimit, out var inner, out problem)
            ? Type(new V3Envelope(id, root.Time("create_time"), type, root.Text("summary"), resource.Text("original_type"), headers.Serial!, plain, inner))
            : Refused(NotificationFault.Unreadable, "The resource: " + problem);
    }

    private static byte[]? Decrypt(V3Credentials v3, string nonce, string associatedData, string ciphertext)
    {
        foreach (var key in v3.ApiV3Keys)
        {
            if (V3Cipher.TryOpen(key, nonce, associatedData, ciphertext, out var plain))
            {
                return plain;
            }
        }

        return null;
    }

    private static (Notification? Notification, NotificationRefusal? Refusal) Type(V3Envelope envelope) => envelope.EventType switch
    {
        "ENTRUST.SIGN" => Contract(envelope, ScheduledContractChange.Signed),
        "ENTRUST.TERMINATE" => Contract(envelope, ScheduledContractChange.Terminated),
        // What it holds is not published: what is no contract is handed on as it is.
        "ENTRUST.TERMINATE_INQUIRY" => Contract(envelope, ScheduledContractChange.TerminateInquiry) is { Notification: { } } read ? read : (new UnknownV3Notification(envelope), null),
        "TRANSACTION.SUCCESS" or "TRANSACTION.FAIL" => !HasMerchant(envelope) ? WithoutMerchant()
            : V3Transaction.Read(envelope.Resource) is { } transaction ? (new TransactionNotification(envelope, transaction), null)
            : Refused(NotificationFault.Incomplete, "out_trade_no or trade_state is missing."),
        "REFUND.SUCCESS" or "REFUND.ABNORMAL" or "REFUND.CLOSED" => !HasMerchant(envelope) ? WithoutMerchant()
            : envelope.Resource.Text("out_refund_no") is { } refund && envelope.Resource.Text("out_trade_no") is { } order
                ? (new V3RefundNotification(envelope, refund, order), null)
                : Refused(NotificationFault.Incomplete, "out_refund_no or out_trade_no is missing."),
        _ => (new UnknownV3Notification(envelope), null),
    };

    private static (Notification? Notification, NotificationRefusal? Refusal) Contract(V3Envelope envelope, ScheduledContractChange change) =>
        !HasMerchant(envelope) ? WithoutMerchant()
        : Overseas(envelope, change) is { } overseas ? (overseas, null)
        : ScheduledContract.Read(envelope.Resource) is { } contract ? (new ScheduledContractNotification(envelope, change, contract), null)
        : Refused(NotificationFault.Incomplete, "contract_id, out_contract_code or plan_id is missing.");

    // Those of the mainland tell the contract with its state, those of overseas only what was done to it and when.
    private static GlobalContractNotification? Overseas(V3Envelope envelope, ScheduledContractChange change) =>
        envelope.Resource.Text("contract_state") is null && envelope.Resource.Time("operate_time") is { } at
        && envelope.Resource.Text("contract_id") is { } id && envelope.Resource.Text("out_contract_code") is { } number
            ? new(envelope, change, id, number, at)
            : null;

    private static bool HasMerchant(V3Envelope envelope) => (envelope.Resource.Text("mchid") ?? envelope.Resource.Text("sp_mchid")) is not null;

    private static (Notification? Notification, NotificationRefusal? Refusal) WithoutMerchant() => Refused(NotificationFault.Incomplete, "mchid is missing.");

    private static (Notification? Notification, NotificationRefusal? Refusal) Refused(NotificationFault fault, string detail) => (null, new(fault, detail, null));
}
