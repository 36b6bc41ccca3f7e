using System.Text;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Tests.Wire;

public sealed class WriterTests
{
    [Fact]
    public void Requests_escape_only_where_needed()
    {
        using var writer = new V2Writer();
        writer.Add("appid", "wx1").Add("body", "a<b>&\"c\"\r\n").Add("detail", null).Add("empty", "").Add("total_fee", 888);
        Assert.Equal(
            "<xml><appid>wx1</appid><body>a&lt;b&gt;&amp;\"c\"&#13;\n</body><empty></empty><total_fee>888</total_fee></xml>",
            Encoding.UTF8.GetString(writer.Unsigned().Span));
    }

    [Fact]
    public void Replies_wrap_text_in_cdata_and_leave_numbers_bare()
    {
        using var writer = new V2Writer(XmlText.CData);
        writer.Add("return_msg", "OK").Add("body", "a]]>b<&").Add("total_fee", 1).Add("cr", "a\rb").Add("empty", "");
        Assert.Equal(
            "<xml><return_msg><![CDATA[OK]]></return_msg><body><![CDATA[a]]]]><![CDATA[>b<&]]></body><total_fee>1</total_fee><cr>a&#13;b</cr><empty></empty></xml>",
            Encoding.UTF8.GetString(writer.Unsigned().Span));
    }

    [Fact]
    public void The_order_of_addition_is_the_order_in_the_xml_whatever_the_sign_needs()
    {
        using var writer = new V2Writer();
        var message = V2Message.Parse(writer.Add("z", "1").Add("a", "2").Add("m", "3").Sign(Some.Key, SignType.Md5));
        Assert.Equal(["z", "a", "m", "sign"], message.Fields.Select(f => f.Key));
        Assert.Equal("a=2&m=3&z=1&key=***", V2Signature.CanonicalText(message));
    }

    [Fact]
    public void Mistakes_of_the_caller_are_refused()
    {
        using var writer = new V2Writer();
        Assert.Throws<ArgumentException>(() => writer.Add("sign", "x"));
        Assert.Throws<ArgumentException>(() => new V2Writer().Add("a", "\uD800"));
        Assert.Throws<ArgumentException>(() => new V2Writer().Add("a", "\u0001"));
        Assert.Throws<ArgumentException>(() => new V2Writer(XmlText.CData).Add("a", "\u0001"));
        Assert.Throws<ArgumentException>(() => new V2Writer().Add("a", "\uFFFE").Sign(Some.Key, SignType.Md5));
        Assert.Throws<ArgumentException>(() => new V2Writer(XmlText.CData).Add("a", "\uFFFF").Unsigned());
        Assert.Throws<ArgumentException>(() => new V2Writer(root: "html"));
        Assert.Throws<InvalidOperationException>(() => new V2Writer().Add("a", "1").Add("a", "2").Sign(Some.Key, SignType.Md5));
        Assert.Throws<InvalidOperationException>(() => new V2Writer().Add("b", "1").Add("a", "2").Add("b", "3").Sign(Some.Key, SignType.Md5));
        writer.Add("a", "1").Unsigned();
        Assert.Throws<InvalidOperationException>(() => writer.Unsigned());
        Assert.Throws<InvalidOperationException>(() => writer.Add("b", "1"));
    }

    [Fact]
    public void Long_values_grow_the_buffers()
    {
        var detail = string.Concat(Enumerable.Repeat("中文<&>", 2000));
        using var writer = new V2Writer();
        for (var i = 0; i < 100; i++)
        {
            writer.Add("f" + (i * 37 % 100), "v" + i);
        }

        var message = V2Message.Parse(writer.Add("detail", detail).Sign(Some.Key, SignType.HmacSha256));
        Assert.Equal(detail, message["detail"]);
        Assert.True(V2Signature.Verify(message, Some.Key).IsValid);
    }

