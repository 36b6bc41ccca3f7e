using System.Globalization;
using System.Net;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay;

/// <summary>What a failed call means for the caller's next step.</summary>
public enum ErrorKind
{
    /// <summary>Nothing happened; the same request will fail again.</summary>
    Refused,

    /// <summary>Not accepted this time; the same request under the same number may be sent later.</summary>
    Throttled,

    /// <summary>The outcome is unknown: query the same number, never take a new one.</summary>
    Ask,
}

/// <summary>Codes of failures that this client found itself. WeChat's own codes are never written like this.</summary>
public static class LocalCodes
{
    /// <summary>A request field breaks a rule; nothing was sent.</summary>
    public const string InvalidField = "papaya.invalid_field";

    /// <summary>The call needs the client certificate and there is none; nothing was sent.</summary>
    public const string NoCertificate = "papaya.no_certificate";

    /// <summary>A V3 call was made and the merchant's certificate or the V3 credentials are missing; nothing was sent.</summary>
    public const string V3NotConfigured = "papaya.v3_not_configured";

    /// <summary>No connection came about (name, port, TLS), or what must be known before the call could not be had: provably nothing was sent.</summary>
    public const string NotSent = "papaya.not_sent";

    /// <summary>The client's own limiter had no permit in time; nothing was sent.</summary>
    public const string TooFast = "papaya.too_fast";

    /// <summary>The request may have left, but no complete answer came.</summary>
    public const string NoAnswer = "papaya.no_answer";

    /// <summary>An answer with an HTTP status that WeChat Pay does not use for verdicts.</summary>
    public const string HttpStatus = "papaya.http_status";

    /// <summary>An answer that is not a V2 message, or lacks what every answer has.</summary>
    public const string Unreadable = "papaya.unreadable";

    /// <summary>An answer whose sign is missing or wrong.</summary>
    public const string BadSignature = "papaya.bad_signature";

    /// <summary>An answer to another merchant's request, or about another number.</summary>
    public const string ForeignReply = "papaya.foreign_reply";

    /// <summary><c>return_code</c> FAIL with a text that is not in the table.</summary>
    public const string ReturnFail = "papaya.return_fail";

    /// <summary>A refusal that nobody signed and that would settle what became of money: it proves nothing, ask.</summary>
    public const string UnsignedRefusal = "papaya.unsigned_refusal";

    /// <summary>A notification that is not accepted; see <see cref="Notifications.NotificationRefusal"/>.</summary>
    public const string Notification = "papaya.notification";

    /// <summary>A bill that does not have the documented form.</summary>
    public const string Bill = "papaya.bill";
}

/// <summary>The one exception of this client: a code, what kind of failure it is, and what to do next. Holds no secrets.</summary>
public sealed class PapayException : Exception
{
    private PapayException(string endpoint, string code, ErrorKind kind, NextStep next, string text, Exception? inner)
        : base($"{endpoint}: {code} ({kind}). {text}", inner)
    {
        Endpoint = endpoint;
        Code = code;
        Kind = kind;
        Next = next;
    }

    /// <summary>Name of the call, such as <c>pappayapply</c>.</summary>
    public string Endpoint { get; }

    /// <summary>WeChat's <c>err_code</c> (V3: <c>code</c>), or one of <see cref="LocalCodes"/>.</summary>
    public string Code { get; }

    /// <summary>Refused, throttled, or ask.</summary>
    public ErrorKind Kind { get; }

    /// <summary>What the caller may do next.</summary>
    public NextStep Next { get; }

    /// <summary>True when it is certain that nothing left this machine; the same request may then be sent again.</summary>
    public bool NotSent { get; private init; }

    /// <summary>WeChat's own words (<c>err_code_des</c> or <c>return_msg</c>), where there are any.</summary>
    public string? Description { get; private init; }

    /// <summary>True when the code is in <see cref="ErrorCodes"/> or <see cref="V3ErrorCodes"/>; an unknown code is always <see cref="ErrorKind.Ask"/>.</summary>
    public bool IsKnownCode { get; private init; } = true;

    /// <summary>HTTP status of the answer, where it mattered.</summary>
    public HttpStatusCode? Status { get; private init; }

    /// <summary>The broken rule, when a request field was refused before sending.</summary>
    public FieldProblem? Field { get; private init; }

    internal static PapayException Invalid(Endpoint endpoint, FieldProblem problem) =>
        new(endpoint.Name, LocalCodes.InvalidField, ErrorKind.Refused, NextStep.FixRequest, problem.ToString(), null) { Field = problem, NotSent = true };

    internal static PapayException WithoutCertificate(Endpoint endpoint) =>
        new(endpoint.Name, LocalCodes.NoCertificate, ErrorKind.Refused, NextStep.FixSetup, "The call needs the merchant's client certificate.", null) { NotSent = true };

    internal static PapayException V3NotConfigured(Endpoint endpoint, string what) =>
        new(endpoint.Name, LocalCodes.V3NotConfigured, ErrorKind.Refused, NextStep.FixSetup, $"V3 calls need {what}.", null) { NotSent = true };

    internal static PapayException NeverLeft(Endpoint endpoint, HttpRequestException inner) =>
        new(endpoint.Name, LocalCodes.NotSent, ErrorKind.Throttled, NextStep.SameNumberLater, $"No connection ({inner.HttpRequestError}); nothing was sent.", inner) { NotSent = true };

