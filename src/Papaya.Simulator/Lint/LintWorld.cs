using Papaya.Simulator.Calls;
using Papaya.Simulator.Journal;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Lint;

/// <summary>
/// What rules may ask of the world: one thing by its key, under the world's lock for as long as that takes. Nothing here grows with the world.
/// </summary>
internal sealed class LintWorld(SimulatorState state)
{
    public T? Merchant<T>(string? mchId, Func<Merchant, T> read) => state.Look(_ => state.FindMerchant(mchId) is { } found ? read(found) : default);

    public T? Template<T>(string mchId, long planId, Func<Template, T> read) => state.Look(_ => state.FindTemplate(mchId, planId) is { } found ? read(found) : default);

    public T? Order<T>(string mchId, string? number, Func<Order, T> read) => state.Look(_ => state.FindOrder(mchId, number) is { } found ? read(found) : default);

    /// <summary>The merchant's number of an order that it named by WeChat's.</summary>
    public string? NumberOf(string mchId, string transactionId) => state.Look(_ => state.FindOrderByTransaction(mchId, transactionId)?.OutTradeNo);

    public T? Contract<T>(string? contractId, Func<Contract, T> read) => state.Look(_ => state.FindContract(contractId) is { } found ? read(found) : default);

    /// <summary>The contract that this user has under a template.</summary>
    public T? ActiveContract<T>(string mchId, long planId, string openid, Func<Contract, T> read) =>
        state.Look(_ => state.FindActiveContract(mchId, planId, openid) is { } found ? read(found) : default);

    /// <summary>The latest relation under a code.</summary>
    public T? ContractByCode<T>(string mchId, string code, Func<Contract, T> read) =>
        state.Look(_ => state.FindContractByCode(mchId, code) is { } found ? read(found) : default);

    /// <summary>The template of a contract.</summary>
    public T? TemplateOf<T>(string? contractId, Func<Template, T> read) => state.Look(_ =>
        state.FindContract(contractId) is { } contract && state.FindTemplate(contract.MchId, contract.PlanId) is { } found ? read(found) : default);

    /// <summary>The latest notice of a contract.</summary>
    public T? Notice<T>(string contractId, Func<Notice, T> read) => state.Look(_ => state.FindNotice(contractId) is { } found ? read(found) : default);

    /// <summary>The first day of the cycle of a periodic contract that holds an instant; null when its template has no cycle of days or months.</summary>
    public DateOnly? CycleOf(string contractId, DateTimeOffset at) => state.Look(_ =>
        state.FindContract(contractId) is { } contract && state.FindTemplate(contract.MchId, contract.PlanId) is { IsImmediate: false } template
            ? DebitLimits.CycleOf(state, template, contract, BeijingTime.Day(at))
            : null);

    /// <summary>Whether the latest contract of a user with this merchant has ended by then.</summary>
    public bool HasEnded(string mchId, string openid, DateTimeOffset by) =>
        state.Look(_ => state.ContractsOf(openid) is { Count: > 0 } all && all[^1] is var last && last.MchId == mchId && last.TerminatedAt <= by);

    /// <summary>How many users have this nickname, how many have it with four-byte characters that were left out, and whether any user has a nickname.</summary>
    public (int Exact, int Filtered, bool Any) UsersNamed(string text) => state.Look(_ => state.UsersNamed(text));

    /// <summary>When the merchant's API certificate ends; null when it has none yet.</summary>
    public DateTimeOffset? CertificateEnds(string mchId) => state.Look(_ => state.Identities.CertificateEnds(mchId));

    /// <summary>The key known here under which a wrong sign fits. It tries the keys of all merchants: a rule asks a bounded number of times.</summary>
    public string? FittingKey(V2Message message, string mchId) =>
        state.Look(_ => state.FindMerchant(mchId) is { } merchant ? CanonicalView.FittingKey(message, merchant, state) : null);

    /// <summary>Whether an answer is signed with the merchant's key.</summary>
    public bool IsSigned(V2Message reply, string mchId) => Merchant(mchId, static m => (ApiV2Key?)m.Secret) is { } key && V2Signature.Verify(reply, [key]).IsValid;
}
