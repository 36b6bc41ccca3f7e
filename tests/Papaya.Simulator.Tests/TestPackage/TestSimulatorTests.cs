using System.Text.Json.Nodes;
using Papaya.Simulator.Testing;
using Papaya.WeChatPay;
using Papaya.WeChatPay.Contracts;
using Papaya.WeChatPay.Debits;

namespace Papaya.Simulator.Tests.TestPackage;

/// <summary>The simulator as a test of somebody else's code uses it: through the public surface of the package only.</summary>
public sealed class TestSimulatorTests
{
    private const string User = "oSimUser0001";
    private const string Callback = "http://127.0.0.1:9/callback";
    private static readonly DateTimeOffset Start = new(2026, 1, 15, 2, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Two_simulators_beside_each_other_know_nothing_of_each_other()
    {
        await using var one = await TestSimulator.StartAsync();
        await using var two = await TestSimulator.StartAsync();
        await one.UserAsync(User, balance: 1);
        Assert.NotEqual(one.BaseAddress, two.BaseAddress);
        Assert.Equal((1, 100_000), ((await one.FindUserAsync(User)).Balance, (await two.FindUserAsync(User)).Balance));
    }

    [Fact]
    public async Task Two_merchants_of_one_simulator_do_not_meet()
    {
        await using var simulator = await TestSimulator.StartAsync();
        var other = await simulator.MerchantAsync("1900000109", "abcdefghijklmnopqrstuvwxyz012345", ["wxaaaaaaaaaaaaaaaa"]);
        var template = await simulator.TemplateAsync(new() { MchId = other.Number, PlanId = 1, Name = "包月", Amount = 3_000, Fee = "fixed", TerminateNotifyUrl = Callback });
        Assert.Equal((1, "fixed", 3_000), (template.PlanId, template.Fee, template.Amount));
        Assert.Equal("wxaaaaaaaaaaaaaaaa", other.AppIds["official_account"]);
        var contract = await SignAsync(simulator, other, "1");
        Assert.Equal(contract, Assert.Single(await simulator.ContractsAsync(User, 1)).ContractId);
        Assert.Empty(await simulator.ContractsAsync(User, 12535));
        var wrong = await Assert.ThrowsAsync<PapayException>(() => simulator.CreateClient().Contracts.QueryAsync(
            new ContractQueryById { AppId = simulator.Merchant.AppIds["official_account"], WeChatContractId = contract }));
        Assert.Equal("CONTRACT_NOT_EXIST", wrong.Code);
    }

    [Fact]
    public async Task What_the_user_does_ends_in_the_ledger_and_in_notifications()
    {
        await using var simulator = await TestSimulator.StartAsync(new() { Start = Start });
        var contract = await SignAsync(simulator, simulator.Merchant, "12537");
        await simulator.CreateClient().Debits.ApplyAsync(Debit(simulator, contract));
        await simulator.AdvanceToAsync(Start.AddDays(2));
        Assert.Equal(Start.AddDays(2), simulator.Time.GetUtcNow(), TimeSpan.FromMinutes(1));
        Assert.Equal(["payment 1500", "debit 2500"], (await simulator.LedgerAsync()).Select(e => $"{e.Kind} {e.Amount}"));
        Assert.Contains(await simulator.NotificationsAsync("DEBIT0001"), n => n is { Kind: "debit", Url: Callback, Acknowledged: false, Status: 0 });
        Assert.Equal("/pay/pappayapply", Assert.Single(await simulator.RequestsAsync("/pay/pappayapply")).Path);
        var ended = await simulator.TerminateAsync(contract);
        Assert.Equal(("terminated", 2), (ended.State, ended.TerminationMode));
    }

    [Fact]
    public async Task A_coupon_pays_a_part()
    {
        await using var simulator = await TestSimulator.StartAsync(new() { Start = Start });
        var user = await simulator.GiveCouponAsync(User, new() { Id = "C1", Amount = 300, Type = CouponKind.NoCash, Minimum = 1_000 });
        Assert.Equal(("C1", CouponKind.NoCash, 1_000, null), (user.Coupons[0].Id, user.Coupons[0].Type, user.Coupons[0].Minimum, user.Coupons[0].SpentOn));
        await SignAsync(simulator, simulator.Merchant, "12537");
        var paid = Assert.Single(await simulator.LedgerAsync());
        Assert.Equal((1_500, 1_200, 1_200), (paid.Amount, paid.CashAmount, paid.SettlementAmount));
        Assert.Equal(paid.OutTradeNo, (await simulator.FindUserAsync(User)).Coupons[0].SpentOn);
    }

    [Fact]
    public async Task A_user_may_sign_without_paying()
    {
        await using var simulator = await TestSimulator.StartAsync();
        var page = simulator.CreateClient().Contracts.OfficialAccountUrl(new OfficialAccountSigning
        {
            AppId = simulator.Merchant.AppIds["official_account"], TemplateId = "12535", ContractNumber = "C1", SigningSequence = 100_000_001,
            DisplayAccount = "示例用户", NotifyUrl = Callback,
        });
        Assert.False((await simulator.SignAsync(page, User, agree: false)).Signed);
        var signing = await simulator.SignAsync(page, User);
        Assert.True(signing.Signed, signing.Reason);
        Assert.Equal(signing.ContractId, Assert.Single((await simulator.FindUserAsync(User)).Contracts).ContractId);
    }

    [Fact]
    public async Task A_fault_strikes_as_often_as_it_is_told()
    {
        await using var simulator = await TestSimulator.StartAsync();
        var wechat = simulator.CreateClient();
        var contract = await SignAsync(simulator, simulator.Merchant, "12537");
        await simulator.Faults.AddAsync("/pay/pappayapply", "system_error", more: new JsonObject { ["processed"] = false });
        var unknown = await Assert.ThrowsAsync<PapayException>(() => wechat.Debits.ApplyAsync(Debit(simulator, contract)));
        Assert.Equal(ErrorKind.Ask, unknown.Kind);
        await wechat.Debits.ApplyAsync(Debit(simulator, contract));
        await simulator.Faults.AddAsync("/pay/pappayapply", "system_error", times: null);
        await simulator.Faults.ClearAsync();
        Assert.Empty((await simulator.SendAsync(HttpMethod.Get, "/faults"))!["data"]!.AsArray());
    }

    [Fact]
    public async Task A_refusal_says_why()
    {
        await using var simulator = await TestSimulator.StartAsync();
        var refused = await Assert.ThrowsAsync<SimulatorRefusedException>(() => simulator.PayAsync("wx-none", User));
        Assert.Equal((404, "There is no such prepay_id."), (refused.Status, refused.Reason));
        await simulator.SwitchAsync("debit_hours", "all");
        await Assert.ThrowsAsync<SimulatorRefusedException>(() => simulator.SwitchAsync("debit_hours", "never"));
    }

    [Fact]
    public async Task Https_is_there_when_it_is_asked_for()
    {
        await using var plain = await TestSimulator.StartAsync();
        Assert.Null(plain.HttpsAddress);
        await using var simulator = await TestSimulator.StartAsync(new() { Https = true });
        Assert.Equal("https", simulator.HttpsAddress!.Scheme);
        Assert.StartsWith("-----BEGIN CERTIFICATE-----", await simulator.AuthorityPemAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task V3_calls_are_signed_and_their_replies_verified()
    {
        await using var simulator = await TestSimulator.StartAsync();
        var wechat = simulator.CreateClient(await simulator.WithKeysAsync());
        Assert.Equal(1, await wechat.PlatformCertificates.RefreshAsync());
        Assert.Equal(2, wechat.Merchant.V3!.PlatformKeys.All.Count); // The public key and the certificate.
    }

    private static async Task<string> SignAsync(TestSimulator simulator, TestMerchant merchant, string template)
    {
        var order = await simulator.CreateClient(merchant).Contracts.PayAndSignAsync(new PayAndSignRequest
        {
            AppId = merchant.AppIds["official_account"], OrderNumber = "FIRST0001", Body = "会员首月", AmountFen = 1_500, ClientIp = "203.0.113.9",
            TradeType = TradeType.JsApi, OpenId = User, PaymentNotifyUrl = Callback, ContractNotifyUrl = Callback, TemplateId = template,
            ContractNumber = "C0001", SigningSequence = 1, DisplayAccount = "示例用户",
        });
        var visit = await simulator.PayAsync(order.PrepayId, User);
        Assert.True(visit is { Paid: true, Signed: true }, visit.Reason);
        return visit.ContractId!;
    }

    private static DebitRequest Debit(TestSimulator simulator, string contract) => new()
    {
        AppId = simulator.Merchant.AppIds["official_account"], OrderNumber = "DEBIT0001", WeChatContractId = contract, AmountFen = 2_500, Body = "会员",
        ServerIp = "198.51.100.7", NotifyUrl = Callback,
    };
}
