using System.Security.Cryptography;
using System.Text;
using Papaya.WeChatPay.Notifications;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Tests.V3;

/// <summary>The published vectors of V3 signing (official Java and Go tests) and canonical texts, in both directions.</summary>
public sealed class SignatureTests
{
    private const string NoticePath = "/v3/papay/contracts/123124412412423431/notify";
    private const string Nonce = "eBYqCOxa0QudMnPvVilkTzOg3gHh5Z3u";
    private const long At = 1652750623;

    private const string NoticeBody =
        """{"mchid":"1230000109","appid":"wxd678efh567hg6787","deduct_duration":{"count":1,"unit":"DAY"},"estimated_amount":{"amount":1,"currency":"CNY"}}""";

    private const string CallbackBody =
        """{"id":"3119dfba-e649-5eec-ab1e-3412bc4d2e17","create_time":"2021-06-24T16:37:26+08:00","resource_type":"encrypt-resource","event_type":"PAYSCORE.USER_OPEN_SERVICE","summary":"签约成功","resource":{"original_type":"payscore","algorithm":"AEAD_AES_256_GCM","ciphertext":"YDS3lKPaC4Y52Gf3uhft5qUBlIa8b428AWTtTauHQfQrRw+X1WpiuHIDy0vo1Vd6VEq67aVyqPdDYMkRVSDaZL3iZttevRMOoPKMifozg6XPWjIZumks/GpT48lI4NizyeaqLBokNebthah3o1H76qSlO9NkDjp9bzmKLEYYH9TEklFUpsvPqOTOcgSLgh21YJXYR7dEBXFgRLiNIKRgO5JdXh1hccRUAlyVWxE54PXpnQ==","associated_data":"payscore","nonce":"Kj7QIyUiYx1q"}}""";

    private const string JavaKey = """
        -----BEGIN PUBLIC KEY-----
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAmmc3oVMM3MXS4Bp/1Da8
        hy3V9Mgbwqg9KfdvwXZQiAYtHZs2c633PhRdMSu9AD/W9vkcuavs11FPnT7nCZoM
        AAYmfi7XvuHrjMajwhJHRLvZcoqYWpaaGjlT25gzWrc6vZOWvz+OeEEVjHZC1CWQ
        nqC/Wxdhp/9vsFhMN7C/MxRXDjPCa9T3Ti5gMfoe6X//O43Jl1wpvkmasOTLSCyk
        Ivcx1ro2HTANCHGDXkGjZdYfzVJ7p4HSBymmlPte8Al6k3GbIqQBqKn6qx8f7K99
        GbMznR2DrxTYgfq4RJXQRki1sEmBOixZGz/RnUFiiEAoqdxOXS4+WRZA3jr+B3pH
        /QIDAQAB
        -----END PUBLIC KEY-----
        """;

    private const string GoKey = """
        -----BEGIN PUBLIC KEY-----
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA2VCTd91fnUn73Xy9DLvt
        /V62TVxRTEEstVdeRaZ3B3leO0pldE806mXO4RwdHXagHQ4vGeZN0yqm++rDsGK+
        U3AH7kejyD2pXshNP9Cq5YwbptiLGtjcquw4HNxJQUOmDeJf2vg6byms9RUipiq4
        SzbJKqJFlUpbuIPDpSpWz10PYmyCNeDGUUK65E5h2B834uxl1zNLYQCrkdBzb8oU
        xwYeP5a2DNxmjL5lsJML7DGr5znsevnoqGRwTm9fxCGfy8wus7hwKz6clt3Whmmd
        a7UAdb1c08hEQFVRbF14AR73xbnd8N0obCWJPCbzMCtkaSef4FdEEgEXJiw0VAJT
        8wIDAQAB
        -----END PUBLIC KEY-----
        """;

    private static readonly NotificationHeaders CallbackHeaders = new(
        "1624523846", "EcZ9Cmy4Xyx1i6RlJQzLcCyEqDa26NBz",
        "tJHIiIS9eB2hAYstmAmbbD3ZE5LiIm/Ug5tuL4fC0YOFRWIHV39UFIZXC0e9Wl6lBu6sKvkqDkzpqzBsVHyXFlbYZTOQrVdG4b6LfTnK4mikv9++ixJMd3vTf2yCqvBkh98zs3Ds5zsYQakzbcwhmw4fMJs4nPLws28H0UW9FjDR//rxELLwXvV1VEA1IBLX70xptjL8hrfUjEE8kkry6yNJTHZRU8CAc7qHli2Ng1V1qb9ARbK8A3ThmFmPQvRGrapI/jS2laKKgYUmfdEdkNO6B2Cke5e8VTxY406ArAmQ90GAihDwIcb16TQMnzCMBoutnwZKNiKRACrFmtxw2Q==",
        "D7CE59D1F522D701");

