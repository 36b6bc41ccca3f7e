using System.Net;
using System.Text;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Faults;

/// <summary>A right V2 answer or message in other bytes, with other contents, or under another key.</summary>
internal static class Rewriting
{
    private const string Nobody = "00000000000000000000000000000000";

    static Rewriting() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>What goes out when the rule strikes; the bytes given when it has nothing to say about them.</summary>
    /// <param name="merchant">Whose key signs.</param>
    public static ReadOnlyMemory<byte> Apply(SimulatorState state, FaultRule rule, ReadOnlyMemory<byte> body, Merchant merchant)
    {
        if (rule.Kind == FaultKind.BadSignature)
        {
            return Encoding.UTF8.GetBytes(FaultRules.Spoil(Encoding.UTF8.GetString(body.Span)));
        }

        if (!V2Message.TryParse(body, out var message, out _))
        {
            return body;
        }

        var letter = new Letter(message!, merchant.Secret);
        switch (rule.Kind)
        {
            case FaultKind.Rewrite:
                return Reform(rule, body, letter);
            case FaultKind.OldKey:
                return letter.Write(merchant.PreviousKey is { } previous ? new(previous) : new ApiV2Key(Nobody));
            case FaultKind.Lie:
                letter.Set(rule.Field ?? StateOf(rule.On), rule.Code!);
                var lie = letter.Write();
                return rule.How == "signed" ? lie : Encoding.UTF8.GetBytes(FaultRules.Spoil(Encoding.UTF8.GetString(lie)));
            case FaultKind.Shape:
                return Reshape(state, rule.How!, letter, merchant);
            case FaultKind.WrongAmount:
                ChangeAmount(letter, rule.Amount ?? 1);
                return letter.Write();
            case FaultKind.WrongMerchant:
                var other = state.Merchants.OrderBy(m => m.MchId, StringComparer.Ordinal).FirstOrDefault(m => m.MchId != merchant.MchId);
                letter.Set("mch_id", other?.MchId ?? "10009999");
                return letter.Write(other?.Secret ?? new ApiV2Key(Nobody));
            case FaultKind.UnknownOrder:
                foreach (var name in (string[])["out_trade_no", "transaction_id", "contract_id", "contract_code"])
                {
                    letter.Change(name, known => new string([.. known.Select(c => char.IsAsciiDigit(c) ? (char)('0' + ('9' - c)) : c)]) + (name == "out_trade_no" ? "X" : ""));
                }

                return letter.Write();
            default:
                return body;
        }
    }

    /// <summary>Where the answer to a question tells the state.</summary>
    private static string StateOf(string path) =>
        path.EndsWith("/querycontract", StringComparison.Ordinal) ? "contract_state" : path == "/pay/refundquery" ? "refund_status_0" : "trade_state";

    /// <summary>The same failure told in another way; nonce and numbers stay.</summary>
    private static byte[] Reshape(SimulatorState state, string shape, Letter letter, Merchant merchant)
    {
        string[] ofShapes = ["result_code", "err_code", "err_code_des", "trade_state", "trade_state_desc", "openid", "total_fee", "fee_type", "bank_type", "is_subscribe"];
        foreach (var name in ofShapes)
        {
            letter.Remove(name);
        }

        if (state.FindOrder(merchant.MchId, letter["out_trade_no"]) is { } order)
        {
            foreach (var (name, value) in Notifications.Messages.FailureIn(shape, order).Where(f => f.Value is not null))
            {
                letter.Set(name, value!);
            }
        }

        return letter.Write();
    }

