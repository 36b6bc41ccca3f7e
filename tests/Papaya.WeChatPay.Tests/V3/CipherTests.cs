using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Tests.V3;

/// <summary>AEAD_AES_256_GCM with the published vectors, OAEP by round trip, and what a key or certificate may be.</summary>
public sealed class CipherTests
{
    private const string OwnKey = "0123456789ABCDEF0123456789ABCDEF";
    private const string OwnPlain = """{"contract_id":"123124412412423431","contract_state":"SIGNED"}""";

    [Theory]
    [InlineData("a7cde1ZJB1kG2e7VfTs3jQzaWizur8Gb", "uluk4a9R25RW", "associatedData", "ulwSiIajGClcvcOYvOQ7+l+0PAbzzwI=", "message")] // G-01
    [InlineData("testAPIv3Key0000", "wCq51qZv4Yfg", "Dl56FrqWQJF1t9LtC3vEUsniZKvbqdR8", "FsdXzxryWfKwvLJKf8LG/ToRPTRh8RN9wROC", "Hello World")] // G-02, AES-128
    [InlineData(OwnKey, "fdasflkja484", "entrust", "l0BV2nqLp+YOZtrUB8HyKd0Hmo4/SG0PfvC8OuglJQDhoksb+lL3uvxTa7on3jScdjZedzqbEOrPty8M+4KmJ+uf4q0FgVL67TxRlzp3", OwnPlain)] // G-03
    [InlineData(OwnKey, "fdasflkja484", "", "l0BV2nqLp+YOZtrUB8HyKd0Hmo4/SG0PfvC8OuglJQDhoksb+lL3uvxTa7on3jScdjZedzqbEOrPty8M+4Lqf9K9on+oumcHxYqBuT6z", OwnPlain)] // G-04
    [InlineData( // The callback of the official Go tests, AES-128.
        "testMchAPIv3Key0", "Kj7QIyUiYx1q", "payscore",
        "YDS3lKPaC4Y52Gf3uhft5qUBlIa8b428AWTtTauHQfQrRw+X1WpiuHIDy0vo1Vd6VEq67aVyqPdDYMkRVSDaZL3iZttevRMOoPKMifozg6XPWjIZumks/GpT48lI4NizyeaqLBokNebthah3o1H76qSlO9NkDjp9bzmKLEYYH9TEklFUpsvPqOTOcgSLgh21YJXYR7dEBXFgRLiNIKRgO5JdXh1hccRUAlyVWxE54PXpnQ==",
        """{"mchid":"1234567890","appid":"054aa7d7a2a54ab5898df65bd96f001c","create_time":"2020-06-30T12:12:00+08:00","out_contract_code":"21640bdbd08e473e828f3206a2741c6e"}""")]
    public void Published_resources_open_and_seal(string key, string nonce, string associatedData, string ciphertext, string plain)
    {
        Assert.True(V3Cipher.TryOpen(Encoding.ASCII.GetBytes(key), nonce, associatedData, ciphertext, out var opened));
        Assert.Equal(plain, Encoding.UTF8.GetString(opened));
        Assert.Equal(ciphertext, V3Cipher.Seal(Encoding.ASCII.GetBytes(key), nonce, associatedData, Encoding.UTF8.GetBytes(plain)));
    }

