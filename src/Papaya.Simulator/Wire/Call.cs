using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Wire;

/// <summary>One request whose sender is known and whose signature holds, and the answer that is being written.</summary>
internal sealed class Call(SimulatorState state, CallRule rule, V2Message message, Merchant merchant, SignType signType, DateTimeOffset now, string? certificate)
    : IDisposable
{
    private V2Writer? _answer;

    public SimulatorState State => state;

    public Merchant Merchant => merchant;

    public SignType SignType => signType;

    public DateTimeOffset Now => now;

    public V2Message Message => message;

    /// <summary>The merchant number of the client certificate, if one was shown.</summary>
    public string? Certificate => certificate;

    public string AppId { get; } = message.GetString("appid"u8) ?? "";

    /// <summary>Set when the answer is <c>return_code</c> FAIL: unsigned.</summary>
    public bool IsUnsigned { get; private set; }

    /// <summary>The error code answered; null on success.</summary>
    public string? ErrCode { get; private set; }

    /// <summary>A file instead of XML (bills).</summary>
    public byte[]? File { get; set; }

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
        Begin().Add("result_code"u8, "FAIL").Add("err_code"u8, code).Add("err_code_des"u8, text);
    }

    /// <summary>An unsigned refusal: <c>return_code</c> FAIL.</summary>
    public void Refuse(string text, string? billCode = null)
    {
        _answer?.Dispose();
        _answer = Refusal(text, billCode);
        IsUnsigned = true;
        ErrCode = text;
    }

    public static V2Writer Refusal(string text, string? billCode = null)
    {
        var writer = new V2Writer(XmlText.CData).Add("return_code"u8, "FAIL").Add("return_msg"u8, text);
        return billCode is null ? writer : writer.Add("error_code"u8, billCode);
    }

    /// <summary>The bytes of the answer.</summary>
    public ReadOnlyMemory<byte> Finish() =>
        File ?? (IsUnsigned ? _answer!.Unsigned() : (_answer ?? throw new InvalidOperationException("The call was not answered.")).Sign(merchant.Secret, signType));

    public void Dispose() => _answer?.Dispose();

    private V2Writer Begin()
    {
        _answer = new V2Writer(XmlText.CData).Add("return_code"u8, "SUCCESS").Add("return_msg"u8, "OK").Add("appid"u8, AppId).Add("mch_id"u8, merchant.MchId);
        // querycontract and deletecontract neither take nor give a nonce.
        return rule.HasNonce ? _answer.Add("nonce_str"u8, state.Nonces.Next()) : _answer;
    }
}

/// <summary>One path: the client's reviewed table of its parameters, and what it does, under the world's lock.</summary>
internal sealed record CallRule(V2Endpoint Endpoint, Action<Call> Run)
{
    private static readonly string[] Nonce = ["nonce_str"];

    private readonly string[] _mayLack = [];

    public string Path => Endpoint.Path;

    public bool HasNonce => Endpoint.HasNonce;

    /// <summary>A required parameter whose absence WeChat tolerates.</summary>
    public string MayLack
    {
        init => _mayLack = [value];
    }

    /// <summary>The codes for a missing and a malformed parameter; contractorder and the contract calls have their own family.</summary>
    public string MissingCode { get; init; } = "LACK_PARAMS";

    public string MalformedCode { get; init; } = "PARAM_ERROR";

    /// <summary>downloadbill refuses everything at the first level, with <c>error_code</c>.</summary>
    public bool IsBill => Endpoint.ReplyForm == ReplyForm.File;

    /// <summary>What the table says against the parameters; what does not fit together is left to the rule, which knows WeChat's words for it.</summary>
    public FieldProblem? Check(V2Message request, bool tolerateNonce)
    {
        var problem = Endpoint.Check(request, tolerateNonce && !HasNonce ? Nonce : _mayLack);
        return problem is { Rule: FieldRule.Equality or FieldRule.Combination } ? null : problem;
    }
}
