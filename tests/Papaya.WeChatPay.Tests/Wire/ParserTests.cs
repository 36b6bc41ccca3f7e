using System.Text;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Tests.Wire;

public sealed class ParserTests
{
    [Theory]
    [InlineData("<xml><a>1</a><b>2</b></xml>", "a=1|b=2")]
    [InlineData("<root><a>1</a></root>", "a=1")]
    [InlineData("\uFEFF<xml><a>1</a></xml>", "a=1")]
    [InlineData("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<xml><a>1</a></xml>\r\n", "a=1")]
    [InlineData("\uFEFF<?xml version='1.0' encoding = 'utf-8' ?><xml><a>1</a></xml>", "a=1")]
    [InlineData("<?xml version=\"1.0\"?><xml><a>1</a></xml>", "a=1")]
    [InlineData(" \n<xml>\n  <a>1</a>\t<b>2</b>\r\n</xml>\n", "a=1|b=2")]
    [InlineData("<!-- x --><xml><!-- <b>9</b> --><a>1</a><!----></xml><!-- y -->", "a=1")]
    [InlineData("<xml><a><![CDATA[1]]></a></xml>", "a=1")]
    [InlineData("<xml><a><![CDATA[1]]]]><![CDATA[>2]]></a></xml>", "a=1]]>2")]
    [InlineData("<xml><a><![CDATA[<b>&amp;]]></a></xml>", "a=<b>&amp;")]
    [InlineData("<xml><a><![CDATA[]]></a><b></b><c/><d /></xml>", "a=|b=|c=|d=")]
    [InlineData("<xml><a> <![CDATA[SUCCESS]]> </a></xml>", "a=SUCCESS")]
    [InlineData("<xml><a>\n<![CDATA[ x ]]>\r\n</a></xml>", "a= x ")]
    [InlineData("<xml><a> <![CDATA[x]]> <![CDATA[y]]> </a></xml>", "a=xy")]
    [InlineData("<xml><a> b<![CDATA[x]]> c</a></xml>", "a= bx c")]
    [InlineData("<xml><a>&#32;<![CDATA[x]]>&#32;</a></xml>", "a= x ")]
    [InlineData("<xml><a> &#65;<![CDATA[x]]>&#65; </a></xml>", "a= AxA ")]
    [InlineData("<xml><a>]] ></a><b>]]<!-- -->></b></xml>", "a=]] >|b=]]>")]
    [InlineData("<xml><a-b.c>1</a-b.c><é1>2</é1></xml>", "a-b.c=1|é1=2")]
    [InlineData("<xml><a> x </a><b>\n</b></xml>", "a= x |b=\n")]
    [InlineData("<xml><a>&lt;b&gt;&amp;&quot;&apos;</a></xml>", "a=<b>&\"'")]
    [InlineData("<xml><a>&#65;&#x42;&#x4e2d;&#20013;&#x1F600;&#0065;</a></xml>", "a=AB中中😀A")]
    [InlineData("<xml><a>x<!-- ]]> <b/> -->y</a></xml>", "a=xy")]
    [InlineData("<xml><a>1</a ><b >2</b></xml >", "a=1|b=2")]
    [InlineData("<xml><coupon_fee_0>3</coupon_fee_0><coupon_fee>3</coupon_fee></xml>", "coupon_fee_0=3|coupon_fee=3")]
    [InlineData("<xml><未知>值</未知></xml>", "未知=值")]
    [InlineData("<xml></xml>", "")]
    [InlineData("<xml/>", "")]
    public void A_flat_message_is_read_raw_and_in_order(string body, string fields)
    {
        var message = V2Message.Parse(Encoding.UTF8.GetBytes(body));
        Assert.Equal(fields, string.Join('|', message.Fields.Select(f => f.Key + "=" + f.Value)));
        foreach (var (name, value) in message.Fields)
        {
            Assert.Equal(value, message[name]);
            Assert.True(message.Contains(Encoding.UTF8.GetBytes(name)));
        }

        Assert.Null(message["absent"]);
        Assert.Equal(message.Fields.Count(), message.Count);
    }

