using Papaya.Simulator.Wire;

namespace Papaya.Simulator.Calls;

/// <summary>What is wrong with a request before its rule looks at it. Each has one text and, on each call, its own spelling of the code.</summary>
internal enum Misuse
{
    NotPost,
    NotGet,
    NoBody,
    NotUtf8,
    NotXml,
    NoMerchant,
    BadSign,
    Missing,
    Malformed,
    Surplus,
    NotGranted,
}

/// <summary>Code and text of a refusal. Where WeChat writes only the text, the code stands in its tables.</summary>
internal readonly record struct Refused(string Code, string Text);

/// <summary>The one table of codes and texts of misuse (<c>https://pay.weixin.qq.com/doc/v2/merchant/4011985891</c>, error tables of each call).</summary>
internal static class Refusals
{
    public static Refused Of(CallRule rule, Misuse misuse, Switches switches, string? field = null) => new(
        CodeOf(rule, misuse, rule.HasOwnCodes && switches.Is("contractorder_codes", "unified")),
        TextOf(misuse, field));

    private static string CodeOf(CallRule rule, Misuse misuse, bool isUnified) => misuse switch
    {
        Misuse.NotPost => "REQUIRE_POST_METHOD",
        Misuse.NotGet => "REQUIRE_GET_METHOD",
        Misuse.NoBody => "POST_DATA_EMPTY",
        Misuse.NotUtf8 => "NOT_UTF8",
        Misuse.NoMerchant => "MCHID_NOT_EXIST",
        Misuse.NotXml => rule.HasSpacedCodes && !isUnified ? "XML FAIL" : "XML_FORMAT_ERROR",
        Misuse.BadSign => rule.IsBill ? "SIGN ERROR" : rule.HasUnderscoredSign && !isUnified ? "SIGN_ERROR" : "SIGNERROR",
        Misuse.Missing => isUnified ? "LACK_PARAMS" : rule.MissingCode,
        Misuse.Malformed or Misuse.Surplus => isUnified ? "PARAM_ERROR" : rule.MalformedCode,
        Misuse.NotGranted => rule.HasSpacedCodes && !isUnified ? "MERCHANT PERMISSION ERROR" : "NOAUTH",
        _ => throw new ArgumentOutOfRangeException(nameof(misuse)),
    };

    private static string TextOf(Misuse misuse, string? field) => misuse switch
    {
        Misuse.NotPost => Texts.UsePost,
        Misuse.NotGet => Texts.UseGet,
        Misuse.NoBody => Texts.EmptyBody,
        Misuse.NotUtf8 => Texts.NotUtf8,
        Misuse.NotXml => Texts.BadXml,
        Misuse.NoMerchant => Texts.NoMerchant,
        Misuse.BadSign => Texts.BadSign,
        Misuse.Missing => $"缺少参数{field}",
        Misuse.Malformed => $"参数格式校验错误:{field}",
        Misuse.Surplus => $"不识别的参数{field}",
        Misuse.NotGranted => "商户无此接口权限",
        _ => throw new ArgumentOutOfRangeException(nameof(misuse)),
    };
}
