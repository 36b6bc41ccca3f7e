using System.Text;
using System.Text.Json.Nodes;
using Papaya.Simulator.Notifications;
using Papaya.Simulator.Tests.V3;
using Papaya.WeChatPay;
using Papaya.WeChatPay.Notifications;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Tests.Faults;

/// <summary>What goes wrong with V3's calls and messages.</summary>
public sealed class V3FaultTests
{
    private const string Certificates = "/v3/certificates";
    private const string OrderPath = "/v3/pay/transactions/out-trade-no/{out_trade_no}";
    private const string ContractPath = "/v3/papay/sign/contracts/plan-id/{plan_id}/out-contract-code/{out_contract_code}";
    private const string RefundPath = "/v3/refund/domestic/refunds/{out_refund_no}";
    private const string ContractTarget = "/v3/papay/sign/contracts/plan-id/12535/out-contract-code/c1";

    [Theory]
    [InlineData("bom")]
    [InlineData("blank_lines")]
    [InlineData("padded")]
    [InlineData("plain")]
    [InlineData("shuffled")]
    [InlineData("extra")]
    [InlineData("emoji")]
    [InlineData("without")]
    [InlineData("gbk")]
    [InlineData("duplicate_element")]
    [InlineData("after_signing")]
    public async Task An_answer_in_other_bytes_is_signed_as_it_leaves_unless_it_was_changed_afterwards(string how)
    {
        await using var world = await World.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        await PaidAsync(world, "P1");
        var target = $"/v3/pay/transactions/out-trade-no/P1?mchid={World.MchId}";
        var usual = await AskAsync(shop, world, target);
        await AddAsync(world, OrderPath, "rewrite", ("how", how), ("field", how == "without" ? "amount.total" : null));
        var odd = await AskAsync(shop, world, target);
        Assert.NotEqual(usual.Body, odd.Body);
        Assert.Equal(how != "after_signing", odd.IsGenuine);
        Assert.True(usual.IsGenuine);
        if (how is "extra" or "emoji")
        {
            Assert.NotNull(JsonNode.Parse(odd.Body)!["new_field"]);
        }

        if (how == "without")
        {
            Assert.Null(JsonNode.Parse(odd.Body)!["amount"]!["total"]);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_key_that_is_out_of_use_signs_an_answer(bool hasRetired)
    {
        await using var world = await World.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        if (hasRetired)
        {
            await world.DoAsync("/platform/rotate", new JsonObject { ["overlap_seconds"] = 60 });
            await world.AdvanceAsync(TimeSpan.FromMinutes(2));
        }

        await AddAsync(world, Certificates, "old_key");
        var reply = await shop.GetAsync(Certificates);
        Assert.Equal(hasRetired, reply.Headers.Serial == shop.Certificate.Id);
        Assert.DoesNotContain((await world.SeeAsync("/platform"))["data"]!.AsArray(), key => (string?)key!["serial"] == reply.Headers.Serial);
        Assert.NotNull(reply.Headers.Signature);
    }

    [Theory]
    [InlineData(600)]
    [InlineData(-600)]
    public async Task WeChats_own_clock_may_be_wrong_and_what_it_signs_is_refused(int skew)
    {
        await using var world = await World.StartAsync();
        await using var listener = await V3Listener.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        var client = shop.Client(shop.PublicKey);
        await AddAsync(world, Certificates, "skewed_clock", ("skew_seconds", skew));
        var reply = await shop.GetAsync(Certificates);
        Assert.Equal(world.Now.ToUnixTimeSeconds() + skew, long.Parse(reply.Headers.Timestamp!));
        await AddAsync(world, "v3_contract", "skewed_clock", ("skew_seconds", skew), ("times", 1));
        listener.Next(401);
        await SignAsync(world, client, listener);
        Assert.Equal(NotificationFault.Stale, (await client.TryReadNotificationAsync(listener.Got[0].Body, listener.Got[0].Headers)).Refusal!.Fault);
        await world.AdvanceAsync(TimeSpan.FromSeconds(15));
        Assert.NotNull(await listener.ReadAsync(client, 1));
    }

    [Fact]
    public async Task A_query_may_lie_under_a_wrong_signature_or_a_right_one()
    {
        await using var world = await World.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        await PaidAsync(world, "P1");
        var target = $"/v3/pay/transactions/out-trade-no/P1?mchid={World.MchId}";
        await AddAsync(world, OrderPath, "lie", ("code", "CLOSED"), ("times", 1));
        await AddAsync(world, OrderPath, "lie", ("code", "CLOSED"), ("how", "signed"), ("times", 1));
        var (unsigned, signed, truth) = (await AskAsync(shop, world, target), await AskAsync(shop, world, target), await AskAsync(shop, world, target));
        Assert.Equal(["CLOSED", "CLOSED", "SUCCESS"], new[] { unsigned, signed, truth }.Select(r => (string)JsonNode.Parse(r.Body)!["trade_state"]!));
        Assert.Equal([false, true, true], new[] { unsigned, signed, truth }.Select(r => r.IsGenuine));
    }

    [Fact]
    public async Task Queries_may_be_behind()
    {
        await using var world = await World.StartAsync();
        await using var listener = await V3Listener.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        var client = shop.Client(shop.PublicKey);
        await world.AdvanceAsync(TimeSpan.FromHours(2));
        await PaidAsync(world, "P1");
        await world.RefundAsync("P1", "R1", 10);
        var contract = await SignAsync(world, client, listener);
        foreach (var path in (string[])[OrderPath, ContractPath, RefundPath])
        {
            await AddAsync(world, path, "lag", ("delay_seconds", 3600));
        }

        Assert.Equal("404 404 404", await StatusesAsync());
        await world.AdvanceAsync(TimeSpan.FromSeconds(1));
        await world.DoAsync($"/contracts/{contract}/terminate", new JsonObject());
        await world.AdvanceAsync(TimeSpan.FromSeconds(3599.5));
        Assert.Equal("200 200 200", await StatusesAsync());
        Assert.Equal("SIGNED", (string?)(await shop.GetAsync(ContractTarget)).Json!["contract_state"]);
        Assert.Equal("PROCESSING", (string?)(await shop.GetAsync("/v3/refund/domestic/refunds/R1")).Json!["status"]);
        await world.ControlAsync(HttpMethod.Delete, "/faults");
        Assert.Equal("TERMINATED", (string?)(await shop.GetAsync(ContractTarget)).Json!["contract_state"]);
        Assert.Equal("SUCCESS", (string?)(await shop.GetAsync("/v3/refund/domestic/refunds/R1")).Json!["status"]);

        async Task<string> StatusesAsync()
        {
            string[] targets = [$"/v3/pay/transactions/out-trade-no/P1?mchid={World.MchId}", ContractTarget, "/v3/refund/domestic/refunds/R1"];
            return string.Join(' ', (await Task.WhenAll(targets.Select(shop.GetAsync))).Select(reply => reply.Status));
        }
    }

    [Fact]
    public async Task The_user_cancels_in_the_same_instant()
    {
        await using var world = await World.StartAsync();
        await using var listener = await V3Listener.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        var contract = await SignAsync(world, shop.Client(shop.PublicKey), listener);
        await AddAsync(world, ContractPath, "meanwhile", ("times", 1), ("do", JsonNode.Parse($$"""{"terminate":{"contract_id":"{{contract}}"} }""")));
        Assert.Equal("TERMINATED", (string?)(await shop.GetAsync(ContractTarget)).Json!["contract_state"]);
    }

    [Fact]
    public async Task A_message_may_come_before_the_answer()
    {
        await using var world = await World.StartAsync();
        await using var listener = await V3Listener.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        var client = shop.Client(shop.PublicKey);
        await SignAsync(world, client, listener);
        const string Path = "/v3/papay/sign/contracts/plan-id/{plan_id}/out-contract-code/{out_contract_code}/terminate";
        await AddAsync(world, Path, "early");
        await client.Scheduled.TerminateAsync(new() { TemplateId = "12535", ContractNumber = "c1", Remark = "测试" });
        Assert.Equal(2, listener.Got.Count); // Nobody has moved the clock.
    }

    [Theory]
    [InlineData("rewrite", "extra", true)]
    [InlineData("rewrite", "padded", true)]
    [InlineData("rewrite", "after_signing", false)]
    [InlineData("old_key", null, false)]
    [InlineData("old_key", "apiv3", false)]
    [InlineData("wrong_merchant", null, false)]
    public async Task Messages_under_other_bytes_and_keys(string kind, string? how, bool isGood)
    {
        await using var world = await World.StartAsync();
        await using var listener = await V3Listener.StartAsync();
        await world.DoAsync("/merchants", new JsonObject { ["mch_id"] = "10000101" });
        var former = (await Shop.OpenAsync(world)).ApiV3Key;
        await world.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["apiv3_key"] = new string('k', 32) });
        using var shop = await Shop.OpenAsync(world);
        var client = shop.Client(shop.PublicKey);
        await AddAsync(world, "v3_contract", kind, ("how", how), ("times", 1));
        listener.Next(isGood ? 204 : 401);
        await SignAsync(world, client, listener);
        var read = await client.TryReadNotificationAsync(listener.Got[0].Body, listener.Got[0].Headers);
        Assert.Equal(isGood, read.Refusal is null);
        var resource = JsonNode.Parse(listener.Got[0].Body)!["resource"]!;
        if (how == "apiv3")
        {
            Assert.NotNull(Open(resource, former));
        }

        if (kind == "wrong_merchant")
        {
            Assert.Equal("10000101", (string?)Open(resource, (string)(await world.SeeAsync("/merchants/10000101"))["apiv3_key"]!)!["mchid"]);
        }

        if (how == "extra")
        {
            Assert.Equal("1", (string?)Open(resource, shop.ApiV3Key)!["new_field"]);
        }

        await world.AdvanceAsync(TimeSpan.FromSeconds(15));
        Assert.NotNull(await listener.ReadAsync(client, listener.Got.Count - 1));
    }

