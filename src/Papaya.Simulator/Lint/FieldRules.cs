using Papaya.Simulator.Journal;

namespace Papaya.Simulator.Lint;

/// <summary>What stands in the fields of requests, and how they are signed and sent.</summary>
internal static class FieldRules
{
    private static readonly string[] Texts = ["body", "detail", "attach", "contract_display_account", "refund_desc", "contract_termination_remark", "device_info"];

    private static readonly string[] Addresses = ["notify_url", "contract_notify_url"];

    /// <summary>Of each merchant so many wrong signs are tried with every other key; that many tell.</summary>
    private const int MostWrongSigns = 100;

    public static readonly IReadOnlyList<LintRule> All =
    [
        new("wide-characters", LintSeverity.Error,
            new("含 emoji 等四字节字符，须先过滤", "Four-byte characters such as emoji must be filtered first"),
            new("发送前去掉所有四字节字符", "Remove every four-byte character before sending"), "checklist 6")
        {
            OnCall = c =>
            {
                foreach (var name in Texts)
                {
                    if (c.Text(name) is { } text && text.Any(char.IsSurrogate))
                    {
                        c.Fault($"{name} holds a four-byte character.");
                        return;
                    }
                }

                // Somebody whose name has one was sent without it: the filter is there.
                if (c.Text("contract_display_account") is { } account && c.World.UsersNamed(account).Filtered > 0)
                {
                    c.Pass();
                }
            },
        },
        new("display-account-is-nickname", LintSeverity.Warning,
            new("展示账户不应使用微信昵称", "The display account should not be a WeChat nickname"),
            new("使用用户在商户侧的账户名", "Use the account's name in your own system"), "checklist 6")
        {
            OnCall = c =>
            {
                if (c.Text("contract_display_account") is { } account && c.World.UsersNamed(account) is { Any: true } named)
                {
                    c.Judge(named is { Exact: 0, Filtered: 0 }, "It is a user's WeChat nickname.");
                }
            },
        },
        new("display-account-punctuation", LintSeverity.Info,
            new("展示账户含空格或标点，会影响 APP 返回", "The display account has blanks or punctuation, which disturbs the way back to an app"),
            new("只用汉字、字母和数字", "Use letters and digits only"), "docs/reference/wechat-rules.md §2")
        {
            OnCall = c =>
            {
                if (c.Text("contract_display_account") is { } account)
                {
                    c.Judge(account.All(char.IsLetterOrDigit), "It has blanks or punctuation.");
                }
            },
        },
        new("notify-url-query", LintSeverity.Error,
            new("notify_url 不合规", "notify_url breaks the rules"), new("不带参数、空格和转义的完整地址", "A whole address without query, blanks and escapes"), "checklist 7, 8")
        {
            OnCall = c =>
            {
                foreach (var name in Addresses)
                {
                    if (c.Text(name) is { } url)
                    {
                        c.Judge(!url.AsSpan().ContainsAny(" ?@#") && !url.Contains("%3a", StringComparison.OrdinalIgnoreCase), $"{name} has a query, a blank, user info, or is encoded.");
                    }
                }
            },
        },
        new("surplus-parameter", LintSeverity.Warning,
            new("多余参数", "A parameter too many"), new("只发送接口页面列出的参数", "Send only what the page of the call lists"), "docs/reference/endpoints.md")
        {
            OnCall = c =>
            {
                if (c.Record.ErrCode?.StartsWith("不识别的参数", StringComparison.Ordinal) == true
                    || (c.Record.Path is LintCase.ContractQuery or LintCase.ContractDelete && c.Text("nonce_str") is not null))
                {
                    c.Fault(c.Record.ErrCode ?? "nonce_str is not on the page of this call.");
                }
                else if (c.Record is { Path: LintCase.ContractQuery or LintCase.ContractDelete, ErrCode: null, Status: 200 })
                {
                    c.Pass();
                }
            },
        },
        new("serial-shape", LintSeverity.Warning,
            new("request_serial 不规范", "request_serial is too long or was used before"), new("最多 12 位数字，每次签约递增", "At most 12 digits, rising with each signing"), "docs/reference/wechat-rules.md §1")
        {
            OnCall = c =>
            {
                if (c.Text("request_serial") is { } serial && (c.Record.OutTradeNo ?? c.Record.ContractCode) is { } user)
                {
                    var used = c.Facts.Serials.Find((c.MchId, serial));
                    c.Judge(serial.Length <= 12 && (used is null || used == user), used is null ? "More than 12 digits." : $"{used} used it already.");
                }
            },
        },
        new("number-alphabet", LintSeverity.Info,
            new("单号字符不通用", "The number is not portable"), new("6 至 32 位字母和数字", "6 to 32 letters and digits"), "docs/reference/wechat-rules.md §1")
        {
            OnCall = c =>
            {
                if (c.Record is { Path: LintCase.Apply or LintCase.Order, OutTradeNo: { } number })
                {
                    c.Judge(number.Length is >= 6 and <= 32 && number.All(ch => char.IsAsciiLetterOrDigit(ch) || ch is '_' or '-'), "Fewer than 6 characters, or others than letters, digits, _ and -.");
                }
            },
        },
        new("keys-mixed", LintSeverity.Error,
            new("密钥混用", "Keys mixed up"), new("V2 用 APIv2 密钥，V3 用 APIv3 密钥与证书；每个商户号各用各的", "The APIv2 key for V2, the APIv3 key and certificate for V3, and each merchant its own"), "checklist 18, 27")
        {
            OnCall = c =>
            {
                if (c.Record.Verdict == CallVerdict.Valid)
                {
                    c.Pass();
                }
                else if (c.Record.Verdict == CallVerdict.BadSignature && c.Request is { } request && c.Facts.Of(c.MchId).WrongSigns++ < MostWrongSigns
                    && c.World.FittingKey(request, c.MchId) is { } key && !key.StartsWith("apiv2_key, MD5", StringComparison.Ordinal)
                    && !key.StartsWith("apiv2_key, HMAC", StringComparison.Ordinal))
                {
                    c.Fault($"The sign fits {key}.");
                }
            },
        },
        new("old-key-after-rotation", LintSeverity.Warning,
            new("仍在使用旧密钥", "The old key is still in use"), new("重置密钥后一天内换用新密钥", "Change to the new key within a day of the reset"), "docs/reference/wechat-rules.md: both keys hold for 15 days")
        {
            OnCall = c =>
            {
                if (c.World.Merchant(c.MchId, static m => m.KeyResetAt) is { } reset)
                {
                    if (c.Record.Verdict == CallVerdict.PreviousKey && c.Record.At - reset > TimeSpan.FromDays(1))
                    {
                        c.Fault("More than a day after the reset.");
                    }
                    else if (c.Record.Verdict == CallVerdict.Valid && c.Record.At >= reset)
                    {
                        c.Pass();
                    }
                }
            },
        },
    ];
}
