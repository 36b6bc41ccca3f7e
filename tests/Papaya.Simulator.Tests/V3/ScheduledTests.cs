using System.Text;
using System.Text.Json.Nodes;
using Papaya.WeChatPay;
using Papaya.WeChatPay.Notifications;
using Papaya.WeChatPay.Scheduled;

namespace Papaya.Simulator.Tests.V3;

/// <summary>Scheduled debits from the signing page to the end of the contract; docs/reference/wechat-rules.md has the calendar.</summary>
public sealed class ScheduledTests
{
    private const long Amount = 2500;
    private static readonly DateOnly Day = new(2026, 1, 17);

    [Fact]
    public async Task From_signing_to_the_end()
    {
        await using var world = await World.StartAsync();
        await using var listener = await V3Listener.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        var client = shop.Client(shop.PublicKey);
        var openid = await world.UserAsync();

        var (contract, code) = await SignAsync(world, client, openid, listener.Url);
        await world.SettleAsync();
        var signed = Assert.IsType<ScheduledContractNotification>(await listener.ReadAsync(client, 0));
        Assert.Equal((ScheduledContractChange.Signed, contract, BookingState.NotBooked), (signed.Change, signed.Contract.WeChatContractId, signed.Contract.Booking!.State));
        Assert.Equal(shop.PublicKey.Id, signed.SignedBy);

        await BeijingAsync(world, Day.AddDays(-1), 8);
        var booking = await client.Scheduled.BookAsync(new() { WeChatContractId = contract, AppId = World.AppId, AmountFen = Amount });
        Assert.Equal((BookingState.Booked, Day, Day, Amount), (booking.State, booking.FirstDay, booking.LastDay, booking.BookedFen));

        await BeijingAsync(world, Day, 0);
        Assert.Equal("debit1", (await client.Scheduled.ApplyAsync(Apply(contract, "debit1", listener.Url))).OrderNumber);
        await world.SettleAsync();
        // Both leave at one instant; which arrives first is the network's.
        object?[] told = [await listener.ReadAsync(client, 1), await listener.ReadAsync(client, 2)];
        Assert.True(told.OfType<TransactionNotification>().Single().IsPaid(Amount));
        var ended = told.OfType<ScheduledContractNotification>().Single();
        Assert.Equal((ScheduledContractChange.Terminated, BookingState.Paid), (ended.Change, ended.Contract.Booking!.State));

        var asked = await client.Scheduled.QueryDebitAsync(new() { OrderNumber = "debit1" });
        Assert.True(asked.IsPaid(Amount));
        Assert.Equal("debit1", (string?)(await shop.GetAsync($"/v3/pay/transactions/id/{asked.WeChatTransactionId}?mchid={World.MchId}")).Json!["out_trade_no"]);
        Assert.Equal(BookingState.Paid, (await client.Scheduled.QueryBookingAsync(new() { WeChatContractId = contract })).State);
        var seen = await client.Scheduled.QueryContractAsync(new() { TemplateId = "12535", ContractNumber = code });
        Assert.Equal(ScheduledContractState.Terminated, seen.State);
        Assert.Equal(100_000 - Amount, await world.BalanceAsync(openid));
        Assert.Equal(3, listener.Got.Count);
    }

    [Fact]
    public async Task A_failure_is_told_and_may_be_tried_again_until_the_day_is_over()
    {
        await using var world = await World.StartAsync(sendsAtOnce: 1);
        await using var listener = await V3Listener.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        var client = shop.Client(shop.PublicKey);
        var openid = await world.UserAsync(balance: 0);
        var contract = await BookedAsync(world, client, openid, listener.Url);
        await client.Scheduled.ApplyAsync(Apply(contract, "debit1", listener.Url));
        await world.SettleAsync();
        var failed = Assert.IsType<TransactionNotification>(await listener.ReadAsync(client, 1));
        Assert.True(failed is { SaysFailed: true, Transaction.StateText: "PAY_FAIL" });

        await world.DoAsync("/users", new JsonObject { ["openid"] = openid, ["balance"] = 10_000 });
        var again = await Assert.ThrowsAsync<PapayException>(() => client.Scheduled.ApplyAsync(Apply(contract, "debit1", listener.Url)));
        Assert.Equal("ALREADY_EXISTS", again.Code);
        await client.Scheduled.ApplyAsync(Apply(contract, "debit2", listener.Url));
        await world.SettleAsync();
        Assert.True(Assert.IsType<TransactionNotification>(await listener.ReadAsync(client, 2)).IsPaid(Amount));
    }

