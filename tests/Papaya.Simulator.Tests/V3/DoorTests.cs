using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Papaya.Simulator.V3;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Tests.V3;

/// <summary>Who may come in, what is said to those who may not, and by which key it is signed.</summary>
public sealed class DoorTests
{
    private const string Certificates = "/v3/certificates";

    [Fact]
    public async Task A_client_without_keys_fetches_the_certificates_and_verifies_with_them()
    {
        await using var world = await World.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        var client = shop.Client();
        Assert.Equal(1, await client.PlatformCertificates.RefreshAsync());
        Assert.Equal((string)shop.View["platform_certificates"]![0]!["serial"]!, client.Merchant.V3!.PlatformKeys.All[0].Id);
    }

    [Fact]
    public async Task The_same_seed_has_the_same_keys()
    {
        await using var one = await World.StartAsync();
        await using var other = await World.StartAsync();
        Assert.Equal((await one.SeeAsync("/merchants/10000100")).ToJsonString(), (await other.SeeAsync("/merchants/10000100")).ToJsonString());
    }

    [Fact]
    public async Task The_keys_outlive_a_restart()
    {
        using var folder = new Folder();
        string keys;
        await using (var world = await World.StartAsync(folder.File))
        {
            keys = (await world.SeeAsync("/merchants/10000100")).ToJsonString();
        }

        await using var again = await World.StartAsync(folder.File, World.Start.AddDays(3));
        Assert.Equal(keys, (await again.SeeAsync("/merchants/10000100")).ToJsonString());
    }

    [Fact]
    public async Task Replies_are_signed_by_the_certificate_or_by_the_public_key_that_was_asked_for()
    {
        await using var world = await World.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        var plain = await shop.GetAsync(Certificates);
        Assert.Equal(shop.Certificate.Id, plain.Headers.Serial);
        Verify(world, shop.Certificate, plain);

        var asked = await shop.SendAsync(HttpMethod.Get, Certificates, platformSerial: shop.PublicKey.Id);
        Assert.Equal(shop.PublicKey.Id, asked.Headers.Serial);
        Verify(world, shop.PublicKey, asked);
        Assert.Matches("^[0-9A-F]+-0$", asked.All.GetValues("Request-ID").Single());
    }

    [Fact]
    public async Task Serial_numbers_are_compared_without_regard_to_letter_case()
    {
        await using var world = await World.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        Assert.Equal(200, (await shop.SendAsync(HttpMethod.Get, Certificates, serial: shop.Serial.ToLowerInvariant())).Status);
    }

    [Fact]
    public async Task A_certificate_that_is_renewed_while_its_signature_is_looked_at_no_longer_counts()
    {
        await using var world = await World.StartAsync();
        MerchantKeys? keys = world.State.Identities.Of(World.MchId);
        var merchant = world.State.FindMerchant(World.MchId);
        using var rsa = RSA.Create();
        rsa.ImportFromPem(keys.PrivateKeyPem);
        var seconds = world.Now.ToUnixTimeSeconds();
        var who = new V3Authorization(World.MchId, "n", seconds, keys.CertificateSerial, V3Signature.SignRequest(rsa, "GET", Certificates, seconds, "n", []));
        var request = new V3Request("GET", Certificates, "application/json", "test/1.0", "", "", []);
        Assert.Null(V3Door.WhyNot(keys, who, request));
        Assert.Null(V3Door.WhyNotAnyMore(world.State, ref merchant, ref keys, who, request));

        var renewed = world.State.Identities.Renew(World.MchId);
        Assert.Contains("已更换证书", Encoding.UTF8.GetString(V3Door.WhyNotAnyMore(world.State, ref merchant, ref keys, who, request)!), StringComparison.Ordinal);
        Assert.Same(renewed, keys);
        Assert.Same(renewed, world.State.Identities.Of(World.MchId));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(true)]
    public async Task A_refusal_by_fault_may_come_after_the_deed(bool? processed)
    {
        await using var world = await World.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        var contract = await world.SignedAsync(plan: "12536");
        const string Path = "/v3/papay/contracts/{contract_id}/notify";
        await world.DoAsync("/faults", new JsonObject { ["on"] = Path, ["kind"] = "refuse", ["code"] = "ODD", ["times"] = 1, ["processed"] = processed });
        var body = new JsonObject
        {
            ["mchid"] = World.MchId, ["appid"] = World.AppId,
            ["deduct_duration"] = new JsonObject { ["count"] = 1, ["unit"] = "DAY" },
            ["estimated_amount"] = new JsonObject { ["amount"] = 2500, ["currency"] = "CNY" },
        };
        var reply = await shop.PostAsync(Path.Replace("{contract_id}", contract, StringComparison.Ordinal), body);
        Assert.Equal((400, "ODD"), (reply.Status, reply.Outcome));
        Assert.Equal(processed is true, world.State.FindNotice(contract) is not null);
    }

