using System.Text;
using Papaya.Simulator.Wire;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Journal;

/// <summary>One string to sign, its key masked, and how the sign received compares with it.</summary>
/// <param name="Text">What is signed; V2 ends in <c>&amp;key=***</c>.</param>
/// <param name="Type">The algorithm.</param>
/// <param name="Received">The sign inside; null when there is none.</param>
/// <param name="Expected">V2: the sign that fits these fields under the merchant's key.</param>
/// <param name="Fits">Whether it fits; null when only the other side can tell.</param>
/// <param name="FirstDifference">First character at which the sign received differs from the one expected, from 1.</param>
/// <param name="FittingKey">On a bad sign: the key known here under which it would fit (a kind of key or another merchant), or the encoding.</param>
/// <param name="LeftOut">Elements that are empty and therefore not signed.</param>
internal sealed record CanonicalString(
    string Text, string Type, string? Received, string? Expected, bool? Fits, int? FirstDifference, string? FittingKey, IReadOnlyList<string>? LeftOut);

/// <summary>The strings to sign of a request and of its answer.</summary>
internal sealed record CanonicalView(CanonicalString? Request, CanonicalString? Reply)
{
    /// <summary>Worked out from the bytes of a record and today's keys.</summary>
    public static CanonicalView Of(CallRecord record, SimulatorState state)
    {
        if (record.IsV3)
        {
            return V3Strings.Of(record);
        }

        var merchant = state.FindMerchant(record.MchId);
        return new(Explain(record.Request, record.At, merchant, state), record.IsSend || record.Response is null ? null : Explain(record.Response, record.At, merchant, state));
    }

    private static CanonicalString? Explain(byte[] body, DateTimeOffset at, Merchant? merchant, SimulatorState state)
    {
        if (!V2Message.TryParse(body, out var message, out _))
        {
            return null;
        }

        if (merchant is null)
        {
            return new(V2Signature.CanonicalText(message!), "", message!["sign"], null, null, null, null, null);
        }

        var found = V2Signature.Explain(message!, merchant.Secret);
        var fits = V2Signature.Verify(message!, merchant.SecretsAt(at)).IsValid;
        return new(found.CanonicalText, found.Type.WireName(), found.Received, found.Expected, found.Received is null ? null : fits,
            fits || found.FirstDifference is not { } difference ? null : difference + 1, fits || found.Received is null ? null : FittingKey(message!, merchant, state),
            found.LeftOut.Count == 0 ? null : found.LeftOut);
    }

    /// <summary>The usual mistakes: the other algorithm, another of the merchant's keys, another merchant's key, bytes of another encoding.</summary>
    public static string? FittingKey(V2Message message, Merchant merchant, SimulatorState state)
    {
        if (V2Signature.Explain(message, merchant.Secret).Matches is { } other)
        {
            return "apiv2_key, " + other.WireName();
        }

        foreach (var (name, key) in OtherKeys(merchant, state))
        {
            if (V2Signature.Explain(message, key).Matches is { } type)
            {
                return $"{name}, {type.WireName()}";
            }
        }

        return FitsAsGbk(message, merchant) ? "apiv2_key, but over the bytes of GBK instead of UTF-8" : null;
    }

    private static IEnumerable<(string Name, ApiV2Key Key)> OtherKeys(Merchant merchant, SimulatorState state)
    {
        if (merchant.PreviousKey is { } previous)
        {
            yield return ("previous_key", new(previous));
        }

        yield return ("apiv3_key", new(state.Identities.SecretOf(merchant.MchId)));

        foreach (var stranger in state.Merchants.Where(m => m.MchId != merchant.MchId).OrderBy(m => m.MchId, StringComparer.Ordinal))
        {
            yield return ($"the key of merchant {stranger.MchId}", stranger.Secret);
        }
    }

    private static bool FitsAsGbk(V2Message message, Merchant merchant) =>
        message["sign"] is { Length: 32 } sign && GbkSignature.Compute(message.Fields, merchant.Key) == sign;
}

/// <summary>V3: the lines that are signed, of the request from its Authorization header, of answers and callbacks from theirs.</summary>
internal static class V3Strings
{
    public static CanonicalView Of(CallRecord record)
    {
        if (record.IsSend)
        {
            return new(Answer(record.Headers, record.Request), null);
        }

        var given = record.Headers.FirstOrDefault(h => h.Key == "Authorization").Value ?? "";
        var request = Part(given, "timestamp") is { } timestamp && Part(given, "nonce_str") is { } nonce
            ? new CanonicalString(
                $"{record.Method}\n{record.Target ?? record.Path}\n{timestamp}\n{nonce}\n{Encoding.UTF8.GetString(record.Request)}\n", V3Signature.Scheme,
                Part(given, "signature"), null, record.Verdict == CallVerdict.Unchecked ? null : record.Verdict == CallVerdict.Valid, null, null, null)
            : null;
        return new(request, record.Response is { } response ? Answer(record.AnswerHeaders, response) : null);
    }

    private static CanonicalString? Answer(KeyValuePair<string, string>[] headers, byte[] body)
    {
        string? Header(string name) => headers.FirstOrDefault(h => h.Key == name).Value;
        return Header("Wechatpay-Timestamp") is { } timestamp && Header("Wechatpay-Nonce") is { } nonce
            ? new(Encoding.UTF8.GetString(V3Signature.ReplyText(timestamp, nonce, body)), V3Signature.Scheme, Header("Wechatpay-Signature"), null, null, null, null, null)
            : null;
    }

    /// <summary>A part of <c>WECHATPAY2-SHA256-RSA2048 mchid="…",nonce_str="…",…</c>.</summary>
    private static string? Part(string header, string name)
    {
        var at = header.IndexOf(name + "=\"", StringComparison.Ordinal);
        if (at < 0)
        {
            return null;
        }

        at += name.Length + 2;
        var end = header.IndexOf('"', at);
        return end < 0 ? null : header[at..end];
    }
}
