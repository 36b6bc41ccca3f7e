using System.Security.Cryptography;
using System.Text;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Wire;

/// <summary>The MD5 sign of a caller who hashes GBK bytes instead of UTF-8: made to show the slip, and to recognise it.</summary>
internal static class GbkSignature
{
    private static readonly Encoding Gbk = CodePagesEncodingProvider.Instance.GetEncoding(936)!;

    /// <summary>The sign of these fields; empty values and <c>sign</c> are left out.</summary>
    public static string Compute(IEnumerable<KeyValuePair<string, string>> fields, string key)
    {
        var text = string.Join('&', fields.Where(f => f.Value.Length > 0 && f.Key != "sign").OrderBy(f => f.Key, StringComparer.Ordinal)
            .Select(f => $"{f.Key}={f.Value}"));
#pragma warning disable CA5351 // WeChat's V2 algorithm.
        return Convert.ToHexString(MD5.HashData(Gbk.GetBytes($"{text}&key={key}")));
#pragma warning restore CA5351
    }
}