    [Fact]
    public void A_refusal_says_at_most_128_characters_and_splits_none()
    {
        var reason = new string('长', 127) + "😀 and more";
        Assert.Contains($"<![CDATA[{reason[..127]}]]>", Encoding.UTF8.GetString(Acknowledgement.Fail(reason).Span), StringComparison.Ordinal);
        Assert.Contains($"<![CDATA[{reason[1..129]}]]>", Encoding.UTF8.GetString(Acknowledgement.Fail(reason[1..]).Span), StringComparison.Ordinal);
        foreach (var (sent, given) in ((string, string)[])[(reason[..127], reason), (reason[1..129], reason[1..]), ("short", "short")])
        {
            using var json = System.Text.Json.JsonDocument.Parse(Acknowledgement.V3Fail(given));
            Assert.Equal(sent, json.RootElement.GetProperty("message").GetString());
        }
    }

    [Fact]
    public void The_acknowledgement_is_one_fixed_byte_sequence()
    {
        Assert.Equal("<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[OK]]></return_msg></xml>", Encoding.UTF8.GetString(Acknowledgement.Success.Span));
        Assert.Equal("<xml><return_code><![CDATA[FAIL]]></return_code><return_msg><![CDATA[签名错误]]></return_msg></xml>", Encoding.UTF8.GetString(Acknowledgement.Fail("签名错误").Span));
    }
}

public sealed class SignatureTests
{
    private static readonly ApiV2Key Other = new("00000000000000000000000000000017");

    [Theory]
    [InlineData("a=1", SignType.Md5, SignType.HmacSha256)] // No label: the length tells, whatever the default.
    [InlineData("a=1", SignType.HmacSha256, SignType.Md5)]
    [InlineData("a=1|sign_type=HMAC-SHA256", SignType.HmacSha256, SignType.Md5)]
    [InlineData("a=1|sign_type=MD5", SignType.Md5, SignType.HmacSha256)]
    [InlineData("a=1|sign_type=RSA", SignType.Md5, SignType.HmacSha256)] // An unknown label is signed, but tells nothing.
    public void The_label_tells_the_algorithm_then_the_length(string fields, SignType type, SignType fallback)
    {
        var check = V2Signature.Verify(V2Message.Parse(Some.Signed(fields, type)), Some.Key, fallback: fallback);
        Assert.Equal(new SignatureCheck(SignatureVerdict.Valid, type, 0), check);
    }

    [Fact]
    public void A_label_that_contradicts_the_sign_does_not_verify()
    {
        var message = V2Message.Parse(Some.Signed("a=1|sign_type=HMAC-SHA256", SignType.Md5));
        Assert.Equal(SignatureVerdict.Mismatch, V2Signature.Verify(message, Some.Key).Verdict);
    }

    [Fact]
    public void After_a_key_reset_the_previous_key_still_verifies_and_is_reported()
    {
        var message = V2Message.Parse(Some.Signed("a=1", key: Other));
        Assert.Equal(SignatureVerdict.Mismatch, V2Signature.Verify(message, Some.Key).Verdict);
        Assert.Equal(new SignatureCheck(SignatureVerdict.Valid, SignType.Md5, 1), V2Signature.Verify(message, [Some.Key, Other]));
        Assert.Equal(new SignatureCheck(SignatureVerdict.Valid, SignType.Md5, 0), V2Signature.Verify(message, [Other, Some.Key]));
        Assert.False(V2Signature.Verify(message, [Some.Key, new ApiV2Key("abc")]).IsValid);
    }

    [Theory]
    [InlineData("<xml><a>1</a></xml>", SignatureVerdict.Missing)]
    [InlineData("<xml><a>1</a><sign></sign></xml>", SignatureVerdict.Missing)]
    [InlineData("<xml><a>1</a><sign><![CDATA[]]></sign></xml>", SignatureVerdict.Missing)]
    [InlineData("<xml><a>1</a><sign>x</sign></xml>", SignatureVerdict.Mismatch)]
    [InlineData("<xml><a>1</a><sign>ZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ</sign></xml>", SignatureVerdict.Mismatch)]
    [InlineData("<xml><a>1</a><sign>00000000000000000000000000000000</sign></xml>", SignatureVerdict.Mismatch)]
    public void A_sign_that_is_not_there_or_no_digest_is_told_apart(string body, SignatureVerdict verdict) =>
        Assert.Equal(verdict, V2Signature.Verify(V2Message.Parse(Some.Utf8(body)), Some.Key).Verdict);

