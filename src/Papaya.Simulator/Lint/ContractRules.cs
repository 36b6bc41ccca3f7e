using System.Text;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Lint;

/// <summary>Signing and its end.</summary>
internal static class ContractRules
{
    public static readonly IReadOnlyList<LintRule> All =
    [
        new("signing-without-query", LintSeverity.Warning,
            new("未先查询签约关系", "Signed again without asking"), new("用户已签约时先查询协议", "Ask about the contract before a user signs the same template again"), "checklist 20")
        {
            OnCall = c =>
            {
                if (c.Record is { Path: LintCase.Order, Openid: { } openid } && c.Request?.GetInt64("plan_id"u8) is { } plan
                    && c.World.ActiveContract(c.MchId, plan, openid, static k => ((string Id, string Code, DateTimeOffset At)?)(k.ContractId, k.ContractCode, k.SignedAt)) is { } active
                    && active.At < c.Record.At)
                {
                    c.Judge(c.Facts.ContractQueries.Has((c.MchId, active.Id)) || c.Facts.ContractQueries.Has((c.MchId, active.Code)), $"{active.Id} is signed, and nobody asked.");
                }
            },
        },
        new("contract-code-reused", LintSeverity.Warning,
            new("签约号重复使用", "The code of an ended contract was used again"), new("每次签约使用新的 contract_code", "A new contract_code for each signing"), "docs/reference/wechat-rules.md §1")
        {
            OnCall = c =>
            {
                if (c.Record is { Path: LintCase.Order, ContractCode: { } code })
                {
                    if (c.World.ContractByCode(c.MchId, code, k => k.TerminatedAt <= c.Record.At ? k.ContractId : null) is { } old)
                    {
                        c.Fault($"{code} was that of {old}.");
                    }
                    else if (c.Record.Openid is { } openid && c.World.HasEnded(c.MchId, openid, c.Record.At))
                    {
                        c.Pass();
                    }
                }
            },
        },
        new("template-url-missing", LintSeverity.Warning,
            new("模板未配置解约通知地址", "The template has no address for terminations"), new("在商户平台为模板填写解约通知地址", "Set the template's termination address on the merchant platform"), "pain 27 of docs/reference/scenarios.md")
        {
            OnCall = c =>
            {
                if (c.Record is { Path: LintCase.Order, ErrCode: null, Status: 200 } && c.Request?.GetInt64("plan_id"u8) is { } plan
                    && c.World.Template(c.MchId, plan, static t => (bool?)(t.TerminateNotifyUrl is not null)) is { } isSet)
                {
                    c.Judge(isSet, $"Template {plan} tells nobody when a contract ends.");
                }
            },
        },
        new("cashier-after-failed-presign", LintSeverity.Warning,
            new("签约部分失败仍让用户支付", "The user paid although the contract part had failed"),
            new("contract_result_code 为 FAIL 时先关单并告诉用户：付款后不会开通自动续费", "When contract_result_code is FAIL, close the order and tell the user: he would pay and get no renewal"), "checklist 21")
        {
            OnSend = c =>
            {
                if (c.Record is { Kind: DeliveryKind.Payment, OutTradeNo: { } number } && c.Facts.FailedPreSignings.TryTake((c.MchId, number), out var order))
                {
                    c.Fault($"{number} was paid after contract_result_code FAIL.", order);
                }
            },
            OnCall = c =>
            {
                if (c.Record is { Path: LintCase.Close, ErrCode: null, OutTradeNo: { } number } && c.Facts.FailedPreSignings.TryTake((c.MchId, number), out _))
                {
                    c.Pass();
                }
            },
        },
        new("signing-without-referer", LintSeverity.Warning,
            new("签约页面缺少 Referer 或来源不符", "A signing page was opened without a Referer, or from a foreign page"),
            new("从登记域名下的页面正常跳转，不要去掉 Referer", "Lead there by a normal navigation from a registered domain, with its Referer"), "signing pages D:4011986768, D:4011987295")
        {
            OnCall = c =>
            {
                var isPage = c.Record.Path is LintCase.H5Page
                    || (c.Record is { Path: LintCase.EntrustPage, Status: 302 } && Encoding.UTF8.GetString(c.Record.Request).Contains("return_web=1", StringComparison.Ordinal));
                if (isPage)
                {
                    c.Judge(
                        c.Header("Referer") is { Length: > 0 } && c.Record.Status != 403,
                        c.Record.Status == 403 ? "The page that led here is not under a registered domain." : "Without a Referer the user is not led back.");
                }
            },
        },
        new("debit-after-termination", LintSeverity.Error,
            new("解约后仍发起扣款", "A debit after the end of its contract"), new("收到解约通知后停止扣款", "Stop debiting when the end is told"), "docs/reference/wechat-rules.md §6, §7")
        {
            OnCall = c =>
            {
                if (c.Record is { Path: LintCase.Apply, ContractId: { } contract } && c.Facts.Ended.TryFind((c.MchId, contract), out var end))
                {
                    c.Fault($"The end was acknowledged before (s{end.Record}).");
                }
            },
            OnSend = c =>
            {
                if (c.Record is { Acknowledged: true, Kind: DeliveryKind.Contract } && c.Text("change_type") == "DELETE")
                {
                    c.Pass();
                }
            },
        },
        new("paid-without-contract-never-asked", LintSeverity.Error,
            new("已支付未签约且未查询协议", "Paid, not signed, never asked"), new("支付成功而无签约通知时查询协议", "Ask querycontract when a payment comes without a contract"), "checklist 21")
        {
            OnSend = c =>
            {
                if (c.Record is { Kind: DeliveryKind.Payment, OutTradeNo: { } number, Send: <= 1 } && Unsigned(c.World, c.MchId, number) is var (code, paidAt)
                    && !(c.Facts.ContractQueries.TryFind((c.MchId, code), out var asked) && asked >= paidAt))
                {
                    c.Facts.Unsigned.Make(new(c.MchId, code, paidAt, c.Record.Id, true, $"{number} was paid, and nobody asked about {code} within an hour."));
                }
            },
            OnCall = c =>
            {
                if ((c.Record.Path == LintCase.ContractQuery || c.AsksAboutContract(c.Record.Path)) && c.Facts.Unsigned.Keep(c.MchId, c.Record.ContractCode))
                {
                    c.Pass();
                }
            },
            // It may have been signed since.
            OnTime = r => r.Overdue(r.Facts.Unsigned, broken => r.World.ContractByCode(broken.MchId, broken.Number, static _ => true) != true),
        },
    ];

    /// <summary>The code of the contract that was offered with a payment and not signed.</summary>
    private static (string Code, DateTimeOffset PaidAt)? Unsigned(LintWorld world, string mchId, string number) => world.Order(
        mchId, number,
        static o => o is { Kind: OrderKind.Payment, IsPaid: true, OffersContract: true, ContractId: null, ContractCode: { } code, PaidAt: { } at } ? ((string, DateTimeOffset)?)(code, at) : null);
}
