using System.Text;
using Papaya.Simulator.Calls;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Wire;

/// <summary>One request whose sender is known and whose signature holds, and the answer that is being written.</summary>
internal sealed class Call(SimulatorState state, CallRule rule, V2Message message, Merchant merchant, SignType signType, DateTimeOffset now, string? certificate)
    : IDisposable
{
    /// <summary>The most that contract_err_code_des holds.</summary>
    private const int LongestContractText = 32;

    private V2Writer? _answer;

    public SimulatorState State => state;

    public Merchant Merchant => merchant;

    public string Path => rule.Path;

    public SignType SignType => signType;

    public DateTimeOffset Now => now;

    public V2Message Message => message;

    /// <summary>The merchant number of the client certificate, if one was shown.</summary>
    public string? Certificate => certificate;

    public string AppId { get; } = message.GetString("appid"u8) ?? "";

    /// <summary>The sub-merchant for whom a service provider calls; null when a merchant calls for itself.</summary>
    public string? SubMchId { get; } = message.GetString("sub_mch_id"u8) is { Length: > 0 } sub ? sub : null;

    /// <summary>Set when the answer is <c>return_code</c> FAIL: unsigned.</summary>
    public bool IsUnsigned { get; private set; }

    /// <summary>The error code answered; null on success.</summary>
    public string? ErrCode { get; private set; }

    /// <summary>Why the contract part of a pay-and-sign order fails, when a fault says so.</summary>
    public (string Code, string Text)? ContractPart { get; init; }

    /// <summary>A file instead of XML (bills).</summary>
    public byte[]? File { get; set; }

    /// <summary>Blanks between tags and CDATA, which belong to no value and to no sign.</summary>
    public bool HasBlanks { get; set; }

    /// <summary>What the header <c>Digest</c> of a file says.</summary>
    public string? Digest { get; set; }

    /// <summary>A parameter that is absent or empty is null.</summary>
    public string? Text(ReadOnlySpan<byte> name) => message.TryGet(name, out var value) && !value.IsEmpty ? message.GetString(name) : null;

    public long? Long(ReadOnlySpan<byte> name) => message.GetInt64(name);

    /// <summary>Starts a success; the caller adds its fields.</summary>
    public V2Writer Success() => Begin().Add("result_code"u8, "SUCCESS");

    /// <summary>A signed refusal: <c>return_code</c> SUCCESS, <c>result_code</c> FAIL.</summary>
    public void Fail(string code, string text)
    {
        _answer?.Dispose();
        _answer = null;
        ErrCode = code;
        File = null;
        if (rule.IsFile && state.Switches.Is("fundflow_failure", "unsigned"))
        {
            IsUnsigned = true;
            _answer = Refusal(text).Add("result_code"u8, "FAIL").Add("err_code"u8, code).Add("err_code_des"u8, text);
            return;
        }

        var answer = Begin().Add("result_code"u8, "FAIL").Add("err_code"u8, code).Add("err_code_des"u8, text);
        if (rule.HasOwnCodes && state.Switches.Is("contractorder_failed_contract", "FAIL"))
        {
            answer.Add("contract_result_code"u8, "FAIL").Add("contract_err_code"u8, code).Add("contract_err_code_des"u8, text[..Math.Min(text.Length, LongestContractText)])
                .Add("out_trade_no"u8, Text("out_trade_no"u8));
        }
    }

    /// <summary>An unsigned refusal: <c>return_code</c> FAIL.</summary>
    public void Refuse(string text, string? billCode = null)
    {
        _answer?.Dispose();
        _answer = Refusal(text, billCode, state.Switches["bill_error_code_name"]);
        IsUnsigned = true;
        ErrCode = text;
    }

    public void Fail(Refused refused) => Fail(refused.Code, refused.Text);

    /// <summary>An unsigned refusal of which WeChat writes the text, or, where the switch says so, the code.</summary>
    public void Refuse(Refused refused)
    {
        Refuse(state.Switches.Is("transport_errors", "code") ? refused.Code : refused.Text);
        ErrCode = refused.Code;
    }

    public static V2Writer Refusal(string text, string? billCode = null, string codeName = "error_code")
    {
        var writer = new V2Writer(XmlText.CData).Add("return_code"u8, "FAIL").Add("return_msg"u8, text);
        return billCode is null ? writer : writer.Add(codeName, billCode);
    }

    /// <summary>The bytes of the answer.</summary>
    public ReadOnlyMemory<byte> Finish() =>
        File ?? (IsUnsigned ? _answer!.Unsigned() : HasBlanks ? Blanked(Signed()) : Signed());

    public void Dispose() => _answer?.Dispose();

    private ReadOnlyMemory<byte> Signed() => (_answer ?? throw new InvalidOperationException("The call was not answered.")).Sign(merchant.Secret, signType);

    private static ReadOnlyMemory<byte> Blanked(ReadOnlyMemory<byte> xml) => Encoding.UTF8.GetBytes(
        Encoding.UTF8.GetString(xml.Span).Replace("><![CDATA[", "> <![CDATA[", StringComparison.Ordinal).Replace("]]><", "]]> <", StringComparison.Ordinal));

    private V2Writer Begin()
    {
        _answer = new V2Writer(XmlText.CData).Add("return_code"u8, "SUCCESS").Add("return_msg"u8, "OK").Add("appid"u8, AppId).Add("mch_id"u8, merchant.MchId);
        if (SubMchId is not null)
        {
            _answer.Add("sub_appid"u8, Text("sub_appid"u8)).Add("sub_mch_id"u8, SubMchId);
        }

        // querycontract and deletecontract neither take nor give a nonce.
        return rule.AnswersWithNonce ? _answer.Add("nonce_str"u8, state.Nonces.Next()) : _answer;
    }
}

