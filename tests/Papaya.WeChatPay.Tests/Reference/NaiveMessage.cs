using System.Security.Cryptography;
using System.Text;
using System.Xml;

// A second opinion on V2 messages, in a namespace of its own: it sees no type of the library.
namespace NaiveReference;

/// <summary>
/// A V2 message as System.Xml reads it and as WeChat's page says it is signed, in the plainest words there are. Line ends are
/// left as they were sent (Normalization is off), because the signer saw them so.
/// </summary>
internal sealed record NaiveMessage(string Root, IReadOnlyList<(string Name, string Value)> Fields)
{
    /// <summary>What is signed, without the key.</summary>
    public string CanonicalText => TextOf(Fields);

    public static string TextOf(IEnumerable<(string Name, string Value)> fields) => string.Concat(
        fields.Where(field => field.Value.Length > 0 && field.Name != "sign")
            .OrderBy(field => Convert.ToHexString(Encoding.UTF8.GetBytes(field.Name)), StringComparer.Ordinal)
            .Select(field => field.Name + "=" + field.Value + "&"));

    public static string SignOf(IEnumerable<(string Name, string Value)> fields, string key, bool isHmac)
    {
        var text = Encoding.UTF8.GetBytes(TextOf(fields) + "key=" + key);
        return Convert.ToHexString(isHmac ? HMACSHA256.HashData(Encoding.ASCII.GetBytes(key), text) : MD5.HashData(text));
    }

    /// <summary>Whether System.Xml, with document types prohibited, reads these bytes to their end.</summary>
    public static bool IsWellFormed(byte[] body)
    {
        try
        {
            // Making the reader reads already: it looks for the encoding.
            using var reader = XmlReader.Create(new MemoryStream(body), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            var isFine = true;
            while (reader.Read())
            {
                // Reading is the test, but for one thing: System.Xml takes any version that begins with 1.0.
                isFine = isFine && (reader.NodeType != XmlNodeType.XmlDeclaration || reader.GetAttribute("version") == "1.0");
            }

            return isFine;
        }
        catch (Exception e) when (e is XmlException or ArgumentException or NotSupportedException)
        {
            // The latter two: an encoding that this machine does not know.
            return false;
        }
    }

    /// <summary>The fields, when this is a flat message in UTF-8: elements without attributes, each once, holding text alone.</summary>
    public static NaiveMessage? Read(byte[] body)
    {
        try
        {
            return IsWellFormed(body) ? ReadFlat(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(body)) : null;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>Whether the message carries the sign that this key gives it: the label chooses the algorithm, then the length of the sign.</summary>
    public bool IsSignedBy(string key)
    {
        var fields = Fields.ToDictionary(field => field.Name, field => field.Value, StringComparer.Ordinal);
        var sign = fields.GetValueOrDefault("sign", "");
        var isHmac = fields.GetValueOrDefault("sign_type") switch { "HMAC-SHA256" => true, "MD5" => false, _ => sign.Length == 64 };
        return sign.Length > 0 && string.Equals(sign, SignOf(Fields, key, isHmac), StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The document inside <c>req_info</c>; null when this key does not open it.</summary>
    public static byte[]? OpenRefund(string base64, string key)
    {
        try
        {
            using var aes = Aes.Create();
            aes.Key = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(MD5.HashData(Encoding.ASCII.GetBytes(key))));
            return aes.DecryptEcb(Convert.FromBase64String(base64), PaddingMode.PKCS7);
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            return null;
        }
    }

    /// <summary>The opposite of <see cref="OpenRefund"/>: what WeChat does.</summary>
    public static string CloseRefund(byte[] document, string key)
    {
        using var aes = Aes.Create();
        aes.Key = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(MD5.HashData(Encoding.ASCII.GetBytes(key))));
        return Convert.ToBase64String(aes.EncryptEcb(document, PaddingMode.PKCS7));
    }

    private static NaiveMessage? ReadFlat(string text)
    {
        using var reader = new XmlTextReader(new StringReader(text.TrimStart('\uFEFF')))
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            WhitespaceHandling = WhitespaceHandling.All,
            Normalization = false,
        };
        string? root = null;
        var fields = new List<(string, string)>();
        while (reader.Read())
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace or XmlNodeType.Comment:
                    break;
                case XmlNodeType.XmlDeclaration when reader.GetAttribute("encoding") is null || string.Equals(reader.GetAttribute("encoding"), "utf-8", StringComparison.OrdinalIgnoreCase):
                    break;
                case XmlNodeType.EndElement when reader.Depth == 0:
                    break;
                case XmlNodeType.Element when reader.HasAttributes || reader.Name.Contains(':', StringComparison.Ordinal):
                    return null;
                case XmlNodeType.Element when reader.Depth == 0:
                    root = reader.Name;
                    break;
                case XmlNodeType.Element:
                    var name = reader.Name;
                    if (ReadValue(reader) is not { } value || fields.Exists(field => field.Item1 == name))
                    {
                        return null;
                    }

                    fields.Add((name, value));
                    break;
                default:
                    return null;
            }
        }

        return root is "xml" or "root" ? new NaiveMessage(root, fields) : null;
    }

    // Runs of blanks do not count beside a CDATA section: they are how the message was laid out.
    private static string? ReadValue(XmlTextReader reader)
    {
        var pieces = new List<(bool IsBlank, string Text)>();
        var hasCData = false;
        while (!reader.IsEmptyElement && reader.Read() && reader.NodeType != XmlNodeType.EndElement)
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Comment:
                    break;
                case XmlNodeType.CDATA:
                    hasCData = true;
                    pieces.Add((false, reader.Value));
                    break;
                case XmlNodeType.Text or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace:
                    pieces.Add((reader.NodeType != XmlNodeType.Text, reader.Value));
                    break;
                default:
                    return null;
            }
        }

        // Without normalisation this reader lets references to characters through that XML does not have.
        var value = string.Concat(pieces.Where(piece => !hasCData || !piece.IsBlank).Select(piece => piece.Text));
        return IsText(value) ? value : null;
    }

    private static bool IsText(string value)
    {
        for (var i = 0; i < value.Length; i++)
        {
            if (i + 1 < value.Length && XmlConvert.IsXmlSurrogatePair(value[i + 1], value[i]))
            {
                i++;
            }
            else if (!XmlConvert.IsXmlChar(value[i]))
            {
                return false;
            }
        }

        return true;
    }
}
