using System.Text;
using NaiveReference;
using Papaya.WeChatPay.Contracts;
using Papaya.WeChatPay.Debits;
using Papaya.WeChatPay.Notifications;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Tests.Wire;

/// <summary>The published vectors through the client itself: what it sends carries their sign, and what carries their sign is taken.</summary>
public sealed class PublishedMessageTests
{
    [Theory]
    [MemberData(nameof(SignatureVectorTests.Vectors), MemberType = typeof(SignatureVectorTests))]
    public void A_message_that_somebody_else_wrote_verifies_and_its_changed_twins_do_not(string id, string fields, string key, SignType type, string sign)
    {
        Assert.NotEmpty(id);
        var apiKey = new ApiV2Key(key);
        Assert.Equal(new SignatureCheck(SignatureVerdict.Valid, type, 0), V2Signature.Verify(Message(fields, sign), apiKey));
        Assert.True(V2Signature.Verify(Message(fields, sign.ToLowerInvariant()), apiKey).IsValid);
        for (var at = 0; at < sign.Length; at++)
        {
            var wrong = sign[..at] + (sign[at] == '0' ? '1' : '0') + sign[(at + 1)..];
            Assert.Equal(SignatureVerdict.Mismatch, V2Signature.Verify(Message(fields, wrong), apiKey).Verdict);
        }

        Assert.False(V2Signature.Verify(Message(fields, sign[..^1]), apiKey).IsValid);
        Assert.False(V2Signature.Verify(Message(fields, sign + "0"), apiKey).IsValid);
        Assert.False(V2Signature.Verify(Message(fields + "|zz=1", sign), apiKey).IsValid);
        Assert.False(V2Signature.Verify(Message(fields, sign), new ApiV2Key("0" + key[1..])).IsValid);
    }

    /// <summary>Requests without a nonce are the same each time: S-12, S-13 and S-17 to the last letter.</summary>
    [Fact]
    public async Task Requests_carry_the_published_sign()
    {
        var wechat = new Answering(n => Message(
            "return_code=SUCCESS|result_code=SUCCESS|mch_id=10000100|contract_code=1023658866|contract_id=" + (n == 1 ? "201509160000028648" : "100005698"), null).Body.ToArray());
        var client = wechat.Client(options: new PapayClientOptions { Verification = ReplyVerification.Never });
        await client.Contracts.QueryAsync(new ContractQueryById { AppId = Some.AppId, WeChatContractId = "201509160000028648" });
        await client.Contracts.QueryAsync(new ContractQueryByNumber { AppId = Some.AppId, TemplateId = "123", ContractNumber = "1023658866" });
        await client.Contracts.TerminateAsync(new TerminateRequest { AppId = Some.AppId, WeChatContractId = "100005698", Remark = "原因" });
        Assert.Equal(
            ["D23A52B839DA39302E746FBB1D0E4F7D", "1FCDD5BAF037DF736096306BB5213920", "5E8C697575CC65D77BBE96B5BB39916E"],
            wechat.Requests.Select(r => NaiveMessage.Read(r.Body)!.Fields.Single(f => f.Name == "sign").Value));
    }

    /// <summary>S-04, S-11, S-14, S-16 and S-18, with the sign that was published for them.</summary>
    [Fact]
    public async Task Replies_with_the_published_sign_are_taken()
    {
        var preSigned = await Answer("S-04").Contracts.PreSignAppAsync(new AppSigning
        {
            AppId = Some.AppId,
            TemplateId = "12535",
            ContractNumber = "100000",
            SigningSequence = 1000,
            DisplayAccount = "微信代扣",
            NotifyUrl = "https://weixin.qq.com",
        });
        Assert.Equal("5778aadY9nltAsZzXixCkFIGYnV2V", preSigned.PreSigningId);
        var contract = await Answer("S-14").Contracts.QueryAsync(new ContractQueryById { AppId = Some.AppId, WeChatContractId = "201509160000028648" });
        Assert.Equal((ContractState.NotSigned, "delete ....", (int?)3), (contract.State, contract.TerminationRemark, contract.TerminationMode));
        Assert.Equal("1D001A3A187A984976FDB371813F898F", (await Answer("S-16").Debits.ApplyAsync(Some.Debit())).Raw["sign"]);
        await Answer("S-18").Contracts.TerminateAsync(new TerminateRequest { AppId = Some.AppId, WeChatContractId = "100005698", Remark = "原因" });
        var order = await Answer("S-11").Contracts.PayAndSignAsync(Some.PayAndSign() with { OrderNumber = "123456", TemplateId = "123" });
        Assert.Equal(("wx201410272009395522657a690389285100", "weixin://wxpay/s/An4baqw"), (order.PrepayId, order.CodeUrl));
    }

