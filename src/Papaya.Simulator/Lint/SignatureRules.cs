using System.Globalization;
using Papaya.Simulator.Journal;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Lint;

/// <summary>Signs: whether the caller looks at those of answers, and how it makes its own.</summary>
internal static class SignatureRules
{
    private const double MostSkewSeconds = 60;
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);

    public static readonly IReadOnlyList<LintRule> All =
    [
        new("reply-not-verified", LintSeverity.Error,
            new("未验签即相信应答", "An answer was believed although its sign was wrong"),
            new("对每个应答验签；签名不符时当作结果未知，先查单", "Verify the sign of each answer; if it does not fit, the outcome is unknown: ask first"), "checklist 1")
        {
            OnCall = c =>
            {
                if (c.Record is { Path: LintCase.Apply, OutTradeNo: { } number })
                {
                    if (c.Facts.Forged.Has((c.MchId, number)))
                    {
                        c.Pass();
                    }
                    else if (c.Others?.Find(o => c.Facts.Forged.Has((c.MchId, o.Number))) is { } believed && !NumberRules.IsPayPerUse(c))
                    {
                        c.Fault($"The answer about {believed.Number} had a wrong sign; {number} follows it as if it were true.", c.Facts.Forged.Find((c.MchId, believed.Number)));
                    }
                }
                else if (c.Record.OutTradeNo is { } about && c.Facts.Forged.TryFind((c.MchId, about), out var forged))
                {
                    c.Judge(c.Record.Path != LintCase.Refund, $"The answer about {about} had a wrong sign, and it was refunded without asking.", forged);
                }
            },
            OnSend = c =>
            {
                // Nobody can pay an order whose prepay_id was never handed on.
                if (c.Record is { Kind: DeliveryKind.Payment, OutTradeNo: { } number, Send: <= 1 } && c.Facts.Forged.TryFind((c.MchId, number), out var order))
                {
                    c.Fault($"The answer that made order {number} had a wrong sign, and its prepay_id was used.", order);
                }
            },
        },
        new("algorithms-mixed", LintSeverity.Info,
            new("同一接口混用 MD5 与 HMAC-SHA256", "One call signed with MD5 and with HMAC-SHA256"),
            new("所有机器和所有调用使用同一种签名算法", "Use one algorithm on all machines and for all calls"), "checklist 8; docs/reference/pitfalls.md")
        {
            OnCall = c =>
            {
                if (c.Algorithm is { } type && c.Facts.Algorithms.TryFind((c.MchId, c.Record.Path), out var before))
                {
                    c.Judge(before.Type == type, $"{type.WireName()} here, {before.Type.WireName()} the time before.", before.Record);
                }
            },
        },
        new("timestamp-skew", LintSeverity.Warning,
            new("时间戳偏差过大", "The timestamp is far off"), new("用 NTP 校准时间：偏差超过 5 分钟的请求会被拒绝", "Keep the machine's time by NTP: beyond 5 minutes requests are refused"),
            "docs/reference/wechat-rules.md §13")
        {
            OnCall = c =>
            {
                if (c.Record.SkewSeconds is { } skew)
                {
                    c.Judge(skew <= MostSkewSeconds, string.Create(CultureInfo.InvariantCulture, $"The Authorization is {skew:0} seconds off; 300 are tolerated."));
                }
            },
        },
        new("certificate-expiring", LintSeverity.Warning,
            new("商户 API 证书即将到期", "The merchant's API certificate is about to end"), new("到期前在商户平台更换证书", "Replace the certificate on the merchant platform before it ends"),
            "docs/reference/wechat-rules.md §18")
        {
            OnCall = c =>
            {
                if (c.Record is not { IsV3: true, Verdict: CallVerdict.Valid } || c.World.CertificateEnds(c.MchId) is not { } end)
                {
                    return;
                }

                var facts = c.Facts.Of(c.MchId);
                if (end - c.Record.At > RenewBefore)
                {
                    c.Pass();
                }
                else if (facts.ToldOfCertificate != BeijingTime.Day(c.Record.At))
                {
                    // Once a day.
                    facts.ToldOfCertificate = BeijingTime.Day(c.Record.At);
                    c.Fault(string.Create(CultureInfo.InvariantCulture, $"It ends on {end:yyyy-MM-dd}."));
                }
            },
        },
    ];
}
