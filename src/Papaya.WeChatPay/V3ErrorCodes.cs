using System.Collections.Frozen;

namespace Papaya.WeChatPay;

/// <summary>
/// Every published error code of the V3 calls and what it means. The code decides, never the HTTP status: the same code comes
/// with several. A code that is not here is <see cref="ErrorKind.Ask"/>.
/// </summary>
public static class V3ErrorCodes
{
    private const string Any = "*";
    private const string Notice = "v3-deduct-notify";
    private const string Reminder = "v3-fail-notify";
    private const string Apply = "v3-apply";
    private const string Debit = "global-debit";

    /// <summary>The whole table; <c>*</c> stands for every V3 call.</summary>
    public static IReadOnlyList<ErrorMeaning> All { get; } =
    [
        new(Any, "PARAM_ERROR", ErrorKind.Refused, NextStep.FixRequest, "a parameter is wrong"),
        new(Any, "INVALID_REQUEST", ErrorKind.Refused, NextStep.FixRequest, "a parameter or the state does not allow the request"),
        new(Any, "SIGN_ERROR", ErrorKind.Refused, NextStep.FixSetup, "the signature, the serial number or the clock is wrong"),
        new(Any, "NO_AUTH", ErrorKind.Refused, NextStep.FixSetup, "the merchant has no permission for this product"),
        new(Any, "APPID_MCHID_NOT_MATCH", ErrorKind.Refused, NextStep.FixSetup, "the appid is not bound to the merchant number"),
        new(Any, "MCH_NOT_EXISTS", ErrorKind.Refused, NextStep.FixSetup, "the merchant number does not exist"),
        new(Any, "NOT_FOUND", ErrorKind.Refused, NextStep.NothingThere, "nothing of that name"),
        new(Any, "RESOURCE_NOT_EXISTS", ErrorKind.Refused, NextStep.NothingThere, "nothing of that name"),
        new(Any, "ORDER_NOT_EXIST", ErrorKind.Refused, NextStep.NothingThere, "no such order"),
        new(Any, "CONTRACT_NOT_EXIST", ErrorKind.Refused, NextStep.CheckContract, "the contract does not exist or was terminated"),
        new(Any, "RATELIMIT_EXCEEDED", ErrorKind.Throttled, NextStep.SameNumberLater, "too many requests; this one was not accepted"),
        new(Any, "FREQUENCY_LIMITED", ErrorKind.Throttled, NextStep.SameNumberLater, "too many requests; this one was not accepted"),
        new(Any, "FREQUENCY_LIMIT_EXCEED", ErrorKind.Throttled, NextStep.SameNumberLater, "too many requests; this one was not accepted"),
        new(Any, "FREQUENCY_LIMITED_EXCEED", ErrorKind.Throttled, NextStep.SameNumberLater, "too many requests; this one was not accepted"),
        new(Any, "SYSTEM_ERROR", ErrorKind.Ask, NextStep.QueryThenSameNumber, "WeChat's internal error or timeout; the outcome is unknown"),
        new(Any, "RULELIMIT", ErrorKind.Refused, NextStep.SameNumberLater, "risk control; later"),
        new(Any, "NOT_ENOUGH", ErrorKind.Refused, NextStep.NewNumberLater, "the user has not enough money"),
        new(Any, "BANKERROR", ErrorKind.Ask, NextStep.QueryThenSameNumber, "the bank failed; the outcome is unknown"),
        new(Any, "SERVICE_UNAVAILABLE", ErrorKind.Ask, NextStep.QueryThenSameNumber, "WeChat cannot serve; the outcome is unknown"),

        // A notice cannot be queried or cancelled: repeating the same one tells whether it was sent.
        new(Notice, "RESOURCE_ALREADY_EXISTS", ErrorKind.Refused, NextStep.TreatAsDone, "the same notice was already sent"),
        new(Notice, "INVALID_REQUEST", ErrorKind.Refused, NextStep.FixRequest, "another notice is active, the template has no pre-debit notice, or outside 07:00 to 22:00"),
        new(Notice, "RULELIMIT", ErrorKind.Refused, NextStep.SameNumberLater, "risk control; later"),
        new(Notice, "SYSTEM_ERROR", ErrorKind.Ask, NextStep.SameNumberLater, "WeChat's internal error; repeat with the same parameters"),
        new(Reminder, "RESOURCE_ALREADY_EXISTS", ErrorKind.Refused, NextStep.TreatAsDone, "the user was already reminded"),
        new(Reminder, "RULELIMIT", ErrorKind.Refused, NextStep.SameNumberLater, "risk control; later"),
        new(Reminder, "SYSTEM_ERROR", ErrorKind.Ask, NextStep.SameNumberLater, "WeChat's internal error; repeat with the same parameters"),

        new("v3-schedule", "ALREADY_EXISTS", ErrorKind.Ask, NextStep.WaitAndQuery, "a booking exists; it can neither be repeated nor cancelled"),
        new(Apply, "ALREADY_EXISTS", ErrorKind.Ask, NextStep.QueryThenNewNumber, "the order number was used before"),
        new(Apply, "RULELIMIT", ErrorKind.Refused, NextStep.NewNumberLater, "risk control, or a limit of amount or number"),
        new("v3-query-contract", "CONTRACT_NOT_EXIST", ErrorKind.Refused, NextStep.NothingThere, "no such contract"),
        new("v3-tradebill", "NO_STATEMENT_EXIST", ErrorKind.Refused, NextStep.NothingThere, "no trade on that day, or asked too early (before 10:00 of the next day)"),
        new("v3-tradebill", "STATEMENT_CREATING", ErrorKind.Throttled, NextStep.SameNumberLater, "the bill is being made; ask again after 10:00"),
        new("v3-fundflowbill", "NO_STATEMENT_EXIST", ErrorKind.Refused, NextStep.NothingThere, "no movement on that day, or asked too early (before 10:00 of the next day)"),
        new("v3-fundflowbill", "STATEMENT_CREATING", ErrorKind.Throttled, NextStep.SameNumberLater, "the bill is being made; ask again after 10:00"),

        // Synchronous, and yet a bank's failure says nothing about what the bank did.
        new(Debit, "BANKERROR", ErrorKind.Ask, NextStep.QueryThenSameNumber, "the bank failed; the outcome is unknown"),
        new(Debit, "NOTENOUGH", ErrorKind.Refused, NextStep.NewNumberLater, "the user has not enough money"),
        new(Debit, "RULELIMIT", ErrorKind.Refused, NextStep.NewNumberLater, "risk control, or a limit of amount or number"),
    ];

    private static readonly FrozenDictionary<(string Endpoint, string Code), ErrorMeaning> Index = All.ToFrozenDictionary(row => (row.Endpoint, row.Code));

    /// <summary>The row of a code for one call, or for all V3 calls; null when the code is not known there.</summary>
    public static ErrorMeaning? Find(string endpoint, string code)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(code);
        return Index.GetValueOrDefault((endpoint, code)) ?? Index.GetValueOrDefault((Any, code));
    }
}
