using System.Collections.Frozen;

namespace Papaya.WeChatPay;

/// <summary>What a caller may do after an error.</summary>
public enum NextStep
{
    /// <summary>Do not repeat it as it is: the request is wrong.</summary>
    FixRequest,

    /// <summary>Do not repeat it: key, permission, certificate or binding must be put right by an operator.</summary>
    FixSetup,

    /// <summary>Query the number; when WeChat does not know it, repeat under the same number with the same parameters.</summary>
    QueryThenSameNumber,

    /// <summary>Do not send again: wait and query.</summary>
    WaitAndQuery,

    /// <summary>Back off, then the same request under the same number.</summary>
    SameNumberLater,

    /// <summary>This number has failed for good; a later try takes a new one.</summary>
    NewNumberLater,

    /// <summary>Query; when it is closed, take a new number.</summary>
    QueryThenNewNumber,

    /// <summary>Query, and book as paid what the query confirms.</summary>
    QueryThenPaid,

    /// <summary>Already so: treat as done.</summary>
    TreatAsDone,

    /// <summary>Ask querycontract and stop billing this contract.</summary>
    CheckContract,

    /// <summary>The contract is over: only the user can sign again.</summary>
    SignAgain,

    /// <summary>Take a new contract number.</summary>
    NewContractNumber,

    /// <summary>Put money into the merchant's account, then the same number.</summary>
    TopUpThenSameNumber,

    /// <summary>WeChat cannot do it: pay back another way.</summary>
    RefundOutside,

    /// <summary>WeChat knows nothing of that name; by itself this is no proof that it never will.</summary>
    NothingThere,
}

/// <summary>One row of the error table.</summary>
/// <param name="Endpoint">Name of the call; <c>*</c> for codes that every call can give, <c>debit notification</c> for results.</param>
/// <param name="Code">WeChat's spelling.</param>
/// <param name="Kind">Refused, throttled or ask.</param>
/// <param name="Next">What the caller may do.</param>
/// <param name="Meaning">In plain words.</param>
public sealed record ErrorMeaning(string Endpoint, string Code, ErrorKind Kind, NextStep Next, string Meaning);

/// <summary>Every published error code of the V2 calls and what it means. A code that is not here is <see cref="ErrorKind.Ask"/>. V3: <see cref="V3ErrorCodes"/>.</summary>
public static class ErrorCodes
{
    /// <summary>Row name of failure codes in debit notifications.</summary>
    public const string DebitNotification = "debit notification";

    private const string Any = "*";

