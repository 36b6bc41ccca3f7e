using System.Text;
using Papaya.WeChatPay.Wire;

namespace Papaya.Benchmarks;

/// <summary>The merchant of WeChat's documentation, and what a signature cannot do without.</summary>
internal static class CanonicalBytes
{
    public const string Merchant = "10000100";
    public const string ApiV2Key = "192006250b4c09247ec02edce69f6a2d";
    public const string AppId = "wxd930ea5d5a258f4f";

    /// <summary>The bytes that are digested for this message, with the key: the digest of them is the floor of any signing.</summary>
    public static byte[] Of(ReadOnlyMemory<byte> message)
    {
        var masked = V2Signature.CanonicalText(V2Message.Parse(message));
        return Encoding.UTF8.GetBytes(masked.Replace("key=***", "key=" + ApiV2Key, StringComparison.Ordinal));
    }
}