    [Fact]
    public void Lower_case_digits_are_accepted()
    {
        var body = Encoding.UTF8.GetString(Some.Signed("a=1"));
        var sign = V2Message.Parse(Some.Utf8(body))["sign"]!;
        Assert.True(V2Signature.Verify(V2Message.Parse(Some.Utf8(body.Replace(sign, sign.ToLowerInvariant(), StringComparison.Ordinal))), Some.Key).IsValid);
    }

    [Fact]
    public void An_explanation_shows_everything_but_the_key()
    {
        var body = "<xml><b>2</b><a>1</a><c></c><sign>" + new string('0', 32) + "</sign></xml>";
        var explanation = V2Signature.Explain(V2Message.Parse(Some.Utf8(body)), Some.Key);
        Assert.Equal("a=1&b=2&key=***", explanation.CanonicalText);
        Assert.Equal(["c"], explanation.LeftOut);
        Assert.Equal((SignType.Md5, null), (explanation.Type, explanation.Matches));
        Assert.Equal(explanation.Md5, explanation.Expected);
        Assert.Equal(explanation.Md5.TakeWhile(c => c == '0').Count(), explanation.FirstDifference);
        Assert.DoesNotContain(Some.K, explanation.ToString(), StringComparison.Ordinal);

        var right = V2Signature.Explain(V2Message.Parse(Some.Signed("a=1|b=2", SignType.HmacSha256)), Some.Key);
        Assert.Equal((SignType.HmacSha256, (SignType?)SignType.HmacSha256, (int?)null), (right.Type, right.Matches, right.FirstDifference));
        Assert.Equal(right.Received, right.HmacSha256);
        Assert.Null(V2Signature.Explain(V2Message.Parse(Some.Utf8("<xml><a>1</a></xml>")), Some.Key).FirstDifference);
    }

    [Fact]
    public void A_key_never_prints_itself()
    {
        Assert.Equal("***", Some.Key.ToString());
        Assert.DoesNotContain(Some.K, Some.Credentials().ToString(), StringComparison.Ordinal);
        Assert.True(Some.Key.HasUsualShape);
        Assert.False(new ApiV2Key("abc").HasUsualShape);
        Assert.Throws<ArgumentException>(() => new ApiV2Key(""));
        Assert.DoesNotContain("钥匙", Assert.Throws<ArgumentException>(() => new ApiV2Key("钥匙")).Message, StringComparison.Ordinal);
    }
}

public sealed class RefundCipherTests
{
    public const string Document = "<root><out_refund_no><![CDATA[131811191610442717309]]></out_refund_no><out_trade_no><![CDATA[71106718111915575302817]]></out_trade_no><refund_account><![CDATA[REFUND_SOURCE_RECHARGE_FUNDS]]></refund_account><refund_fee><![CDATA[3960]]></refund_fee><refund_id><![CDATA[50000408942018111907145868882]]></refund_id><refund_recv_accout><![CDATA[支付用户零钱]]></refund_recv_accout><refund_request_source><![CDATA[API]]></refund_request_source><refund_status><![CDATA[SUCCESS]]></refund_status><settlement_refund_fee><![CDATA[3960]]></settlement_refund_fee><settlement_total_fee><![CDATA[3960]]></settlement_total_fee><success_time><![CDATA[2018-11-19 16:24:13]]></success_time><total_fee><![CDATA[3960]]></total_fee><transaction_id><![CDATA[4200000215201811190261405420]]></transaction_id></root>";