    [Fact]
    public async Task A_wrong_signature_is_told_what_was_signed()
    {
        await using var world = await World.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        using var stranger = RSA.Create(2048);
        var reply = await shop.SendAsync(HttpMethod.Get, Certificates, key: stranger);
        Assert.Equal((401, "SIGN_ERROR", "错误的签名，验签失败"), (reply.Status, reply.Outcome, reply.Message));
        var seconds = world.Now.ToUnixTimeSeconds();
        Assert.Equal(
            "{\"code\":\"SIGN_ERROR\",\"detail\":{\"detail\":{\"issue\":\"sign not match\"},\"field\":\"signature\",\"location\":\"authorization\","
            + $"\"sign_information\":{{\"method\":\"GET\",\"sign_message_length\":66,\"truncated_sign_message\":\"GET\\n/v3/certificates\\n{seconds}\\nWYIIIHLWWN9AXHVJ1DHRCMZAJJIDCS6C\\n\\n\","
            + "\"url\":\"/v3/certificates\"}},\"message\":\"错误的签名，验签失败\"}",
            reply.Text);
        Assert.Null(reply.Headers.Signature);
    }

    [Theory]
    [InlineData("no serial", 401, "商户证书序列号有误。请使用签名私钥匹配的证书序列号")]
    [InlineData("unknown merchant", 401, "商户号不存在或商户证书序列号有误。")]
    [InlineData("no authorization", 401, "Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》")]
    [InlineData("other scheme", 401, "Http头Authorization认证类型不正确")]
    [InlineData("old", 401, "Http头Authorization中的timestamp与发起请求的时间不得超过5分钟")]
    [InlineData("ahead", 401, "Http头Authorization中的timestamp与发起请求的时间不得超过5分钟")]
    [InlineData("no accept", 400, "Http头缺少Accept或User-Agent")]
    [InlineData("no agent", 400, "Http头缺少Accept或User-Agent")]
    public async Task What_is_wrong_is_named(string what, int status, string message)
    {
        await using var world = await World.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        var reply = await (what switch
        {
            "no serial" => shop.SendAsync(HttpMethod.Get, Certificates, serial: "0123456789ABCDEF"),
            "unknown merchant" => shop.SendAsync(HttpMethod.Get, Certificates, mchId: "19000001"),
            "no authorization" => shop.SendAsync(HttpMethod.Get, Certificates, authorization: ""),
            "other scheme" => shop.SendAsync(HttpMethod.Get, Certificates, authorization: "WECHATPAY2-SM2-WITH-SM3 mchid=\"1\""),
            "old" => shop.SendAsync(HttpMethod.Get, Certificates, skew: TimeSpan.FromSeconds(-301)),
            "ahead" => shop.SendAsync(HttpMethod.Get, Certificates, skew: TimeSpan.FromSeconds(301)),
            "no accept" => shop.SendAsync(HttpMethod.Get, Certificates, accept: null),
            _ => shop.SendAsync(HttpMethod.Get, Certificates, agent: null),
        });
        Assert.Equal((status, status == 401 ? "SIGN_ERROR" : "INVALID_REQUEST", message), (reply.Status, reply.Outcome, reply.Message));
    }

    [Fact]
    public async Task Whoever_keeps_the_machines_time_is_answered_in_it_after_the_clock_was_moved()
    {
        await using var world = await World.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        await world.AdvanceAsync(TimeSpan.FromDays(20));
        var late = await shop.SendAsync(HttpMethod.Get, Certificates, skew: TimeSpan.FromDays(-20));
        Assert.Equal(200, late.Status);
        Assert.Equal(World.Start.ToUnixTimeSeconds().ToString(), late.Headers.Timestamp);
        Assert.Equal(world.Now.ToUnixTimeSeconds().ToString(), (await shop.GetAsync(Certificates)).Headers.Timestamp);

        await world.DoAsync("/switches", new JsonObject { ["v3_clock"] = "virtual" });
        Assert.Equal(401, (await shop.SendAsync(HttpMethod.Get, Certificates, skew: TimeSpan.FromDays(-20))).Status);
    }

    [Fact]
    public async Task Unknown_paths_and_wrong_methods()
    {
        await using var world = await World.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        var unknown = await shop.GetAsync("/v3/papay/contracts");
        Assert.Equal((404, "RESOURCE_NOT_EXISTS"), (unknown.Status, unknown.Outcome));
        var wrong = await shop.PostAsync(Certificates, new JsonObject());
        Assert.Equal((405, ""), (wrong.Status, wrong.Text));
    }

    [Fact]
    public async Task Surplus_parameters_are_refused()
    {
        await using var world = await World.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        Assert.Equal(200, (await shop.GetAsync(Certificates + "?algorithm_type=RSA")).Status);
        var surplus = await shop.GetAsync(Certificates + "?mchid=10000100");
        Assert.Equal((400, "PARAM_ERROR", "请求中含有未在API文档中定义的参数"), (surplus.Status, surplus.Outcome, surplus.Message));
        Verify(world, shop.Certificate, surplus);
        await world.DoAsync("/switches", new JsonObject { ["v3_error_signature"] = "off" });
        Assert.Null((await shop.GetAsync(Certificates + "?mchid=10000100")).Headers.Signature);
    }