    private static readonly DateTimeOffset CallbackAt = DateTimeOffset.FromUnixTimeSeconds(1624523846);
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    [Theory]
    [InlineData("POST", NoticePath, NoticeBody, 239, "f91ceecb963269cf944b4e314cfa152708eb369f95faada663fe3194332ec309")] // V-01
    [InlineData("GET", "/v3/pay/transactions/id/1217752501201407033233368018?mchid=1230000109", "", 119, "287dfdf96f9d72417f6109e56a3232be66e7de08346fce44cecef89d9ed8f6fa")] // V-02
    public void The_text_of_a_request_is_the_published_one(string method, string path, string body, int length, string sha256)
    {
        var text = V3Signature.RequestText(method, path, At, Nonce, Encoding.UTF8.GetBytes(body));

        Assert.Equal(length, text.Length);
        Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(text)));
    }

    [Fact]
    public void The_text_of_a_reply_without_a_body_still_ends_with_two_line_feeds()
    {
        var text = V3Signature.ReplyText("1652750623", Nonce, default);

        Assert.Equal(45, text.Length);
        Assert.Equal("7579783a7f18adcc7d4b6e2ed4f1cbb23eec0c2c3a923d20bcaeb48fbfa006d8", Convert.ToHexStringLower(SHA256.HashData(text)));
    }

    [Fact]
    public void A_signed_request_verifies_under_the_public_half_and_no_other_text_does()
    {
        using var rsa = RSA.Create(2048);
        var body = Encoding.UTF8.GetBytes(NoticeBody);

        var signature = Convert.FromBase64String(V3Signature.SignRequest(rsa, "POST", NoticePath, At, Nonce, body));

        Assert.True(rsa.VerifyData(V3Signature.RequestText("POST", NoticePath, At, Nonce, body), signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        Assert.False(rsa.VerifyData(V3Signature.RequestText("POST", NoticePath, At + 1, Nonce, body), signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        Assert.Equal(Convert.ToBase64String(signature), V3Signature.SignRequest(rsa, "POST", NoticePath, At, Nonce, body));
    }

    [Fact]
    public void The_Authorization_header_names_the_scheme_and_five_values() => Assert.Equal(
        "WECHATPAY2-SHA256-RSA2048 mchid=\"1230000109\",nonce_str=\"N\",signature=\"c2ln\",timestamp=\"1652750623\",serial_no=\"5F\"",
        V3Signature.Authorization("1230000109", "5F", "N", At, "c2ln"));

    [Fact]
    public void The_published_signature_of_the_word_message_verifies()
    {
        var key = PlatformKey.ForSerial("1", JavaKey);
        var signature = Convert.FromBase64String("Rq+5ZpWV6IHTWE1+9gCrYJKguNgbItpMdlIA+PVCPCdUAKNlohZz7CL7Y8xWDIFJjdGnErMj6Z+Q/h9CF5MV+nAVkqDmBR0uP5ppsUEzco4ijvKHsvI2ro4boSW6vSfQs3W8I4QSI9a0/NFIgvj83Fv27LIYZf7deaFWmEwd1fpAeJRCyoKyBeJPdsjVx0//Lqe6Wze2zVdliLcBvaHCfpd8+rAVGS+FQDeWgHqJ7n/Zy09LmV1/ghs7pO1mdjdD16SHKlysAD3K5hNGUJX/SHrEXEcu1yO1AOb/YvOVkjNh8243rcfXNE5L4ph2XS11vS+2aToKYSOcKUagf0LLaw==");

        Assert.True(key.Verifies("message"u8, signature));
        Assert.False(key.Verifies("massage"u8, signature));
        signature[17] ^= 1;
        Assert.False(key.Verifies("message"u8, signature));
    }

    [Fact]
    public void The_published_callback_verifies_and_not_with_one_byte_changed()
    {
        var body = Encoding.UTF8.GetBytes(CallbackBody);

        Assert.Equal(568, body.Length);
        Assert.Equal(V3Verdict.Valid, Verify(CallbackHeaders, body));
        body[100] ^= 1;
        Assert.Equal(V3Verdict.Mismatch, Verify(CallbackHeaders, body));
    }

    [Fact]
    public void A_callback_older_or_newer_than_the_tolerance_is_stale()
    {
        Assert.Equal(V3Verdict.Valid, At(TimeSpan.FromMinutes(5)));
        Assert.Equal(V3Verdict.Valid, At(TimeSpan.FromMinutes(-5)));
        Assert.Equal(V3Verdict.Stale, At(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(1)));
        Assert.Equal(V3Verdict.Stale, At(TimeSpan.FromMinutes(-5) - TimeSpan.FromSeconds(1)));

        static V3Verdict At(TimeSpan offset) => V3Signature.Verify(Keys(), CallbackHeaders, Encoding.UTF8.GetBytes(CallbackBody), CallbackAt + offset, Tolerance);
    }

    [Fact]
    public void A_probe_is_refused_and_told_apart() =>
        Assert.Equal(V3Verdict.Probe, Verify(CallbackHeaders with { Signature = "WECHATPAY/SIGNTEST/" + CallbackHeaders.Signature![19..] }, Encoding.UTF8.GetBytes(CallbackBody)));

    [Theory]
    [InlineData("timestamp", null, V3Verdict.Missing)]
    [InlineData("timestamp", "", V3Verdict.Missing)]
    [InlineData("timestamp", "1624523846000", V3Verdict.Missing)]
    [InlineData("timestamp", "99999999999999999999", V3Verdict.Missing)]
    [InlineData("timestamp", "-1624523846", V3Verdict.Missing)]
    [InlineData("timestamp", " 1624523846", V3Verdict.Missing)]
    [InlineData("timestamp", "1624523847", V3Verdict.Mismatch)]
    [InlineData("nonce", null, V3Verdict.Missing)]
    [InlineData("nonce", "other", V3Verdict.Mismatch)]
    [InlineData("signature", null, V3Verdict.Missing)]
    [InlineData("signature", "not base64!", V3Verdict.Mismatch)]
    [InlineData("signature", "AAAA", V3Verdict.Mismatch)]
    [InlineData("serial", null, V3Verdict.Missing)]
    [InlineData("serial", "D7CE59D1F522D702", V3Verdict.UnknownKey)]
    [InlineData("serial", "PUB_KEY_ID_0000000000000024101100397200000006", V3Verdict.UnknownKey)]
    [InlineData("serial", "00d7ce59d1f522d701", V3Verdict.Valid)]
    [InlineData("type", "WECHATPAY2-SHA256-RSA2048", V3Verdict.Valid)]
    [InlineData("type", "WECHATPAY2-SM2-WITH-SM3", V3Verdict.Mismatch)]
    public void Every_header_counts(string header, string? value, V3Verdict expected)
    {
        var headers = header switch
        {
            "timestamp" => CallbackHeaders with { Timestamp = value },
            "nonce" => CallbackHeaders with { Nonce = value },
            "signature" => CallbackHeaders with { Signature = value },
            "serial" => CallbackHeaders with { Serial = value },
            _ => CallbackHeaders with { SignatureType = value },
        };

        Assert.Equal(expected, Verify(headers, Encoding.UTF8.GetBytes(CallbackBody)));
    }

    [Fact]
    public void While_keys_change_the_public_key_and_certificates_verify_side_by_side()
    {
        using var own = RSA.Create(2048);
        using var certified = RSA.Create(2048);
        var id = "PUB_KEY_ID_0110000001002024111100000001";
        var keys = new PlatformKeys(PlatformKey.ForSerial("5A", certified.ExportSubjectPublicKeyInfoPem()), PlatformKey.FromPublicKey(id, own.ExportSubjectPublicKeyInfoPem()));

        Assert.Equal(V3Verdict.Valid, Check(own, id));
        Assert.Equal(V3Verdict.Valid, Check(certified, "5A"));
        Assert.Equal(V3Verdict.Mismatch, Check(own, "5A"));
        Assert.Equal(V3Verdict.Mismatch, Check(certified, id));
        Assert.Equal(id, keys.Preferred!.Id);
        Assert.True(keys.Remove(id));
        Assert.Equal(V3Verdict.UnknownKey, Check(own, id));
        Assert.Equal("5A", keys.Preferred!.Id);

        V3Verdict Check(RSA signer, string serial) => V3Signature.Verify(
            keys, new("1624523846", "n", V3Signature.Sign(signer, V3Signature.ReplyText("1624523846", "n", "{}"u8)), serial), "{}"u8, CallbackAt, Tolerance);
    }

    private static V3Verdict Verify(NotificationHeaders headers, byte[] body) => V3Signature.Verify(Keys(), headers, body, CallbackAt, Tolerance);

    private static PlatformKeys Keys() => new(PlatformKey.ForSerial("D7CE59D1F522D701", GoKey));
}