    public const string Encrypted = "WBzGpzQuNpcFxIlFjUUD9FKo0rHFKIn0kRJVv7PAhPDSCjWAzcyQtBNpSb92FQg9FKQ3UKchg9ThtBc2nKj5Y9XQBa0sRi19hY8xK6q96ePF0FRsZh9XrYEEcSr4GdYPZADb4Gq4EvlprO5AGKpKnYgy9+AB3siIHVLqKp1e7COZ2o8m8Pqolj4buQSKB3dnXx6Hq8j1F68l6lxMMIaZsuXvebsA8n6+V4UECMEFe/Dh3hUn9pvFStoFaIUgGlrPveulNjbnYpQIfMCHFmPTyTva8s0nD5i6JX5XAq0BxxwEqq9Yyoj6T7S42XVwHnt3HmJjerx/w44NaWa2Wkf0c240MyBkVQn3TsA1hhQ9TPiH8mLWNOvGPq15D3jEoazqirWqhXjmYFFp2hI64U21lZQ8CUhv/ss1l20NYApYeURtCLha3k0GKW1UdNqrHzh1OltPseA++6l+RduAw9CYjyAQEDzE67ANE7TFAprxIf7IbrK7qQeSwYduEMBIbI6G+bgNFXjkuRnaEdJaq9Kw4efPPZd9GywjZfpKAPXZSH99ZC2JUkxv+3h70de3kWcyZ3n4PfVcbSW6jd704c2S4BYlj0HSKB+gKdjJchMaqd95xSi6GXW4jpxoab571C/sOcKr/e7RWL1s5iSUuEU8Av7Lwa+Ht5UtwO2oLAYJOUO/o4tVBkTc/f1hC46LhO8/HwcqqTXjBuKLX1Wwzqj1EB6R2KCtOF2iX96ltH3kBrWf0nYVWcsxiMFZ1rMnvKvLtZtwBCGtVSQM8uuxpZp8MOGpH3s77jKbItVcf5niLWdfCQOlot77JHbLzBa/pdwHhkNRwqlTc8F/3q+dAt3Yt2A+mdTzFguzKIcMWkbESMoIJN/bzvZuGy+/gMi/X6jVSxZhs/Ax/ue7Q2U6VN44mY2Q4h989D/ZlbIFbwsJ/8KzzrKsOjFMxVCWj4Vk+td4tgwdc49fScwWtETwajh0NIOknRZ8K3vSHKNGKRNPsav7KX3cFBZDhH+7LES6bQS593jGMp3qYsxMSDDsO0jMsKhmW0JFFqTsWxTvNqOWTbU=";

    [Theory]
    [InlineData("6Q9VX4N3WTBM9G9XBL7H1L9PB9ANHLY8", "/Pe2X0sgRcndZWNJQQmcPw==", "{\"a\":3}")]
    [InlineData("00000000000000000000000000000017", "dG+e02+mWj87Znr0bW+tvw==", "{\"a\":3}")]
    [InlineData(Some.K, Encrypted, Document)]
    [InlineData(Some.K, "WBzGpzQuNpcFxIlFjUUD9BZv+lpBMzd2SHiKCkwfALWid5G8ZvfOussfMIHLbKJmcnxPKdb1ZJEqTAp8ysQv+xa1fj+Eorgndx3fNxf3KAYa3LPgsjvZgxaeYyrhV05Kbjkj6ywg27cEyTTaPZFYNg==", "<root><out_refund_no><![CDATA[R1]]></out_refund_no><refund_status><![CDATA[SUCCESS]]></refund_status></root>")]
    public void Published_documents_decrypt_and_encrypt(string key, string base64, string plain)
    {
        Assert.True(RefundCipher.TryDecrypt(base64, new ApiV2Key(key), out var bytes));
        Assert.Equal(plain, Encoding.UTF8.GetString(bytes));
        Assert.Equal(base64, RefundCipher.Encrypt(Encoding.UTF8.GetBytes(plain), new ApiV2Key(key)));
    }