    /// <summary>The whole table.</summary>
    public static IReadOnlyList<ErrorMeaning> All { get; } =
    [
        // Codes that any call can give, in all the spellings that occur.
        new(Any, "SYSTEMERROR", ErrorKind.Ask, NextStep.QueryThenSameNumber, "WeChat's internal error or timeout; the outcome is unknown"),
        new(Any, "SIGNERROR", ErrorKind.Refused, NextStep.FixSetup, "the signature is wrong"),
        new(Any, "SIGN_ERROR", ErrorKind.Refused, NextStep.FixSetup, "the signature is wrong"),
        new(Any, "SIGN ERROR", ErrorKind.Refused, NextStep.FixSetup, "the signature is wrong"),
        new(Any, "PARAM_ERROR", ErrorKind.Refused, NextStep.FixRequest, "a parameter is wrong"),
        new(Any, "PARAMETER FAIL", ErrorKind.Refused, NextStep.FixRequest, "a parameter is wrong"),
        new(Any, "INVALID_REQUEST", ErrorKind.Refused, NextStep.FixRequest, "a parameter or the state does not allow the request"),
        new(Any, "LACK_PARAMS", ErrorKind.Refused, NextStep.FixRequest, "a required parameter is missing"),
        new(Any, "XML_FORMAT_ERROR", ErrorKind.Refused, NextStep.FixRequest, "the XML cannot be parsed"),
        new(Any, "XML FAIL", ErrorKind.Refused, NextStep.FixRequest, "the XML cannot be parsed"),
        new(Any, "REQUIRE_POST_METHOD", ErrorKind.Refused, NextStep.FixRequest, "the request must be a POST"),
        new(Any, "POST_DATA_EMPTY", ErrorKind.Refused, NextStep.FixRequest, "the body is empty"),
        new(Any, "NOT_UTF8", ErrorKind.Refused, NextStep.FixRequest, "the body is not UTF-8"),
        new(Any, "APPID_NOT_EXIST", ErrorKind.Refused, NextStep.FixSetup, "the appid does not exist"),
        new(Any, "MCHID_NOT_EXIST", ErrorKind.Refused, NextStep.FixSetup, "the merchant number does not exist"),
        new(Any, "APPID_MCHID_NOT_MATCH", ErrorKind.Refused, NextStep.FixSetup, "the appid is not bound to the merchant number"),
        new(Any, "NOAUTH", ErrorKind.Refused, NextStep.FixSetup, "the merchant has no permission for this product"),
        new(Any, "MERCHANT PERMISSION ERROR", ErrorKind.Refused, NextStep.FixSetup, "the merchant has no permission for this product"),
        new(Any, "FREQUENCY_LIMITED", ErrorKind.Throttled, NextStep.SameNumberLater, "too many requests; this one was not accepted"),
        new(Any, "ORDERPAID", ErrorKind.Ask, NextStep.QueryThenPaid, "this number is already paid"),
        new(Any, "ORDERCLOSED", ErrorKind.Refused, NextStep.NewNumberLater, "the order is closed; its number can never be paid"),
        new(Any, "OUT_TRADE_NO_USED", ErrorKind.Ask, NextStep.QueryThenNewNumber, "the number was used before, with other parameters or to its end"),

        new("contractorder", "RESULT NULL", ErrorKind.Refused, NextStep.FixRequest, "nothing was found for the request"),
        new("contractorder", "INVALID PLAN_ID", ErrorKind.Refused, NextStep.FixSetup, "the template is not valid"),
        new("contractorder", "CONTRACT_CODE DUPLICATION", ErrorKind.Refused, NextStep.NewContractNumber, "a contract was already signed under this contract_code"),
        new("contractorder", "MERCHANT AUTHORITY ERROR", ErrorKind.Refused, NextStep.FixSetup, "the merchant lacks the authority"),
        new("contractorder", "201", ErrorKind.Ask, NextStep.QueryThenNewNumber, "an unpaid order of this number exists with other parameters"),

        new("querycontract", "RESULT NULL", ErrorKind.Refused, NextStep.NothingThere, "no such contract"),
        new("querycontract", "CONTRACT_NOT_EXIST", ErrorKind.Refused, NextStep.NothingThere, "no such contract"),

        // A failed termination proves nothing about the contract's state, which querycontract tells.
        new("deletecontract", "CONTRACT_NOT_EXIST", ErrorKind.Refused, NextStep.CheckContract, "the contract does not exist or was terminated before"),
        new("deletecontract", "RESULT NULL", ErrorKind.Refused, NextStep.CheckContract, "no such contract"),

        new("pappayapply", "CONTRACT_NOT_EXIST", ErrorKind.Refused, NextStep.CheckContract, "the contract does not exist or was terminated"),
        new("pappayapply", "CONTRACTERROR", ErrorKind.Refused, NextStep.SignAgain, "the contract has expired"),
        new("pappayapply", "ORDER_ACCEPTED", ErrorKind.Ask, NextStep.WaitAndQuery, "a debit of this contract is already waiting"),
        new("pappayapply", "RULELIMIT", ErrorKind.Refused, NextStep.NewNumberLater, "risk control, or a limit of amount or number; not again the same day"),
        new("pappayapply", "INVALID_REQUEST", ErrorKind.Refused, NextStep.FixRequest, "no valid pre-debit notice, outside its window or hours, or above its estimate"),
        new("pappayapply", "NOTENOUGH", ErrorKind.Refused, NextStep.NewNumberLater, "the user has not enough money"),
        new("pappayapply", "BANKERROR", ErrorKind.Refused, NextStep.NewNumberLater, "the bank is under maintenance"),
        new("pappayapply", "ACCOUNTERROR", ErrorKind.Refused, NextStep.NewNumberLater, "the user's account is abnormal"),
        new("pappayapply", "USER_ACCOUNT_ABNORMAL", ErrorKind.Refused, NextStep.NewNumberLater, "the user's WeChat account is abnormal"),

        new("paporderquery", "ORDERNOTEXIST", ErrorKind.Refused, NextStep.NothingThere, "no such order; normal while a 24-hour debit waits"),
        new("paporderquery", "INVALID_TRANSACTIONID", ErrorKind.Refused, NextStep.FixRequest, "the transaction_id is not valid"),
        new("orderquery", "ORDERNOTEXIST", ErrorKind.Refused, NextStep.NothingThere, "no such order; normal while a 24-hour debit waits"),
        new("orderquery", "INVALID_TRANSACTIONID", ErrorKind.Refused, NextStep.FixRequest, "the transaction_id is not valid"),

        new("closeorder", "ORDERCLOSED", ErrorKind.Refused, NextStep.TreatAsDone, "the order was already closed"),
        new("closeorder", "ORDERNOTEXIST", ErrorKind.Refused, NextStep.NothingThere, "no such order"),
        new("closeorder", "TRADE_STATE_ERROR", ErrorKind.Refused, NextStep.WaitAndQuery, "the order's state does not allow closing (or it is younger than 5 minutes)"),

        new("refund", "SYSTEMERROR", ErrorKind.Ask, NextStep.SameNumberLater, "WeChat's internal error; repeat with the same out_refund_no and parameters"),
        new("refund", "BIZERR_NEED_RETRY", ErrorKind.Throttled, NextStep.SameNumberLater, "another refund of the order is being handled"),
        new("refund", "TRADE_OVERDUE", ErrorKind.Refused, NextStep.RefundOutside, "the payment is older than one year"),
        new("refund", "ERROR", ErrorKind.Ask, NextStep.QueryThenSameNumber, "a business error that only the text explains"),
        new("refund", "USER_ACCOUNT_ABNORMAL", ErrorKind.Refused, NextStep.RefundOutside, "the user's account is closed or abnormal"),
        new("refund", "INVALID_REQ_TOO_MUCH", ErrorKind.Throttled, NextStep.SameNumberLater, "too many wrong requests; wait one minute"),
        new("refund", "NOTENOUGH", ErrorKind.Refused, NextStep.TopUpThenSameNumber, "the merchant's balance is too low"),
        new("refund", "INVALID_TRANSACTIONID", ErrorKind.Refused, NextStep.FixRequest, "the transaction_id is not valid"),
        new("refund", "ORDERNOTEXIST", ErrorKind.Refused, NextStep.FixRequest, "no such paid order"),
        new("refund", "REFUND_FEE_MISMATCH", ErrorKind.Ask, NextStep.QueryThenSameNumber, "an earlier request of this out_refund_no has other amounts; what became of it is not said"),
        new("refund", "CERT_ERROR", ErrorKind.Refused, NextStep.FixSetup, "the client certificate is wrong"),

        new("refundquery", "REFUNDNOTEXIST", ErrorKind.Refused, NextStep.NothingThere, "no such refund"),
        new("refundquery", "INVALID_TRANSACTIONID", ErrorKind.Refused, NextStep.FixRequest, "the transaction_id is not valid"),

        // downloadbill answers with texts; its numbers (20001, 20002) mean several things at once.
        new("downloadbill", "No Bill Exist", ErrorKind.Refused, NextStep.NothingThere, "no trade on that day, or asked too early (before 10:00 of the next day)"),
        new("downloadbill", "Bill Creating", ErrorKind.Throttled, NextStep.SameNumberLater, "the bill is being made; ask again after 10:00"),
        new("downloadbill", "invalid bill_type", ErrorKind.Refused, NextStep.FixRequest, "the bill_type is not valid"),
        new("downloadbill", "data format error", ErrorKind.Refused, NextStep.FixRequest, "the bill_date is not valid"),
        new("downloadbill", "missing parameter", ErrorKind.Refused, NextStep.FixRequest, "a parameter is missing"),
        new("downloadbill", "SIGN ERROR", ErrorKind.Refused, NextStep.FixSetup, "the signature is wrong"),
        new("downloadbill", "CompressGZip Error", ErrorKind.Throttled, NextStep.SameNumberLater, "compressing failed"),
        new("downloadbill", "UnCompressGZip Error", ErrorKind.Throttled, NextStep.SameNumberLater, "decompressing failed"),
        new("downloadbill", "SYSTEMERROR", ErrorKind.Ask, NextStep.SameNumberLater, "WeChat's internal error; a download changes nothing"),

        new("downloadfundflow", "NO_BILL_EXIST", ErrorKind.Refused, NextStep.NothingThere, "no movement on that day, or asked too early (before 10:00 of the next day)"),
        new("downloadfundflow", "BILL_CREATING", ErrorKind.Throttled, NextStep.SameNumberLater, "the bill is being made; ask again after 10:00"),
        new("downloadfundflow", "SYSTEMERROR", ErrorKind.Ask, NextStep.SameNumberLater, "WeChat's internal error; a download changes nothing"),

        // What a debit notification says about a debit that did not take place.
        new(DebitNotification, "ACCOUNTERROR", ErrorKind.Refused, NextStep.NewNumberLater, "the user's account is abnormal"),
        new(DebitNotification, "CONTRACT_NOT_EXIST", ErrorKind.Refused, NextStep.CheckContract, "the contract is gone; the user may have terminated it while the debit waited"),
        new(DebitNotification, "RULELIMIT", ErrorKind.Refused, NextStep.NewNumberLater, "the user reached a payment limit; not again the same day"),
        new(DebitNotification, "BANKERROR", ErrorKind.Refused, NextStep.NewNumberLater, "the bank is under maintenance"),
        new(DebitNotification, "NOTENOUGH", ErrorKind.Refused, NextStep.NewNumberLater, "the user has not enough money"),
        new(DebitNotification, "USER_ACCOUNT_ABNORMAL", ErrorKind.Refused, NextStep.NewNumberLater, "the user's WeChat account is abnormal"),
        new(DebitNotification, "USER_NOT_EXIST", ErrorKind.Refused, NextStep.CheckContract, "the user's account was closed"),
        new(DebitNotification, "TRADE_ERROR", ErrorKind.Refused, NextStep.QueryThenNewNumber, "an error of the order"),
        new(DebitNotification, "SYSTEMERROR", ErrorKind.Ask, NextStep.QueryThenNewNumber, "unknown: query; when not CLOSED, close the order first, then a new number"),
    ];

