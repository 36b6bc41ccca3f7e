using Papaya.WeChatPay.Notices;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Tests.V3;

/// <summary>Platform certificates come by themselves, stay fresh, change over, and are trusted only when they open and fit.</summary>
public sealed class PlatformCertificateTests
{
    private const string Path = "/v3/certificates";

    private static NoticeRequest Notice => new() { WeChatContractId = "1", AppId = "wx1", EstimatedFen = 1 };

    [Fact]
    public async Task Without_any_key_the_certificates_come_first()
    {
        string? certificates = null, serial = null;
        var platform = new Platform((request, _) => request.RequestUri!.AbsolutePath == Path ? Reply.Ok(certificates!) with { Serial = serial } : Reply.Nothing with { Serial = serial });
        using var certificate = platform.Certify(1);
        (certificates, serial) = (Platform.Certificates(certificate), certificate.SerialNumber);
        var v3 = Platform.V3();

        await platform.Client(Platform.Credentials(v3)).Notices.SendAsync(Notice);

        Assert.Equal([Path, "/v3/papay/contracts/1/notify"], platform.Requests.Select(r => r.Uri.AbsolutePath));
        Assert.All(platform.Requests, request => Assert.True(Platform.IsSigned(request)));
        Assert.Equal([certificate.SerialNumber], v3.PlatformKeys.All.Select(k => k.Id));
        Assert.DoesNotContain("Wechatpay-Serial", platform.Requests[1].Headers.Keys);
    }

    [Fact]
    public async Task Certificates_are_renewed_after_twelve_hours_and_not_before()
    {
        string? certificates = null, serial = null;
        var platform = new Platform((request, _) => request.RequestUri!.AbsolutePath == Path ? Reply.Ok(certificates!) with { Serial = serial } : Reply.Nothing with { Serial = serial });
        using var first = platform.Certify(1);
        using var second = platform.Certify(2);
        (certificates, serial) = (Platform.Certificates(first), first.SerialNumber);
        var v3 = Platform.V3();
        var client = platform.Client(Platform.Credentials(v3));

        await client.Notices.SendAsync(Notice);
        platform.Clock.Now += TimeSpan.FromHours(11.9);
        await client.Notices.SendAsync(Notice);
        Assert.Equal(1, platform.Requests.Count(r => r.Uri.AbsolutePath == Path));

        certificates = Platform.Certificates(first, second);
        platform.Clock.Now += TimeSpan.FromHours(0.1);
        await client.Notices.SendAsync(Notice);
        Assert.Equal(2, platform.Requests.Count(r => r.Uri.AbsolutePath == Path));
        Assert.Equal([first.SerialNumber, second.SerialNumber], v3.PlatformKeys.All.Select(k => k.Id));

        // Now WeChat signs with the new one; nothing needs to be fetched.
        serial = second.SerialNumber;
        await client.Notices.SendAsync(Notice);
        Assert.Equal(2, platform.Requests.Count(r => r.Uri.AbsolutePath == Path));
    }

    [Fact]
    public async Task An_unknown_serial_number_is_looked_up_once_and_the_call_is_not_sent_again()
    {
        string? certificates = null, serial = null;
        var platform = new Platform((request, _) => request.RequestUri!.AbsolutePath == Path ? Reply.Ok(certificates!) with { Serial = serial } : Reply.Nothing with { Serial = serial });
        using var first = platform.Certify(1);
        using var second = platform.Certify(2);
        (certificates, serial) = (Platform.Certificates(second), second.SerialNumber);
        var v3 = Platform.V3(PlatformKey.FromCertificate(first));

        await platform.Client(Platform.Credentials(v3)).Notices.SendAsync(Notice);

        Assert.Equal(["/v3/papay/contracts/1/notify", Path], platform.Requests.Select(r => r.Uri.AbsolutePath));
        Assert.Equal([second.SerialNumber], v3.PlatformKeys.All.Select(k => k.Id));
    }

    [Fact]
    public async Task Unknown_serial_numbers_cannot_make_it_download_more_than_once_a_minute()
    {
        string? certificates = null, known = null, unknown = null;
        var platform = new Platform((request, _) => request.RequestUri!.AbsolutePath == Path ? Reply.Ok(certificates!) with { Serial = known } : Reply.Nothing with { Serial = unknown });
        using var first = platform.Certify(1);
        using var stranger = platform.Certify(9);
        (certificates, known, unknown) = (Platform.Certificates(first), first.SerialNumber, stranger.SerialNumber);
        var client = platform.Client(Platform.Credentials(Platform.V3(PlatformKey.FromCertificate(first))));

        for (var i = 0; i < 5; i++)
        {
            var e = await Assert.ThrowsAsync<PapayException>(() => client.Notices.SendAsync(Notice));
            Assert.Equal((LocalCodes.BadSignature, ErrorKind.Ask), (e.Code, e.Kind));
        }

        Assert.Equal(1, platform.Requests.Count(r => r.Uri.AbsolutePath == Path));
        platform.Clock.Now += TimeSpan.FromMinutes(1);
        await Assert.ThrowsAsync<PapayException>(() => client.Notices.SendAsync(Notice));
        Assert.Equal(2, platform.Requests.Count(r => r.Uri.AbsolutePath == Path));
    }

    [Fact]
    public async Task An_unknown_public_key_is_nothing_to_download()
    {
        var platform = new Platform(Reply.Nothing with { Spoil = stamp => stamp with { Serial = "PUB_KEY_ID_0" } });

        await Assert.ThrowsAsync<PapayException>(() => platform.Client().Notices.SendAsync(Notice));

        Assert.Single(platform.Requests);
    }

