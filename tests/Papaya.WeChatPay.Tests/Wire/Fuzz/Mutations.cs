using System.Text;

namespace Papaya.WeChatPay.Tests.Wire.Fuzz;

/// <summary>Ways to change a message: those after which it is still XML, those after which it mostly is not, and those on bytes.</summary>
internal static class Mutations
{
    private static readonly string[] Names =
    [
        "sign", "sign_type", "mch_id", "appid", "out_trade_no", "total_fee", "change_type", "req_info", "contract_id", "coupon_fee_0", "coupon_id_0", "coupon_fee",
        "return_code", "trade_state", "time_end", "A", "a0", "_", "未知", "é", "a-b.c", "xml", "root",
    ];

    private static readonly string[] Values =
    [
        "", " ", "\n", "0", "-1", "1.0", "99999999999999999999", "SUCCESS", "FAIL", "MD5", "HMAC-SHA256", "HMAC-SHA256 ", "ADD", "DELETE", "PAP", "2015-07-01 10:00:00", "20140903131540",
        "a=1&b=2", "]]", ">", "\r\n", "\r", "\t", "😀", "\uE000", "\uFFFD", "中文", "00000000000000000000000000000000", "AAAA", "%3A%2F", "{\"a\":\"<&>\"}",
    ];

    public static readonly (string Name, Action<Draft, Random> Apply)[] Gentle =
    [
        ("duplicate", (d, r) => d.Elements.Insert(r.Next(d.Elements.Count + 1), Any(d, r))),
        ("move", (d, r) => { var e = Any(d, r); d.Elements.Remove(e); d.Elements.Insert(r.Next(d.Elements.Count + 1), e); }),
        ("reverse", (d, _) => d.Elements.Reverse()),
        ("remove", (d, r) => { if (d.Elements.Count > 1) { d.Elements.RemoveAt(r.Next(d.Elements.Count)); } }),
        ("rename", (d, r) => Change(d, r, e => Pick(Names, r) is var name ? new Element($"<{name}>", e.Inner, $"</{name}>") : e)),
        ("unwrap", (d, r) => Change(d, r, e => e with { Inner = e.Escaped })),
        ("wrap", (d, r) => Change(d, r, e => e with { Inner = "<![CDATA[" + e.Text + "]]>" })),
        ("split", (d, r) => Change(d, r, e => e with { Inner = Split(e.Text, r) })),
        ("references", (d, r) => Change(d, r, e => e with { Inner = string.Concat(e.Text.EnumerateRunes().Select(c => r.Next(2) == 0 || Rune.IsWhiteSpace(c) ? $"&#{c.Value};" : $"&#x{c.Value:x};")) })),
        ("value", (d, r) => Change(d, r, e => e with { Inner = "<![CDATA[" + Pick(Values, r) + "]]>" })),
        ("empty", (d, r) => Change(d, r, e => Pick(["", "<![CDATA[]]>", "<!---->", "  "], r) is var inner ? e with { Inner = inner } : e)),
        ("short", (d, r) => Change(d, r, e => new Element($"<{e.Name}/>", "", ""))),
        ("blanks", (d, r) => Change(d, r, e => e with { Inner = Pick([" ", "\n  ", "\t", "\r\n"], r) + e.Inner + Pick(["", " ", "\r"], r) })),
        ("text beside", (d, r) => Change(d, r, e => e with { Inner = Pick(["a", " a", "]", "&amp;", "&#65; ", " &lt;"], r) + e.Inner + Pick(["", " b", "&gt;", "]"], r) })),
        ("comment", (d, r) => Change(d, r, e => e with { Inner = r.Next(2) == 0 ? "<!-- <a>1</a> ]]> & -->" + e.Inner : e.Inner + "<!---->" })),
        ("comment between", (d, r) => Change(d, r, e => e with { Close = e.Close + "<!-- <sign>x</sign> -->" })),
        ("comment outside", (d, _) => d.Suffix += "\n<!-- end -->\n"),
        ("layout", (d, r) => Change(d, r, e => e with { Close = e.Close + "\r\n\t " })),
        ("blank in tag", (d, r) => Change(d, r, e => e with { Open = e.Open.Replace(">", " >", StringComparison.Ordinal), Close = e.Close.Replace(">", "\n>", StringComparison.Ordinal) })),
        ("unknown", (d, r) => d.Elements.Add(Element.Of("new_" + r.Next(100), Pick(Values, r)))),
        ("coupons", (d, r) => d.Elements.AddRange(Enumerable.Range(0, r.Next(1, 60)).Select(i => Element.Of("coupon_fee_" + i, "1")))),
        ("many", (d, r) => d.Elements.AddRange(Enumerable.Range(0, r.Next(40, 2000)).Select(i => Element.Of("field_number_" + i, "x")))),
        ("mark", (d, _) => d.Prefix = d.Prefix.StartsWith('\uFEFF') ? d.Prefix : "\uFEFF" + d.Prefix),
        ("declaration", (d, r) => d.Prefix = d.Prefix.Length > 1 ? d.Prefix : d.Prefix + Pick(["<?xml version=\"1.0\"?>", "<?xml version='1.0' encoding='utf-8'?>\n", "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\" ?>"], r)),
        ("other root", (d, r) => { var root = Pick(["root", "html", "XML", "xmlx"], r); d.Open = $"<{root}>"; d.Close = $"</{root}>"; }),
        ("attribute", (d, r) => Change(d, r, e => e with { Open = e.Open.Replace(">", Pick([" a=\"1\">", " a='>'>", " xml:space='preserve'>", " xmlns='x'>"], r), StringComparison.Ordinal) })),
        ("attribute of root", (d, r) => d.Open = d.Open.Replace(">", Pick([" a=\"1\">", " xmlns:x=\"y\">"], r), StringComparison.Ordinal)),
        ("nesting", (d, r) => Change(d, r, e => e with { Inner = e.Inner + Pick(["<b>1</b>", "<b/>", "<sign>x</sign>"], r) })),
        ("deep nesting", (d, r) => { var depth = r.Next(10, 2000); Change(d, r, e => e with { Inner = string.Concat(Enumerable.Repeat("<a>", depth)) + e.Inner + string.Concat(Enumerable.Repeat("</a>", depth)) }); }),
        ("instruction", (d, r) => Change(d, r, e => r.Next(2) == 0 ? e with { Inner = "<?x y?>" + e.Inner } : e with { Close = e.Close + "<?x?>" })),
        ("stray text", (d, r) => Change(d, r, e => e with { Close = e.Close + Pick(["x", "<![CDATA[x]]>", "&amp;", "&#65;"], r) })),
        ("huge value", (d, r) => { var length = r.Next(1_000, 60_000); Change(d, r, e => e with { Inner = new string('v', length) }); }),
        ("huge name", (d, r) => { var name = new string('n', r.Next(100, 20_000)); d.Elements.Add(new Element($"<{name}>", "1", $"</{name}>")); }),
        ("many references", (d, r) => { var count = r.Next(100, 5_000); Change(d, r, e => e with { Inner = string.Concat(Enumerable.Repeat("&amp;", count)) }); }),
        ("many sections", (d, r) => { var count = r.Next(100, 3_000); Change(d, r, e => e with { Inner = string.Concat(Enumerable.Repeat(" <![CDATA[]]>", count)) }); }),
        ("many comments", (d, r) => { var count = r.Next(100, 3_000); Change(d, r, e => e with { Inner = string.Concat(Enumerable.Repeat("<!---->", count)) + e.Inner }); }),
    ];