    [Theory]
    [InlineData("ALREADY_EXISTS")]
    [InlineData("same_answer")]
    public async Task The_same_apply_again_takes_the_money_once(string answer)
    {
        await using var world = await World.StartAsync(switches: ("v3_apply_repeated", answer));
        using var shop = await Shop.OpenAsync(world);
        var client = shop.Client(shop.PublicKey);
        const string Url = "http://127.0.0.1:9/v3";
        var contract = await BookedAsync(world, client, await world.UserAsync(), Url);
        await client.Scheduled.ApplyAsync(Apply(contract, "debit1", Url));
        var repeat = await Record.ExceptionAsync(() => client.Scheduled.ApplyAsync(Apply(contract, "debit1", Url)));
        Assert.Equal(answer == "same_answer" ? null : answer, (repeat as PapayException)?.Code);
        var changed = await Assert.ThrowsAsync<PapayException>(() => client.Scheduled.ApplyAsync(Apply(contract, "debit1", Url) with { Attach = "b" }));
        Assert.Equal("ALREADY_EXISTS", changed.Code);
        await world.SettleAsync();
        Assert.Single(await world.LedgerAsync());
    }

    [Fact]
    public async Task Without_a_success_the_contract_ends_at_eight_on_the_next_day()
    {
        await using var world = await World.StartAsync();
        await using var listener = await V3Listener.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        var client = shop.Client(shop.PublicKey);
        var contract = await BookedAsync(world, client, await world.UserAsync(), listener.Url);
        await BeijingAsync(world, Day.AddDays(1), 7);
        Assert.Equal(BookingState.Expired, (await client.Scheduled.QueryBookingAsync(new() { WeChatContractId = contract })).State);
        Assert.Single(listener.Got);
        await BeijingAsync(world, Day.AddDays(1), 8);
        var ended = Assert.IsType<ScheduledContractNotification>(await listener.ReadAsync(client, 1));
        Assert.Equal((ScheduledContractState.Terminated, "SYSTEM_TERMINATE"), (ended.Contract.State, ended.Contract.Termination!.Mode));
    }

    [Fact]
    public async Task The_merchant_ends_a_contract()
    {
        await using var world = await World.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        var client = shop.Client(shop.PublicKey);
        var (_, code) = await SignAsync(world, client, await world.UserAsync(), "http://127.0.0.1:9/v3");
        var ended = await client.Scheduled.TerminateAsync(new() { TemplateId = "12535", ContractNumber = code, Remark = "测试" });
        Assert.Equal((ScheduledContractState.Terminated, "MERCHANT_TERMINATE", "测试"), (ended.State, ended.Termination!.Mode, ended.Termination.Remark));
    }

    [Theory]
    [InlineData(-2, 9, Amount)]
    [InlineData(-1, 7, Amount)]
    [InlineData(-1, 20, Amount)]
    [InlineData(0, 9, Amount)]
    [InlineData(-1, 9, Amount + 1)]
    public async Task Booking_has_its_day_its_hours_and_its_amount(int days, int hour, long amount)
    {
        await using var world = await World.StartAsync(start: World.Start.AddDays(-3));
        using var shop = await Shop.OpenAsync(world);
        var client = shop.Client(shop.PublicKey);
        var (contract, _) = await SignAsync(world, client, await world.UserAsync(), "http://127.0.0.1:9/v3");
        await BeijingAsync(world, Day.AddDays(days), hour);
        var refused = await Assert.ThrowsAsync<PapayException>(
            () => client.Scheduled.BookAsync(new() { WeChatContractId = contract, AppId = World.AppId, AmountFen = amount }));
        Assert.Equal("INVALID_REQUEST", refused.Code);
    }

