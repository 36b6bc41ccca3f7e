using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Papaya.Simulator.Faults;
using Papaya.Simulator.Journal;
using Papaya.Simulator.Lint;
using Papaya.Simulator.Tests.Signing;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Tests.Lint;

/// <summary>Nobody is blamed for what he did not do, nobody is blamed twice for one thing, and what was staged is seen.</summary>
public sealed class LintAccuracyTests
{
    private const string Apply = "/pay/pappayapply";

    [Fact]
    public async Task A_message_that_comes_before_the_answer_decides_its_number()
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        var contract = await world.SignedAsync();
        await world.FaultAsync(Apply, "early", times: 1);
        await world.ApplyAsync(contract, "NUMBER1", ("notify_url", listener.Url));
        Assert.Single(listener.Got); // Nobody has moved the clock.
        await world.ApplyAsync(contract, "NUMBER2");
        Assert.Equal(LintVerdict.Pass, Line(world, "number-changed-while-undecided").Verdict);
        var journal = world.Get<CallJournal>();
        Assert.True(journal.Calls(new()).First(c => c.OutTradeNo == "NUMBER1").Id < journal.Sends(new()).First(s => s.OutTradeNo == "NUMBER1").Id);
    }

    [Fact]
    public async Task An_order_that_nobody_asks_about_is_one_finding_however_often_it_is_told()
    {
        await using var world = await World.StartAsync();
        // Nobody listens at port 9.
        var order = await world.ContractOrderAsync("oSimUser0001", ("out_trade_no", "PAYMENT1"), ("contract_code", "CODE1"));
        await world.PayAsync(order, "oSimUser0001", sign: false);
        await world.AdvanceAsync(TimeSpan.FromHours(40));
        Assert.True(world.Get<CallJournal>().Sends(new()).Count(s => s.OutTradeNo == "PAYMENT1") > 5);
        Assert.Equal(1, Line(world, "no-query-when-silent").Count);
        Assert.Equal(1, Line(world, "paid-without-contract-never-asked").Count);
    }

    [Theory]
    [InlineData(FaultKind.AfterClose)]
    [InlineData(FaultKind.HalfBody)]
    [InlineData(FaultKind.WrongLength)]
    [InlineData(null)]
    internal async Task An_answer_that_did_not_arrive_as_a_whole_tells_nothing(FaultKind? fault)
    {
        await using var world = await World.StartAsync();
        for (var i = 0; i < 2; i++)
        {
            world.Get<CallJournal>().Note(
                new() { At = world.Now, Path = Apply, MchId = World.MchId, OutTradeNo = "NUMBER1", ContractId = "C1", Status = 200, Fault = i == 0 ? fault : null },
                null,
                V2Message.Parse("<xml><return_code>SUCCESS</return_code><result_code>SUCCESS</result_code></xml>"u8.ToArray()));
        }

        Assert.Equal(fault is null ? LintVerdict.NotExercised : LintVerdict.Fault, Line(world, "no-query-after-systemerror").Verdict);
    }

    [Theory]
    [InlineData("/papay/entrustweb", LintVerdict.NotExercised)]
    [InlineData("/papay/partner/entrustweb", LintVerdict.NotExercised)]
    [InlineData("/papay/readentrustwebtemplate", LintVerdict.NotExercised)]
    [InlineData("/papay/h5entrustweb", LintVerdict.Fault)]
    internal async Task A_user_s_browser_is_not_the_merchant(string path, LintVerdict verdict)
    {
        await using var world = await World.StartAsync();
        for (var i = 0; i < 30; i++)
        {
            world.Get<CallJournal>().Note(new() { At = world.Now, Method = "GET", Path = path, MchId = World.MchId, Status = 302, Connection = "c" + i });
        }

        Assert.Equal(verdict, Line(world, "connection-per-call").Verdict);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("3")]
    [InlineData("""{"estimated_amount":3}""")]
    [InlineData("""{"estimated_amount":{"amount":"3"}}""")]
    public async Task A_notice_in_any_shape_is_heard(string body)
    {
        await using var world = await World.StartAsync();
        world.Get<CallJournal>().Note(new()
        {
            At = world.Now, Path = LintCase.Notice, MchId = World.MchId, ContractId = await world.SignedAsync(), Status = 200, Request = Encoding.UTF8.GetBytes(body),
        });
        Assert.Equal(1, Line(world, "notice-in-first-hours").Count);
    }

    [Fact]
    public async Task A_notice_that_a_page_answered_was_not_taken()
    {
        await using var world = await World.StartAsync();
        world.Get<CallJournal>().Note(new()
        {
            At = world.Now, Path = LintCase.Notice, MchId = World.MchId, ContractId = await world.SignedAsync(), Status = 200, Fault = FaultKind.Html, Request = "{}"u8.ToArray(),
        });
        Assert.Equal(LintVerdict.NotExercised, Line(world, "notice-in-first-hours").Verdict);
    }

    [Theory]
    [InlineData("html")]
    [InlineData("bad_gzip")]
    public async Task A_page_is_no_bill(string kind)
    {
        await using var world = await World.StartAsync();
        await world.SignedAsync();
        await world.AdvanceAsync(TimeSpan.FromDays(1));
        await world.FaultAsync("/pay/downloadbill", kind, times: 1);
        await Record.ExceptionAsync(() => world.BillAsync("20260115")); // A client may choke on such a page.
        await world.AdvanceAsync(TimeSpan.FromDays(2));
        Assert.Equal(LintVerdict.Fault, Line(world, "bill-not-fetched").Verdict);
    }

    [Theory]
    [InlineData("/v3/certificates")]
    [InlineData("/papay/h5entrustweb")]
    public async Task Who_hangs_up_is_seen_at_each_door(string path)
    {
        await using var world = await World.StartAsync(machine: new Clock.RunningMachine(World.Start));
        await world.FaultAsync(path, "drip", times: 1, delaySeconds: 5);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = world.Address };
        var target = path.StartsWith("/v3/", StringComparison.Ordinal) ? path
            : SignOnlyTests.Address(path, World.With(SignOnlyTests.Fields(world, World.AppId), ("clientip", "8.8.8.8")), SignType.HmacSha256);
        using (var request = new HttpRequestMessage(HttpMethod.Get, target))
        {
            // A refusal drips like any answer.
            var at = world.Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            request.Headers.TryAddWithoutValidation("Authorization", $"{V3Signature.Scheme} mchid=\"{World.MchId}\",nonce_str=\"n\",signature=\"c2ln\",timestamp=\"{at}\",serial_no=\"1\"");
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        }

        await world.SettleAsync();
        Assert.Equal(LintVerdict.Fault, Line(world, "timeout-too-short").Verdict);
    }

    [Fact]
    public void The_latest_findings_are_kept()
    {
        var tally = new RuleTally();
        var rule = LintRules.All[0];
        for (var merchant = 0; merchant < 25; merchant++)
        {
            for (var i = 0; i < 150; i++)
            {
                tally.Fault(new(World.Start.AddSeconds(i), "19" + merchant, "N" + i, [], "odd", rule.Severity));
            }
        }

        tally.Fault(new(World.Start.AddDays(1), "190", "LATE", [], "odd", rule.Severity));
        var line = tally.Line(rule, null, World.Start.AddHours(1));
        Assert.Equal((LintVerdict.Fault, "LATE"), (line.Verdict, line.Findings.Single().Number));
        var all = tally.Line(rule, null, null);
        Assert.Equal((3_751, 2_000), (all.Count, all.Findings.Length));
        var latest = tally.Line(rule, "1924", null);
        Assert.Equal((150, 100, "N50"), (latest.Count, latest.Findings.Length, latest.Findings[0].Number));
    }

    [Fact]
    public async Task Nicknames_outlive_the_reset_of_a_merchant()
    {
        await using var world = await World.StartAsync();
        await world.DoAsync("/users", new JsonObject { ["openid"] = "oSimUser0001", ["nickname"] = "小木" });
        await world.DoAsync("/reset", new JsonObject { ["mch_id"] = World.MchId });
        Assert.Equal(1, world.State.Look(_ => world.State.UsersNamed("小木")).Exact);
    }

    private static LintLine Line(World world, string rule) => Assert.Single(world.Get<LintReport>().Read(World.MchId, rule, null, null));
}
