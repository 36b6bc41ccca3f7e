using Papaya.Simulator.World;

namespace Papaya.Simulator.Lint;

/// <summary>Signing and its end.</summary>
internal static class ContractRules
{
    private static readonly TimeSpan AskWithin = TimeSpan.FromHours(1);

    public static readonly IReadOnlyList<LintRule> All =
    [
        new("signing-without-query", LintSeverity.Warning,
            new("未先查询签约关系", "Signed again without asking"), new("用户已签约时先查询协议", "Ask about the contract before a user signs the same template again"), "checklist 20")
        {
            OnCall = c =>
            {
                if (c.Record is { Path: LintCase.Order, MchId: { } mchId, Openid: { } openid } && c.Request?.GetInt64("plan_id"u8) is { } plan
                    && c.State.FindActiveContract(mchId, plan, openid) is { } active && active.SignedAt < c.Record.At)
                {
                    c.Judge(
                        c.Facts.ContractQueries.ContainsKey((mchId, active.ContractId)) || c.Facts.ContractQueries.ContainsKey((mchId, active.ContractCode)),
                        $"{active.ContractId} is signed, and nobody asked.");
                }
            },
        },
        new("contract-code-reused", LintSeverity.Warning,
            new("签约号重复使用", "The code of an ended contract was used again"), new("每次签约使用新的 contract_code", "A new contract_code for each signing"), "docs/reference/wechat-rules.md §1")
        {
            OnCall = c =>
            {
                if (c.Record is { Path: LintCase.Order, MchId: { } mchId, ContractCode: { } code })
                {
                    if (c.State.FindContractByCode(mchId, code) is { IsActive: false } old && old.TerminatedAt <= c.Record.At)
                    {
                        c.Fault($"{code} was that of {old.ContractId}.");
                    }
                    else if (c.Record.Openid is { } openid && c.State.ContractsOf(openid).Any(k => k.MchId == mchId && k.TerminatedAt <= c.Record.At))
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
                if (c.Record is { Path: LintCase.Order, MchId: { } mchId, ErrCode: null, Status: 200 } && c.Request?.GetInt64("plan_id"u8) is { } plan
                    && c.State.FindTemplate(mchId, plan) is { } template)
                {
                    c.Judge(template.TerminateNotifyUrl is not null, $"Template {plan} tells nobody when a contract ends.");
                }
            },
        },
        new("debit-after-termination", LintSeverity.Error,
            new("解约后仍发起扣款", "A debit after the end of its contract"), new("收到解约通知后停止扣款", "Stop debiting when the end is told"), "docs/reference/wechat-rules.md §6, §7")
        {
            OnCall = c =>
            {
                if (c.Record is { Path: LintCase.Apply, MchId: { } mchId, ContractId: { } contract } && c.Facts.Ended.TryGetValue((mchId, contract), out var end))
                {
                    c.Fault($"The end was acknowledged before (s{end.Record}).");
                }
            },
            AtReview = r =>
            {
                foreach (var ((mchId, contract), end) in r.Facts.Ended)
                {
                    if (r.Facts.NumbersOf.GetValueOrDefault((mchId, contract))?.TrueForAll(n => n.LastApply <= end.At) ?? true)
                    {
                        r.Pass(mchId, contract);
                    }
                }
            },
        },
        new("paid-without-contract-never-asked", LintSeverity.Error,
            new("已支付未签约且未查询协议", "Paid, not signed, never asked"), new("支付成功而无签约通知时查询协议", "Ask querycontract when a payment comes without a contract"), "checklist 21")
        {
            AtReview = r =>
            {
                foreach (var order in r.State.Orders)
                {
                    if (order is { Kind: OrderKind.Payment, IsPaid: true, OffersContract: true, ContractId: null, ContractCode: { } code } && order.PaidAt + AskWithin < r.Now)
                    {
                        r.Judge(
                            r.Facts.ContractQueries.TryGetValue((order.MchId, code), out var asked) && asked >= order.PaidAt, order.MchId, order.OutTradeNo, order.PaidAt!.Value, 0,
                            $"Nobody asked about {code} within an hour of the payment.");
                    }
                }
            },
        },
    ];
}