    public static readonly (string Name, Action<Draft, Random> Apply)[] Harsh =
    [
        ("document type", (d, r) => d.Prefix += Pick(["<!DOCTYPE xml>", "<!DOCTYPE xml SYSTEM \"http://127.0.0.1:9/x.dtd\">", "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>", "<!DOCTYPE x [<!ENTITY a \"1\"><!ENTITY b \"&a;&a;\">]>", "<!doctype xml>"], r)),
        ("entity", (d, r) => Change(d, r, e => e with { Inner = e.Inner + Pick(["&e;", "&;", "&", "&amp", "&#;", "&#x;", "&#0;", "&#xD800;", "&#xFFFE;", "&#99999999999;", "&#X41;"], r) })),
        ("end of section in text", (d, r) => Change(d, r, e => e with { Inner = "a]]>b" })),
        ("open section", (d, r) => Change(d, r, e => e with { Inner = "<![CDATA[" })),
        ("open comment", (d, r) => Change(d, r, e => e with { Inner = Pick(["<!--", "<!-- -- -->", "<!--->", "<!-- x --->"], r) })),
        ("bad name", (d, r) => Change(d, r, e => Pick(["1a", "a+b", "a:b", "-a", "中，", "x😀", ""], r) is var name ? new Element($"<{name}>", e.Inner, $"</{name}>") : e)),
        ("other end", (d, r) => Change(d, r, e => e with { Close = "</other>" })),
        ("two roots", (d, _) => d.Suffix += "<xml/>"),
        ("text after", (d, _) => d.Suffix += "x"),
        ("bad declaration", (d, r) => d.Prefix += Pick(["<?xml?>", "<?xml version=\"1.1\"?>", " <?xml version=\"1.0\"?>", "<?xml version=\"1.0\" encoding=\"GBK\"?>", "<?xml encoding=\"utf-8\"?>", "<?xml version=\"1.0\" encoding=\"utf-8x\"?>", "<?xml version=\"1.0\" a=\"b\"?>"], r)),
        ("control character", (d, r) => Change(d, r, e => e with { Inner = e.Inner + Pick(["\0", "\u0001", "\u001F", "\uFFFE", "\uFFFF"], r) })),
        ("two attributes of one name", (d, r) => Change(d, r, e => e with { Open = e.Open.Replace(">", " a='1' a='2'>", StringComparison.Ordinal) })),
    ];

