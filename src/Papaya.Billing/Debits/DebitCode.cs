using System.Collections.Frozen;

namespace Papaya.Billing.Debits;

/// <summary>What a code of WeChat's says about the debit that met it.</summary>
public enum CodeClass
{
    /// <summary>A new number later may succeed.</summary>
    SoftWait,

    /// <summary>The account or the customer is at fault: the contract is suspended, no more automatic tries.</summary>
    Hold,

    /// <summary>The contract or the customer is gone: no try can help; WeChat is asked about the contract.</summary>
    Hard,

    /// <summary>Anything may have happened: ask about the same number.</summary>
    Ask,

    /// <summary>Not taken: the same number later, and slower.</summary>
    Throttle,

    /// <summary>Our own set-up is at fault (key, rights, parameters): the same number later; the customer's tries are not spent.</summary>
    ConfigFault,
}

/// <summary>One row of the table of codes.</summary>
/// <param name="Code">WeChat's code.</param>
/// <param name="Class">What it says.</param>
/// <param name="Executed">Whether the customer's account was tried: such failures count towards the three in a row.</param>
/// <param name="SoftTries">How many failures by this code the plan forgives before the charge is held.</param>
public sealed record DebitCode(string Code, CodeClass Class, bool Executed, int SoftTries)
{
    private const int AsPlanned = int.MaxValue;

    /// <summary>The reviewed table (docs/reference/wechat-rules.md §7 and §8).</summary>
    public static IReadOnlyList<DebitCode> Table { get; } =
    [
        new("NOTENOUGH", CodeClass.SoftWait, true, AsPlanned),
        new("BANKERROR", CodeClass.SoftWait, true, AsPlanned),
        new("RULELIMIT", CodeClass.SoftWait, true, 2),
        new("TRADE_ERROR", CodeClass.SoftWait, true, 1),
        new("CLOSED", CodeClass.SoftWait, true, AsPlanned),
        new("PAY_FAIL", CodeClass.SoftWait, true, AsPlanned),
        new("PAYERROR", CodeClass.SoftWait, true, AsPlanned),
        new("REVOKED", CodeClass.SoftWait, true, AsPlanned),
        new("ORDERCLOSED", CodeClass.SoftWait, false, 3),
        new("INVALID_REQUEST", CodeClass.SoftWait, false, 3),
        new("ACCOUNTERROR", CodeClass.Hold, true, 0),
        new("USER_ACCOUNT_ABNORMAL", CodeClass.Hold, true, 0),
        new("USER_NOT_EXIST", CodeClass.Hard, true, 0),
        new("CONTRACT_NOT_EXIST", CodeClass.Hard, false, 0),
        new("CONTRACTERROR", CodeClass.Hard, false, 0),
        new("SYSTEMERROR", CodeClass.Ask, false, 0),
        new("ORDERPAID", CodeClass.Ask, false, 0),
        new("ORDER_ACCEPTED", CodeClass.Ask, false, 0),
        new("OUT_TRADE_NO_USED", CodeClass.Ask, false, 0),
        new("FREQUENCY_LIMITED", CodeClass.Throttle, false, 0),
        new("SIGNERROR", CodeClass.ConfigFault, false, 0),
        new("SIGN_ERROR", CodeClass.ConfigFault, false, 0),
        new("SIGN ERROR", CodeClass.ConfigFault, false, 0),
        new("PARAM_ERROR", CodeClass.ConfigFault, false, 0),
        new("PARAMETER FAIL", CodeClass.ConfigFault, false, 0),
        new("LACK_PARAMS", CodeClass.ConfigFault, false, 0),
        new("XML_FORMAT_ERROR", CodeClass.ConfigFault, false, 0),
        new("XML FAIL", CodeClass.ConfigFault, false, 0),
        new("REQUIRE_POST_METHOD", CodeClass.ConfigFault, false, 0),
        new("POST_DATA_EMPTY", CodeClass.ConfigFault, false, 0),
        new("NOT_UTF8", CodeClass.ConfigFault, false, 0),
        new("APPID_NOT_EXIST", CodeClass.ConfigFault, false, 0),
        new("MCHID_NOT_EXIST", CodeClass.ConfigFault, false, 0),
        new("APPID_MCHID_NOT_MATCH", CodeClass.ConfigFault, false, 0),
        new("NOAUTH", CodeClass.ConfigFault, false, 0),
        new("MERCHANT PERMISSION ERROR", CodeClass.ConfigFault, false, 0),
    ];

    private static readonly FrozenDictionary<string, DebitCode> ByCode = Table.ToFrozenDictionary(row => row.Code, StringComparer.Ordinal);

    /// <summary>A code that is not in the table says nothing certain: ask.</summary>
    public static DebitCode Of(string? code) =>
        code is not null && ByCode.TryGetValue(code, out var row) ? row : new DebitCode(code ?? "NO_CODE", CodeClass.Ask, false, 0);

    /// <summary>
    /// The code of an attempt that a question found closed. WeChat closes what it could not collect, so a reported code that is
    /// no reason to stop (SYSTEMERROR above all) means no more than "executed in vain".
    /// </summary>
    public static DebitCode OfClosed(string? reported) =>
        Of(reported) is { Class: CodeClass.SoftWait or CodeClass.Hold or CodeClass.Hard } known ? known : Of("CLOSED");

    /// <summary>What pappayapply's refusal is evidence of.</summary>
    public AttemptEvidence AsAnswerToApply => Class switch
    {
        CodeClass.SoftWait or CodeClass.Hold or CodeClass.Hard => AttemptEvidence.Refused,
        CodeClass.Throttle or CodeClass.ConfigFault => AttemptEvidence.NotTaken,
        CodeClass.Ask => AttemptEvidence.NoAnswer,
    };
}
