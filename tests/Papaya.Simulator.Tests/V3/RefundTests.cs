using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Tests.V3;

/// <summary>V3 refunds, on the orders and refunds of V2.</summary>
public sealed class RefundTests
{
    private const string Path = "/v3/refund/domestic/refunds";

    [Fact]
    public async Task What_one_interface_refunds_the_other_can_read()
    {
        await using var world = await World.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        await world.SignedAsync(changes: ("out_trade_no", "PAY000001"));
        var accepted = await shop.PostAsync(Path, Wish("PAY000001", "REF1", 1_000));
        Assert.Equal((200, "PROCESSING", "ORIGINAL", "支付用户零钱"), (accepted.Status, Text(accepted, "status"), Text(accepted, "channel"), Text(accepted, "user_received_account")));
        Assert.Equal((2_500, 1_000, 6), ((long)accepted.Json!["amount"]!["total"]!, (long)accepted.Json["amount"]!["refund"]!, (long)accepted.Json["amount"]!["refund_fee"]!));
        Assert.Null(accepted.Json["success_time"]);
        Assert.Equal(Text(accepted, "refund_id"), Text(await shop.PostAsync(Path, Wish("PAY000001", "REF1", 1_000)), "refund_id"));

        await world.AdvanceAsync(TimeSpan.FromMinutes(20));
        var done = await shop.GetAsync(Path + "/REF1");
        Assert.Equal("SUCCESS", Text(done, "status"));
        Assert.EndsWith("+08:00", Text(done, "success_time"), StringComparison.Ordinal);
        var byV2 = await world.PostAsync("/pay/refundquery", [("appid", World.AppId), ("mch_id", World.MchId), ("nonce_str", "n"), ("out_refund_no", "REF1")]);
        Assert.Equal(("SUCCESS", Text(done, "refund_id")), (byV2["refund_status_0"], byV2["refund_id_0"]));
        await world.RefundAsync("PAY000001", "REF2", 100);
        Assert.Equal("PROCESSING", Text(await shop.GetAsync(Path + "/REF2"), "status"));
    }