    [Theory]
    [InlineData(OwnKey, "fdasflkja484", "other")]
    [InlineData(OwnKey, "fdasflkja485", "entrust")]
    [InlineData(OwnKey, "fdasflkja48", "entrust")]
    [InlineData(OwnKey, "fdasflkja48签", "entrust")]
    [InlineData("0123456789ABCDEF0123456789ABCDEG", "fdasflkja484", "entrust")]
    public void A_resource_opens_only_with_its_own_key_nonce_and_associated_data(string key, string nonce, string associatedData)
    {
        var ciphertext = V3Cipher.Seal(new ApiV3Key(OwnKey), "fdasflkja484", "entrust", Encoding.UTF8.GetBytes(OwnPlain));

        Assert.True(V3Cipher.TryOpen(new ApiV3Key(OwnKey), "fdasflkja484", "entrust", ciphertext, out _));
        Assert.False(V3Cipher.TryOpen(new ApiV3Key(key), nonce, associatedData, ciphertext, out var opened));
        Assert.Null(opened);
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("not base64!")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAA")]
    public void Rubbish_does_not_open(string ciphertext) =>
        Assert.False(V3Cipher.TryOpen(new ApiV3Key(OwnKey), "fdasflkja484", "entrust", ciphertext, out _));

    [Theory]
    [InlineData("")]
    [InlineData("testAPIv3Key0000")]
    [InlineData("0123456789ABCDEF0123456789ABCDE ")]
    [InlineData("0123456789ABCDEF0123456789ABCDEF0")]
    public void An_APIv3_key_has_32_characters_and_is_never_shown(string key)
    {
        var e = Assert.Throws<ArgumentException>(() => new ApiV3Key(key));

        Assert.True(key.Length == 0 || !e.Message.Contains(key, StringComparison.Ordinal));
        Assert.Equal("***", new ApiV3Key(OwnKey).ToString());
        Assert.DoesNotContain(OwnKey, new V3Credentials { ApiV3Keys = [new(OwnKey)] }.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Sensitive_fields_travel_both_ways_and_never_look_the_same()
    {
        using var rsa = RSA.Create(2048);
        var key = PlatformKey.FromPublicKey("PUB_KEY_ID_01", rsa.ExportSubjectPublicKeyInfoPem());

        Assert.Equal("张三", V3Cipher.Decrypt(rsa, V3Cipher.Encrypt(key, "张三")));
        Assert.Equal("", V3Cipher.Decrypt(rsa, V3Cipher.Encrypt(key, "")));
        Assert.NotEqual(V3Cipher.Encrypt(key, "张三"), V3Cipher.Encrypt(key, "张三"));
        Assert.Null(V3Cipher.Decrypt(rsa, "not base64!"));
        Assert.Null(V3Cipher.Decrypt(rsa, Convert.ToBase64String(new byte[256])));
    }

    [Fact]
    public void A_sensitive_field_has_at_most_214_bytes()
    {
        using var rsa = RSA.Create(2048);
        var key = PlatformKey.FromPublicKey("PUB_KEY_ID_01", rsa.ExportSubjectPublicKeyInfoPem());
        var longest = new string('a', 214);

        Assert.Equal(longest, V3Cipher.Decrypt(rsa, V3Cipher.Encrypt(key, longest)));
        var e = Assert.Throws<ArgumentException>(() => V3Cipher.Encrypt(key, new string('签', 72)));
        Assert.Contains("214 bytes", e.Message, StringComparison.Ordinal);
        Assert.Contains("216", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_platform_certificate_knows_its_serial_number_and_its_end()
    {
        using var rsa = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=Tenpay.com sign", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).Create(
            new X500DistinguishedName("CN=Tenpay.com Root CA"), X509SignatureGenerator.CreateForRSA(rsa, RSASignaturePadding.Pkcs1),
            new DateTimeOffset(2026, 1, 1, 0, 0, 0, default), new DateTimeOffset(2031, 1, 1, 0, 0, 0, default), [0x9A, 0x57, 0xF0]);

        var key = PlatformKey.FromCertificate(certificate.ExportCertificatePem());

        Assert.Equal("9A57F0", key.Id);
        Assert.True(key.HasId("009a57f0"));
        Assert.Equal(new DateTimeOffset(2031, 1, 1, 0, 0, 0, default), key.ExpiresAt);
        Assert.True(key.Verifies("a"u8, rsa.SignData("a"u8, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----")]
    public void What_is_no_key_or_certificate_is_refused_at_once(string pem)
    {
        Assert.Throws<ArgumentException>(() => PlatformKey.FromPublicKey("PUB_KEY_ID_01", pem));
        Assert.Throws<ArgumentException>(() => PlatformKey.FromCertificate(pem));
        Assert.Throws<ArgumentException>(() => PlatformKey.FromPublicKey("5157F09EFDC096DE15EBE81A47057A7232F1B8E1", pem));
    }
}