    [Theory]
    [InlineData(SignType.Md5)]
    [InlineData(SignType.HmacSha256)]
    public async Task Every_request_that_the_client_sends_is_signed_as_the_reference_signs_it(SignType type)
    {
        var wechat = new Answering(_ => "<xml/>"u8.ToArray());
        var client = wechat.Client(Some.Credentials(type));
        Func<Task>[] calls =
        [
            () => client.Contracts.PayAndSignAsync(Some.PayAndSign()), () => client.Contracts.QueryAsync(Some.ContractById()), () => client.Contracts.QueryAsync(Some.ContractByNumber()),
            () => client.Contracts.TerminateAsync(Some.Terminate()), () => client.Debits.ApplyAsync(Some.Debit() with { Detail = "<&>]]>\r\n\"", Attach = " x " }), () => client.Debits.QueryAsync(Some.DebitQuery()),
            () => client.Orders.QueryAsync(Some.OrderQuery()), () => client.Orders.CloseAsync(Some.Close()), () => client.Refunds.RequestAsync(Some.Refund()), () => client.Refunds.QueryAsync(Some.RefundQuery()),
            () => client.Bills.OpenAsync(Some.Bill()),
        ];
        foreach (var call in calls)
        {
            await Assert.ThrowsAnyAsync<PapayException>(call);
        }

        Assert.Equal(10, wechat.Requests.Select(r => r.Path).Distinct().Count());
        Assert.All(wechat.Requests, r => Assert.True(NaiveMessage.Read(r.Body)!.IsSignedBy(Some.K), r.Path));
    }

    /// <summary>N-01 to N-04 as WeChat lays them out, with the sign that these fields have under the public key.</summary>
    [Theory]
    [InlineData("N-01", typeof(ContractNotification))]
    [InlineData("N-01 HMAC", typeof(ContractNotification))]
    [InlineData("N-02", typeof(ContractNotification))]
    [InlineData("N-02 HMAC", typeof(ContractNotification))]
    [InlineData("N-03", typeof(DebitNotification))]
    [InlineData("N-03 HMAC", typeof(DebitNotification))]
    [InlineData("N-04", typeof(DebitNotification))]
    [InlineData("N-04 HMAC", typeof(DebitNotification))]
    public void Notifications_with_the_published_sign_are_taken(string id, Type kind)
    {
        var (fields, sign) = Vector(id);
        var message = Message(fields, sign);
        var notification = NotificationReader.Read(message.Body, Some.Credentials(merchant: message["mch_id"]!));
        Assert.IsType(kind, notification);
        Assert.Equal(sign.Length == 64 ? SignType.HmacSha256 : SignType.Md5, notification.Signature.Type);
        Assert.False(NotificationReader.TryRead(Message(fields, (sign[0] == '0' ? '1' : '0') + sign[1..]).Body, Some.Credentials(), out _, out var refusal));
        Assert.Equal(NotificationFault.SignatureMismatch, refusal.Fault);
    }

    private static PapayClient Answer(string id)
    {
        var (fields, sign) = Vector(id);
        return new Answering(_ => Message(fields, sign).Body.ToArray()).Client();
    }

    private static (string Fields, string Sign) Vector(string id)
    {
        var row = SignatureVectorTests.Vectors.Single(row => (string)row[0] == id);
        return ((string)row[1], (string)row[4]);
    }

    // Written here, letter by letter, so that the library's writer has no part in it.
    private static V2Message Message(string fields, string? sign)
    {
        var text = new StringBuilder("<xml>\n");
        foreach (var field in fields.Split('|'))
        {
            var (name, value) = (field[..field.IndexOf('=', StringComparison.Ordinal)], field[(field.IndexOf('=', StringComparison.Ordinal) + 1)..]);
            text.Append('<').Append(name).Append("><![CDATA[").Append(value).Append("]]></").Append(name).Append(">\n");
        }

        return V2Message.Parse(Encoding.UTF8.GetBytes(text + (sign is null ? "" : $"<sign>{sign}</sign>") + "</xml>"));
    }
}
