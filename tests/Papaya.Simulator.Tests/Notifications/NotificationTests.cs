using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Tests.Notifications;

public sealed class NotificationTests
{
    // docs/reference/wechat-rules.md §11: cumulative seconds after the first send.
    private static readonly int[] ContractTable =
        [0, 10, 20, 30, 60, 90, 120, .. Enumerable.Range(1, 23).Select(i => 120 + (300 * i))];

    private static readonly int[] DebitTable = [0, 15, 30, 60, 240, 2040, 3840, 5640, 7440, 11040];

    private static readonly int[] PaymentTable =
        [0, 15, 30, 60, 240, 840, 2040, 3840, 5640, 7440, 11040, 21840, 32640, 43440, 65040, 86640];

    [Fact]
    public async Task Why_a_message_was_not_acknowledged_is_told()
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        listener.Next(404, "gone");
        listener.Next(200, "success");
        await world.SignedAsync("oSimUser0001", "12535", ("contract_notify_url", listener.Url));
        await world.AdvanceAsync(TimeSpan.FromSeconds(25));
        var sends = (await world.SeeAsync("/notifications"))["data"]!.AsArray();
        Assert.Equal(["http_status", "body", null], sends.Where(s => (string?)s!["url"] == listener.Url).Select(s => (string?)s!["why"]));
        var refused = sends.First(s => ((string?)s!["url"])!.Contains(":9/", StringComparison.Ordinal))!;
        Assert.Equal("connection_refused", (string?)refused["why"]);
        Assert.Contains("没有程序监听这个地址", await world.PageAsync($"/room/journal/{refused["id"]}?lang=zh"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_contract_s_schedule_is_followed_to_its_end()
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        listener.Acknowledges = false;
        await world.SignedAsync(changes: ("contract_notify_url", listener.Url));
        await AssertScheduleAsync(world, listener, ContractTable);
        Assert.Equal(30, listener.Got.Count);
    }

    [Fact]
    public async Task The_payment_s_schedule_is_followed_to_its_end()
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        listener.Acknowledges = false;
        await world.SignedAsync(changes: ("notify_url", listener.Url));
        await AssertScheduleAsync(world, listener, PaymentTable);
    }