    [Theory]
    [InlineData("", V2Fault.Empty)]
    [InlineData(" \n ", V2Fault.Empty)]
    [InlineData("\uFEFF", V2Fault.Empty)]
    [InlineData("hello", V2Fault.Root)]
    [InlineData("{\"a\":1}", V2Fault.Root)]
    [InlineData("<html><body>502</body></html>", V2Fault.Root)]
    [InlineData("<XML><a>1</a></XML>", V2Fault.Root)]
    [InlineData("<!DOCTYPE html><html></html>", V2Fault.Doctype)]
    [InlineData("<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><xml><a>&e;</a></xml>", V2Fault.Doctype)]
    [InlineData("<?xml version=\"1.0\"?><!doctype xml><xml/>", V2Fault.Doctype)]
    [InlineData("<xml><!DOCTYPE x><a>1</a></xml>", V2Fault.Doctype)]
    [InlineData("<xml><a>&e;</a></xml>", V2Fault.Reference)]
    [InlineData("<xml><a>&amp</a></xml>", V2Fault.Reference)]
    [InlineData("<xml><a>& b;</a></xml>", V2Fault.Reference)]
    [InlineData("<xml><a>&#0;</a></xml>", V2Fault.Reference)]
    [InlineData("<xml><a>&#x1F;</a></xml>", V2Fault.Reference)]
    [InlineData("<xml><a>&#xD800;</a></xml>", V2Fault.Reference)]
    [InlineData("<xml><a>&#xFFFF;</a></xml>", V2Fault.Reference)]
    [InlineData("<xml><a>&#x110000;</a></xml>", V2Fault.Reference)]
    [InlineData("<xml><a>&#99999999999;</a></xml>", V2Fault.Reference)]
    [InlineData("<xml><a>&#;</a></xml>", V2Fault.Reference)]
    [InlineData("<xml><a>&#x;</a></xml>", V2Fault.Reference)]
    [InlineData("<xml><a>&#X41;</a></xml>", V2Fault.Reference)]
    [InlineData("<xml><a>1</a><a>2</a></xml>", V2Fault.DuplicateElement)]
    [InlineData("<xml><a></a><b>1</b><a/></xml>", V2Fault.DuplicateElement)]
    [InlineData("<xml><long_name_one>1</long_name_one><long_name_two>1</long_name_two><long_name_one>2</long_name_one></xml>", V2Fault.DuplicateElement)]
    [InlineData("<xml><a><b>1</b></a></xml>", V2Fault.NestedElement)]
    [InlineData("<xml><a>1<b/></a></xml>", V2Fault.NestedElement)]
    [InlineData("<xml><?php echo 1 ?><a>1</a></xml>", V2Fault.ProcessingInstruction)]
    [InlineData("<xml><a><?x ?></a></xml>", V2Fault.ProcessingInstruction)]
    [InlineData("<?xml-stylesheet href='x'?><xml/>", V2Fault.ProcessingInstruction)]
    [InlineData("<xml/><?xml version='1.0'?>", V2Fault.ProcessingInstruction)]
    [InlineData("<?xml version=\"1.0\" encoding=\"GBK\"?><xml/>", V2Fault.Encoding)]
    [InlineData("<xml><a>\u0001</a></xml>", V2Fault.IllegalCharacter)]
    [InlineData("<xml><a>1</a>", V2Fault.Unclosed)]
    [InlineData("<xml><a>1", V2Fault.Unclosed)]
    [InlineData("<xml><a>1<", V2Fault.Unclosed)]
    [InlineData("<xml><a>1</", V2Fault.Unclosed)]
    [InlineData("<xml><a", V2Fault.Unclosed)]
    [InlineData("<xml><a ", V2Fault.Unclosed)]
    [InlineData("<xml><a/", V2Fault.Unclosed)]
    [InlineData("<xml>", V2Fault.Unclosed)]
    [InlineData("<xml><a><![CDATA[1</a></xml>", V2Fault.Unclosed)]
    [InlineData("<xml><!-- <a>1</a></xml>", V2Fault.Unclosed)]
    [InlineData("<xml><a>1&am", V2Fault.Unclosed)]
    [InlineData("<?xml version='1.0'", V2Fault.Unclosed)]
    [InlineData("<xml><a>1</b></xml>", V2Fault.MismatchedTag)]
    [InlineData("<xml><a>1</ab></xml>", V2Fault.MismatchedTag)]
    [InlineData("<xml><a>1</a></root>", V2Fault.MismatchedTag)]
    [InlineData("<xml><a b=\"1\">1</a></xml>", V2Fault.Attribute)]
    [InlineData("<xml xmlns=\"x\"><a>1</a></xml>", V2Fault.Attribute)]
    [InlineData("<xml>x<a>1</a></xml>", V2Fault.StrayText)]
    [InlineData("<xml><a>1</a>x</xml>", V2Fault.StrayText)]
    [InlineData("<xml><![CDATA[x]]></xml>", V2Fault.StrayText)]
    [InlineData("<xml><a>1</a></xml>x", V2Fault.TrailingContent)]
    [InlineData("<xml/><xml/>", V2Fault.TrailingContent)]
    [InlineData("<xml><1a>1</1a></xml>", V2Fault.Syntax)]
    [InlineData("<xml>< a>1</a></xml>", V2Fault.Syntax)]
    [InlineData("<xml><a>1<!x></a></xml>", V2Fault.Syntax)]
    [InlineData("<xml><!-- a -- b --></xml>", V2Fault.Syntax)]
    [InlineData("<xml><a>x]]>y</a></xml>", V2Fault.Syntax)]
    [InlineData("<xml><a>]]></a></xml>", V2Fault.Syntax)]
    [InlineData("<xml><a+b>1</a+b></xml>", V2Fault.Syntax)]
    [InlineData("<xml><a:b>1</a:b></xml>", V2Fault.Syntax)]
    [InlineData("<xml><中，>1</中，></xml>", V2Fault.Syntax)]
    [InlineData("<xml><x😀>1</x😀></xml>", V2Fault.Syntax)]
    [InlineData("<xml><中", V2Fault.Unclosed)]
    [InlineData("\n<?xml version=\"1.0\"?><xml/>", V2Fault.ProcessingInstruction)]
    [InlineData("<?xml version=\"1.1\"?><xml/>", V2Fault.Syntax)]
    [InlineData("<?xml encoding=\"utf-8\"?><xml/>", V2Fault.Syntax)]
    [InlineData("<?xml version=\"1.0\" encoding=\"utf-8x\"?><xml/>", V2Fault.Encoding)]
    [InlineData("<?xml version=\"1.0\" standalone=\"si\"?><xml/>", V2Fault.Syntax)]
    [InlineData("<?xml version=\"1.0\" more=\"x\"?><xml/>", V2Fault.Syntax)]
    [InlineData("<?xml version=\"1.0?><xml/>", V2Fault.Syntax)]
    [InlineData("<xml><a>\uFFFE</a></xml>", V2Fault.IllegalCharacter)]
    [InlineData("<xml><a>\uFFFD\uFFFF</a></xml>", V2Fault.IllegalCharacter)]
    public void Anything_else_is_refused_with_its_reason(string body, V2Fault fault)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        Assert.False(V2Message.TryParse(bytes, out var message, out var error));
        Assert.Null(message);
        Assert.Equal(fault, error.Fault);
        Assert.InRange(error.Offset, 0, bytes.Length);
        Assert.Equal(error, Assert.Throws<V2FormatException>(() => V2Message.Parse(bytes)).Error);
    }

    [Fact]
    public void Invalid_utf8_is_refused_at_its_first_byte()
    {
        byte[] body = [.. "<xml><a>"u8, 0xC3, 0x28, .. "</a></xml>"u8];
        Assert.False(V2Message.TryParse(body, out _, out var error));
        Assert.Equal(new V2Error(V2Fault.Encoding, 8, null), error);
    }

    [Fact]
    public void A_duplicate_is_reported_where_it_appears_the_second_time()
    {
        Assert.False(V2Message.TryParse(Some.Utf8("<xml><b>1</b><a>1</a><b>2</b></xml>"), out _, out var error));
        Assert.Equal(new V2Error(V2Fault.DuplicateElement, 22, "b"), error);
    }

    [Fact]
    public void The_limit_is_1_MiB_unless_told_otherwise()
    {
        var padding = V2Message.DefaultLimit - "<xml><a></a></xml>".Length;
        Assert.Equal(padding, V2Message.Parse(Some.Utf8("<xml><a>" + new string('x', padding) + "</a></xml>"))["a"]!.Length);
        Assert.False(V2Message.TryParse(Some.Utf8("<xml><a>" + new string('x', padding + 1) + "</a></xml>"), out _, out var error));
        Assert.Equal(V2Fault.TooLarge, error.Fault);
        Assert.False(V2Message.TryParse(Some.Utf8("<xml/>"), out _, out error, limit: 5));
        Assert.Equal(V2Fault.TooLarge, error.Fault);
    }

    [Fact]
    public void Many_fields_are_found_and_many_duplicates_too()
    {
        var names = Enumerable.Range(0, 3000).Select(i => "field_number_" + ((i * 7919) % 3000)).ToArray();
        var message = V2Message.Parse(Some.Utf8("<xml>" + string.Concat(names.Select(n => $"<{n}>{n}</{n}>")) + "</xml>"));
        Assert.All(names, name => Assert.Equal(name, message[name]));
        Assert.False(V2Message.TryParse(Some.Utf8("<xml>" + string.Concat(names.Append(names[1500]).Select(n => $"<{n}>1</{n}>")) + "</xml>"), out _, out var error));
        Assert.Equal((V2Fault.DuplicateElement, names[1500]), (error.Fault, error.Element));
    }

    [Theory]
    [InlineData("1", 1L)]
    [InlineData("0", 0L)]
    [InlineData("-25", -25L)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("", null)]
    [InlineData("1.0", null)]
    [InlineData(" 1", null)]
    [InlineData("+1", null)]
    [InlineData("1,000", null)]
    [InlineData("9223372036854775808", null)]
    [InlineData("-", null)]
    public void Numbers_are_plain_digits(string text, long? number)
    {
        var message = V2Message.Parse(Some.Utf8($"<xml><n>{text}</n></xml>"));
        Assert.Equal(number, message.GetInt64("n"));
        Assert.Equal(number is not null, message.TryGetInt64("n"u8, out _));
        Assert.Null(message.GetInt64("absent"));
    }

    [Fact]
    public void The_error_names_the_element_but_never_a_value()
    {
        Assert.False(V2Message.TryParse(Some.Utf8("<xml><secret>s3cr3t&bad;</secret></xml>"), out _, out var error));
        Assert.Equal("An unknown entity or character reference at byte 19, element 'secret'.", error.ToString());
    }
}