    [Fact]
    public async Task A_failed_renewal_leaves_the_keys_at_hand()
    {
        string? serial = null;
        var platform = new Platform((request, _) => request.RequestUri!.AbsolutePath == Path ? new Reply(500, "{}") : Reply.Nothing with { Serial = serial });
        using var first = platform.Certify(1);
        serial = first.SerialNumber;
        var client = platform.Client(Platform.Credentials(Platform.V3(PlatformKey.FromCertificate(first))));

        platform.Clock.Now += TimeSpan.FromHours(13);
        await client.Notices.SendAsync(Notice);
        await client.Notices.SendAsync(Notice);

        // A question is asked twice; the second notice does not ask again within the minute.
        Assert.Equal(2, platform.Requests.Count(r => r.Uri.AbsolutePath == Path));
        Assert.Equal(2, platform.Requests.Count(r => r.Uri.AbsolutePath != Path));
    }

    [Theory]
    [InlineData(500, "SYSTEM_ERROR", ErrorKind.Throttled, NextStep.SameNumberLater)]
    [InlineData(404, "RESOURCE_NOT_EXISTS", ErrorKind.Refused, NextStep.FixSetup)]
    [InlineData(401, "SIGN_ERROR", ErrorKind.Refused, NextStep.FixSetup)]
    public async Task Without_a_key_that_came_nothing_of_the_call_has_left(int status, string code, ErrorKind kind, NextStep next)
    {
        var platform = new Platform(new Reply(status, $$"""{"code":"{{code}}","message":"m"}"""));

        var e = await Assert.ThrowsAsync<PapayException>(() => platform.Client(Platform.Credentials(Platform.V3())).Notices.SendAsync(Notice));

        Assert.Equal(("v3-deduct-notify", LocalCodes.NotSent, true), (e.Endpoint, e.Code, e.NotSent));
        Assert.Equal((kind, next), (e.Kind, e.Next));
        Assert.Contains(code, e.Message, StringComparison.Ordinal);
        Assert.All(platform.Requests, request => Assert.Equal(Path, request.Uri.AbsolutePath));
    }

    [Fact]
    public async Task A_certificate_that_ended_verifies_nothing_and_the_next_one_is_fetched()
    {
        string? certificates = null, serial = null;
        var platform = new Platform((request, _) => request.RequestUri!.AbsolutePath == Path ? Reply.Ok(certificates!) with { Serial = serial } : Reply.Nothing with { Serial = serial });
        using var first = platform.Certify(1, Platform.Start.AddHours(1));
        using var second = platform.Certify(2);
        var v3 = Platform.V3(PlatformKey.FromCertificate(first));
        var client = platform.Client(Platform.Credentials(v3));
        serial = first.SerialNumber;

        platform.Clock.Now = Platform.Start.AddHours(1) + v3.ClockTolerance;
        await client.Notices.SendAsync(Notice);
        Assert.Equal(V3Verdict.Valid, V3Signature.Verify(v3.PlatformKeys, platform.Sign("x", serial), "x"u8, platform.Clock.Now, v3.ClockTolerance));

        platform.Clock.Now += TimeSpan.FromSeconds(1);
        Assert.Equal(V3Verdict.UnknownKey, V3Signature.Verify(v3.PlatformKeys, platform.Sign("x", serial), "x"u8, platform.Clock.Now, v3.ClockTolerance));
        (certificates, serial) = (Platform.Certificates(second), second.SerialNumber);
        await client.Notices.SendAsync(Notice);
        Assert.Equal([second.SerialNumber], v3.PlatformKeys.All.Select(k => k.Id));
    }

    [Theory]
    [InlineData("other key")]
    [InlineData("other signer")]
    [InlineData("none")]
    [InlineData("expired")]
    [InlineData("wrong serial")]
    public async Task Certificates_that_do_not_open_or_fit_are_not_trusted(string what)
    {
        string? certificates = null, serial = null;
        var platform = new Platform(new Func<HttpRequestMessage, string, Reply>((_, _) => Reply.Ok(certificates!) with { Serial = serial }));
        using var good = platform.Certify(1, what == "expired" ? Platform.Start.AddDays(-1) : null);
        using var other = platform.Certify(2);
        (certificates, serial) = (what == "none" ? """{"data":[]}""" : Platform.Certificates(good), what == "other signer" ? other.SerialNumber : good.SerialNumber);
        if (what == "wrong serial")
        {
            certificates = certificates.Replace(good.SerialNumber, other.SerialNumber, StringComparison.Ordinal);
        }

        var v3 = new V3Credentials { ApiV3Keys = [what == "other key" ? new ApiV3Key("00000000000000000000000000000000") : Platform.ApiV3Key] };

        await Assert.ThrowsAsync<PapayException>(() => platform.Client(Platform.Credentials(v3)).PlatformCertificates.RefreshAsync());

        Assert.Empty(v3.PlatformKeys.All);
    }

    [Fact]
    public async Task The_former_APIv3_key_still_opens_certificates_while_it_is_replaced()
    {
        string? certificates = null, serial = null;
        var platform = new Platform(new Func<HttpRequestMessage, string, Reply>((_, _) => Reply.Ok(certificates!) with { Serial = serial }));
        using var certificate = platform.Certify(1);
        (certificates, serial) = (Platform.Certificates(certificate), certificate.SerialNumber);
        var v3 = new V3Credentials { ApiV3Keys = [new("99999999999999999999999999999999"), Platform.ApiV3Key], PlatformKeys = new(Platform.PublicKey) };

        Assert.Equal(1, await platform.Client(Platform.Credentials(v3)).PlatformCertificates.RefreshAsync());

        Assert.Equal([Platform.KeyId, certificate.SerialNumber], v3.PlatformKeys.All.Select(k => k.Id));
    }
}