/// <summary>One path: the client's reviewed table of its parameters, and what it does, under the world's lock.</summary>
internal sealed record CallRule(V2Endpoint Endpoint, Action<Call> Run)
{
    private readonly string[] _mayLack = [];

    public string Path => Endpoint.Path;

    /// <summary>preentrustweb takes no nonce and gives one; most calls do both, some neither.</summary>
    public bool AnswersWithNonce { get; init; } = Endpoint.HasNonce;

    /// <summary>A required parameter whose absence WeChat tolerates.</summary>
    public string MayLack
    {
        init => _mayLack = [value];
    }

    /// <summary>The codes for a missing and a malformed parameter; contractorder and the contract calls have their own family.</summary>
    public string MissingCode { get; init; } = "LACK_PARAMS";

    public string MalformedCode { get; init; } = "PARAM_ERROR";

    /// <summary>downloadbill refuses everything at the first level, with <c>error_code</c>.</summary>
    public bool IsBill => Endpoint.Name == "downloadbill";

    /// <summary>Calls that answer with a file sign nothing, refusals neither.</summary>
    public bool IsFile => Endpoint.ReplyForm == ReplyForm.File;

    /// <summary>contractorder documents a code family of its own beside the one of ordinary orders.</summary>
    public bool HasOwnCodes => Endpoint.Name == "contractorder";

    /// <summary>Calls whose tables spell codes with blanks: XML FAIL, MERCHANT PERMISSION ERROR.</summary>
    public bool HasSpacedCodes => HasOwnCodes || Endpoint.Name is "querycontract" or "deletecontract";

    /// <summary>SIGN_ERROR instead of SIGNERROR.</summary>
    public bool HasUnderscoredSign => HasOwnCodes || Path.StartsWith("/papay/", StringComparison.Ordinal);

    /// <summary>What the table says against the parameters; what does not fit together is left to the rule, which knows WeChat's words for it.</summary>
    public FieldProblem? Check(V2Message request, Switches switches)
    {
        // Service providers use some paths of merchants; then their table has the sub-merchant.
        var table = Endpoint.Partner is { } partner && partner.Path == Path && request.Contains("sub_mch_id"u8) ? partner : Endpoint;
        var problem = table.Check(request, _mayLack);
        List<string>? tolerated = null;
        while (problem is { Rule: FieldRule.Unknown } surplus && Tolerances.Allows(request, surplus.Field, switches))
        {
            tolerated ??= [.. _mayLack];
            tolerated.Add(surplus.Field);
            problem = table.Check(request, tolerated);
        }

        return problem is { Rule: FieldRule.Equality or FieldRule.Combination } ? null
            : problem ?? (switches.Is("field_limits", "narrowest") ? Narrow(table, request) : null);
    }

    /// <summary>Where documents contradict each other: the shortest length and the smallest alphabet.</summary>
    private static FieldProblem? Narrow(V2Endpoint table, V2Message request)
    {
        foreach (var (name, value) in request.Fields)
        {
            if (value.Length > 0 && table.Find(name)?.Check(value, Limits.Own) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }
}

/// <summary>Surplus parameters that well-known clients send and WeChat, by their reports, lets pass. All others are refused.</summary>
internal static class Tolerances
{
    public static bool Allows(V2Message request, string field, Switches switches) => field switch
    {
        _ when request[field] is null or "" => switches.Is("empty_surplus", "tolerated"),
        "nonce_str" => switches.Is("papay_nonce", "tolerated"),
        "op_user_id" or "op_user_passwd" => switches.Is("refund_op_user_id", "tolerated"),
        "sign_type" => switches.Is("surplus_sign_type", "tolerated"),
        _ => false,
    };
}
