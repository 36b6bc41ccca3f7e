using System.Text;
using NaiveReference;
using Papaya.WeChatPay.Notifications;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Tests;

/// <summary>What XML around the same signed fields is taken, and what is refused although its sign would fit.</summary>
public sealed class ReceptionTests
{
    private const string Fields = "<return_code>SUCCESS</return_code><result_code>SUCCESS</result_code><mch_id>10000100</mch_id><contract_code>C1</contract_code><openid>o</openid><plan_id>123</plan_id><change_type>ADD</change_type><contract_id>Wx1</contract_id>";
    private const string Date = "<operate_time>2015-07-01 10:00:00</operate_time>";

    /// <summary>The date holds a blank, colons and hyphens, and is signed exactly so.</summary>
    [Theory]
    [InlineData("<xml>{0}</xml>")]
    [InlineData("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xml>{0}</xml>")]
    [InlineData("\uFEFF<?xml version='1.0'?><xml>{0}</xml>\r\n")]
    [InlineData("<!-- from --><xml><!-- a -->{0}<!-- b --></xml><!-- c -->")]
    [InlineData("<xml>\r\n\t{0}<attach></attach><device_info/><detail><![CDATA[]]></detail>\r\n</xml>")]
    [InlineData("<xml>{0}<yet_unknown>新</yet_unknown><Aaa>1</Aaa><zzz>0</zzz></xml>")]
    [InlineData("<xml>{0}<attach><![CDATA[a]]]]><![CDATA[>b]]></attach></xml>")]
    [InlineData("<xml>{0}<attach> x </attach></xml>")]
    [InlineData("<xml>{0}<attach>&lt;a&gt; &amp;#65; &#x4e2d;</attach></xml>")]
    public void A_notification_with_a_date_is_taken_however_it_is_laid_out(string layout)
    {
        foreach (var date in (string[])[Date, Date.Replace("2015-07-01 10:00:00", "<![CDATA[2015-07-01 10:00:00]]>", StringComparison.Ordinal), Date.Replace("07", "0<!-- -->7", StringComparison.Ordinal)])
        {
            foreach (var isHmac in (bool[])[false, true])
            {
                var contract = Assert.IsType<ContractNotification>(NotificationReader.Read(Signed(layout, Fields + date, isHmac), Some.Credentials()));
                Assert.Equal(new DateTimeOffset(2015, 7, 1, 10, 0, 0, TimeSpan.FromHours(8)), contract.At);
                Assert.Equal("2015-07-01 10:00:00", contract.Raw["operate_time"]);
                Assert.Equal(isHmac ? SignType.HmacSha256 : SignType.Md5, contract.Signature.Type);
            }
        }
    }

    [Theory]
    [InlineData("<xml>{0}{1}<contract_code>C1</contract_code></xml>", V2Fault.DuplicateElement)] // The same value again is refused too.
    [InlineData("<xml>{0}{1}<contract_code>C2</contract_code></xml>", V2Fault.DuplicateElement)]
    [InlineData("<xml><contract_code/>{0}{1}</xml>", V2Fault.DuplicateElement)]
    [InlineData("<xml>{0}{1}{1}</xml>", V2Fault.DuplicateElement)]
    [InlineData("<xml>{0}{1}<attach><b>1</b></attach></xml>", V2Fault.NestedElement)]
    [InlineData("<!DOCTYPE xml><xml>{0}{1}</xml>", V2Fault.Doctype)]
    [InlineData("<!DOCTYPE xml [<!ENTITY e \"1\">]><xml>{0}{1}<attach>&e;</attach></xml>", V2Fault.Doctype)]
    [InlineData("<xml>{0}{1}<?php exit ?></xml>", V2Fault.ProcessingInstruction)]
    [InlineData("<xml a=\"1\">{0}{1}</xml>", V2Fault.Attribute)]
    [InlineData("<html>{0}{1}</html>", V2Fault.Root)]
    [InlineData("<xml>{0}{1}</xml><xml/>", V2Fault.TrailingContent)]
    [InlineData("<xml>{0}{1}", V2Fault.Unclosed)]
    public void A_notification_that_could_be_read_in_two_ways_is_refused_although_its_sign_fits(string layout, V2Fault fault)
    {
        var sign = NaiveMessage.SignOf(NaiveMessage.Read(Some.Utf8($"<xml>{Fields}{Date}</xml>"))!.Fields, Some.K, isHmac: false);
        Assert.True(NotificationReader.TryRead(Some.Utf8($"<xml>{Fields}{Date}<sign>{sign}</sign></xml>"), Some.Credentials(), out _, out _));

        var body = Some.Utf8(layout.Replace("{0}", Fields + Date, StringComparison.Ordinal).Replace("{1}", $"<sign>{sign}</sign>", StringComparison.Ordinal));
        Assert.False(V2Message.TryParse(body, out _, out var error));
        Assert.Equal(fault, error.Fault);
        Assert.False(NotificationReader.TryRead(body, Some.Credentials(), out _, out var refusal));
        Assert.Equal((NotificationFault.Unreadable, error.ToString()), (refusal.Fault, refusal.Detail));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<sign></sign>")]
    [InlineData("<sign/>")]
    [InlineData("<sign><![CDATA[]]></sign>")]
    [InlineData("<sign><!-- 443D1E4B5D19B272395242E0FE655079 --></sign>")]
    public void A_notification_without_a_sign_or_with_an_empty_one_is_refused(string sign)
    {
        Assert.False(NotificationReader.TryRead(Some.Utf8($"<xml>{Fields}{Date}{sign}</xml>"), Some.Credentials(), out _, out var refusal));
        Assert.Equal(NotificationFault.SignatureMissing, refusal.Fault);
    }

    private static byte[] Signed(string layout, string fields, bool isHmac)
    {
        var unsigned = NaiveMessage.Read(Some.Utf8(layout.Replace("{0}", fields, StringComparison.Ordinal)))!;
        var sign = NaiveMessage.SignOf(unsigned.Fields, Some.K, isHmac);
        return Encoding.UTF8.GetBytes(layout.Replace("{0}", fields + $"<sign><![CDATA[{sign}]]></sign>", StringComparison.Ordinal));
    }
}