    public static readonly (string Name, Func<byte[], Random, byte[]> Apply)[] OnBytes =
    [
        ("flip", (b, r) => { for (var n = r.Next(1, 5); n > 0 && b.Length > 0; n--) { b[r.Next(b.Length)] ^= (byte)(1 << r.Next(8)); } return b; }),
        ("truncate", (b, r) => b[..r.Next(b.Length + 1)]),
        ("cut out", (b, r) => r.Next(b.Length + 1) is var at ? [.. b[..at], .. b[Math.Min(b.Length, at + r.Next(1, 30))..]] : b),
        ("repeat", (b, r) => r.Next(b.Length + 1) is var at ? [.. b[..Math.Min(b.Length, at + r.Next(1, 60))], .. b[at..]] : b),
        ("insert", (b, r) => r.Next(b.Length + 1) is var at ? [.. b[..at], (byte)r.Next(256), .. b[at..]] : b),
        ("insert markup", (b, r) => r.Next(b.Length + 1) is var at ? [.. b[..at], .. Encoding.UTF8.GetBytes(Pick(["<", ">", "&", "]]>", "<![CDATA[", "<!--", "-->", "</", "/>", ";", "\"", "<?", "?>", "\uFEFF"], r)), .. b[at..]] : b),
        ("bad utf-8", (b, r) => r.Next(b.Length + 1) is var at ? [.. b[..at], .. Pick<byte[]>([[0xC3, 0x28], [0xED, 0xA0, 0x80], [0xC0, 0xAF], [0xF5, 0x80, 0x80, 0x80], [0x80]], r), .. b[at..]] : b),
        ("utf-16", (b, r) => (r.Next(2) == 0 ? Encoding.Unicode : Encoding.BigEndianUnicode) is var encoding ? [.. encoding.GetPreamble(), .. encoding.GetBytes(Encoding.UTF8.GetString(b))] : b),
        ("latin-1", (b, _) => Encoding.Latin1.GetBytes("<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>" + Encoding.UTF8.GetString(b))),
    ];

    public static T Pick<T>(T[] from, Random random) => from[random.Next(from.Length)];

    private static Element Any(Draft draft, Random random) => draft.Elements[random.Next(draft.Elements.Count)];

    private static void Change(Draft draft, Random random, Func<Element, Element> change)
    {
        var at = random.Next(draft.Elements.Count);
        draft.Elements[at] = change(draft.Elements[at]);
    }

    private static string Split(string text, Random random)
    {
        var at = random.Next(text.Length + 1);
        return "<![CDATA[" + text[..at] + "]]>" + Pick(["", " ", "\n", "<!---->"], random) + "<![CDATA[" + text[at..] + "]]>";
    }
}