    private static ReadOnlyMemory<byte> Reform(FaultRule rule, ReadOnlyMemory<byte> body, Letter letter)
    {
        switch (rule.How)
        {
            case "bom":
                return (byte[])[0xEF, 0xBB, 0xBF, .. body.Span];
            case "extra":
                letter.Set(rule.Field ?? "new_field", "1");
                return letter.Write();
            case "emoji":
                letter.Set(rule.Field ?? "new_field", "😀");
                return letter.Write();
            case "without":
                letter.Remove(rule.Field!);
                return letter.Write();
            case "shuffled":
                letter.Reverse();
                return letter.Write();
            case "plain":
                return letter.Write(element: static (name, value) => $"<{name}>{WebUtility.HtmlEncode(value)}</{name}>");
            case "padded":
                return letter.Write(element: static (name, value) => $"<{name}>\n    {Letter.CData(value)}\n  </{name}>");
            case "blank_lines":
                return letter.Write(element: static (name, value) => $"\n\n<{name}>{Letter.CData(value)}</{name}>", before: "\n\n", after: "\n\n");
            case "gbk":
                var text = "<?xml version=\"1.0\" encoding=\"GBK\"?>" + Encoding.UTF8.GetString(letter.Write(sign: letter.Sign));
                return Encoding.GetEncoding("GBK").GetBytes(text);
            case "after_signing":
                return letter.Write(sign: letter.Sign, last: "<new_field>1</new_field>");
            case "doctype":
                return letter.Write(before: "<!DOCTYPE xml [<!ENTITY secret SYSTEM \"file:///etc/hostname\">]>", sign: letter.Sign, last: "<new_field>&secret;</new_field>");
            case "duplicate_element":
                return letter.Write(sign: letter.Sign, last: "<result_code><![CDATA[FAIL]]></result_code><total_fee>1</total_fee><total_fee>2</total_fee>");
            default:
                return body;
        }
    }

    private static void ChangeAmount(Letter letter, long by)
    {
        if (letter.ReadSecret() is { } secret)
        {
            secret.Change("refund_fee", fee => (long.Parse(fee) + by).ToString());
            letter.WriteSecret(secret);
            return;
        }

        foreach (var name in (string[])["total_fee", "cash_fee"])
        {
            letter.Change(name, fee => (long.Parse(fee) + by).ToString());
        }
    }

    /// <summary>The fields of a message, free to be changed.</summary>
    private sealed class Letter(V2Message message, ApiV2Key key)
    {
        private readonly List<KeyValuePair<string, string>> _fields = [.. message.Fields.Where(f => f.Key != "sign")];

        /// <summary>The sign that it had; null when it had none.</summary>
        public string? Sign { get; } = message["sign"];

        private SignType Type => Sign?.Length == 64 ? SignType.HmacSha256 : SignType.Md5;

        public string? this[string name] => _fields.Find(f => f.Key == name).Value;

        public static string CData(string value) => $"<![CDATA[{value}]]>";

        public void Set(string name, string value)
        {
            Remove(name);
            _fields.Add(new(name, value));
        }

        public void Remove(string name) => _fields.RemoveAll(f => f.Key == name);

        public void Reverse() => _fields.Reverse();

        public void Change(string name, Func<string, string> change)
        {
            var at = _fields.FindIndex(f => f.Key == name && f.Value.Length > 0);
            if (at >= 0)
            {
                _fields[at] = new(name, change(_fields[at].Value));
            }
        }

        /// <summary>The encrypted part of a refund's message; null in all others.</summary>
        public Letter? ReadSecret() => message["req_info"] is { } cipher && RefundCipher.TryDecrypt(cipher, key, out var plain)
            && V2Message.TryParse(plain, out var inner, out _) ? new Letter(inner!, key) : null;

        public void WriteSecret(Letter secret) => Set("req_info", RefundCipher.Encrypt(secret.Write(root: "root"), key));

        /// <summary>Its bytes; the sign is made over them as a reader sees them, unless one is given.</summary>
        public byte[] Write(
            ApiV2Key? by = null, Func<string, string, string>? element = null, string before = "", string after = "", string root = "xml", string? sign = null,
            string last = "")
        {
            element ??= static (name, value) => $"<{name}>{CData(value)}</{name}>";
            var body = string.Concat(_fields.Select(f => element(f.Key, f.Value)));
            if (Sign is not null)
            {
                sign ??= V2Message.TryParse(Encoding.UTF8.GetBytes($"<xml>{body}</xml>"), out var read, out _)
                    ? V2Signature.Compute(read!, by ?? key, Type)
                    : V2Signature.Compute(_fields.Select(f => KeyValuePair.Create(f.Key, (string?)f.Value)), by ?? key, Type);
                last = element("sign", sign) + last;
            }

            return Encoding.UTF8.GetBytes($"{before}<{root}>{body}{last}</{root}>{after}");
        }
    }
}
