using Papaya.Billing.Contracts;
using Papaya.Server.Contracts;
using Papaya.Server.Hosting;
using Papaya.WeChatPay;

namespace Papaya.Server.Checkout;

/// <summary>Why a visit could not begin, and what to do about it.</summary>
internal static class CheckoutProblems
{
    /// <summary>WeChat allows one contract per merchant number, template and user: the caller is shown it, and what else can be sold.</summary>
    public static Problem AlreadySigned(Contract existing, IReadOnlyList<string> offers) => new(
        "already_signed",
        StatusCodes.Status409Conflict,
        "This user has a contract under the plan's template already; WeChat allows one.",
        "plan",
        offers.Count == 0
            ? "Sell it under the existing contract, or add a plan on another template."
            : "Sell it under the existing contract, or offer one of the plans listed in 'offers'; they use other templates.")
    {
        More = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["contract"] = existing.Id,
            ["contract_status"] = existing.State.ToApi(),
            ["contract_plan"] = existing.Plan,
            ["offers"] = offers.ToArray(),
        },
    };

    /// <summary>WeChat took no order. The checkout is stored as failed; a new attempt is a new checkout.</summary>
    public static Problem RefusedByWeChat(CheckoutVisit visit, string code)
    {
        if (code == LocalCodes.InvalidField)
        {
            return Problem.Invalid("wechat", $"A value breaks a rule of WeChat Pay: {visit.PaymentReason}.", "Correct it and send a new request; nothing was sent to WeChat.");
        }

        var meaning = ErrorCodes.Find("contractorder", code);
        var isCallers = meaning?.Next == NextStep.FixRequest;
        return new Problem(
            "wechat_refused",
            isCallers ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status502BadGateway,
            $"WeChat Pay refused the order: {meaning?.Meaning ?? "a code that is not in its documentation"} ({code}).",
            Cure: Cure(code, meaning?.Next))
        {
            More = new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["wechat_code"] = code,
                ["wechat_text"] = visit.PaymentReason,
                ["checkout"] = visit.Id,
            },
        };
    }

    private static string Cure(string code, NextStep? next) => (code, next) switch
    {
        ("SIGN_ERROR" or "SIGNERROR" or "SIGN ERROR", _) =>
            "Compare the merchant's APIv2 key with the one on the merchant platform; `papaya sign explain` shows what was signed.",
        ("MERCHANT PERMISSION ERROR" or "MERCHANT AUTHORITY ERROR" or "NOAUTH", _) =>
            "Ask WeChat Pay to open delegated debit (and this payment channel) for the merchant number, then order again.",
        ("INVALID PLAN_ID", _) => "Check on the merchant platform that the plan's template is approved, not disabled, and belongs to this merchant number.",
        ("CONTRACT_CODE DUPLICATION", _) => "Repeat the request with a new Idempotency-Key: the next checkout takes new numbers.",
        ("APPID_NOT_EXIST" or "MCHID_NOT_EXIST" or "APPID_MCHID_NOT_MATCH", _) =>
            "Correct the merchant's number and apps in the settings; the app must be bound to the merchant number.",
        ("RESULT NULL", _) => "Check the plan's template and the channel's app in the settings: WeChat found nothing for them.",
        (_, NextStep.FixRequest) => "Correct the value that WeChat's text names, and send a new request.",
        (_, NextStep.FixSetup) => "An operator has to put the merchant's settings right; `papaya doctor` checks them.",
        _ => "Send a new request with a new Idempotency-Key; if it is refused again, ask WeChat Pay's support with this code.",
    };
}
