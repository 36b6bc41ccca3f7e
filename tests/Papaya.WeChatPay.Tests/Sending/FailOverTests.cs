using System.Net;
using Papaya.WeChatPay.Tests.V3;

namespace Papaya.WeChatPay.Tests.Sending;

public sealed class FailOverTests
{
    private const string First = "api.mch.weixin.qq.com";
    private const string Overseas = "apihk.mch.weixin.qq.com";
    private const string Second = "api2.mch.weixin.qq.com";

    private readonly ManualClock _clock = new();
    private readonly List<string> _asked = [];
    private readonly Dictionary<string, Func<Exception>> _broken = [];

    private static Exception NoConnection() => new HttpRequestException(HttpRequestError.ConnectionError);

    private static Exception CutOff() => new HttpRequestException(HttpRequestError.ResponseEnded);

    [Fact]
    public async Task A_debit_that_never_left_goes_to_the_other_host()
    {
        _broken[First] = NoConnection;
        await Client().Debits.ApplyAsync(Some.Debit());
        Assert.Equal([First, Second], _asked);
    }

    [Fact]
    public async Task A_host_that_takes_no_connection_in_time_has_certainly_seen_no_debit()
    {
        using var dialled = new SemaphoreSlim(0);
        var hosts = new List<string>();
        async ValueTask<Stream> BlackHole(DnsEndPoint host, CancellationToken ct)
        {
            hosts.Add(host.Host);
            dialled.Release();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
            throw new InvalidOperationException();
        }

        using var handler = Papaya.WeChatPay.Sending.Connections.Handler(
            null, new Uri("http://127.0.0.1"), TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(10), 1, _clock, BlackHole);
        handler.ConnectTimeout = Timeout.InfiniteTimeSpan; // It runs on the machine's clock.
        using var http = new HttpClient(handler);
        var client = new PapayClient(http, Some.Credentials(certificate: ClientCertificateMode.None), new Uri("http://127.0.0.1:1"), _clock,
            new() { Timers = _clock, SecondUrl = new("http://127.0.0.2:1") });
        var debit = client.Debits.ApplyAsync(Some.Debit());
        await dialled.WaitAsync();
        _clock.Advance(TimeSpan.FromSeconds(5));
        await Task.WhenAny(debit, dialled.WaitAsync());
        _clock.Advance(TimeSpan.FromSeconds(5));
        var error = await Assert.ThrowsAsync<PapayException>(() => debit);
        Assert.Equal((LocalCodes.NotSent, true), (error.Code, error.NotSent));
        Assert.Equal(["127.0.0.1", "127.0.0.2"], hosts);
    }

    [Fact]
    public async Task A_debit_without_an_answer_goes_nowhere_else()
    {
        _broken[First] = CutOff;
        var error = await Assert.ThrowsAsync<PapayException>(() => Client().Debits.ApplyAsync(Some.Debit()));
        Assert.Equal((LocalCodes.NoAnswer, ErrorKind.Ask), (error.Code, error.Kind));
        Assert.Equal([First], _asked);
    }

    public static TheoryData<Func<PapayClient, Task>> CallsThatAct => new()
    {
        c => c.Debits.ApplyAsync(Some.Debit()),
        c => c.Refunds.RequestAsync(Some.Refund()),
        c => c.Contracts.PayAndSignAsync(Some.PayAndSign()),
        c => c.Scheduled.ApplyAsync(new()
        {
            AppId = "wx1", OrderNumber = "P2026010301", Description = "小乔", NotifyUrl = "https://a/b", WeChatContractId = "123", AmountFen = 100,
        }),
        c => c.Global.DebitAsync(new()
        {
            AppId = "wx1", OrderNumber = "P2026010301", WeChatContractId = "1", AmountFen = 888, Currency = "HKD", Description = "QQ公仔", CategoryCode = "1011", NotifyUrl = "https://a/b",
        }),
        c => c.Global.ReverseAsync(new() { OrderNumber = "P2026010301" }),
        c => c.Orders.CloseAsync(Some.Close()),
        c => c.Contracts.TerminateAsync(Some.Terminate()),
        c => c.Notices.SendAsync(new() { WeChatContractId = "1234567890", AppId = "wx1", EstimatedFen = 1 }),
        c => c.Notices.RemindAsync(new() { WeChatContractId = "1234567890", AppId = "wx1" }),
        c => c.Scheduled.BookAsync(new() { WeChatContractId = "123", AppId = "wx1", AmountFen = 100 }),
        c => c.Scheduled.TerminateAsync(new() { TemplateId = "12535", ContractNumber = "C2026010301", Remark = "用户要求" }),
        c => c.Global.TerminateAsync(new() { AppId = "wx1", WeChatContractId = "100005698", Note = "原因" }),
    };

    [Theory]
    [MemberData(nameof(CallsThatAct))]
    public async Task No_call_that_acts_is_ever_seen_by_two_hosts(Func<PapayClient, Task> call)
    {
        // Whatever the pattern of failures: after a host may have taken the request, no other gets it.
        for (var seed = 0; seed < 64; seed++)
        {
            _asked.Clear();
            _broken.Clear();
            Func<Exception>?[] kinds = [null, NoConnection, CutOff, () => new IOException("reset")];
            Put(First, kinds[seed % 4]);
            Put(Second, kinds[seed / 4 % 4]);
            Put(Overseas, kinds[seed / 16]);
            var client = Client(Platform.Credentials());
            await Record.ExceptionAsync(() => call(client));
            var first = _asked.FindIndex(host => !_broken.TryGetValue(host, out var e) || e() is not HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError });
            Assert.NotEmpty(_asked);
            Assert.True(first == -1 || first == _asked.Count - 1, string.Join(',', _asked));
        }

