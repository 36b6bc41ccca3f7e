using System.Diagnostics.CodeAnalysis;
using Papaya.WeChatPay.Telemetry;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Notifications;

/// <summary>Why a notification is not accepted.</summary>
public enum NotificationFault
{
    /// <summary>Neither a V2 nor a V3 message.</summary>
    Unreadable,

    /// <summary>No sign, or an empty one.</summary>
    SignatureMissing,

    /// <summary>The sign fits none of the keys.</summary>
    SignatureMismatch,

    /// <summary><c>req_info</c> (V3: <c>resource</c>) was not encrypted under any of the keys.</summary>
    Undecipherable,

    /// <summary>A field that is needed is missing or makes no sense.</summary>
    Incomplete,

    /// <summary>WeChat tests us with a wrong sign on purpose (<c>WECHATPAY/SIGNTEST/</c>); answered like any bad sign.</summary>
    Probe,

    /// <summary>The signed time lies too far from the clock.</summary>
    Stale,

    /// <summary>Signed with a key of WeChat Pay that is not among the trusted ones.</summary>
    UnknownKey,

    /// <summary>Proven, but for another merchant number: several numbers may share one APIv2 key.</summary>
    Foreign,
}

/// <summary>Why, in words, without any value.</summary>
/// <param name="Fault">Why.</param>
/// <param name="Detail">One sentence.</param>
/// <param name="MerchantNumber">The <c>mch_id</c>, proven only with <see cref="NotificationFault.Foreign"/>, to tell a stray message from an attack; null when unreadable.</param>
public sealed record NotificationRefusal(NotificationFault Fault, string Detail, string? MerchantNumber)
{
    /// <summary>Fault and detail.</summary>
    public override string ToString() => $"{Fault}: {Detail}";
}

/// <summary>What reading a body gave: one of the two.</summary>
/// <param name="Notification">The checked notification; null when it is refused.</param>
/// <param name="Refusal">Why it is not accepted; null when it is.</param>
public readonly record struct NotificationReading(Notification? Notification, NotificationRefusal? Refusal);

/// <summary>
/// Turns a request body from WeChat into a checked notification. Only the bytes count (and, for V3, the headers of the signature):
/// no query, no model.
/// </summary>
public static class NotificationReader
{
    internal const string OtherMerchant = "The message is for another merchant number.";

    /// <summary>Reads and checks a V2 body.</summary>
    /// <param name="body">The raw body; kept, not copied.</param>
    /// <param name="credentials">The merchant it must come for: another <c>mch_id</c> is refused as <see cref="NotificationFault.Foreign"/>. A service provider's messages carry its own number.</param>
    /// <exception cref="PapayException">It is not accepted.</exception>
    public static V2Notification Read(ReadOnlyMemory<byte> body, MerchantCredentials credentials) =>
        TryRead(body, credentials, out var notification, out var refusal) ? notification : throw PapayException.Notification(refusal);

    /// <summary>Reads and checks a V2 body; on false, <paramref name="refusal"/> says why it is not accepted.</summary>
    public static bool TryRead(
        ReadOnlyMemory<byte> body, MerchantCredentials credentials,
        [NotNullWhen(true)] out V2Notification? notification, [NotNullWhen(false)] out NotificationRefusal? refusal)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        notification = null;
        if (!V2Message.TryParse(body, out var message, out var error))
        {
            refusal = new(NotificationFault.Unreadable, error.ToString(), null);
            Signals.Checked(null, refusal);
            return false;
        }

        (notification, refusal) = Judge(message, credentials);
        if (notification is not null && notification.MerchantNumber != credentials.MerchantNumber)
        {
            (notification, refusal) = Refused(message, NotificationFault.Foreign, OtherMerchant);
        }

