using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Faults;

/// <summary>A right V3 answer or message in other bytes or with other contents. What comes out of here is signed, except for <see cref="AfterSigning"/>.</summary>
internal static class V3Rewriting
{
    /// <summary>Where answers tell a state, the first that is there.</summary>
    private static readonly string[] States = ["trade_state", "contract_state", "schedule_state", "refund_status", "state", "status"];

    private static readonly string[] Numbers = ["out_trade_no", "transaction_id", "contract_id", "out_contract_code", "out_refund_no", "refund_id"];

    // Chinese stays as it is, as WeChat writes it; 'plain' escapes it.
    private static readonly JsonSerializerOptions Usual = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions Escaped = new();
    private static readonly JsonSerializerOptions Indented = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true };

    static V3Rewriting() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>An answer's JSON as it is signed; the bytes given when the rule has nothing to say about them.</summary>
    public static ReadOnlyMemory<byte> Answer(FaultRule rule, ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty || rule.Kind is not (FaultKind.Rewrite or FaultKind.Lie) || JsonNode.Parse(body.Span) is not JsonObject answer)
        {
            return body;
        }

        if (rule.Kind == FaultKind.Rewrite)
        {
            Change(rule, answer);
            return Write(rule, answer);
        }

        var told = rule.Field is { } field ? Find(answer, field) : States.Select(name => Find(answer, name)).FirstOrDefault(found => found is not null);
        if (told is var (place, member))
        {
            place[member] = rule.Code;
        }

        return Bytes(answer, Usual);
    }

    /// <summary>A message as it is signed: the envelope, and what is encrypted in it. Under the world's lock.</summary>
    public static byte[] Message(SimulatorState state, FaultRule rule, Delivery delivery)
    {
        var keys = state.Identities.Of(delivery.MchId);
        if (rule.Kind is not (FaultKind.Rewrite or FaultKind.OldKey or FaultKind.WrongAmount or FaultKind.WrongMerchant or FaultKind.UnknownOrder)
            || JsonNode.Parse(delivery.Body) is not JsonObject envelope
            || envelope["resource"] is not JsonObject resource
            || Open(keys.Secret, resource) is not { } content)
        {
            return delivery.Body;
        }

        // What the rule changes in the envelope may be just these.
        var (sealedBy, nonce, associated) = (keys.Secret, (string)resource["nonce"]!, (string?)resource["associated_data"] ?? "");
        switch (rule.Kind)
        {
            case FaultKind.Rewrite:
                Change(rule, content);
                break;
            case FaultKind.OldKey when rule.How == "apiv3":
                sealedBy = keys.FormerApiV3Key is { } former ? new(former) : new ApiV3Key(new string('0', ApiV3Key.Length));
                break;
            case FaultKind.WrongAmount when content["amount"] is JsonObject amount:
                foreach (var name in (string[])["total", "payer_total", "refund", "payer_refund"])
                {
                    if (amount[name] is { } known)
                    {
                        amount[name] = (long)known + (rule.Amount ?? 1);
                    }
                }

                break;
            case FaultKind.WrongMerchant:
                var other = state.Merchants.OrderBy(m => m.MchId, StringComparer.Ordinal).FirstOrDefault(m => m.MchId != delivery.MchId)?.MchId;
                content[content.ContainsKey("sp_mchid") ? "sp_mchid" : "mchid"] = other ?? "10009999";
                sealedBy = other is null ? new ApiV3Key(new string('0', ApiV3Key.Length)) : new(state.Identities.SecretOf(other));
                break;
            case FaultKind.UnknownOrder:
                foreach (var name in Numbers)
                {
                    if ((string?)content[name] is { } known)
                    {
                        content[name] = new string([.. known.Select(c => char.IsAsciiDigit(c) ? (char)('0' + ('9' - c)) : c)]) + (name == "out_trade_no" ? "X" : "");
                    }
                }

                break;
        }

        resource["ciphertext"] = V3Cipher.Seal(sealedBy, nonce, associated, Bytes(content, Usual));
        if (rule.Kind == FaultKind.Rewrite)
        {
            Change(rule, envelope);
        }

        return Write(rule, envelope);
    }

    /// <summary>What leaves when the bytes are changed on their way: one blank more than was signed, which no reader of JSON notices.</summary>
    public static ReadOnlyMemory<byte> AfterSigning(FaultRule? rule, ReadOnlyMemory<byte> body) =>
        rule is { Kind: FaultKind.Rewrite, How: "after_signing" } && !body.IsEmpty ? (byte[])[.. body.Span, (byte)' '] : body;

    private static JsonObject? Open(ApiV3Key secret, JsonObject resource) =>
        V3Cipher.TryOpen(secret, (string)resource["nonce"]!, (string?)resource["associated_data"] ?? "", (string)resource["ciphertext"]!, out var plain)
            ? JsonNode.Parse(plain) as JsonObject
            : null;

    /// <summary>Other members, or another order of them.</summary>
    private static void Change(FaultRule rule, JsonObject members)
    {
        switch (rule.How)
        {
            case "extra":
                members[rule.Field ?? "new_field"] = "1";
                break;
            case "emoji":
                members[rule.Field ?? "new_field"] = "😀";
                break;
            case "without" when Find(members, rule.Field!) is var (place, name):
                place.Remove(name);
                break;
            case "shuffled":
                var backwards = members.Reverse().ToArray();
                members.Clear();
                foreach (var (name, value) in backwards)
                {
                    members[name] = value;
                }

                break;
        }
    }

    private static byte[] Write(FaultRule rule, JsonObject members)
    {
        switch (rule.How)
        {
            case "bom":
                return [0xEF, 0xBB, 0xBF, .. Bytes(members, Usual)];
            case "blank_lines":
                return [.. "\n\n"u8, .. Bytes(members, Usual), .. "\n\n"u8];
            case "padded":
                return Bytes(members, Indented);
            case "plain":
                return Bytes(members, Escaped);
            case "gbk":
                return Encoding.GetEncoding("GBK").GetBytes(members.ToJsonString(Usual));
            case "duplicate_element":
                // A reader that takes the last one of a name believes it. A list is told twice only where there is nothing plainer.
                return (members.FirstOrDefault(m => m.Value is JsonValue).Key ?? members.LastOrDefault().Key) is { } twice
                    ? [.. Bytes(members, Usual)[..^1], .. Encoding.UTF8.GetBytes($",\"{twice}\":\"FAIL\"}}")]
                    : Bytes(members, Usual);
            default:
                return Bytes(members, Usual);
        }
    }

    private static byte[] Bytes(JsonObject members, JsonSerializerOptions options) => Encoding.UTF8.GetBytes(members.ToJsonString(options));

    /// <summary>The object that has the member: the outermost one; the name may be dotted.</summary>
    private static (JsonObject Place, string Name)? Find(JsonObject members, string name)
    {
        if (name.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot)
        {
            return members[name[..dot]] is JsonObject within ? Find(within, name[(dot + 1)..]) : null;
        }

        return members.ContainsKey(name) ? (members, name) : members.Select(m => m.Value).OfType<JsonObject>().Select(inner => Find(inner, name)).FirstOrDefault(f => f is not null);
    }
}
