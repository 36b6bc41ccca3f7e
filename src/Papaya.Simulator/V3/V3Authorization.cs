using System.Globalization;

namespace Papaya.Simulator.V3;

/// <summary>The five values of the Authorization header, in any order.</summary>
internal sealed record V3Authorization(string MchId, string Nonce, long Timestamp, string Serial, string Signature)
{
    private static readonly string[] Names = ["mchid", "nonce_str", "timestamp", "serial_no", "signature"];

    /// <summary>Null when the header does not have its form.</summary>
    /// <param name="value">What follows the scheme and one blank.</param>
    public static V3Authorization? Parse(string value)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in value.Split(','))
        {
            // Base64 ends with =, so only the first one separates.
            if (part.Trim().Split('=', 2) is not [var name, ['"', .. var text, '"']] || !Names.Contains(name) || !values.TryAdd(name, text))
            {
                return null;
            }
        }

        return values.Count == Names.Length && values.Values.All(v => v.Length > 0)
            && long.TryParse(values["timestamp"], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= 253_402_300_799
            ? new(values["mchid"], values["nonce_str"], seconds, values["serial_no"], values["signature"])
            : null;
    }
}