        void Put(string host, Func<Exception>? kind)
        {
            if (kind is not null)
            {
                _broken[host] = kind;
            }
        }
    }

    [Fact]
    public async Task A_question_without_an_answer_is_asked_at_the_other_host()
    {
        _broken[First] = CutOff;
        await Client().Orders.QueryAsync(Some.OrderQuery());
        Assert.Equal([First, Second], _asked);
    }

    [Fact]
    public async Task While_the_first_fails_the_second_is_preferred_and_then_one_question_tries_the_first()
    {
        var client = Client();
        _broken[First] = NoConnection;
        await client.Debits.ApplyAsync(Some.Debit());
        await client.Debits.ApplyAsync(Some.Debit());
        Assert.Equal([First, Second, Second], _asked);

        _clock.Advance(TimeSpan.FromSeconds(60));
        await client.Debits.ApplyAsync(Some.Debit()); // Money is not what one tries a host with.
        await client.Orders.QueryAsync(Some.OrderQuery()); // Tries the first, which still fails.
        await client.Debits.ApplyAsync(Some.Debit());
        Assert.Equal([Second, First, Second, Second], _asked[3..]);

        _broken.Clear();
        _clock.Advance(TimeSpan.FromSeconds(60));
        await client.Debits.ApplyAsync(Some.Debit());
        await client.Orders.QueryAsync(Some.OrderQuery());
        await client.Debits.ApplyAsync(Some.Debit());
        Assert.Equal([Second, First, First], _asked[7..]);
    }

    [Fact]
    public async Task One_lost_answer_proves_little_three_in_a_row_do()
    {
        var client = Client();
        _broken[First] = CutOff;
        for (var i = 0; i < 3; i++)
        {
            await Assert.ThrowsAsync<PapayException>(() => client.Debits.ApplyAsync(Some.Debit()));
        }

        await client.Debits.ApplyAsync(Some.Debit());
        Assert.Equal([First, First, First, Second], _asked);
    }

    [Fact]
    public async Task When_both_fail_the_caller_hears_it_and_the_first_is_tried_again_at_once()
    {
        var client = Client();
        (_broken[First], _broken[Second]) = (NoConnection, NoConnection);
        var error = await Assert.ThrowsAsync<PapayException>(() => client.Debits.ApplyAsync(Some.Debit()));
        Assert.True(error.NotSent);
        _broken.Clear();
        await client.Debits.ApplyAsync(Some.Debit());
        Assert.Equal([First, Second, First], _asked);
    }

    [Theory]
    [InlineData("https://api.mch.weixin.qq.com", true, null, Second)]
    [InlineData("https://api.mch.weixin.qq.com", false, null, null)]
    [InlineData("https://api2.mch.weixin.qq.com", true, null, null)]
    [InlineData("https://gateway.example", true, null, null)]
    [InlineData("https://gateway.example", true, "https://other.example", "other.example")]
    public void There_is_a_second_host_only_for_WeChats_own_or_when_one_is_named(string url, bool failOver, string? named, string? second) =>
        Assert.Equal(second, new PapayClientOptions { FailOver = failOver, SecondUrl = named is null ? null : new Uri(named) }.SecondFor(new Uri(url))?.Host);

    [Fact]
    public async Task All_tries_together_have_one_deadline()
    {
        // Each try times out after 15 s; the second gets what is left of 20 s.
        using var handler = new Silent();
        using var http = new HttpClient(handler);
        var client = new PapayClient(http, Some.Credentials(certificate: ClientCertificateMode.None), PapayClient.DefaultBaseUrl, _clock,
            new() { Timers = _clock, Deadline = TimeSpan.FromSeconds(20) });
        var question = client.Orders.QueryAsync(Some.OrderQuery());
        await handler.AskedAsync();
        _clock.Advance(TimeSpan.FromSeconds(15));
        await handler.AskedAsync();
        Assert.False(question.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(5));
        var error = await Assert.ThrowsAsync<PapayException>(() => question);
        Assert.Equal(LocalCodes.NoAnswer, error.Code);
    }

    private PapayClient Client(MerchantCredentials? credentials = null) => new(
        new HttpClient(new Road(this)), credentials ?? Some.Credentials(certificate: ClientCertificateMode.Handler), PapayClient.DefaultBaseUrl, _clock, new() { Timers = _clock });

    private sealed class Road(FailOverTests test) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var host = request.RequestUri!.Host;
            test._asked.Add(host);
            return test._broken.TryGetValue(host, out var error)
                ? Task.FromException<HttpResponseMessage>(error())
                : Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)
                {
                    Content = new ByteArrayContent(Some.Signed("return_code=SUCCESS|result_code=SUCCESS|out_trade_no=SIGN2026010301|prepay_id=wx1")),
                });
        }
    }

    private sealed class Silent : HttpMessageHandler
    {
        private readonly SemaphoreSlim _asked = new(0);

        public Task AskedAsync() => _asked.WaitAsync();

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            _asked.Release();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            throw new InvalidOperationException();
        }
    }
}