    [Theory]
    [InlineData("success", "REFUND.SUCCESS", "SUCCESS")]
    [InlineData("abnormal", "REFUND.ABNORMAL", "ABNORMAL")]
    [InlineData("closed", "REFUND.CLOSED", "CLOSED")]
    public async Task The_end_is_told_in_an_encrypted_envelope(string outcome, string type, string status)
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        using var shop = await Shop.OpenAsync(world);
        await world.SignedAsync(changes: ("out_trade_no", "PAY000001"));
        var wish = Wish("PAY000001", "REF1", 1_000);
        wish["notify_url"] = listener.Url;
        await shop.PostAsync(Path, wish);
        await world.DoAsync("/refunds/REF1", new JsonObject { ["outcome"] = outcome });
        await world.SettleAsync();
        var envelope = JsonNode.Parse(listener.Got[0].Body)!;
        var resource = envelope["resource"]!;
        Assert.Equal((type, "refund", 36), ((string?)envelope["event_type"], (string?)resource["original_type"], ((string)envelope["id"]!).Length));
        Assert.True(V3Cipher.TryOpen(new(shop.ApiV3Key), (string)resource["nonce"]!, (string)resource["associated_data"]!, (string)resource["ciphertext"]!, out var plain));
        var inside = JsonNode.Parse(plain)!;
        Assert.Equal((status, World.MchId, "REF1", 1_000), ((string?)inside["refund_status"], (string?)inside["mchid"], (string?)inside["out_refund_no"], (long)inside["amount"]!["refund"]!));
        Assert.Equal(outcome == "success", inside["success_time"] is not null);
    }

    [Fact]
    public async Task Without_an_address_of_its_own_it_is_told_as_V2_tells()
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        using var shop = await Shop.OpenAsync(world);
        await world.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["refund_notify_url"] = listener.Url });
        await world.SignedAsync(changes: ("out_trade_no", "PAY000001"));
        await shop.PostAsync(Path, Wish("PAY000001", "REF1", 1_000));
        await world.AdvanceAsync(TimeSpan.FromMinutes(20));
        Assert.NotNull(listener[0]["req_info"]);
    }

    [Fact]
    public async Task An_abnormal_refund_is_sent_to_a_card_whose_number_only_WeChat_can_read()
    {
        await using var world = await World.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        await world.SignedAsync(changes: ("out_trade_no", "PAY000001"));
        var id = Text(await shop.PostAsync(Path, Wish("PAY000001", "REF1", 1_000)), "refund_id");
        var target = $"{Path}/{id}/apply-abnormal-refund";
        var key = shop.PublicKey;
        JsonObject body = new()
        {
            ["out_refund_no"] = "REF1", ["type"] = "USER_BANK_CARD", ["bank_type"] = "ICBC_DEBIT",
            ["bank_account"] = V3Cipher.Encrypt(key, "6222020200001234567"), ["real_name"] = V3Cipher.Encrypt(key, "张三"),
        };
        Assert.Equal("INVALID_REQUEST", (await SendAsync(body, key.Id)).Outcome);
        await world.DoAsync("/refunds/REF1", new JsonObject { ["outcome"] = "abnormal" });
        Assert.Equal("HTTP header缺少微信支付平台证书序列号(Wechatpay-Serial)", (await SendAsync(body, null)).Message);
        Assert.Equal("平台证书序列号Wechatpay-Serial错误", (await SendAsync(body, "PUB_KEY_ID_1")).Message);
        JsonObject plain = new() { ["out_refund_no"] = "REF1", ["type"] = "USER_BANK_CARD", ["bank_type"] = "ICBC_DEBIT", ["bank_account"] = "622202", ["real_name"] = "张三" };
        Assert.Equal("请确认待处理的消息是否为加密后的密文", (await SendAsync(plain, key.Id)).Message);
        plain.Remove("real_name");
        Assert.Equal("PARAM_ERROR", (await SendAsync(plain, key.Id)).Outcome);

        var sent = await SendAsync(body, key.Id);
        Assert.Equal(("PROCESSING", "OTHER_BANKCARD", "工商银行借记卡4567"), (Text(sent, "status"), Text(sent, "channel"), Text(sent, "user_received_account")));
        await world.AdvanceAsync(TimeSpan.FromDays(3));
        Assert.Equal("SUCCESS", Text(await shop.GetAsync(Path + "/REF1"), "status"));

        Task<V3Reply> SendAsync(JsonNode what, string? serial) => shop.SendAsync(HttpMethod.Post, target, what.ToJsonString(), platformSerial: serial);
    }

    [Theory]
    [InlineData("PLAIN")]
    [InlineData("GZIP")]
    public async Task A_bill_is_an_address_and_a_digest_of_what_is_there_unpacked(string packing)
    {
        await using var world = await World.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        await world.SignedAsync(changes: ("out_trade_no", "PAY000001"));
        Assert.Equal("NO_STATEMENT_EXIST", (await shop.GetAsync("/v3/bill/tradebill?bill_date=2026-01-15")).Outcome);
        await world.AdvanceAsync(TimeSpan.FromHours(20));
        Assert.Equal("STATEMENT_CREATING", (await shop.GetAsync("/v3/bill/tradebill?bill_date=2026-01-15")).Outcome);
        await world.AdvanceAsync(TimeSpan.FromHours(4));
        Assert.Equal("NO_STATEMENT_EXIST", (await shop.GetAsync("/v3/bill/tradebill?bill_date=2026-01-14")).Outcome);
        Assert.Equal("INVALID_REQUEST", (await shop.GetAsync("/v3/bill/tradebill?bill_date=2025-01-14")).Outcome);
        Assert.Equal("NO_STATEMENT_EXIST", (await shop.GetAsync("/v3/bill/fundflowbill?bill_date=2026-01-15&account_type=OPERATION")).Outcome);

        foreach (var target in (string[])["/v3/bill/tradebill?bill_date=2026-01-15", "/v3/bill/fundflowbill?bill_date=2026-01-15"])
        {
            var offer = await shop.GetAsync(target + (packing == "GZIP" ? "&tar_type=GZIP" : ""));
            var address = new Uri(Text(offer, "download_url"));
            Assert.Equal((world.Address.Authority, "/v3/billdownload/file"), (address.Authority, address.AbsolutePath));
            var file = await shop.GetAsync(address.PathAndQuery);
            Assert.False(file.All.Contains("Wechatpay-Signature"));
            if (packing == "PLAIN")
            {
#pragma warning disable CA5350 // WeChat's own digest of a file.
                Assert.Equal(Text(offer, "hash_value"), Convert.ToHexStringLower(SHA1.HashData(file.Bytes)));
#pragma warning restore CA5350
            }

            Assert.Equal("INVALID_REQUEST", (await shop.GetAsync(address.PathAndQuery + "0")).Outcome);
            await world.DoAsync("/merchants", new JsonObject { ["mch_id"] = "10000200", ["name"] = "other" });
            using var other = await Shop.OpenAsync(world, "10000200");
            Assert.Equal("NO_AUTH", (await other.GetAsync(address.PathAndQuery)).Outcome);
            await world.AdvanceAsync(TimeSpan.FromSeconds(301));
            Assert.Equal("INVALID_REQUEST", (await shop.GetAsync(address.PathAndQuery)).Outcome);
        }
    }

    [Fact]
    public async Task The_client_s_own_calls_read_both_bills()
    {
        await using var world = await World.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        await world.SignedAsync(changes: ("out_trade_no", "PAY000001"));
        await world.AdvanceAsync(TimeSpan.FromDays(1));
        var client = shop.Client(shop.PublicKey, shop.Certificate);
        await using var trade = await client.Bills.V3.OpenAsync(new() { Day = new(2026, 1, 15) });
        var lines = 0;
        await foreach (var row in trade.ReadRowsAsync())
        {
            Assert.Equal(15_000, row.FeeMilliFen);
            lines++;
        }

        await using var fund = await client.Bills.V3.OpenFundFlowAsync(new() { Day = new(2026, 1, 15) });
        await foreach (var row in fund.ReadRowsAsync())
        {
            Assert.True(row.BalanceFen > 0);
            lines++;
        }

        Assert.Equal(3, lines);
    }

    private static JsonObject Wish(string number, string refund, long amount) => new()
    {
        ["out_trade_no"] = number, ["out_refund_no"] = refund, ["reason"] = "缺货",
        ["amount"] = new JsonObject { ["refund"] = amount, ["total"] = 2_500, ["currency"] = "CNY" },
    };

    private static string Text(V3Reply reply, string name) => (string?)reply.Json?[name] ?? throw new InvalidOperationException($"{name} is not in {reply.Text}");
}