    [Theory]
    [InlineData("nonce")]
    [InlineData("ciphertext")]
    [InlineData("associated_data")]
    [InlineData("resource")]
    public async Task A_message_without_what_opens_it_is_signed_and_repeated(string field)
    {
        await using var world = await World.StartAsync();
        await using var listener = await V3Listener.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        var client = shop.Client(shop.PublicKey);
        await AddAsync(world, "v3_contract", "rewrite", ("how", "without"), ("field", field), ("times", 1));
        listener.Next(401);
        await SignAsync(world, client, listener);
        var (body, headers) = listener.Got[0];
        Assert.DoesNotContain($"\"{field}\"", Encoding.UTF8.GetString(body), StringComparison.Ordinal);
        Assert.Equal(V3Verdict.Valid, V3Signature.Verify(new PlatformKeys(shop.PublicKey, shop.Certificate), headers, body, world.Now, TimeSpan.FromMinutes(5)));
        await world.AdvanceAsync(TimeSpan.FromSeconds(15));
        Assert.NotNull(await listener.ReadAsync(client, 1));
    }

    [Fact]
    public async Task A_message_that_cannot_be_made_is_repeated_and_holds_up_nobody()
    {
        await using var world = await World.StartAsync(sendsAtOnce: 1);
        await using var listener = await V3Listener.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        var client = shop.Client(shop.PublicKey);
        var courier = world.Get<Courier>();
        var (usual, failures) = (courier.HeadersOfV3!, 0);
        courier.HeadersOfV3 = (delivery, body, at, fault) => ++failures == 1 ? throw new FormatException("no headers") : usual(delivery, body, at, fault);
        await SignAsync(world, client, listener);
        Assert.Equal((1, 0), (failures, listener.Got.Count));
        await world.AdvanceAsync(TimeSpan.FromSeconds(15));
        Assert.NotNull(await listener.ReadAsync(client, 0));
    }

