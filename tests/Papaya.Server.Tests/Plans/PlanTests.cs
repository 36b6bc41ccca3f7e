using System.Net;
using System.Text.Json.Nodes;
using Papaya.Billing.Debits;
using Papaya.Server.Plans;
using Papaya.Testing;

namespace Papaya.Server.Tests.Plans;

public sealed class PlanTests : IAsyncLifetime
{
    private RunningServer _server = null!; // Set by InitializeAsync.

    public async Task InitializeAsync() => _server = await RunningServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_plan_is_made_and_read_back()
    {
        var made = await _server.SendAsync("/v1/plans", Body("vip").ToJsonString());
        Assert.Equal(HttpStatusCode.Created, made.Status);
        var plan = made.Json;
        Assert.StartsWith("pln_", (string?)plan["id"], StringComparison.Ordinal);
        Assert.Equal("2026-03-01T02:00:00Z", (string?)plan["created_at"]);
        Assert.Equal(1800, (long?)plan["first_amount"]);
        Assert.Equal("month", (string?)plan["interval"]!["unit"]);
        Assert.Equal(made.Text, (await _server.SendAsync("/v1/plans/vip")).Text);
        Assert.Equal("not_found", (await _server.SendAsync("/v1/plans/none")).Code);
    }

    [Fact]
    public async Task A_plan_may_have_policies_of_its_own()
    {
        var policies = JsonNode.Parse("{\"single_most\":4000,\"failures_to_suspend\":0}");
        var made = await _server.SendAsync("/v1/plans", Body("strict", ("policies", policies)).ToJsonString());
        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.Equal("{\"single_most\":4000,\"failures_to_suspend\":0}", (await _server.SendAsync("/v1/plans/strict")).Json["policies"]!.ToJsonString());
        var plan = await _server.Db.ReadAsync(reader => new PlanBook().FindByCodeAsync(reader, "strict"));
        var over = plan!.Policies!.Over(new DebitPolicies());
        Assert.Equal((4000, 10, 0, 200), (over.SingleMost, over.DailyMost, over.FailuresToSuspend, over.JumpPercent));
    }

    [Fact]
    public async Task What_is_absent_stays_absent()
    {
        var made = await _server.SendAsync("/v1/plans", Body("plain", ("first_amount", null)).ToJsonString());
        Assert.DoesNotContain("first_amount", made.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_code_is_taken_once()
    {
        await _server.SendAsync("/v1/plans", Body("once").ToJsonString());
        var again = await _server.SendAsync("/v1/plans", Body("once").ToJsonString());
        Assert.Equal((HttpStatusCode.Conflict, "plan_exists", "code"), (again.Status, again.Code, again.Field));
    }

    [Theory]
    [InlineData("code", "\"with space\"", "invalid_value", "code")]
    [InlineData("name", "\"\"", "invalid_value", "name")]
    [InlineData("name", "\"会员🎁\"", "invalid_value", "name")]
    [InlineData("name", "\"会员\\u0007\"", "invalid_value", "name")]
    [InlineData("template_id", "99", "invalid_value", "template_id")]
    [InlineData("template_id", "12536", "invalid_value", "template_id")]
    [InlineData("mode", "\"pre_notice\"", "invalid_value", "mode")]
    [InlineData("mode", "\"pay_later\"", "invalid_value", "mode")]
    [InlineData("mode", "\"monthly\"", "invalid_value", "mode")]
    [InlineData("amount", "0", "invalid_value", "amount")]
    [InlineData("amount", "5001", "invalid_value", "amount")]
    [InlineData("first_amount", "0", "invalid_value", "first_amount")]
    [InlineData("fee", "\"fixed\"", "invalid_value", "fee")]
    [InlineData("fee", "\"free\"", "invalid_value", "fee")]
    [InlineData("policies", "{\"daily_most\":-1}", "invalid_value", "policies.daily_most")]
    [InlineData("interval", "null", "invalid_value", "interval.unit")]
    [InlineData("interval", "{\"unit\":\"hour\",\"count\":1}", "invalid_value", "interval.unit")]
    [InlineData("interval", "{\"unit\":\"month\",\"count\":0}", "invalid_value", "interval.count")]
    [InlineData("interval", "{\"unit\":\"year\",\"count\":3}", "invalid_value", "interval.count")]
    public async Task A_bad_plan_is_refused_by_member(string member, string value, string code, string field)
    {
        var reply = await _server.SendAsync("/v1/plans", Body("bad", (member, JsonNode.Parse(value))).ToJsonString());
        Assert.Equal(422, (int)reply.Status);
        Assert.Equal((code, field), (reply.Code, reply.Field));
        Assert.NotEmpty((string)reply.Json["detail"]!);
    }

    [Fact]
    public async Task What_does_not_exist_is_no_member_and_no_mode()
    {
        var trial = await _server.SendAsync("/v1/plans", Body("trial", ("trial_days", 7)).ToJsonString());
        Assert.Equal((400, "unknown_member", "trial_days"), ((int)trial.Status, trial.Code, trial.Field));
        var mode = await _server.SendAsync("/v1/plans", Body("mode", ("mode", "pre_notice")).ToJsonString());
        Assert.Equal("mode must be delay_24h or pay_later.", (string?)mode.Json["title"]);
        Assert.DoesNotContain("trial_days", (await _server.SendAsync("/openapi/v1.json")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_is_walked_page_by_page_in_order()
    {
        for (var i = 0; i < 7; i++)
        {
            await _server.SendAsync("/v1/plans", Body($"p{i}").ToJsonString());
        }

        var (codes, sizes, after) = (new List<string>(), new List<int>(), "");
        while (true)
        {
            var page = (await _server.SendAsync($"/v1/plans?limit=3{after}")).Json;
            codes.AddRange(page["data"]!.AsArray().Select(p => (string)p!["code"]!));
            sizes.Add(page["data"]!.AsArray().Count);
            Assert.True(page.AsObject().ContainsKey("next"));
            if (page["next"] is not { } next)
            {
                break;
            }

            after = "&after=" + (string)next!;
        }

        Assert.Equal([3, 3, 1], sizes);
        Assert.Equal(Enumerable.Range(0, 7).Select(i => $"p{i}"), codes.Order());
        Assert.Equal("{\"data\":[],\"next\":null}", (await _server.SendAsync("/v1/events")).Text);
    }

    private static JsonObject Body(string code, params (string Member, JsonNode? Value)[] changes)
    {
        var body = new JsonObject
        {
            ["code"] = code,
            ["name"] = "月度会员",
            ["template_id"] = 12535,
            ["mode"] = "delay_24h",
            ["amount"] = 2500,
            ["first_amount"] = 1800,
            ["fee"] = "capped",
            ["interval"] = new JsonObject { ["unit"] = "month", ["count"] = 1 },
        };
        foreach (var (member, value) in changes)
        {
            body[member] = value;
        }

        return body;
    }
}
