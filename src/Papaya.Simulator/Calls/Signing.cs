using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Calls;

/// <summary>What a user is asked to sign, by whichever way.</summary>
internal sealed record SigningTerms(
    string MchId, string AppId, long PlanId, string ContractCode, string RequestSerial, string DisplayAccount, SignType SignType, string? OuterId)
{
    public string? SubMchId { get; init; }

    public string? SubAppId { get; init; }

    public bool IsV3 { get; init; }

    public string? OutUserCode { get; init; }

    public string? NotifyUrl { get; init; }

    /// <summary>The one debit that the contract is for.</summary>
    public DebitSchedule? Schedule { get; init; }

    public bool IsGlobal { get; init; }
}

/// <summary>The rules of signing that all ways share.</summary>
internal static class Signing
{
    /// <summary>A user holds at most so many deduct items.</summary>
    public const int MostItems = 200;

    /// <summary>Why WeChat does not sign; null when it does.</summary>
    public static string? WhyNot(SimulatorState state, SigningTerms terms, User user)
    {
        var template = state.FindTemplate(terms.MchId, terms.PlanId);
        return user.Account == AccountState.Closed ? "account_closed"
            : user.Account != AccountState.Normal ? "account_abnormal"
            : user.Unverified ? "account_unverified"
            : state.FindActiveContract(terms.MchId, terms.PlanId, user.Openid, terms.OuterId) is not null ? "already_signed"
            : IsCodeUsed(state, terms.MchId, terms.ContractCode) ? "contract_code_used"
            : user.Items + user.OtherItems >= MostItems ? "too_many_items"
            : state.FindMerchant(terms.MchId) is { Penalised: true } ? "merchant_penalised"
            : template is null or { Disabled: true } or { SigningBlocked: true } ? "template_closed"
            : null;
    }

    /// <summary>Whether a contract_code is taken: by an active contract, or, where the switch says so, by any that ever was.</summary>
    public static bool IsCodeUsed(SimulatorState state, string mchId, string? code) =>
        state.FindContractByCode(mchId, code) is { } known && (known.IsActive || state.Switches.Is("contract_code_reuse", "refused"));

    /// <summary>Whether a request_serial was used up by a contract of this merchant; only asked where the switch says so, for it looks through all.</summary>
    public static bool IsSerialUsed(SimulatorState state, string mchId, string? serial) =>
        state.Switches.Is("request_serial_repeat", "refused") && state.Contracts.Any(c => c.MchId == mchId && c.RequestSerial == serial);

    /// <summary>Makes the contract; its end is on the agenda from now on.</summary>
    public static Contract Sign(SimulatorState state, SigningTerms terms, User user, DateTimeOffset now)
    {
        var template = state.FindTemplate(terms.MchId, terms.PlanId)!;
        var contract = new Contract
        {
            ContractId = state.Numbers.ContractId(now),
            MchId = terms.MchId,
            SubMchId = terms.SubMchId,
            SubAppId = terms.SubAppId,
            AppId = terms.AppId,
            PlanId = terms.PlanId,
            Openid = user.Openid,
            ContractCode = terms.ContractCode,
            RequestSerial = terms.RequestSerial,
            DisplayAccount = terms.DisplayAccount,
            OuterId = terms.OuterId,
            SignType = terms.SignType,
            IsV3 = terms.IsV3,
            OutUserCode = terms.OutUserCode,
            NotifyUrl = terms.IsV3 ? terms.NotifyUrl : null,
            Schedule = terms.Schedule,
            IsGlobal = terms.IsGlobal,
            SignedAt = now,
            ExpiresAt = now.AddDays(template.ValidDays),
        };
        state.Schedule(contract, terms.Schedule?.EndsAt ?? contract.ExpiresAt);
        state.Put(contract);
        if (state.Switches.Is("sign_unsign_resets_limits", "yes"))
        {
            state.Put(new Usage { MchId = terms.MchId, PlanId = terms.PlanId, Openid = user.Openid, OuterId = terms.OuterId ?? "" });
        }

        state.Put(new UserMessage { Openid = user.Openid, Kind = UserMessageKind.Signed, At = now, MchId = terms.MchId, PlanId = terms.PlanId });
        return contract;
    }
}
