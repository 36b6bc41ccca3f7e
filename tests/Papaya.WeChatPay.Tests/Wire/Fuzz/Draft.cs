using System.Security;
using System.Text;
using NaiveReference;

namespace Papaya.WeChatPay.Tests.Wire.Fuzz;

/// <summary>A message in pieces, so that it can be taken apart and put together in other ways.</summary>
internal sealed class Draft
{
    public string Prefix { get; set; } = "";

    public string Open { get; set; } = "<xml>";

    public string Close { get; set; } = "</xml>";

    public string Suffix { get; set; } = "";

    public List<Element> Elements { get; } = [];

    /// <summary>Elements of a message of <c>name=value</c> fields parted by bars, in CDATA sections as WeChat writes them.</summary>
    public static Draft Of(string fields, string root = "xml")
    {
        var draft = new Draft { Open = $"<{root}>", Close = $"</{root}>" };
        foreach (var field in fields.Split('|'))
        {
            var parts = field.Split('=', 2);
            draft.Elements.Add(Element.Of(parts[0], parts[1]));
        }

        return draft;
    }

    public byte[] ToBytes() => Encoding.UTF8.GetBytes(Prefix + Open + string.Concat(Elements.Select(e => e.Open + e.Inner + e.Close)) + Close + Suffix);

    /// <summary>Gives the message the sign that it should have by the reference; a message that the reference cannot read keeps what it has.</summary>
    public void Resign(bool isHmac)
    {
        var others = Elements.Where(e => !e.Open.StartsWith("<sign>", StringComparison.Ordinal)).ToList();
        var unsigned = new Draft { Prefix = Prefix, Open = Open, Close = Close, Suffix = Suffix };
        unsigned.Elements.AddRange(others);
        if (NaiveMessage.Read(unsigned.ToBytes()) is { } message)
        {
            var label = message.Fields.FirstOrDefault(f => f.Name == "sign_type").Value;
            Elements.Clear();
            Elements.AddRange(others);
            Elements.Add(Element.Of("sign", NaiveMessage.SignOf(message.Fields, Some.K, label == "HMAC-SHA256" || (label != "MD5" && isHmac))));
        }
    }
}

/// <summary>One element of a draft, as text.</summary>
internal sealed record Element(string Open, string Inner, string Close)
{
    public static Element Of(string name, string value) => new(
        $"<{name}>", value.Length > 0 && value.All(char.IsAsciiDigit) ? value : "<![CDATA[" + value.Replace("]]>", "]]]]><![CDATA[>", StringComparison.Ordinal) + "]]>", $"</{name}>");

    public string Name => Open.TrimStart('<').Split('>', ' ', '/')[0];

    /// <summary>The text inside, when it is one CDATA section or plain text.</summary>
    public string Text => Inner.StartsWith("<![CDATA[", StringComparison.Ordinal) && Inner.EndsWith("]]>", StringComparison.Ordinal) ? Inner[9..^3] : "7";

    public string Escaped => SecurityElement.Escape(Text.Replace("]]>", "", StringComparison.Ordinal));
}
