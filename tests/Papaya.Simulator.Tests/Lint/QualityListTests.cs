using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Tests.Lint;

/// <summary>
/// What the lint report promises first of all: number changed while undecided, no query after SYSTEMERROR, debits outside hours, emoji filtered or
/// not, notifications answered late or with the wrong bytes, missing idempotency; each in the shapes in which callers do it.
/// </summary>
public sealed class QualityListTests
{
    private const string Apply = "/pay/pappayapply";

    [Theory]
    [InlineData("timeout_before")]
    [InlineData("timeout_after")]
    [InlineData("system_error")]
    [InlineData("http_500")]
    [InlineData("html")]
    [InlineData("bad_signature")]
    public async Task The_number_changes_and_nobody_asked_whatever_hid_the_outcome(string fault)
    {
        await using var world = await World.StartAsync();
        var contract = await LintScripts.DayOldAsync(world);
        await world.FaultAsync(Apply, fault, times: 1);
        await SendAsync(world, "NUMBER1", contract);
        await world.ApplyAsync(contract, "NUMBER2");
        Assert.Equal("fault", await VerdictAsync(world, "number-changed-while-undecided"));
    }

    [Fact]
    public async Task A_number_that_was_turned_away_and_is_not_found_holds_up_no_later_one()
    {
        await using var world = await World.StartAsync();
        var contract = await LintScripts.DayOldAsync(world);
        await world.ApplyAsync(contract, "NUMBER1");
        await world.ApplyAsync(contract, "NUMBER2"); // Turned away: one debit waits. That itself is the one finding.
        await world.OrderQueryAsync("NUMBER2", "/pay/paporderquery");
        await world.AdvanceAsync(TimeSpan.FromHours(25));
        await world.OrderQueryAsync("NUMBER1", "/pay/paporderquery");
        await world.ApplyAsync(contract, "NUMBER3");
        Assert.Equal(1, await CountAsync(world, "number-changed-while-undecided"));
    }

    [Theory]
    [InlineData(true, "pass")]
    [InlineData(false, "fault")]
    public async Task SYSTEMERROR_is_followed_by_a_query(bool asks, string verdict)
    {
        await using var world = await World.StartAsync();
        var contract = await LintScripts.DayOldAsync(world);
        await world.FaultAsync(Apply, "system_error", times: 1);
        await world.ApplyAsync(contract, "NUMBER1");
        if (asks)
        {
            await world.OrderQueryAsync("NUMBER1", "/pay/paporderquery");
        }

        await world.AdvanceAsync(TimeSpan.FromHours(31));
        Assert.Equal(verdict, await VerdictAsync(world, "no-query-after-systemerror"));
    }

    [Theory]
    [InlineData("06:59:59", "fault")]
    [InlineData("07:00:00", "pass")]
    [InlineData("21:59:59", "pass")]
    [InlineData("22:00:00", "fault")]
    public async Task Debits_are_sent_between_seven_and_ten(string time, string verdict)
    {
        await using var world = await World.StartAsync(start: DateTimeOffset.Parse("2026-01-16T" + time + "+08:00", CultureInfo.InvariantCulture));
        await world.ApplyAsync("202601150000000000");
        Assert.Equal(verdict, await VerdictAsync(world, "debit-outside-hours"));
    }

    [Theory]
    [InlineData("body")]
    [InlineData("contract_display_account")]
    [InlineData("attach")]
    public async Task Emoji_are_seen_in_each_text(string field)
    {
        await using var world = await World.StartAsync();
        await world.ContractOrderAsync("oSimUser0001", (field, "会员🥭"));
        Assert.Equal("fault", await VerdictAsync(world, "wide-characters"));
    }

    [Theory]
    [InlineData(900, "pass", "error")]
    [InlineData(1_500, "fault", "warning")]
    [InlineData(6_000, "fault", "error")]
    public async Task An_answer_takes_a_second_at_most(int milliseconds, string verdict, string severity)
    {
        await using var world = await World.StartAsync(machine: new Clock.RunningMachine(World.Start));
        await NotifyAsync(world, async http =>
        {
            world.Machine.Now += TimeSpan.FromMilliseconds(milliseconds);
            await http.Response.Body.WriteAsync(Acknowledgement.Success);
        });
        var line = await LineAsync(world, "answered-late");
        Assert.Equal((verdict, severity), ((string?)line["verdict"], (string?)line["severity"]));
    }