    [Fact]
    public async Task All_four_ways_and_other_devices_lead_to_a_page()
    {
        await using var world = await World.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        var client = shop.Client(shop.PublicKey);
        var address = (await client.Scheduled.PreSignJsApiAsync(Sign("C1"))).RedirectUrl;
        var shown = await world.PageAsync(new Uri(address).PathAndQuery);
        Assert.Contains("2026-01-17", shown);
        Assert.Contains("一月会员", shown);
        Assert.StartsWith("http", (await client.Scheduled.PreSignH5Async(Sign("C2"))).RedirectUrl);
        Assert.NotNull((await client.Scheduled.PreSignAppAsync(Sign("C3"))).UserName);
        Assert.Equal("wxbd687630cd02ce1d", (await client.Scheduled.PreSignMiniProgramAsync(Sign("C4"))).AppId);
        var device = await client.Scheduled.PreSignMultiDeviceAsync(new()
        {
            Scene = SignScene.QrCode, AppId = World.AppId, TemplateId = "12535", ContractNumber = "C5", DisplayAccount = "张三", NotifyUrl = "https://shop.example/v3",
            UserCode = "u1", Device = new(DeviceKind.Tv, "HarmonyOS", "d1", false, "10.0.0.1", true, "8.0.50", DeviceAge.Longer),
        });
        Assert.NotNull(device.RedirectUrl);
        var signed = await world.DoAsync("/entrust", new JsonObject { ["url"] = device.RedirectUrl, ["openid"] = await world.UserAsync(), ["action"] = "agree" });
        Assert.True((bool)signed["signed"]!);
    }