    /// <summary>An answer that nothing can verify is not asked for. A refused download is a matter of setup: the keys, or a public key that is not given.</summary>
    internal static PapayException WithoutPlatformKey(Endpoint endpoint, PapayException download) =>
        new(endpoint.Name, LocalCodes.NotSent, download.Kind == ErrorKind.Refused ? ErrorKind.Refused : ErrorKind.Throttled,
            download.Kind == ErrorKind.Refused ? NextStep.FixSetup : NextStep.SameNumberLater,
            $"WeChat Pay's certificates are needed to verify the answer and did not come ({download.Code}); nothing was sent.", download) { NotSent = true };

    internal static PapayException TooFast(Endpoint endpoint, RateLane lane, TimeSpan longest) =>
        new(endpoint.Name, LocalCodes.TooFast, ErrorKind.Throttled, NextStep.SameNumberLater,
            string.Create(CultureInfo.InvariantCulture, $"No permit of lane {lane} within {longest.TotalSeconds} s; nothing was sent."), null) { NotSent = true };

    internal static PapayException TooLate(Endpoint endpoint, TimeSpan deadline) =>
        new(endpoint.Name, LocalCodes.TooFast, ErrorKind.Throttled, NextStep.SameNumberLater,
            string.Create(CultureInfo.InvariantCulture, $"The permit came after the deadline of {deadline.TotalSeconds} s; nothing was sent."), null) { NotSent = true };

    internal static PapayException NoAnswer(Endpoint endpoint, string text, Exception inner) =>
        new(endpoint.Name, LocalCodes.NoAnswer, ErrorKind.Ask, NextStep.QueryThenSameNumber, text, inner);

    internal static PapayException WrongStatus(Endpoint endpoint, HttpStatusCode status) =>
        new(endpoint.Name, LocalCodes.HttpStatus, ErrorKind.Ask, NextStep.QueryThenSameNumber, $"HTTP {(int)status}.", null) { Status = status };

    internal static PapayException Unreadable(Endpoint endpoint, string text) =>
        new(endpoint.Name, LocalCodes.Unreadable, ErrorKind.Ask, NextStep.QueryThenSameNumber, text, null);

    internal static PapayException BadSignature(Endpoint endpoint, SignatureCheck check) =>
        new(endpoint.Name, LocalCodes.BadSignature, ErrorKind.Ask, NextStep.QueryThenSameNumber,
            check.Verdict == SignatureVerdict.Missing ? "The answer has no sign." : $"The answer's sign does not fit ({check.Type.WireName()}).", null);

    internal static PapayException BadV3Signature(Endpoint endpoint, V3Verdict verdict) =>
        new(endpoint.Name, LocalCodes.BadSignature, ErrorKind.Ask, NextStep.QueryThenSameNumber, $"The answer's signature is not accepted ({verdict}).", null);

    /// <summary>Field and issue are WeChat's words about the request's shape; the value that it quotes is never kept.</summary>
    internal static PapayException V3Refusal(V3Endpoint endpoint, HttpStatusCode status, string code, string? message, string? field, string? issue)
    {
        var words = field is null ? message : $"{message} ({field}: {issue})";
        var meaning = V3ErrorCodes.Find(endpoint.Name, code);
        return meaning is null
            ? new(endpoint.Name, code, ErrorKind.Ask, NextStep.QueryThenSameNumber, "An unknown code. " + words, null) { Description = words, IsKnownCode = false, Status = status }
            : new(endpoint.Name, code, meaning.Kind, meaning.Next, $"{meaning.Meaning}. {words}", null) { Description = words, Status = status };
    }

    /// <summary>
    /// An unsigned refusal may come from anybody on the way. It is believed where at worst a call is not made, or made again under its number: the
    /// request or the setup is wrong, it was too fast, or the outcome is unknown anyhow. No number ends because of it, so its code is not passed on.
    /// </summary>
    internal PapayException Unsigned() =>
        Kind == ErrorKind.Throttled || Next is NextStep.FixRequest or NextStep.FixSetup
        || (Kind == ErrorKind.Ask && Next is NextStep.QueryThenSameNumber or NextStep.SameNumberLater)
            ? this
            : new(Endpoint, LocalCodes.UnsignedRefusal, ErrorKind.Ask, NextStep.QueryThenSameNumber, $"Nobody signed {Code}. {Description}", null) { Description = Description, Status = Status };

    internal static PapayException Foreign(Endpoint endpoint, string field) =>
        new(endpoint.Name, LocalCodes.ForeignReply, ErrorKind.Ask, NextStep.QueryThenSameNumber, $"The answer's {field} is not the request's.", null);

    internal static PapayException Refusal(Endpoint endpoint, string code, string? description)
    {
        var meaning = ErrorCodes.Find(endpoint.Name, code);
        return meaning is null
            ? new(endpoint.Name, code, ErrorKind.Ask, NextStep.QueryThenSameNumber, "An unknown code. " + description, null) { Description = description, IsKnownCode = false }
            : new(endpoint.Name, meaning.Code, meaning.Kind, meaning.Next, $"{meaning.Meaning}. {description}", null) { Description = description };
    }

    internal static PapayException Notification(Notifications.NotificationRefusal refusal) =>
        new("notification", LocalCodes.Notification, ErrorKind.Refused, NextStep.FixSetup, refusal.ToString(), null);

    internal static PapayException BadBill(string text, Exception? inner = null, Endpoint? endpoint = null) =>
        new(endpoint?.Name ?? "downloadbill", LocalCodes.Bill, ErrorKind.Ask, NextStep.SameNumberLater, text, inner);
}