    [Theory]
    [InlineData(Certificates)]
    [InlineData("*")]
    public async Task An_answer_of_nothing_but_a_list_tells_it_twice(string on)
    {
        await using var world = await World.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        await AddAsync(world, on, "rewrite", ("how", "duplicate_element"));
        var reply = await shop.GetAsync(Certificates);
        Assert.Equal(200, reply.Status);
        Assert.EndsWith(",\"data\":\"FAIL\"}", Encoding.UTF8.GetString(reply.Bytes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_that_are_signed_and_wrong()
    {
        await using var world = await World.StartAsync();
        await using var listener = await V3Listener.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        await PaidAsync(world, "PAY000001");
        await AddAsync(world, "v3_refund", "wrong_amount", ("amount", 7), ("times", 1));
        await AddAsync(world, "v3_refund", "unknown_order", ("times", 1));
        listener.Next(500, 500);
        var refund = await shop.PostAsync("/v3/refund/domestic/refunds", JsonNode.Parse(
            $$"""{"out_trade_no":"PAY000001","out_refund_no":"R1","notify_url":"{{listener.Url}}","amount":{"refund":10,"total":2500,"currency":"CNY"} }"""));
        Assert.Equal("200", refund.Outcome);
        await world.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.Equal([17, 10, 10], Enumerable.Range(0, 3).Select(n => (int)Content(n)["amount"]!["refund"]!));
        Assert.Equal(["PAY000001", "R1"], [(string)Content(2)["out_trade_no"]!, (string)Content(2)["out_refund_no"]!]);
        Assert.NotEqual("PAY000001", (string?)Content(1)["out_trade_no"]);
        for (var n = 0; n < 3; n++)
        {
            var (body, headers) = listener.Got[n];
            var sentAt = DateTimeOffset.FromUnixTimeSeconds(long.Parse(headers.Timestamp!));
            Assert.Equal(V3Verdict.Valid, V3Signature.Verify(new PlatformKeys(shop.PublicKey, shop.Certificate), headers, body, sentAt, TimeSpan.FromMinutes(5)));
        }

        JsonNode Content(int n) => Open(JsonNode.Parse(listener.Got[n].Body)!["resource"]!, shop.ApiV3Key)!;
    }

    private static JsonNode? Open(JsonNode resource, string key) =>
        V3Cipher.TryOpen(new(key), (string)resource["nonce"]!, (string)resource["associated_data"]!, (string)resource["ciphertext"]!, out var plain) ? JsonNode.Parse(plain) : null;

    private static Task PaidAsync(World world, string number) => world.SignedAsync(changes: ("out_trade_no", number));

    private static async Task<string> SignAsync(World world, PapayClient client, V3Listener listener)
    {
        var page = await client.Scheduled.PreSignAppAsync(ScheduledTests.Sign("c1", listener.Url));
        var act = await world.DoAsync("/entrust", new JsonObject { ["pre_entrustweb_id"] = page.PreSignId, ["openid"] = await world.UserAsync(), ["action"] = "agree" });
        await world.SettleAsync();
        return (string)act["contract_id"]!;
    }

    /// <summary>The bytes of an answer, and whether their signature holds.</summary>
    private static async Task<(byte[] Body, bool IsGenuine)> AskAsync(Shop shop, World world, string target)
    {
        var reply = await shop.GetAsync(target);
        return (reply.Bytes, V3Signature.Verify(new PlatformKeys(shop.Certificate), reply.Headers, reply.Bytes, world.Now, TimeSpan.FromMinutes(5)) == V3Verdict.Valid);
    }

    private static Task AddAsync(World world, string on, string kind, params (string Name, JsonNode? Value)[] members)
    {
        var rule = new JsonObject { ["on"] = on, ["kind"] = kind };
        foreach (var (name, value) in members)
        {
            rule[name] = value;
        }

        return world.DoAsync("/faults", rule);
    }
}