    [Fact]
    public async Task A_service_provider_does_it_for_a_sub_merchant()
    {
        await using var world = await World.StartAsync();
        await using var listener = await V3Listener.StartAsync();
        await world.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["sub_merchants"] = new JsonArray(new JsonObject { ["sub_mch_id"] = "1900000109" }) });
        using var shop = await Shop.OpenAsync(world);
        var client = shop.Client(shop.PublicKey);
        var sub = new SubMerchant("1900000109");
        var openid = await world.UserAsync();
        var page = await client.Scheduled.PreSignAppAsync(Sign("sub1", listener.Url) with { SubMerchant = sub });
        var contract = (string)(await world.DoAsync("/entrust", new JsonObject { ["pre_entrustweb_id"] = page.PreSignId, ["openid"] = openid, ["action"] = "agree" }))["contract_id"]!;
        Assert.Equal(sub.Number, (await client.Scheduled.QueryContractAsync(new() { TemplateId = "12535", ContractNumber = "sub1", SubMerchant = sub })).SubMerchant!.Number);
        await Assert.ThrowsAsync<PapayException>(() => client.Scheduled.QueryContractAsync(new() { TemplateId = "12535", ContractNumber = "sub1" }));
        await BeijingAsync(world, Day.AddDays(-1), 9);
        await client.Scheduled.BookAsync(new() { WeChatContractId = contract, AppId = World.AppId, AmountFen = Amount, SubMerchant = sub });
        await BeijingAsync(world, Day, 9);
        await client.Scheduled.ApplyAsync(Apply(contract, "debit1", listener.Url) with { SubMerchant = sub });
        await world.SettleAsync();
        var paid = Assert.IsType<TransactionNotification>(await listener.ReadAsync(client, 1));
        Assert.True(paid.IsPaid(Amount));
        Assert.Equal(sub.Number, paid.SubMerchant!.Number);
        Assert.Equal(sub.Number, (await client.Scheduled.QueryDebitAsync(new() { OrderNumber = "debit1", SubMerchant = sub })).SubMerchant!.Number);
        var byId = $"/v3/pay/partner/transactions/id/{paid.Transaction.WeChatTransactionId}?sp_mchid={World.MchId}&sub_mchid=";
        Assert.Equal("debit1", (string?)(await shop.GetAsync(byId + sub.Number)).Json!["out_trade_no"]);
        Assert.Equal("NO_AUTH", (await shop.GetAsync(byId + "1900000110")).Outcome);
    }

    [Fact]
    public async Task The_calls_of_V2_know_nothing_of_it()
    {
        await using var world = await World.StartAsync(switches: ("signing_in_progress", "state_9"));
        using var shop = await Shop.OpenAsync(world);
        var client = shop.Client(shop.PublicKey);
        await client.Scheduled.PreSignAppAsync(Sign("open1"));
        Assert.Equal("CONTRACT_NOT_EXIST", (await world.ContractQueryByCodeAsync("open1")).Outcome);
        var (contract, code) = await SignAsync(world, client, await world.UserAsync(), "http://127.0.0.1:9/v3");
        Assert.Equal("CONTRACT_NOT_EXIST", (await world.ContractQueryAsync(contract)).Outcome);
        Assert.Equal("CONTRACT_NOT_EXIST", (await world.ContractQueryByCodeAsync(code)).Outcome);
        Assert.Equal("CONTRACT_NOT_EXIST", (await world.DeleteContractAsync(contract)).Outcome);
        Assert.Equal(ScheduledContractState.Signed, (await client.Scheduled.QueryContractAsync(new() { TemplateId = "12535", ContractNumber = code })).State);
    }

    [Fact]
    public async Task A_session_lives_ten_minutes()
    {
        await using var world = await World.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        var page = await shop.Client(shop.PublicKey).Scheduled.PreSignAppAsync(Sign("C1"));
        await world.AdvanceAsync(TimeSpan.FromMinutes(10));
        var late = await world.DoAsync("/entrust", new JsonObject { ["session"] = page.PreSignId, ["openid"] = await world.UserAsync(), ["action"] = "agree" });
        Assert.Equal((false, "expired"), ((bool)late["signed"]!, (string)late["reason"]!));
    }

    internal static ScheduledSignRequest Sign(string code, string url = "https://shop.example/v3", string? openid = null, DateOnly? day = null) => new()
    {
        AppId = World.AppId, TemplateId = "12535", ContractNumber = code, DisplayAccount = "张三", NotifyUrl = url, OpenId = openid, UserCode = "u1",
        Debit = new(day ?? Day, Amount, "一月会员"),
    };

    private static ScheduledApplyRequest Apply(string contract, string number, string url) => new()
    {
        AppId = World.AppId, OrderNumber = number, Description = "一月会员", NotifyUrl = url, WeChatContractId = contract, AmountFen = Amount, Attach = "a",
    };

    [Theory]
    [InlineData("http://shop.example.com/buy", "张三")]
    [InlineData("http://other.example.org/buy", "商家服务异常，请联系商家处理")]
    public async Task H5_signing_begins_on_a_registered_domain(string from, string text)
    {
        await using var world = await World.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        await world.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["signing_domains"] = new JsonArray("example.com") });
        var opened = await Errors.V3Requests.PreSign("h5", "h5x").SendAsync(shop);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, (string)opened.Json!["redirect_url"]!);
        request.Headers.Referrer = new(from);
        using var page = await http.SendAsync(request);
        Assert.Contains(text, System.Net.WebUtility.HtmlDecode(await page.Content.ReadAsStringAsync()), StringComparison.Ordinal);
    }

    private static async Task<(string Contract, string Code)> SignAsync(World world, PapayClient client, string openid, string url)
    {
        var code = world.Unique("v3c");
        var page = await client.Scheduled.PreSignAppAsync(Sign(code, url, openid));
        var signed = await world.DoAsync("/entrust", new JsonObject { ["pre_entrustweb_id"] = page.PreSignId, ["openid"] = openid, ["action"] = "agree" });
        return ((string)signed["contract_id"]!, code);
    }

    private static async Task<string> BookedAsync(World world, PapayClient client, string openid, string url)
    {
        var (contract, _) = await SignAsync(world, client, openid, url);
        await BeijingAsync(world, Day.AddDays(-1), 9);
        await client.Scheduled.BookAsync(new() { WeChatContractId = contract, AppId = World.AppId, AmountFen = Amount });
        await BeijingAsync(world, Day, 9);
        return contract;
    }

    private static Task BeijingAsync(World world, DateOnly day, int hour) =>
        world.AdvanceAsync(new DateTimeOffset(day.ToDateTime(new(hour, 0)), TimeSpan.FromHours(8)) - world.Now);
}
