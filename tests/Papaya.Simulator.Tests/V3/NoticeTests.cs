using System.Text.Json.Nodes;
using Papaya.WeChatPay;
using Papaya.WeChatPay.Notices;

namespace Papaya.Simulator.Tests.V3;

/// <summary>What the user is told before a debit; docs/reference/wechat-rules.md has the calendar.</summary>
public sealed class NoticeTests
{
    private const string Plan = "12536";

    [Fact]
    public async Task A_notice_is_sent_once_and_the_same_again_counts_as_sent()
    {
        await using var world = await World.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        var client = shop.Client(shop.PublicKey);
        var contract = await world.SignedAsync(plan: Plan);
        Assert.Equal(NoticeOutcome.Sent, await client.Notices.SendAsync(Notice(contract, 1)));
        Assert.Equal(NoticeOutcome.AlreadySent, await client.Notices.SendAsync(Notice(contract, 1)));
        var other = await Assert.ThrowsAsync<PapayException>(() => client.Notices.SendAsync(Notice(contract, 2)));
        Assert.Equal("INVALID_REQUEST", other.Code);
    }

    [Fact]
    public async Task Sign_notice_debit_query_terminate()
    {
        await using var world = await World.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        var client = shop.Client(shop.PublicKey);
        var openid = await world.UserAsync(2_500);
        var contract = await world.SignedAsync(openid, Plan);
        await client.Notices.SendAsync(Notice(contract, 2));
        Assert.Equal("INVALID_REQUEST", (await ApplyAsync(client, contract, "debit01")).Code);

        await BeijingAsync(world, 17, 9);
        Assert.Null((await ApplyAsync(client, contract, "debit02")).Code);
        await world.SettleAsync();
        Assert.Equal(NoticeOutcome.Sent, await client.Notices.RemindAsync(new() { WeChatContractId = contract, AppId = World.AppId }));
        Assert.Equal(NoticeOutcome.AlreadySent, await client.Notices.RemindAsync(new() { WeChatContractId = contract, AppId = World.AppId }));

        await world.DoAsync("/users", new JsonObject { ["openid"] = openid, ["balance"] = 10_000 });
        await BeijingAsync(world, 18, 9);
        Assert.Null((await ApplyAsync(client, contract, "debit03")).Code);
        await world.SettleAsync();
        Assert.Equal(TradeState.Success, (await client.Debits.QueryAsync(new() { AppId = World.AppId, OrderNumber = "debit03" })).State);
        Assert.True((await client.Scheduled.QueryDebitAsync(new() { OrderNumber = "debit03" })).IsPaid(2500));

        // The success ended the period: what comes next needs a notice of its own, and may have one at once.
        Assert.Equal(NoticeOutcome.Sent, await client.Notices.SendAsync(Notice(contract, 1)));
        await world.DeleteContractAsync(contract);
        Assert.Equal("CONTRACT_NOT_EXIST", (await Assert.ThrowsAsync<PapayException>(() => client.Notices.SendAsync(Notice(contract, 1)))).Code);
    }

    [Fact]
    public async Task A_member_that_is_null_is_refused()
    {
        await using var world = await World.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        var contract = await world.SignedAsync(plan: Plan);
        var body = Body(1);
        body["estimated_amount"]!["currency"] = null;
        Assert.Equal("PARAM_ERROR", (await shop.PostAsync($"/v3/papay/contracts/{contract}/notify", body)).Outcome);
        await world.DoAsync("/switches", new JsonObject { ["v3_null"] = "ignored" });
        Assert.Equal(204, (await shop.PostAsync($"/v3/papay/contracts/{contract}/notify", body)).Status);
    }