    [Theory]
    [InlineData("\n<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[OK]]></return_msg></xml>", "fault")]
    [InlineData("\uFEFF<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[OK]]></return_msg></xml>", "fault")]
    [InlineData("{\"code\":\"SUCCESS\"}", "fault")]
    [InlineData("success", "fault")]
    [InlineData("<html><body>OK</body></html>", "fault")]
    [InlineData("", "fault")]
    [InlineData("<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[OK]]></return_msg></xml>", "pass")]
    [InlineData("<xml><return_code>SUCCESS</return_code></xml>", "pass")]
    public async Task An_acknowledgement_has_the_documented_bytes(string answer, string verdict)
    {
        await using var world = await World.StartAsync();
        await NotifyAsync(world, http => http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(answer)).AsTask());
        Assert.Equal(verdict, await VerdictAsync(world, "ack-wrong-bytes"));
    }

    [Theory]
    [InlineData("REFUND2", "fault")]
    [InlineData("REFUND1", "pass")]
    public async Task A_message_that_comes_twice_has_one_effect(string second, string verdict)
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        await world.FaultAsync("debit", "duplicate", times: 1);
        await world.ApplyAsync(await world.SignedAsync(), "NUMBER1", ("notify_url", listener.Url));
        await world.SettleAsync();
        Assert.Equal(2, listener.Got.Count);
        await world.RefundAsync("NUMBER1", "REFUND1", 100);
        await world.RefundAsync("NUMBER1", second, 100);
        Assert.Equal(verdict, await VerdictAsync(world, "missing-idempotency"));
    }

    [Fact]
    public async Task A_lie_that_is_signed_cannot_be_seen_through()
    {
        foreach (var (how, verdict) in new[] { ((string?)null, "fault"), ("signed", "not_exercised") })
        {
            await using var world = await World.StartAsync();
            var contract = await LintScripts.DayOldAsync(world);
            await world.ApplyAsync(contract, "NUMBER1");
            await world.DoAsync("/faults", new JsonObject { ["on"] = "/pay/paporderquery", ["kind"] = "lie", ["code"] = "CLOSED", ["how"] = how });
            using var query = new V2Writer();
            query.Add("appid", World.AppId).Add("mch_id", World.MchId).Add("nonce_str", "n").Add("out_trade_no", "NUMBER1");
            await world.SendAsync("/pay/paporderquery", query.Sign(World.Key, SignType.Md5).ToArray(), "text/xml");
            await world.ApplyAsync(contract, "NUMBER2");
            Assert.Equal(verdict, await VerdictAsync(world, "reply-not-verified"));
        }
    }

    [Theory]
    [InlineData(null, "fault")]
    [InlineData("https://elsewhere.example.org/", "fault")]
    [InlineData("https://www.example.com/join", "pass")]
    public async Task An_H5_page_is_opened_from_a_registered_domain(string? referer, string verdict)
    {
        await using var world = await World.StartAsync();
        await world.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["signing_domains"] = new JsonArray("example.com") });
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { BaseAddress = world.Address };
        var fields = World.With(Signing.SignOnlyTests.Fields(world, World.AppId), ("clientip", "8.8.8.8"));
        var reply = V2Message.Parse(await http.GetByteArrayAsync(Signing.SignOnlyTests.Address("/papay/h5entrustweb", fields, SignType.HmacSha256)));
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(reply["redirect_url"]!).PathAndQuery);
        request.Headers.Referrer = referer is null ? null : new(referer);
        using var answer = await http.SendAsync(request);
        Assert.Equal(verdict, await VerdictAsync(world, "signing-without-referer"));
    }

    private static async Task SendAsync(World world, string number, string contract)
    {
        using var message = new V2Writer();
        foreach (var (name, value) in world.ApplyFields(contract, number))
        {
            message.Add(name, value);
        }

        try
        {
            await world.SendAsync(Apply, message.Sign(World.Key, SignType.Md5).ToArray(), "text/xml");
        }
        catch (HttpRequestException)
        {
            // Cut off: that is the case in question.
        }
    }

    private static async Task NotifyAsync(World world, Func<Microsoft.AspNetCore.Http.HttpContext, Task> answer)
    {
        await using var listener = await Listener.StartAsync(world.Clock);
        listener.Next(answer);
        await world.ApplyAsync(await world.SignedAsync(), "NUMBER1", ("notify_url", listener.Url));
        await world.SettleAsync();
        Assert.Single(listener.Got);
    }

    private static async Task<JsonNode> LineAsync(World world, string rule) => (await world.SeeAsync("/lint?rule=" + rule))["data"]![0]!;

    private static async Task<int> CountAsync(World world, string rule) => (int)(await LineAsync(world, rule))["count"]!;

    private static async Task<string?> VerdictAsync(World world, string rule) => (string?)(await LineAsync(world, rule))["verdict"];
}