    [Fact]
    public async Task The_debit_s_schedule_is_followed_to_its_end()
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        listener.Acknowledges = false;
        await world.ApplyAsync(await world.SignedAsync(), changes: ("notify_url", listener.Url));
        await AssertScheduleAsync(world, listener, DebitTable);
    }

    [Fact]
    public async Task The_refund_s_schedule_is_followed_to_its_end()
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        listener.Acknowledges = false;
        await world.SignedAsync(changes: ("out_trade_no", "P1"));
        await world.RefundAsync("P1", "R1", 100, changes: ("notify_url", listener.Url));
        await world.AdvanceAsync(TimeSpan.FromMinutes(20));
        await AssertScheduleAsync(world, listener, PaymentTable);
    }

    [Theory]
    [InlineData(500, "<xml><return_code>SUCCESS</return_code></xml>")]
    [InlineData(200, "<xml><return_code>FAIL</return_code></xml>")]
    [InlineData(200, "success")]
    [InlineData(200, "")]
    [InlineData(200, "{\"code\":\"SUCCESS\"}")]
    [InlineData(302, "<xml><return_code>SUCCESS</return_code></xml>")]
    public async Task Only_2xx_with_return_code_SUCCESS_is_an_acknowledgement(int status, string body)
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        listener.Next(status, body);
        listener.Next(201, "<xml><return_code><![CDATA[SUCCESS]]></return_code></xml>");
        await world.SignedAsync(changes: ("notify_url", listener.Url));
        await world.AdvanceAsync(TimeSpan.FromHours(3));
        Assert.Equal(2, listener.Got.Count);
    }

    [Fact]
    public async Task A_message_that_is_dropped_while_it_is_sent_is_not_sent_again()
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        listener.Next(async http =>
        {
            var id = (string?)(await world.SeeAsync("/deliveries?kind=contract"))["data"]!.AsArray().Single()!["id"];
            await world.DoAsync($"/notifications/{id}/drop", new JsonObject());
            http.Response.StatusCode = 500;
        });
        await world.SignedAsync(changes: ("contract_notify_url", listener.Url));
        await world.AdvanceAsync(TimeSpan.FromDays(1));
        Assert.Single(listener.Got);
    }

    [Fact]
    public async Task A_listener_that_hangs_up_or_is_not_there_is_tried_again()
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        listener.Next(http =>
        {
            http.Abort();
            return Task.CompletedTask;
        });
        await world.SignedAsync(changes: [("notify_url", listener.Url), ("out_trade_no", "P1"), ("contract_notify_url", "http://127.0.0.1:1/nobody")]);
        await world.AdvanceAsync(TimeSpan.FromSeconds(15));
        Assert.Equal(2, listener.Got.Count);
        var sends = (await world.SeeAsync("/notifications?out_trade_no=P1"))["data"]!.AsArray();
        Assert.Equal([(0, false), (200, true)], sends.Select(s => ((int)s!["status"]!, (bool)s["acknowledged"]!)));
        Assert.Equal(2, (await world.SeeAsync("/notifications"))["data"]!.AsArray().Count(s => (string?)s!["kind"] == "contract"));
    }

    [Fact]
    public async Task Payment_and_contract_results_carry_their_fields_and_a_valid_sign()
    {
        foreach (var type in (SignType[])[SignType.Md5, SignType.HmacSha256])
        {
            await using var world = await World.StartAsync();
            await using var payment = await Listener.StartAsync(world.Clock);
            await using var contract = await Listener.StartAsync(world.Clock);
            var openid = await world.UserAsync();
            var order = await world.PostAsync("/pay/contractorder", world.OrderFields(openid, ("out_trade_no", "P1"), ("contract_code", "C1"),
                ("notify_url", payment.Url), ("contract_notify_url", contract.Url), ("attach", "a<b"), ("device_info", "WEB")), type);
            var id = (string)(await world.PayAsync(order, openid))["contract_id"]!;
            await world.SettleAsync();

            var paid = payment[0];
            Assert.Equal(type, AssertSigned(paid));
            Assert.Equal(
                ("SUCCESS", "SUCCESS", openid, "JSAPI", "2500", "2500", "P1", "a<b", "WEB", "20260115100000", id),
                (paid["return_code"], paid["result_code"], paid["openid"], paid["trade_type"], paid["total_fee"], paid["cash_fee"], paid["out_trade_no"],
                    paid["attach"], paid["device_info"], paid["time_end"], paid["contract_id"]));
            Assert.Null(paid["trade_state"]);
            var signed = contract[0];
            Assert.Equal(type, AssertSigned(signed));
            Assert.Equal(("ADD", "C1", "12535", openid, id, "2026-01-15 10:00:00", "1000"),
                (signed["change_type"], signed["contract_code"], signed["plan_id"], signed["openid"], signed["contract_id"], signed["operate_time"], signed["request_serial"]));
            Assert.False(signed.Contains("appid"u8) || signed.Contains("nonce_str"u8));
            Assert.NotNull(signed["contract_expired_time"]);
        }
    }

    [Fact]
    public async Task Without_a_contract_the_payment_says_so_and_no_contract_result_comes()
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        var order = await world.ContractOrderAsync("oSimUser0001", ("notify_url", listener.Url), ("contract_notify_url", listener.Url));
        await world.PayAsync(order, "oSimUser0001", sign: false);
        await world.AdvanceAsync(TimeSpan.FromDays(1));
        Assert.Single(listener.Got);
        Assert.Null(listener[0]["contract_id"]);
    }

    [Fact]
    public async Task A_debit_s_success_carries_its_fields()
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        var contract = await world.SignedAsync();
        await world.ApplyAsync(contract, "D1", ("notify_url", listener.Url), ("attach", "x"));
        await world.SettleAsync();
        var debited = listener[0];
        AssertSigned(debited);
        Assert.Equal(
            ("SUCCESS", "SUCCESS", "SUCCESS", "2500", "2500", "D1", "x", contract, "20260115100000"),
            (debited["return_code"], debited["result_code"], debited["trade_state"], debited["total_fee"], debited["cash_fee"], debited["out_trade_no"], debited["attach"],
                debited["contract_id"], debited["time_end"]));
        Assert.NotNull(debited["transaction_id"]);
    }

    [Theory]
    [InlineData("F1", "FAIL", "NOTENOUGH", null)]
    [InlineData("F2", "SUCCESS", null, "PAY_FAIL")]
    [InlineData("F3", "SUCCESS", null, null)]
    public async Task A_debit_s_failure_has_the_chosen_shape(string shape, string result, string? code, string? state)
    {
        await using var world = await World.StartAsync(switches: ("debit_failure_notification", shape));
        await using var listener = await Listener.StartAsync(world.Clock);
        var contract = await world.SignedAsync(await world.UserAsync(2_500));
        await world.ApplyAsync(contract, "D1", ("notify_url", listener.Url));
        await world.SettleAsync();
        var failed = listener[0];
        AssertSigned(failed);
        Assert.Equal((result, code, state, "D1", contract, null),
            (failed["result_code"], failed["err_code"], failed["trade_state"], failed["out_trade_no"], failed["contract_id"], failed["transaction_id"]));
    }

    [Fact]
    public async Task A_termination_goes_to_the_template_s_address()
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        var template = DebitTests.Template(5_000, 12535);
        template["terminate_notify_url"] = listener.Url;
        var contract = await world.SignedAsync();
        await world.DoAsync("/templates", template);
        await world.DoAsync($"/contracts/{contract}/terminate", new JsonObject { ["mode"] = 2 });
        await world.SettleAsync();
        AssertSigned(listener[0]);
        Assert.Equal(("DELETE", "2", contract), (listener[0]["change_type"], listener[0]["contract_termination_mode"], listener[0]["contract_id"]));
    }

    [Fact]
    public async Task Preset_templates_send_terminations_where_the_options_say()
    {
        await using var outside = await Listener.StartAsync(TimeProvider.System);
        await using var world = await World.StartAsync(terminateUrl: outside.Url);
        await world.DeleteContractAsync(await world.SignedAsync());
        await world.SettleAsync();
        Assert.Equal("3", outside[0]["contract_termination_mode"]);
    }

    [Fact]
    public async Task A_refund_s_result_is_encrypted_and_unsigned()
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        await world.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["refund_notify_url"] = listener.Url });
        await world.SignedAsync(changes: ("out_trade_no", "P1"));
        await world.RefundAsync("P1", "R1", 1_000);
        await world.AdvanceAsync(TimeSpan.FromMinutes(20));
        var outer = listener[0];
        Assert.False(outer.Contains("sign"u8));
        Assert.True(RefundCipher.TryDecrypt(outer["req_info"]!, World.Key, out var plain));
        var inner = V2Message.Parse(plain);
        Assert.Equal(("R1", "P1", "1000", "2500", "SUCCESS", "支付用户零钱", "API"),
            (inner["out_refund_no"], inner["out_trade_no"], inner["refund_fee"], inner["total_fee"], inner["refund_status"], inner["refund_recv_accout"], inner["refund_request_source"]));
    }

    [Fact]
    public async Task A_thousand_messages_due_at_once_are_all_sent_before_time_moves_on()
    {
        await using var world = await World.StartAsync(frequencyLimit: false);
        await using var listener = await Listener.StartAsync(world.Clock);
        foreach (var contract in world.State.SeedContracts(1_000))
        {
            Assert.Equal("SUCCESS", (await world.ApplyAsync(contract.ContractId, changes: ("notify_url", listener.Url))).Outcome);
        }

        await world.AdvanceAsync(TimeSpan.FromHours(25));
        Assert.Equal(1_000, listener.Got.Count);
        Assert.All(listener.Got, g => Assert.Equal(World.Start.AddHours(24), g.At));
    }

    private static SignType AssertSigned(V2Message message)
    {
        var check = V2Signature.Verify(message, World.Key);
        Assert.True(check.IsValid);
        return check.Type;
    }

    private static async Task AssertScheduleAsync(World world, Listener listener, int[] table)
    {
        await world.AdvanceAsync(TimeSpan.FromDays(3));
        var first = listener.Got[0].At;
        Assert.Equal(table, listener.Got.Select(g => (int)(g.At - first).TotalSeconds));
        Assert.Single(listener.Got.Select(g => g.Body).Distinct());
    }
}
