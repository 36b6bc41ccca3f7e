using System.Text;

namespace Papaya.WeChatPay.Wire;

/// <summary>
/// Signed parameters as an address, for the calls by GET. The sign is over the raw values; in the address each value is
/// percent-encoded once, as UTF-8 with upper-case escapes: WeChat refuses lower-case and doubly encoded ones.
/// </summary>
internal static class V2Query
{
    /// <summary>Longest address in bytes; WeChat answers longer ones with HTTP 502.</summary>
    public const int LongestAddress = 1024;

    public static string Address(Uri host, Endpoint endpoint, V2Message signed)
    {
        var address = new StringBuilder(512).Append(host.GetLeftPart(UriPartial.Authority)).Append(endpoint.Path);
        var (longest, length) = ("", 0);
        var separator = '?';
        foreach (var (name, value) in signed.Fields)
        {
            var encoded = Uri.EscapeDataString(value);
            address.Append(separator).Append(name).Append('=').Append(encoded);
            separator = '&';
            (longest, length) = encoded.Length > length ? (name, encoded.Length) : (longest, length);
        }

        return address.Length <= LongestAddress
            ? address.ToString()
            : throw PapayException.Invalid(endpoint, new FieldProblem(
                longest, FieldRule.Length,
                $"the whole address has {address.Length} bytes and may have {LongestAddress}: shorten {longest}, which takes {length} of them (a Chinese character takes 9 in an address)",
                length));
    }
}
