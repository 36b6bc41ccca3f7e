using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Papaya.WeChatPay.Tests.Wire;

/// <summary>Generators of fields and of the many ways in which XML can write them.</summary>
internal static class Bodies
{
    public static readonly string[] Keys =
        [Some.K, "00000000000000000000000000000017", "6Q9VX4N3WTBM9G9XBL7H1L9PB9ANHLY8", "abc", "k", new string('z', 200)];

    private static readonly string[] Texts =
    [
        "a", "B", "0", " ", "  ", "\n", "\r\n", "\r", "\t", "=", "\"", "'", "]", "]]", "%3A", "中", "é", "\uE000", "\uFDD0", "\uFFFD", "😀", "\U0010FFFF",
        "2015-07-01 10:00:00", "20140903131540", " x ", "-1", "wxd930ea5d5a258f4f",
    ];

    private static readonly Gen<string> Names = Gen.OneOf(
        Gen.Select(Gen.NonEmptyListOf(Gen.Elements("abAB09_.-".ToCharArray())), letters => "x" + string.Concat(letters.Take(12))),
        Gen.Elements("appid", "attach", "mch_id", "coupon_fee", "coupon_fee_0", "coupon_fee_10", "contract_code", "contract_id", "Sign", "signs", "key", "未知", "_é", "zz"));

    private static readonly Gen<string> Raw = Gen.Select(Gen.ListOf(Gen.Elements([.. Texts, "&", "<", ">", "]]>", "&amp;", "<![CDATA[", "&#65;", "<!--", "?>"])), string.Concat);

    /// <summary>Loose fields with distinct names: empty values, markup, surrogate pairs, dates, blanks at either end.</summary>
    public static readonly Gen<(string Name, string Value)[]> Fields = Gen.Select(
        Gen.ArrayOf(Names.SelectMany(_ => Raw, (name, value) => (name, value))), all => all.DistinctBy(field => field.Item1).ToArray());

    private static readonly Gen<string> Plain = Gen.Select(Gen.NonEmptyListOf(Gen.Elements(Texts)), run => string.Concat(run).Replace("]]>", "]] >", StringComparison.Ordinal));

    private static readonly Gen<string> Section = Raw.Select(text => "<![CDATA[" + text.Replace("]]>", "]]]]><![CDATA[>", StringComparison.Ordinal) + "]]>");

    private static readonly Gen<string> References = Gen.Elements(
        "&amp;", "&lt;", "&gt;", "&quot;", "&apos;", "&#65;", "&#x42;", "&#x4e2d;", "&#20013;", "&#32;", "&#9;", "&#10;", "&#13;", "&#x1F600;", "&#0065;", "&#57344;");

    private static readonly Gen<string> Comments = Gen.Elements("<!---->", "<!-- <b>9</b> & ]]> <![CDATA[x]]> -->");

    private static readonly Gen<string> Blanks = Gen.Elements("", "", "", "", "\n", "  ", "\t", "\r\n", "<!-- a=1 -->", " <!----> ");

    private static readonly Gen<string> Element = Names.SelectMany(
        _ => Gen.ListOf(Gen.Frequency((5, Plain), (4, Section), (4, References), (1, Comments))).Resize(4),
        (name, pieces) => string.Concat(pieces) is { Length: > 0 } inner ? $"<{name}>{inner}</{name}>" : name.Length % 2 == 0 ? $"<{name}/>" : $"<{name}></{name} >");

    /// <summary>Documents as anybody might write them, a few with an element twice.</summary>
    public static readonly Gen<string> Documents =
        Gen.Elements("", "", "\uFEFF", "\n").SelectMany(_ => Gen.Elements("", "", "<?xml version=\"1.0\"?>", "<?xml version='1.0' encoding=\"UTF-8\" standalone='yes' ?>\r\n"), (mark, declaration) => mark == "\n" ? mark : mark + declaration)
            .SelectMany(_ => Gen.ListOf(Element.SelectMany(_ => Blanks, (element, blank) => element + blank)), (start, elements) => (start, elements))
            .SelectMany(_ => Gen.Elements("xml", "xml", "root"), (x, root) => (x.start, x.elements, root))
            .SelectMany(_ => Gen.Choose(0, 9), (x, luck) => $"{x.start}<{x.root}>{string.Concat(luck == 0 ? x.elements : x.elements.DistinctBy(NameOf))}</{x.root}>{(luck == 1 ? "\n<!-- end -->" : "")}");

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static string NameOf(string element) => element[1..element.IndexOfAny(['>', '/'])];
}
