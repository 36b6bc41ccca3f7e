using System.Text.Json.Nodes;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Tests.Faults;

public sealed class FaultTests
{
    [Fact]
    public async Task Timeout_before_does_nothing_and_timeout_after_does_all_without_a_word()
    {
        await using var world = await World.StartAsync();
        var contract = await world.SignedAsync();
        await world.FaultAsync("/pay/pappayapply", "timeout_before", times: 1);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => world.ApplyAsync(contract, "D1"));
        Assert.Equal("ORDERNOTEXIST", (await world.OrderQueryAsync("D1", "/pay/paporderquery")).Outcome);

        await world.FaultAsync("/pay/pappayapply", "timeout_after", times: 1);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => world.ApplyAsync(contract, "D1"));
        await world.SettleAsync();
        Assert.Equal("SUCCESS", (await world.OrderQueryAsync("D1"))["trade_state"]);
        Assert.Equal("ORDERPAID", (await world.ApplyAsync(contract, "D1")).Outcome);

        var journal = (await world.SeeAsync("/requests?path=/pay/pappayapply"))["data"]!.AsArray();
        Assert.Equal([0, 0, 200], journal.Select(r => (int)r!["status"]!));
        Assert.Contains("<out_trade_no>D1</out_trade_no>", (string?)journal[0]!["request"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "SUCCESS")]
    [InlineData(false, "ORDERNOTEXIST")]
    public async Task System_error_comes_after_processing_unless_told_otherwise(bool? processed, string truth)
    {
        await using var world = await World.StartAsync();
        var contract = await world.SignedAsync();
        await world.FaultAsync("/pay/pappayapply", "system_error", times: 1, processed: processed);
        Assert.Equal("SYSTEMERROR", (await world.ApplyAsync(contract, "D1")).Outcome);
        await world.SettleAsync();
        var order = await world.OrderQueryAsync("D1", "/pay/paporderquery");
        Assert.Equal(truth, order["trade_state"] ?? order.Outcome);
    }

    [Theory]
    [InlineData("http_500", 500)]
    [InlineData("html", 200)]
    public async Task A_page_instead_of_xml(string kind, int status)
    {
        await using var world = await World.StartAsync();
        var contract = await world.SignedAsync();
        await world.FaultAsync("/pay/pappayapply", kind, times: 1);
        var reply = await world.ApplyAsync(contract, "D1");
        Assert.Equal(status, reply.Status);
        Assert.StartsWith("<html>", reply.Text, StringComparison.Ordinal);
        await world.SettleAsync();
        Assert.Equal("ORDERNOTEXIST", (await world.OrderQueryAsync("D1", "/pay/paporderquery")).Outcome);

        await world.FaultAsync("/pay/pappayapply", kind, times: 1, processed: true);
        await world.ApplyAsync(contract, "D1");
        await world.SettleAsync();
        Assert.Equal("SUCCESS", (await world.OrderQueryAsync("D1"))["trade_state"]);
    }

    [Fact]
    public async Task Frequency_limited_is_not_accepted()
    {
        await using var world = await World.StartAsync();
        var contract = await world.SignedAsync();
        await world.FaultAsync("/pay/pappayapply", "frequency_limited", times: 1);
        Assert.Equal("FREQUENCY_LIMITED", (await world.ApplyAsync(contract, "D1")).Outcome);
        Assert.Equal("SUCCESS", (await world.ApplyAsync(contract, "D1")).Outcome);
    }

    [Fact]
    public async Task A_reply_and_a_message_may_carry_a_wrong_sign()
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        var contract = await world.SignedAsync();
        await world.FaultAsync("/pay/orderquery", "bad_signature", times: 1);
        var error = await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() => world.OrderQueryAsync("D1"));
        Assert.Contains("ORDERNOTEXIST", error.Message, StringComparison.Ordinal);

        await world.FaultAsync("debit", "bad_signature", times: 1);
        listener.Acknowledges = false;
        await world.ApplyAsync(contract, "D1", ("notify_url", listener.Url));
        await world.AdvanceAsync(TimeSpan.FromSeconds(15));
        Assert.False(V2Signature.Verify(listener[0], World.Key).IsValid);
        Assert.True(V2Signature.Verify(listener[1], World.Key).IsValid);
    }

    [Fact]
    public async Task A_dropped_send_is_repeated_by_the_schedule()
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        await world.FaultAsync("payment", "drop", times: 2);
        await world.SignedAsync(changes: ("notify_url", listener.Url));
        await world.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.Equal(World.Start.AddSeconds(30), Assert.Single(listener.Got).At);
    }

    [Fact]
    public async Task A_duplicate_arrives_twice_and_is_then_done()
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        await world.FaultAsync("contract", "duplicate", times: 1);
        await world.SignedAsync(changes: ("contract_notify_url", listener.Url));
        await world.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.Equal(2, listener.Got.Count);
        Assert.Equal(listener.Got[0].Body, listener.Got[1].Body);
    }

    [Fact]
    public async Task A_delayed_message_stays_scheduled_when_the_rules_are_cleared()
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        await world.FaultAsync("refund", "delay", delaySeconds: 600);
        await world.SignedAsync(changes: ("out_trade_no", "P1"));
        await world.RefundAsync("P1", "R1", 10, changes: ("notify_url", listener.Url));
        await world.AdvanceAsync(TimeSpan.FromMinutes(12));
        Assert.Empty(listener.Got);
        Assert.Equal(1, (int)(await world.SeeAsync("/faults"))["data"]!.AsArray()[0]!["struck"]!);
        Assert.Equal(204, (await world.ControlAsync(HttpMethod.Delete, "/faults")).Status);
        await world.AdvanceAsync(TimeSpan.FromMinutes(12));
        Assert.Single(listener.Got);
        Assert.Empty((await world.SeeAsync("/faults"))["data"]!.AsArray());
    }

    [Fact]
    public async Task Chance_repeats_itself_for_the_same_seed()
    {
        var runs = new List<string>();
        foreach (var seed in (int[])[5, 5, 6])
        {
            await using var world = await World.StartAsync();
            var contract = await world.SignedAsync();
            await world.DoAsync("/faults", new JsonObject { ["on"] = "/pay/orderquery", ["kind"] = "system_error", ["probability"] = 0.5, ["seed"] = seed });
            var outcomes = "";
            for (var i = 0; i < 40; i++)
            {
                outcomes += (await world.OrderQueryAsync("X")).Outcome == "SYSTEMERROR" ? "!" : ".";
            }

            runs.Add(outcomes);
        }

        Assert.Equal(runs[0], runs[1]);
        Assert.NotEqual(runs[0], runs[2]);
        Assert.InRange(runs[0].Count(c => c == '!'), 10, 30);
    }

    [Theory]
    [InlineData("""{"on":"/pay/nothing","kind":"system_error"}""")]
    [InlineData("""{"on":"debit","kind":"timeout_before"}""")]
    [InlineData("""{"on":"/pay/pappayapply","kind":"drop"}""")]
    [InlineData("""{"on":"debit","kind":"delay"}""")]
    [InlineData("""{"on":"debit","kind":"drop","times":0}""")]
    [InlineData("""{"on":"debit","kind":"drop","probability":2}""")]
    [InlineData("""{"on":"/pay/orderquery","kind":"amount_off_by_one_fen"}""")]
    [InlineData("""{"on":"debit","kind":"surprise"}""")]
    [InlineData("""{"on":"debit","kind":"drop","oops":1}""")]
    [InlineData("""{"kind":"drop"}""")]
    public async Task A_rule_that_makes_no_sense_is_refused(string rule)
    {
        await using var world = await World.StartAsync();
        var (status, json) = await world.ControlAsync(HttpMethod.Post, "/faults", JsonNode.Parse(rule));
        Assert.Equal(400, status);
        Assert.NotEmpty((string)json!["reason"]!);
    }
}