    [Theory]
    [InlineData("0123456789abcdef0123456789abcdef", "pZwJZBLuy3mDACEQT4YTBw==", "hello")]
    [InlineData("01234567890abcdefedcba9876543210", "l/aL5GyVfl/tw3Lww6GvCQ==", "SKIT is great!")]
    public void Published_raw_keys_decrypt_and_encrypt(string aesKey, string base64, string plain)
    {
        Assert.True(RefundCipher.TryDecrypt(Encoding.ASCII.GetBytes(base64), Encoding.ASCII.GetBytes(aesKey), out var bytes));
        Assert.Equal(plain, Encoding.UTF8.GetString(bytes));
        Assert.Equal(base64, RefundCipher.Encrypt(Encoding.UTF8.GetBytes(plain), Encoding.ASCII.GetBytes(aesKey)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64!")]
    [InlineData("AAAA")]
    [InlineData("T87GAHG17TGAHG1TGHAHAHA1Y1CIOA9UGJH1GAHV871HAGAGQYQQPOOJMXNBCXBVNMNMAJAA")]
    public void Anything_else_is_refused_without_an_exception(string base64)
    {
        Assert.False(RefundCipher.TryDecrypt(base64, Some.Key, out var plain));
        Assert.Empty(plain);
    }
}

public sealed class TimeAndNonceTests
{
    [Theory]
    [InlineData("20141111170043", "2014-11-11T17:00:43+08:00")]
    [InlineData("2015-07-01 10:00:00", "2015-07-01T10:00:00+08:00")]
    [InlineData("1438141845", "2015-07-29T11:50:45+08:00")]
    [InlineData("20240229000000", "2024-02-29T00:00:00+08:00")]
    public void The_three_forms_are_read(string text, string instant) =>
        Assert.Equal(DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture), BeijingTime.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("20230229000000")]
    [InlineData("20141311170043")]
    [InlineData("20141111240043")]
    [InlineData("2014111117004x")]
    [InlineData("2015-07-01T10:00:00")]
    [InlineData("2015-07-0110:00:000")]
    [InlineData("12345678")]
    [InlineData("-123456789")]
    [InlineData("时时时时时时时")]
    [InlineData("00010101000000")]
    public void Nothing_else_is(string text) => Assert.Null(BeijingTime.Parse(text));

    [Fact]
    public void Times_are_written_in_beijing()
    {
        var instant = new DateTimeOffset(2026, 1, 31, 16, 30, 5, TimeSpan.Zero);
        Assert.Equal("20260201003005", BeijingTime.Compact(instant));
        Assert.Equal("2026-02-01 00:30:05", BeijingTime.Spaced(instant));
        Assert.Equal("1769877005", BeijingTime.UnixSeconds(instant));
        Assert.Equal(new DateOnly(2026, 2, 1), BeijingTime.Day(instant));
    }

    [Fact]
    public void Nonces_are_32_letters_and_digits_and_do_not_repeat()
    {
        var source = new NonceSource();
        var nonces = Enumerable.Range(0, 1000).Select(_ => source.Next()).ToHashSet();
        Assert.Equal(1000, nonces.Count);
        Assert.All(nonces, nonce => Assert.True(nonce.Length == 32 && nonce.All(char.IsAsciiLetterOrDigit)));
        Assert.DoesNotContain(new NonceSource().Next(), nonces);
    }

    [Fact]
    public void A_seeded_source_repeats_itself()
    {
        NonceSource one = NonceSource.Seeded(7), two = NonceSource.Seeded(7), three = NonceSource.Seeded(8);
        var first = Enumerable.Range(0, 300).Select(_ => one.Next()).ToArray();
        Assert.Equal(first, Enumerable.Range(0, 300).Select(_ => two.Next()));
        Assert.NotEqual(first, Enumerable.Range(0, 300).Select(_ => three.Next()));
    }
}
