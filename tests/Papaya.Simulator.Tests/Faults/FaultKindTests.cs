using System.Text.Json.Nodes;
using Papaya.Simulator.Faults;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Tests.Faults;

/// <summary>What each kind of fault does to whoever meets it.</summary>
public sealed class FaultKindTests
{
    private const string Apply = "/pay/pappayapply";
    private const string Query = "/pay/orderquery";

    [Theory]
    [InlineData("half_body")]
    [InlineData("wrong_length")]
    [InlineData("bad_gzip")]
    public async Task An_answer_that_cannot_be_read(string kind)
    {
        await using var world = await World.StartAsync();
        var contract = await world.SignedAsync();
        await AddAsync(world, Apply, kind, ("times", 1));
        if (kind == "bad_gzip")
        {
            Assert.StartsWith("<html>", (await world.ApplyAsync(contract, "D1")).Text, StringComparison.Ordinal);
        }
        else
        {
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => world.ApplyAsync(contract, "D1"));
        }

        await world.SettleAsync();
        Assert.Equal(kind == "bad_gzip" ? "ORDERNOTEXIST" : "SUCCESS", (await world.OrderQueryAsync("D1", "/pay/paporderquery")) is var r ? r["trade_state"] ?? r.Outcome : "");
    }

    [Fact]
    public async Task A_trickling_answer_arrives_whole()
    {
        await using var world = await World.StartAsync();
        await AddAsync(world, Query, "drip", ("delay_seconds", 0.02));
        Assert.Equal("ORDERNOTEXIST", (await world.OrderQueryAsync("X")).Outcome);
    }

    [Fact]
    public async Task A_status_of_http()
    {
        await using var world = await World.StartAsync();
        var contract = await world.SignedAsync();
        await AddAsync(world, Apply, "http", ("status", 429), ("times", 1));
        Assert.Equal(429, (await world.ApplyAsync(contract, "D1")).Status);
        Assert.Equal("SUCCESS", (await world.ApplyAsync(contract, "D1")).Outcome);
    }

    [Fact]
    public async Task Refusals_of_the_rules_choice()
    {
        await using var world = await World.StartAsync();
        var contract = await world.SignedAsync();
        await AddAsync(world, Apply, "return_fail", ("text", "系统繁忙"), ("times", 1));
        await AddAsync(world, Apply, "refuse", ("code", "RULELIMIT"), ("text", "风险"), ("times", 1));
        Assert.Equal("FAIL 系统繁忙", (await world.ApplyAsync(contract, "D1")).Outcome);
        var refused = await world.ApplyAsync(contract, "D1");
        Assert.Equal("RULELIMIT 风险", $"{refused.Outcome} {refused["err_code_des"]}");
        Assert.Equal("SUCCESS", (await world.ApplyAsync(contract, "D1")).Outcome);
    }

    [Fact]
    public async Task Only_the_contract_part_of_an_order_may_fail()
    {
        await using var world = await World.StartAsync();
        var user = await world.UserAsync();
        await AddAsync(world, "/pay/contractorder", "refuse", ("code", "SYSTEMERROR"), ("field", "contract"));
        var order = await world.ContractOrderAsync(user);
        Assert.Equal("SUCCESS FAIL SYSTEMERROR", $"{order.Outcome} {order["contract_result_code"]} {order["contract_err_code"]}");
        var act = await world.PayAsync(order, user);
        Assert.True((bool)act["paid"]! && !(bool)act["signed"]!);
    }

    [Theory]
    [InlineData("bom")]
    [InlineData("blank_lines")]
    [InlineData("padded")]
    [InlineData("plain")]
    [InlineData("shuffled")]
    [InlineData("extra")]
    [InlineData("emoji")]
    [InlineData("without")]
    public async Task Other_bytes_under_a_valid_sign(string how)
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        var contract = await world.SignedAsync();
        var usual = await world.OrderQueryAsync("X");
        await AddAsync(world, Query, "rewrite", ("how", how), ("field", how == "without" ? "appid" : null));
        var odd = await world.OrderQueryAsync("X"); // The sign is checked there.
        Assert.Equal(how == "bom", odd.Bytes[0] == 0xEF);
        Assert.NotEqual(Shape(usual), Shape(odd));
        Assert.Equal(how is "extra" or "emoji", odd.Message.Contains("new_field"u8));
        Assert.Equal(how == "without", odd["appid"] is null);

        await AddAsync(world, "debit", "rewrite", ("how", how), ("field", how == "without" ? "appid" : null));
        await world.ApplyAsync(contract, "D1", ("notify_url", listener.Url));
        await world.SettleAsync();
        Assert.True(V2Signature.Verify(listener[0], World.Key).IsValid, listener.Got[0].Body);
    }

    [Theory]
    [InlineData("gbk")]
    [InlineData("doctype")]
    [InlineData("duplicate_element")]
    public async Task Bytes_that_no_reader_should_take(string how)
    {
        await using var world = await World.StartAsync();
        await AddAsync(world, Query, "rewrite", ("how", how));
        var reply = await world.SendAsync(Query, Signed(("out_trade_no", "X")), "text/xml");
        Assert.False(V2Message.TryParse(reply.Bytes, out _, out _), reply.Text);
    }

    [Fact]
    public async Task A_field_that_came_in_after_signing()
    {
        await using var world = await World.StartAsync();
        await AddAsync(world, Query, "rewrite", ("how", "after_signing"));
        var reply = await world.SendAsync(Query, Signed(("out_trade_no", "X")), "text/xml");
        Assert.Equal("1", reply["new_field"]);
        Assert.False(V2Signature.Verify(reply.Message, World.Key).IsValid);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_old_key(bool hasOne)
    {
        const string Old = "11112222333344445555666677778888";
        await using var world = await World.StartAsync();
        if (hasOne)
        {
            await world.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["previous_key"] = Old });
        }

        await AddAsync(world, Query, "old_key");
        var reply = await world.SendAsync(Query, Signed(("out_trade_no", "X")), "text/xml");
        Assert.False(V2Signature.Verify(reply.Message, World.Key).IsValid);
        Assert.Equal(hasOne, V2Signature.Verify(reply.Message, new ApiV2Key(Old)).IsValid);
    }

    [Fact]
    public async Task A_query_may_be_behind()
    {
        await using var world = await World.StartAsync();
        var contract = await world.SignedAsync();
        await world.AdvanceAsync(TimeSpan.FromHours(13));
        await world.ApplyAsync(contract, "D1");
        await AddAsync(world, "/pay/paporderquery", "lag", ("delay_seconds", 3600));
        await AddAsync(world, "/papay/querycontract", "lag", ("delay_seconds", 3600));
        Assert.Equal("ORDERNOTEXIST", (await world.OrderQueryAsync("D1", "/pay/paporderquery")).Outcome);
        await world.AdvanceAsync(TimeSpan.FromHours(24));
        Assert.Equal("ACCEPT", (await world.OrderQueryAsync("D1", "/pay/paporderquery"))["trade_state"]);
        Assert.Single(await world.LedgerAsync(), e => (string?)e!["kind"] == "debit");
        await world.AdvanceAsync(TimeSpan.FromHours(2));
        Assert.Equal("SUCCESS", (await world.OrderQueryAsync("D1", "/pay/paporderquery"))["trade_state"]);

        await world.DoAsync($"/contracts/{contract}/terminate", new JsonObject());
        Assert.Equal("0", (await world.ContractQueryAsync(contract))["contract_state"]);
        await world.AdvanceAsync(TimeSpan.FromHours(2));
        Assert.Equal("1", (await world.ContractQueryAsync(contract))["contract_state"]);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("signed", true)]
    public async Task A_query_may_lie(string? how, bool isSigned)
    {
        await using var world = await World.StartAsync();
        var contract = await world.SignedAsync();
        await world.ApplyAsync(contract, "D1");
        await world.SettleAsync();
        await AddAsync(world, Query, "lie", ("code", "CLOSED"), ("how", how));
        var reply = await world.SendAsync(Query, Signed(("out_trade_no", "D1")), "text/xml");
        Assert.Equal("CLOSED", reply["trade_state"]);
        Assert.Equal(isSigned, V2Signature.Verify(reply.Message, World.Key).IsValid);
    }

    [Fact]
    public async Task The_user_cancels_in_the_same_instant()
    {
        await using var world = await World.StartAsync();
        var contract = await world.SignedAsync();
        await AddAsync(world, Apply, "meanwhile", ("do", Cancel(contract)));
        Assert.Equal("CONTRACT_NOT_EXIST", (await world.ApplyAsync(contract, "D1")).Outcome);

        var other = await world.SignedAsync();
        await world.ControlAsync(HttpMethod.Delete, "/faults");
        await AddAsync(world, Apply, "meanwhile", ("processed", true), ("do", Cancel(other)));
        Assert.Equal("SUCCESS", (await world.ApplyAsync(other, "D2")).Outcome);
        await world.SettleAsync();
        Assert.DoesNotContain(await world.LedgerAsync(), e => (string?)e!["kind"] == "debit");
    }

    [Fact]
    public async Task Close_loses_the_race_with_success()
    {
        await using var world = await World.StartAsync();
        var contract = await world.SignedAsync();
        await AddAsync(world, "execution", "late", ("delay_seconds", 7200));
        await AddAsync(world, "/pay/closeorder", "meanwhile", ("do", JsonNode.Parse("""{"execute":{"out_trade_no":"D1"}}""")));
        await world.ApplyAsync(contract, "D1");
        await world.AdvanceAsync(TimeSpan.FromMinutes(10));
        Assert.Equal("ORDERPAID", (await world.CloseAsync("D1")).Outcome);
    }

    [Fact]
    public async Task A_message_may_come_before_the_answer()
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        var contract = await world.SignedAsync();
        await AddAsync(world, Apply, "early");
        Assert.Equal("SUCCESS", (await world.ApplyAsync(contract, "D1", ("notify_url", listener.Url))).Outcome);
        Assert.Equal("D1", listener[0]["out_trade_no"]); // Nobody has moved the clock.
    }

    [Theory]
    [InlineData("timeout_before", 0, false)]
    [InlineData("timeout_after", 0, true)]
    [InlineData("http_500", 500, false)]
    [InlineData("html", 200, false)]
    [InlineData("half_body", 200, true)]
    [InlineData("rewrite", 200, true)]
    [InlineData("system_error", 200, true)]
    [InlineData("frequency_limited", 200, false)]
    [InlineData("return_fail", 200, false)]
    [InlineData("refuse", 200, false)]
    public async Task H5_signing_is_struck_like_other_calls(string kind, int status, bool isOpened)
    {
        await using var world = await World.StartAsync();
        await AddAsync(world, "/papay/h5entrustweb", kind, [
            ("times", 1), ("number", "H*"), .. kind switch { "refuse" => [("code", "ODD")], "rewrite" => [("how", "bom")], _ => Array.Empty<(string, JsonNode?)>() },
        ]);
        var fields = World.With(SignOnlyTests.Fields(world, World.AppId), ("clientip", "12.1.1.12"), ("contract_code", "H1"));
        var address = SignOnlyTests.Address("/papay/h5entrustweb", fields, SignType.HmacSha256);
        var other = SignOnlyTests.Address("/papay/h5entrustweb", World.With(fields, ("contract_code", "G1")), SignType.HmacSha256);
        Assert.NotNull((await AskAsync(other))!["redirect_url"]);
        var reply = await AskAsync(address);
        Assert.Equal(kind is "timeout_before" or "timeout_after" or "half_body", reply is null);
        Assert.True(reply is null || reply.Status == status, reply?.Text);
        switch (kind)
        {
            case "rewrite":
                Assert.Equal([0xEF, 0xBB, 0xBF], reply!.Bytes[..3]);
                break;
            case "return_fail":
                Assert.Equal("FAIL", reply!["return_code"]);
                break;
            case "system_error" or "frequency_limited" or "refuse":
                Assert.Equal(("SUCCESS", "FAIL", null), (reply!["return_code"], reply["result_code"], reply["redirect_url"]));
                break;
        }

        Assert.Equal(isOpened, world.State.FindOpenSession(World.MchId, "H1") is not null);
        var seen = (await world.SeeAsync("/requests"))["data"]!.AsArray()[^1]!;
        Assert.Equal((kind, status), ((string?)seen["fault"], (int)seen["status"]!));
        Assert.NotNull((await AskAsync(address))!["redirect_url"]);

        async Task<Reply?> AskAsync(string target)
        {
            try
            {
                return await world.SendAsync(target, [], null, method: HttpMethod.Get);
            }
            catch (HttpRequestException)
            {
                return null;
            }
        }
    }

    [Fact]
    public async Task The_signing_page_may_be_out_of_order()
    {
        await using var world = await World.StartAsync();
        await AddAsync(world, "*", "http_500", ("times", 1));
        await AddAsync(world, "/papay/entrustweb", "refuse", ("code", "ODD"), ("times", 1));
        var address = SignOnlyTests.Address("/papay/entrustweb", SignOnlyTests.Fields(world, World.AppId), SignType.Md5);
        Assert.Contains("Bad Gateway", await world.PageAsync(address));
        Assert.Contains("ODD", await world.PageAsync(address));
        Assert.Contains("张三", await world.PageAsync(address));
    }

    [Fact]
    public async Task A_debit_may_be_late()
    {
        await using var world = await World.StartAsync();
        var contract = await world.SignedAsync();
        await AddAsync(world, "execution", "late", ("delay_seconds", 3600));
        await world.ApplyAsync(contract, "D1");
        await world.AdvanceAsync(TimeSpan.FromMinutes(59));
        Assert.Equal("NOTPAY", (await world.OrderQueryAsync("D1"))["trade_state"]);
        await world.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Equal("SUCCESS", (await world.OrderQueryAsync("D1"))["trade_state"]);
    }

    [Fact]
    public async Task A_refund_may_be_late()
    {
        await using var world = await World.StartAsync();
        await world.SignedAsync(changes: ("out_trade_no", "P1"));
        await AddAsync(world, "refund_execution", "late", ("delay_seconds", 86400));
        await world.RefundAsync("P1", "R1", 10);
        await world.AdvanceAsync(TimeSpan.FromHours(24));
        Assert.Equal("PROCESSING", await StatusAsync());
        await world.AdvanceAsync(TimeSpan.FromMinutes(20));
        Assert.Equal("SUCCESS", await StatusAsync());

        async Task<string?> StatusAsync() => (await world.PostAsync("/pay/refundquery",
            [("appid", World.AppId), ("mch_id", World.MchId), ("nonce_str", "n"), ("out_refund_no", "R1")]))["refund_status_0"];
    }

    [Theory]
    [InlineData("abnormal", "CHANGE")]
    [InlineData("closed", "REFUNDCLOSE")]
    public async Task A_refund_may_not_arrive(string kind, string status)
    {
        await using var world = await World.StartAsync();
        await world.SignedAsync(changes: ("out_trade_no", "P1"));
        await AddAsync(world, "refund_execution", kind, ("number", "R1"));
        await world.RefundAsync("P1", "R1", 10);
        await world.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.Equal(status, (await world.PostAsync("/pay/refundquery",
            [("appid", World.AppId), ("mch_id", World.MchId), ("nonce_str", "n"), ("out_refund_no", "R1")]))["refund_status_0"]);
    }

    [Fact]
    public async Task A_lost_debit_may_be_asked_for_again_under_its_number()
    {
        await using var world = await World.StartAsync();
        var contract = await world.SignedAsync();
        await AddAsync(world, "execution", "lost", ("times", 1));
        await world.ApplyAsync(contract, "D1");
        await world.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.Equal("ORDERNOTEXIST", (await world.OrderQueryAsync("D1", "/pay/paporderquery")).Outcome);
        Assert.Equal("SUCCESS", (await world.ApplyAsync(contract, "D1")).Outcome);
        await world.SettleAsync();
        Assert.Single(await world.LedgerAsync(), e => (string?)e!["kind"] == "debit");
    }

    [Theory]
    [InlineData("RULELIMIT", "CLOSED")]
    [InlineData("SYSTEMERROR", "NOTPAY")]
    public async Task A_debit_may_fail_with_any_code(string code, string later)
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        var contract = await world.SignedAsync();
        await AddAsync(world, "execution", "fail", ("code", code));
        await world.ApplyAsync(contract, "D1", ("notify_url", listener.Url));
        await world.AdvanceAsync(TimeSpan.FromMinutes(10));
        Assert.Equal(code, listener[0]["err_code"]);
        Assert.Equal(later, (await world.OrderQueryAsync("D1"))["trade_state"]);
        Assert.Equal(later == "NOTPAY" ? "SUCCESS" : "ORDERCLOSED", (await world.CloseAsync("D1")).Outcome);
    }

    [Theory]
    [InlineData("F1", "FAIL", "NOTENOUGH", null)]
    [InlineData("F1p", "FAIL", "0", null)]
    [InlineData("F2", "SUCCESS", null, "PAY_FAIL")]
    [InlineData("F3", "SUCCESS", null, null)]
    public async Task Each_number_may_fail_in_a_shape_of_its_own(string shape, string result, string? code, string? state)
    {
        await using var world = await World.StartAsync(switches: ("debit_failure_notification", shape == "F3" ? "F1" : "F3"));
        await using var listener = await Listener.StartAsync(world.Clock);
        var (poor, rich) = (await world.UserAsync(), await world.UserAsync());
        var (fails, succeeds) = (await world.SignedAsync(poor), await world.SignedAsync(rich));
        await world.UserAsync(balance: 0, openid: poor);
        await AddAsync(world, "debit", "shape", ("how", shape), ("number", "D*"));
        listener.Acknowledges = false;
        await world.ApplyAsync(succeeds, "D2", ("notify_url", listener.Url));
        await world.SettleAsync();
        Assert.NotNull(listener[0]["transaction_id"]);
        await world.ApplyAsync(fails, "D1", ("notify_url", listener.Url));
        await world.AdvanceAsync(TimeSpan.FromSeconds(30));
        var told = listener.Got.Where(g => g.Body.Contains("D1", StringComparison.Ordinal)).Select(g => V2Message.Parse(System.Text.Encoding.UTF8.GetBytes(g.Body))).ToArray();
        Assert.All(told, m => Assert.Equal((result, code, state, null), (m["result_code"], m["err_code"], m["trade_state"], m["transaction_id"])));
        Assert.All(told, m => Assert.True(V2Signature.Verify(m, World.Key).IsValid));
        Assert.True(told.Length > 1);
        Assert.Single(told.Select(m => m["nonce_str"]).Distinct());
        Assert.Equal(told.Length, (int)(await world.SeeAsync("/faults"))["data"]![0]!["struck"]!);
    }

    [Theory]
    [InlineData("/papay/querycontract", "contract_state", "9")]
    [InlineData("/pay/refundquery", "refund_status_0", "CHANGE")]
    public async Task Queries_of_contracts_and_refunds_may_lie_too(string path, string field, string code)
    {
        await using var world = await World.StartAsync();
        var contract = await world.SignedAsync(changes: ("out_trade_no", "P1"));
        await world.RefundAsync("P1", "R1", 10);
        await AddAsync(world, path, "lie", ("code", code), ("how", "signed"));
        var reply = path == "/pay/refundquery"
            ? await world.PostAsync(path, [("appid", World.AppId), ("mch_id", World.MchId), ("nonce_str", "n"), ("out_refund_no", "R1")])
            : await world.ContractQueryAsync(contract);
        Assert.Equal(code, reply[field]);
    }

    [Fact]
    public async Task A_refund_s_query_may_be_behind()
    {
        await using var world = await World.StartAsync();
        await world.SignedAsync(changes: ("out_trade_no", "P1"));
        await world.RefundAsync("P1", "R1", 10);
        await AddAsync(world, "/pay/refundquery", "lag", ("delay_seconds", 3600));
        Assert.Equal("REFUNDNOTEXIST", (await AskAsync()).Outcome);
        await world.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.Equal("PROCESSING", (await AskAsync())["refund_status_0"]);
        await world.AdvanceAsync(TimeSpan.FromHours(2));
        Assert.Equal("SUCCESS", (await AskAsync())["refund_status_0"]);

        Task<Reply> AskAsync() => world.PostAsync("/pay/refundquery", [("appid", World.AppId), ("mch_id", World.MchId), ("nonce_str", "n"), ("out_refund_no", "R1")]);
    }

    [Fact]
    public async Task An_order_s_refunds_as_they_were_lack_those_that_came_later()
    {
        await using var world = await World.StartAsync();
        await world.SignedAsync(changes: ("out_trade_no", "P1"));
        await world.AdvanceAsync(TimeSpan.FromMinutes(30));
        await world.RefundAsync("P1", "R1", 10);
        await world.AdvanceAsync(TimeSpan.FromMinutes(45));
        await world.RefundAsync("P1", "R2", 10);
        await AddAsync(world, "/pay/refundquery", "lag", ("delay_seconds", 3600));
        Assert.Equal("REFUNDNOTEXIST", (await AskAsync()).Outcome);
        await world.AdvanceAsync(TimeSpan.FromMinutes(30));
        var behind = await AskAsync();
        Assert.Equal(("R1", null), (behind["out_refund_no_0"], behind["out_refund_no_1"]));
        await world.ControlAsync(HttpMethod.Delete, "/faults");
        Assert.Equal("R2", (await AskAsync())["out_refund_no_1"]);

        Task<Reply> AskAsync() => world.PostAsync("/pay/refundquery", [("appid", World.AppId), ("mch_id", World.MchId), ("nonce_str", "n"), ("out_trade_no", "P1")]);
    }

    [Fact]
    public async Task A_debit_may_be_executed_twice()
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        var user = await world.UserAsync(balance: 10_000);
        var contract = await world.SignedAsync(user);
        await AddAsync(world, "execution", "twice");
        await world.ApplyAsync(contract, "D1", ("notify_url", listener.Url));
        await world.SettleAsync();
        var debits = (await world.LedgerAsync()).Where(e => (string?)e!["kind"] == "debit").ToArray();
        Assert.Equal(2, debits.Select(d => (string)d!["transaction_id"]!).Distinct().Count());
        Assert.Equal(2, listener.Got.Count);
        Assert.Equal(2500, await world.BalanceAsync(user));
    }

    [Fact]
    public async Task What_is_taken_twice_is_taken_from_what_paid()
    {
        await using var world = await World.StartAsync();
        var user = await world.UserAsync(balance: 0);
        await world.DoAsync("/users", new JsonObject
        {
            ["openid"] = user, ["cards"] = new JsonArray(new JsonObject { ["bank"] = "CMB_DEBIT", ["balance"] = 7_500 }),
        });
        var contract = await world.SignedAsync(user);
        await world.DoAsync($"/users/{user}/coupons", new JsonObject { ["amount"] = 500, ["type"] = "NO_CASH" });
        await AddAsync(world, "execution", "twice");
        await world.ApplyAsync(contract, "D1");
        await world.SettleAsync();
        var seen = await world.SeeAsync("/users/" + user);
        Assert.Equal((0, 1_000), ((long)seen["balance"]!, (long)seen["cards"]![0]!["balance"]!));
        var debits = (await world.LedgerAsync()).Where(e => (string?)e!["kind"] == "debit").ToArray();
        Assert.Equal(2, debits.Length);
        Assert.All(debits, d => Assert.Equal(2_000, (long)d!["cash_amount"]!));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("concurrent")]
    public async Task A_message_may_come_thirty_times(string? how)
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        var contract = await world.SignedAsync();
        await AddAsync(world, "debit", "duplicate", ("copies", 30), ("how", how));
        await world.ApplyAsync(contract, "D1", ("notify_url", listener.Url));
        await world.SettleAsync();
        Assert.Equal(30, listener.Got.Count);
        Assert.Single(listener.Got.Select(g => g.Body).Distinct());
    }

    [Fact]
    public async Task Messages_that_are_signed_and_wrong()
    {
        const string Key = "abcdefghijklmnopqrstuvwxyz012345";
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        await world.DoAsync("/merchants", new JsonObject { ["mch_id"] = "10000101", ["key"] = Key });
        var contract = await world.SignedAsync();
        await AddAsync(world, "debit", "wrong_amount", ("amount", 7), ("times", 1));
        await AddAsync(world, "debit", "unknown_order", ("times", 1));
        await AddAsync(world, "debit", "wrong_merchant", ("times", 1));
        listener.Acknowledges = false;
        await world.ApplyAsync(contract, "D1", ("notify_url", listener.Url));
        await world.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(["2507", "2500", "2500"], Enumerable.Range(0, 3).Select(i => listener[i]["total_fee"]!));
        Assert.NotEqual("D1", listener[1]["out_trade_no"]);
        Assert.Equal("10000101", listener[2]["mch_id"]);
        Assert.All(Enumerable.Range(0, 3), i => Assert.True(V2Signature.Verify(listener[i], i == 2 ? new ApiV2Key(Key) : World.Key).IsValid));
    }

    [Fact]
    public async Task A_refund_message_with_another_amount()
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        await world.SignedAsync(changes: ("out_trade_no", "P1"));
        await AddAsync(world, "refund", "wrong_amount");
        await world.RefundAsync("P1", "R1", 10, changes: ("notify_url", listener.Url));
        await world.AdvanceAsync(TimeSpan.FromMinutes(20));
        Assert.True(RefundCipher.TryDecrypt(listener[0]["req_info"]!, World.Key, out var plain));
        Assert.Equal("11", V2Message.Parse(plain)["refund_fee"]);
    }

    [Theory]
    [InlineData("missing_line", 1)]
    [InlineData("extra_line", 3)]
    [InlineData("duplicate_rows", 4)]
    [InlineData("next_day_row", 2)]
    [InlineData("changed_file", 2)]
    [InlineData("fee_rounding", 2)]
    [InlineData("wrong_totals", 2)]
    public async Task Bills_that_do_not_fit(string kind, int rows)
    {
        await using var world = await World.StartAsync();
        await world.SignedAsync();
        await world.SignedAsync();
        await world.AdvanceAsync(TimeSpan.FromHours(24));
        var right = await world.BillAsync("20260115");
        await AddAsync(world, "/pay/downloadbill", kind);
        var wrong = await world.BillAsync("20260115");
        Assert.NotEqual(right.Text, wrong.Text);
        var lines = wrong.Text.Split("\r\n").Where(l => l.StartsWith('`')).ToArray();
        Assert.Equal(rows, lines.Length - 1);
    }

    [Fact]
    public async Task Bills_that_are_not_there()
    {
        await using var world = await World.StartAsync();
        await world.SignedAsync();
        await world.AdvanceAsync(TimeSpan.FromHours(24));
        await AddAsync(world, "/pay/downloadbill", "not_ready", ("at", "11:00"));
        Assert.Equal("FAIL Bill Creating", (await world.BillAsync("20260115")).Outcome);
        await world.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.Equal(200, (await world.BillAsync("20260115")).Status);
        await world.ControlAsync(HttpMethod.Delete, "/faults");
        var whole = (await world.BillAsync("20260115")).Bytes.Length;
        await AddAsync(world, "/pay/downloadbill", "truncated", ("times", 1));
        Assert.Equal(whole / 2, (await world.BillAsync("20260115")).Bytes.Length);
        await AddAsync(world, "/pay/downloadbill", "empty");
        Assert.Equal("FAIL No Bill Exist", (await world.BillAsync("20260115")).Outcome);
    }

    [Theory]
    [InlineData("""{"on":"/pay/pappayapply","kind":"http"}""")]
    [InlineData("""{"on":"/pay/pappayapply","kind":"http","status":200}""")]
    [InlineData("""{"on":"/pay/pappayapply","kind":"system_error","status":500}""")]
    [InlineData("""{"on":"/pay/pappayapply","kind":"rewrite","how":"odd"}""")]
    [InlineData("""{"on":"/pay/pappayapply","kind":"rewrite","how":"without"}""")]
    [InlineData("""{"on":"/pay/pappayapply","kind":"lag","delay_seconds":9}""")]
    [InlineData("""{"on":"/pay/pappayapply","kind":"refuse","code":"X","field":"contract"}""")]
    [InlineData("""{"on":"/pay/pappayapply","kind":"meanwhile","do":{"dance":{}}}""")]
    [InlineData("""{"on":"/pay/pappayapply","kind":"drip","delay_seconds":11}""")]
    [InlineData("""{"on":"/pay/downloadbill","kind":"not_ready","at":"noon"}""")]
    [InlineData("""{"on":"debit","kind":"duplicate","copies":1}""")]
    [InlineData("""{"on":"execution","kind":"drop"}""")]
    [InlineData("""{"on":"/v3/papay/contracts/{contract_id}/notify","kind":"rewrite","how":"doctype"}""")]
    [InlineData("""{"on":"/v3/papay/contracts/{contract_id}/notify","kind":"lag","delay_seconds":9}""")]
    [InlineData("""{"on":"v3_debit","kind":"shape","how":"F2"}""")]
    [InlineData("""{"on":"payment","kind":"shape","how":"F2"}""")]
    [InlineData("""{"on":"debit","kind":"shape","how":"F4"}""")]
    [InlineData("""{"on":"debit","kind":"skewed_clock","skew_seconds":600}""")]
    [InlineData("""{"on":"v3_debit","kind":"skewed_clock","skew_seconds":0}""")]
    [InlineData("""{"on":"v3_debit","kind":"skewed_clock"}""")]
    [InlineData("""{"on":"/pay/pappayapply","kind":"after_close","processed":false}""")]
    [InlineData("""{"on":"handshake","kind":"tls_failure"}""")]
    [InlineData("""{"on":"/pay/pappayapply","kind":"wrong_certificate","how":"name"}""")]
    [InlineData("""{"on":"/pay/pappayapply","kind":"html","host":"api.mch.weixin.qq.com"}""")]
    [InlineData("""{"on":"/pay/downloadbill","kind":"bad_signature"}""")]
    [InlineData("""{"on":"/pay/downloadbill","kind":"old_key"}""")]
    [InlineData("""{"on":"/pay/downloadbill","kind":"rewrite","how":"shuffled"}""")]
    [InlineData("""{"on":"/pay/downloadbill","kind":"long","rows":1}""")]
    [InlineData("""{"on":"/pay/downloadfundflow","kind":"long","rows":9}""")]
    [InlineData("""{"on":"/pay/downloadfundflow","kind":"fee_rounding"}""")]
    [InlineData("""{"on":"/v3/billdownload/file","kind":"old_key"}""")]
    [InlineData("""{"on":"/v3/billdownload/file","kind":"long","rows":9}""")]
    [InlineData("""{"on":"debit","kind":"probe"}""")]
    [InlineData("""{"on":"/v3/papay/contracts/{contract_id}/notify","kind":"meanwhile","do":{"dance":{}}}""")]
    [InlineData("""{"on":"/v3/papay/contracts/{contract_id}/notify","kind":"return_fail"}""")]
    [InlineData("""{"on":"/v3/papay/contracts/{contract_id}/notify","kind":"old_key","how":"apiv3"}""")]
    [InlineData("""{"on":"/pay/pappayapply","kind":"refuse","code":"X","status":429}""")]
    [InlineData("""{"on":"/papay/entrustweb","kind":"half_body"}""")]
    [InlineData("""{"on":"/papay/h5entrustweb","kind":"bad_signature"}""")]
    public async Task A_kind_without_what_it_needs_is_refused(string rule)
    {
        await using var world = await World.StartAsync();
        var (status, json) = await world.ControlAsync(HttpMethod.Post, "/faults", JsonNode.Parse(rule));
        Assert.Equal(400, status);
        Assert.NotEmpty((string)json!["reason"]!);
    }

    [Fact]
    public void The_catalogue_has_every_kind_under_its_own_name()
    {
        Assert.Equal(Enum.GetValues<FaultKind>().Order(), FaultCatalogue.All.Select(e => e.Kind).Order());
        Assert.All(FaultCatalogue.All, e => Assert.Equal($"\"{e.Wire}\"", System.Text.Json.JsonSerializer.Serialize(e.Kind, Papaya.Simulator.Control.ControlJson.Default.FaultKind)));
    }

    private static JsonObject Cancel(string contract) => new() { ["terminate"] = new JsonObject { ["contract_id"] = contract, ["mode"] = 2 } };

    /// <summary>The bytes without what differs in every answer.</summary>
    private static string Shape(Reply reply) =>
        System.Text.RegularExpressions.Regex.Replace(reply.Text.Replace("\uFEFF", "BOM", StringComparison.Ordinal), "[0-9A-Za-z]{32}", "#", System.Text.RegularExpressions.RegexOptions.NonBacktracking);

    private static byte[] Signed(params (string Name, string Value)[] fields)
    {
        using var writer = new V2Writer();
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)[("appid", World.AppId), ("mch_id", World.MchId), ("nonce_str", "n"), .. fields])
        {
            writer.Add(name, value);
        }

        return writer.Sign(World.Key, SignType.Md5).ToArray();
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