    [Fact]
    public async Task After_the_last_day_another_notice_may_follow()
    {
        await using var world = await World.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        var client = shop.Client(shop.PublicKey);
        var contract = await world.SignedAsync(plan: Plan);
        await client.Notices.SendAsync(Notice(contract, 1));
        // The day of the notice, a day of waiting, the day of the debit: it is over at midnight.
        await world.AdvanceAsync(new DateTimeOffset(2026, 1, 17, 23, 59, 0, TimeSpan.FromHours(8)) - world.Now);
        await Assert.ThrowsAsync<PapayException>(() => client.Notices.SendAsync(Notice(contract, 2)));
        await world.AdvanceAsync(TimeSpan.FromHours(9));
        Assert.Equal(NoticeOutcome.Sent, await client.Notices.SendAsync(Notice(contract, 2)));
    }

    [Theory]
    [InlineData("terminated", 404, "CONTRACT_NOT_EXIST")]
    [InlineData("other template", 400, "INVALID_REQUEST")]
    [InlineData("night", 400, "INVALID_REQUEST")]
    [InlineData("risk", 403, "RULELIMIT")]
    [InlineData("four days", 400, "PARAM_ERROR")]
    [InlineData("no permission", 403, "NO_AUTH")]
    public async Task What_is_refused(string what, int status, string code)
    {
        await using var world = await World.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        var openid = await world.UserAsync();
        var contract = await world.SignedAsync(openid, plan: what == "other template" ? "12535" : Plan);
        switch (what)
        {
            case "terminated":
                await world.DoAsync($"/contracts/{contract}/terminate", new JsonObject());
                break;
            case "night":
                await world.AdvanceAsync(TimeSpan.FromHours(12));
                break;
            case "risk":
                await world.DoAsync("/users", new JsonObject { ["openid"] = openid, ["risk"] = "refuse" });
                break;
            case "no permission":
                await world.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["permissions"] = new JsonArray("papay") });
                break;
        }

        var reply = await shop.PostAsync($"/v3/papay/contracts/{contract}/notify", Body(what == "four days" ? 4 : 1));
        Assert.Equal((status, code), (reply.Status, reply.Outcome));
    }

    [Fact]
    public async Task A_service_provider_sends_notices_for_its_sub_merchants_only()
    {
        await using var world = await World.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        var body = new JsonObject
        {
            ["sp_mchid"] = World.MchId, ["sp_appid"] = World.AppId, ["sub_mchid"] = "1900000109", ["estimated_amount"] = new JsonObject { ["amount"] = 2500 },
        };
        const string Path = "/v3/partner-papay/contracts/202601150000000001/notify";
        Assert.Equal("NO_AUTH", (await shop.PostAsync(Path, body)).Outcome);
        await world.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["sub_merchants"] = new JsonArray(new JsonObject { ["sub_mch_id"] = "1900000109" }) });
        Assert.Equal("CONTRACT_NOT_EXIST", (await shop.PostAsync(Path, body)).Outcome);
    }

    private static NoticeRequest Notice(string contract, int days) => new() { WeChatContractId = contract, AppId = World.AppId, EstimatedFen = 2500, DeductDays = days };

    private static async Task<(string? Code, bool Done)> ApplyAsync(PapayClient client, string contract, string number)
    {
        try
        {
            await client.Debits.ApplyAsync(new()
            {
                AppId = World.AppId, OrderNumber = number, Body = "会员续费", AmountFen = 2500, NotifyUrl = "http://127.0.0.1:9/debit", WeChatContractId = contract,
                ServerIp = "8.8.8.8",
            });
            return (null, true);
        }
        catch (PapayException e)
        {
            return (e.Code, false);
        }
    }

    private static Task BeijingAsync(World world, int day, int hour) =>
        world.AdvanceAsync(new DateTimeOffset(2026, 1, day, hour, 0, 0, TimeSpan.FromHours(8)) - world.Now);

    private static JsonObject Body(int days) => new()
    {
        ["mchid"] = World.MchId, ["appid"] = World.AppId, ["deduct_duration"] = new JsonObject { ["count"] = days, ["unit"] = "DAY" },
        ["estimated_amount"] = new JsonObject { ["amount"] = 2500, ["currency"] = "CNY" },
    };
}
