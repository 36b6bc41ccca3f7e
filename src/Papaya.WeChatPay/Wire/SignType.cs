namespace Papaya.WeChatPay.Wire;

/// <summary>How a V2 message is signed. WeChat's default is MD5; <c>sign_type</c> names another.</summary>
public enum SignType
{
    /// <summary>MD5, 32 hexadecimal digits; the default of every V2 call except H5 signing.</summary>
    Md5,

    /// <summary>HMAC-SHA256 keyed with the APIv2 key, 64 hexadecimal digits.</summary>
    HmacSha256,
}

/// <summary>Wire names of <see cref="SignType"/>.</summary>
public static class SignTypes
{
    internal static readonly IReadOnlyList<string> Labels = ["MD5", "HMAC-SHA256"];

    /// <summary>The value of the <c>sign_type</c> field: <c>MD5</c> or <c>HMAC-SHA256</c>.</summary>
    public static string WireName(this SignType type) => type switch
    {
        SignType.Md5 => "MD5",
        SignType.HmacSha256 => "HMAC-SHA256",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>Length of a sign in hexadecimal digits: 32 or 64.</summary>
    public static int HexLength(this SignType type) => type == SignType.Md5 ? 32 : 64;

    /// <summary>Reads a <c>sign_type</c> value; null when the label is neither <c>MD5</c> nor <c>HMAC-SHA256</c>.</summary>
    public static SignType? Parse(ReadOnlySpan<byte> label) =>
        label.SequenceEqual("MD5"u8) ? SignType.Md5
        : label.SequenceEqual("HMAC-SHA256"u8) ? SignType.HmacSha256
        : null;

    /// <summary>The algorithm that makes signs of this length; null when none does.</summary>
    public static SignType? FromHexLength(int length) => length switch
    {
        32 => SignType.Md5,
        64 => SignType.HmacSha256,
        _ => null,
    };
}
