using System.Text;
using Papaya.Simulator.Testing;
using Papaya.WeChatPay;
using Papaya.WeChatPay.Contracts;
using Papaya.WeChatPay.Notifications;

namespace Papaya.Samples;

/// <summary>Tests of a merchant's own code against WeChat's side: a simulator for each test, in this process, on a free port.</summary>
public sealed class RenewalTests : IAsyncLifetime
{
    private const string AppId = "wxd930ea5d5a258f4f"; // The preset merchant's official account,
    private const string Template = "12535"; // and its monthly template: up to 50 yuan, each debit 24 hours after it is asked for.
    private const string User = "oSimUser0001";
    private static readonly Uri Callback = new("http://127.0.0.1:9/wechat/debit"); // Nobody listens: these tests look at what was sent.

    private TestSimulator _simulator = null!;
    private PapayClient _wechat = null!;
    private Renewals _renewals = null!;

    public async Task InitializeAsync()
    {
        _simulator = await TestSimulator.StartAsync();
        _wechat = _simulator.CreateClient();
        _renewals = new(_wechat, AppId, Callback);
    }

    public async Task DisposeAsync() => await _simulator.DisposeAsync();

    [Fact]
    public async Task A_month_is_paid_a_day_after_it_was_asked_for()
    {
        var contract = await SignAsync();
        await _renewals.CollectAsync(contract, "202602", 2_500);
        await _simulator.AdvanceAsync(TimeSpan.FromHours(25));
        Assert.True(await _renewals.IsPaidAsync(contract, "202602", 2_500));
        Assert.Equal(100_000 - 1_500 - 2_500, (await _simulator.FindUserAsync(User)).Balance);
    }

    [Fact]
    public async Task A_lost_answer_costs_the_user_nothing()
    {
        var contract = await SignAsync();
        await _simulator.Faults.AddAsync("/pay/pappayapply", "timeout_after");
        await _renewals.CollectAsync(contract, "202602", 2_500);
        await _renewals.CollectAsync(contract, "202602", 2_500); // The month's job runs once more.
        await _simulator.AdvanceAsync(TimeSpan.FromDays(3));
        Assert.Single(await _simulator.LedgerAsync(), entry => entry.Kind == "debit");
    }

    [Fact]
    public async Task An_empty_wallet_pays_nothing()
    {
        var contract = await SignAsync();
        await _simulator.UserAsync(User, balance: 0);
        await _renewals.CollectAsync(contract, "202602", 2_500);
        await _simulator.AdvanceAsync(TimeSpan.FromHours(25));
        Assert.False(await _renewals.IsPaidAsync(contract, "202602", 2_500));
    }

    [Fact]
    public async Task What_WeChat_sends_about_the_debit_is_genuine()
    {
        var contract = await SignAsync();
        await _renewals.CollectAsync(contract, "202602", 2_500);
        await _simulator.AdvanceAsync(TimeSpan.FromHours(25));
        var sent = (await _simulator.NotificationsAsync(Renewals.OrderNumber(contract, "202602")))[0];
        var read = await _wechat.ReadNotificationAsync(Encoding.UTF8.GetBytes(sent.Request), NotificationHeaders.From(_ => null));
        Assert.True(Assert.IsType<DebitNotification>(read).IsPaid(2_500));
    }

    /// <summary>The user pays 15 yuan and ticks the box.</summary>
    private async Task<string> SignAsync()
    {
        var order = await _wechat.Contracts.PayAndSignAsync(new PayAndSignRequest
        {
            AppId = AppId, OrderNumber = "FIRST0001", Body = "会员首月", AmountFen = 1_500, ClientIp = "203.0.113.9", TradeType = TradeType.JsApi, OpenId = User,
            PaymentNotifyUrl = Callback.OriginalString, ContractNotifyUrl = Callback.OriginalString,
            TemplateId = Template, ContractNumber = "C0001", SigningSequence = 1, DisplayAccount = "示例用户",
        });
        var visit = await _simulator.PayAsync(order.PrepayId, User, sign: true);
        return visit.ContractId ?? throw new InvalidOperationException(visit.Reason);
    }
}