    [Fact]
    public async Task While_certificates_overlap_both_are_handed_out_and_the_new_one_signs_later()
    {
        await using var world = await World.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        var client = shop.Client();
        var rotated = await world.DoAsync("/platform/rotate", new JsonObject());
        Assert.Equal(2, await client.PlatformCertificates.RefreshAsync());
        Assert.Equal(shop.Certificate.Id, (await shop.GetAsync(Certificates)).Headers.Serial);

        await world.AdvanceAsync(TimeSpan.FromDays(10));
        Assert.Equal((string)rotated["serial"]!, (await shop.GetAsync(Certificates)).Headers.Serial);
        Assert.Equal(1, await client.PlatformCertificates.RefreshAsync());
    }

    [Fact]
    public async Task Certificates_are_encrypted_under_the_merchants_key()
    {
        await using var world = await World.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        var sealedOne = (await shop.GetAsync(Certificates)).Json!["data"]![0]!["encrypt_certificate"]!;
        Assert.True(V3Cipher.TryOpen(new(shop.ApiV3Key), (string)sealedOne["nonce"]!, "certificate", (string)sealedOne["ciphertext"]!, out var pem));
        Assert.Equal((string)shop.View["platform_certificates"]![0]!["pem"]!, Encoding.ASCII.GetString(pem));
    }

    [Fact]
    public async Task A_merchant_sets_its_key_and_asks_for_another_certificate()
    {
        await using var world = await World.StartAsync();
        using var former = await Shop.OpenAsync(world);
        await world.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["apiv3_key"] = "0123456789ABCDEF0123456789ABCDEF" });
        await world.DoAsync($"/merchants/{World.MchId}/certificate", new JsonObject());
        using var shop = await Shop.OpenAsync(world);
        Assert.Equal("0123456789ABCDEF0123456789ABCDEF", shop.ApiV3Key);
        Assert.Equal("已更换证书，请使用新证书", (await former.GetAsync(Certificates)).Message);
        Assert.Equal(1, await shop.Client().PlatformCertificates.RefreshAsync());
        Assert.Equal(400, (await world.ControlAsync(HttpMethod.Post, "/merchants", new JsonObject { ["mch_id"] = World.MchId, ["apiv3_key"] = "short" })).Status);
    }

    [Fact]
    public async Task Merchants_do_not_share_keys()
    {
        await using var world = await World.StartAsync();
        await world.DoAsync("/merchants", new JsonObject { ["mch_id"] = "1900000109" });
        using var one = await Shop.OpenAsync(world);
        using var other = await Shop.OpenAsync(world, "1900000109");
        Assert.NotEqual(one.ApiV3Key, other.ApiV3Key);
        Assert.NotEqual(one.Serial, other.Serial);
        Assert.Equal(200, (await other.GetAsync(Certificates)).Status);
        Assert.Equal(401, (await one.SendAsync(HttpMethod.Get, Certificates, mchId: "1900000109")).Status);
    }

    [Theory]
    [InlineData("v3_reply_key", "public_key")]
    [InlineData("v3_unknown_path", "empty")]
    [InlineData("v3_certificates", "none")]
    [InlineData("v3_probes", "replies")]
    [InlineData("v3_foreign_appid", "APPID_MCHID_NOT_MATCH")]
    public async Task Switches(string name, string value)
    {
        await using var world = await World.StartAsync(switches: (name, value));
        using var shop = await Shop.OpenAsync(world);
        var reply = await shop.GetAsync(Certificates);
        switch (name)
        {
            case "v3_reply_key":
                Assert.Equal(shop.PublicKey.Id, reply.Headers.Serial);
                break;
            case "v3_unknown_path":
                var unknown = await shop.GetAsync("/v3/papay/transactions");
                Assert.Equal((404, ""), (unknown.Status, unknown.Text));
                break;
            case "v3_certificates":
                Assert.Equal((404, "RESOURCE_NOT_EXISTS"), (reply.Status, reply.Outcome));
                break;
            case "v3_probes":
                Assert.StartsWith(V3Signature.ProbePrefix, reply.Headers.Signature);
                break;
            default:
                var foreign = await shop.PostAsync(
                    "/v3/papay/contracts/202601150000000001/fail-notify", new JsonObject { ["mchid"] = World.MchId, ["appid"] = "wx0000000000000000" });
                Assert.Equal((400, value), (foreign.Status, foreign.Outcome));
                break;
        }
    }

    private static void Verify(World world, PlatformKey key, V3Reply reply) =>
        Assert.Equal(V3Verdict.Valid, V3Signature.Verify(new(key), reply.Headers, Encoding.UTF8.GetBytes(reply.Text), world.Now, TimeSpan.FromMinutes(5)));

    private sealed class Folder : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("papaya");

        public string File => Path.Combine(_folder.FullName, "world.jsonl");

        public void Dispose() => _folder.Delete(true);
    }
}