        Signals.Checked(notification, refusal);
        return notification is not null;
    }

    /// <summary>Reads and checks a body of either kind: XML is V2, JSON is V3.</summary>
    /// <param name="body">The raw body; kept, not copied.</param>
    /// <param name="headers">The headers of the signature; V2 has none and ignores them.</param>
    /// <param name="credentials">The merchant it must come for: another number is refused as <see cref="NotificationFault.Foreign"/>. A service provider's messages carry its own number.</param>
    /// <param name="clock">Tells whether the signature is fresh.</param>
    /// <exception cref="PapayException">It is not accepted.</exception>
    public static Notification Read(ReadOnlyMemory<byte> body, NotificationHeaders headers, MerchantCredentials credentials, TimeProvider clock) =>
        TryRead(body, headers, credentials, clock, out var notification, out var refusal) ? notification : throw PapayException.Notification(refusal);

    /// <summary>Reads and checks a body of either kind; on false, <paramref name="refusal"/> says why it is not accepted.</summary>
    /// <remarks>
    /// A refusal with <see cref="NotificationFault.UnknownKey"/> may mean that WeChat has a new certificate:
    /// <see cref="PapayClient.ReadNotificationAsync"/> looks for it.
    /// </remarks>
    public static bool TryRead(
        ReadOnlyMemory<byte> body, NotificationHeaders headers, MerchantCredentials credentials, TimeProvider clock,
        [NotNullWhen(true)] out Notification? notification, [NotNullWhen(false)] out NotificationRefusal? refusal)
    {
        ArgumentNullException.ThrowIfNull(headers);
        ArgumentNullException.ThrowIfNull(credentials);
        ArgumentNullException.ThrowIfNull(clock);
        if (body.Span.TrimStart(" \t\r\n"u8) is not [(byte)'{', ..])
        {
            var isFine = TryRead(body, credentials, out var v2, out refusal);
            notification = v2;
            return isFine;
        }

        (notification, refusal) = V3NotificationReader.Read(body, headers, credentials, clock);
        Signals.Checked(notification, refusal);
        return notification is not null;
    }

    private static (V2Notification? Notification, NotificationRefusal? Refusal) Judge(V2Message message, MerchantCredentials credentials)
    {
        // In byte order of the names, see FieldWalk.
        var fields = new FieldWalk(message);
        bool isContract = fields.Has("change_type"u8), hasContractId = fields.Has("contract_id"u8);
        bool hasMerchant = !fields.Bytes("mch_id"u8).IsEmpty, hasOrder = !fields.Bytes("out_trade_no"u8).IsEmpty;
        var isRefund = !isContract && fields.Has("req_info"u8);
        var tradeType = fields.Bytes("trade_type"u8);
        if (!hasMerchant)
        {
            return Refused(message, NotificationFault.Incomplete, "mch_id is missing.");
        }

        // Routing by content: several kinds may share one address.
        if (isRefund)
        {
            return ReadRefund(message, credentials);
        }

        var check = V2Signature.Verify(message, credentials.ApiV2Keys, credentials.SignType);
        if (!check.IsValid)
        {
            return check.Verdict == SignatureVerdict.Missing
                ? Refused(message, NotificationFault.SignatureMissing, "The message has no sign.")
                : Refused(message, NotificationFault.SignatureMismatch, $"The sign does not fit ({check.Type.WireName()}).");
        }

        if (isContract)
        {
            return ReadContract(message, check);
        }

        if (!hasOrder)
        {
            return Refused(message, NotificationFault.Incomplete, "out_trade_no is missing.");
        }

        return IsDebit(tradeType, hasContractId) ? (new DebitNotification(message, check), null) : (new PaymentNotification(message, check), null);
    }

    // A payment carries contract_id too when the user signed in the cashier; its trade_type tells it from a debit.
    private static bool IsDebit(ReadOnlySpan<byte> type, bool hasContractId) =>
        type.SequenceEqual("PAP"u8)
        || (hasContractId && !(type.SequenceEqual("JSAPI"u8) || type.SequenceEqual("NATIVE"u8) || type.SequenceEqual("APP"u8) || type.SequenceEqual("MWEB"u8)));

    private static (V2Notification? Notification, NotificationRefusal? Refusal) ReadContract(V2Message message, SignatureCheck check)
    {
        if (!message.IsSuccess("return_code"u8) || !message.IsSuccess("result_code"u8))
        {
            return Refused(message, NotificationFault.Incomplete, "return_code or result_code is not SUCCESS.");
        }

        ContractChange? change = message.Is("change_type"u8, "ADD"u8) ? ContractChange.Signed
            : message.Is("change_type"u8, "DELETE"u8) ? ContractChange.Terminated
            : null;
        if (change is null)
        {
            return Refused(message, NotificationFault.Incomplete, "change_type is neither ADD nor DELETE.");
        }

        foreach (var name in (string[])["contract_id", "contract_code", "plan_id", "openid"])
        {
            if (string.IsNullOrEmpty(message[name]))
            {
                return Refused(message, NotificationFault.Incomplete, name + " is missing.");
            }
        }

        return message.Time("operate_time"u8) is { } at
            ? (new ContractNotification(message, check, change.Value, at), null)
            : Refused(message, NotificationFault.Incomplete, "operate_time is missing or not a time.");
    }

    private static (V2Notification? Notification, NotificationRefusal? Refusal) ReadRefund(V2Message message, MerchantCredentials credentials)
    {
        if (!message.IsSuccess("return_code"u8))
        {
            return Refused(message, NotificationFault.Incomplete, "return_code is not SUCCESS.");
        }

        message.TryGet("req_info"u8, out var encrypted);
        var inner = Open(encrypted, credentials.ApiV2Keys);
        if (inner is null)
        {
            return Refused(message, NotificationFault.Undecipherable, "req_info was not encrypted under this key.");
        }

        foreach (var name in (string[])["out_refund_no", "out_trade_no", "refund_status"])
        {
            if (string.IsNullOrEmpty(inner[name]))
            {
                return Refused(message, NotificationFault.Incomplete, name + " is missing.");
            }
        }

        return inner.GetInt64("refund_fee"u8) is null
            ? Refused(message, NotificationFault.Incomplete, "refund_fee is missing or not a number.")
            : (new RefundNotification(message, inner), null);
    }

    // One wrong key in 256 leaves acceptable padding; what comes out is then no document.
    private static V2Message? Open(ReadOnlySpan<byte> encrypted, IReadOnlyList<ApiV2Key> keys)
    {
        foreach (var key in keys)
        {
            if (RefundCipher.TryDecrypt(encrypted, key, out var plain) && V2Message.TryParse(plain, out var inner, out _))
            {
                return inner;
            }
        }

        return null;
    }

    private static (V2Notification? Notification, NotificationRefusal? Refusal) Refused(V2Message message, NotificationFault fault, string detail) =>
        (null, new(fault, detail, message.Text("mch_id"u8)));
}