    private static readonly FrozenDictionary<(string Endpoint, string Code), ErrorMeaning> Index =
        All.ToFrozenDictionary(row => (row.Endpoint, Fold(row.Code)));

    // Texts of return_msg that replace a code when the whole communication failed (return_code FAIL).
    private static readonly (string Text, string Code)[] Texts =
    [
        ("签名错误", "SIGNERROR"),
        ("签名失败", "SIGNERROR"),
        ("签约参数签名校验错误", "SIGNERROR"),
        ("参数格式校验错误", "PARAM_ERROR"),
        ("不识别的参数", "PARAM_ERROR"),
        ("PARAMERROR", "PARAM_ERROR"),
        ("请使用 POST 请求", "REQUIRE_POST_METHOD"),
        ("XML格式错误", "XML_FORMAT_ERROR"),
    ];

    /// <summary>The row of a code for one call, or for all calls; null when the code is not known there.</summary>
    public static ErrorMeaning? Find(string endpoint, string code)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(code);
        return Index.GetValueOrDefault((endpoint, Fold(code))) ?? (endpoint == DebitNotification ? null : Index.GetValueOrDefault((Any, Fold(code))));
    }

    /// <summary>The code that an unsigned failure text stands for; null when the text is not known.</summary>
    internal static string? FromText(string endpoint, string text)
    {
        if (Find(endpoint, text) is { } meaning)
        {
            return meaning.Code;
        }

        foreach (var (start, code) in Texts)
        {
            if (text.StartsWith(start, StringComparison.Ordinal))
            {
                return code;
            }
        }

        return null;
    }

    // downloadbill's letter case differs between pages and wire ("NO Bill Exist").
    private static string Fold(string code) => code.Trim().ToUpperInvariant();
}
