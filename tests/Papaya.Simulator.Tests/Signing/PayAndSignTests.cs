using System.Text;
using System.Text.Json.Nodes;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Tests.Signing;

public sealed class PayAndSignTests
{
    [Theory]
    [InlineData("FAIL")]
    [InlineData("absent")]
    public async Task A_refused_order_says_what_became_of_its_contract_part(string switched)
    {
        await using var world = await World.StartAsync(switches: ("contractorder_failed_contract", switched));
        var reply = await world.ContractOrderAsync(await world.UserAsync(), ("plan_id", "999"), ("out_trade_no", "P0001"));
        Assert.Equal(("SUCCESS", "INVALID PLAN_ID"), (reply["return_code"], reply.Outcome));
        Assert.Equal(
            switched == "absent" ? (null, null, null, null) : ("FAIL", "INVALID PLAN_ID", reply["err_code_des"], "P0001"),
            (reply["contract_result_code"], reply["contract_err_code"], reply["contract_err_code_des"], reply["out_trade_no"]));
    }

    [Fact]
    public async Task Paying_with_the_switch_on_pays_and_signs()
    {
        await using var world = await World.StartAsync();
        var openid = await world.UserAsync(10_000);
        var order = await world.ContractOrderAsync(openid, ("out_trade_no", "P1"), ("contract_code", "C1"), ("attach", "a&b"));
        Assert.Equal("SUCCESS", order.Outcome);
        Assert.Equal(("SUCCESS", "P1", "12535", "C1", "张三", "1000"),
            (order["contract_result_code"], order["out_trade_no"], order["plan_id"], order["contract_code"], order["contract_display_account"], order["request_serial"]));
        Assert.Matches("^wx20260115100000[0-9a-f]{20}$", order["prepay_id"]);

        var done = await world.PayAsync(order, openid);
        Assert.True((bool)done["paid"]! && (bool)done["signed"]!);
        var contract = (string)done["contract_id"]!;
        Assert.Matches("^20260115[0-9]{10}$", contract);
        Assert.Equal(7_500, await world.BalanceAsync(openid));

        var query = await world.OrderQueryAsync("P1");
        Assert.Equal(("SUCCESS", "2500", "JSAPI", openid, "a&b", "20260115100000"),
            (query["trade_state"], query["total_fee"], query["trade_type"], query["openid"], query["attach"], query["time_end"]));
        Assert.Matches("^42000[0-9]{23}$", query["transaction_id"]);
        var state = await world.ContractQueryAsync(contract);
        Assert.Equal(("0", openid, "C1", "2026-01-15 10:00:00", null), (state["contract_state"], state["openid"], state["contract_code"], state["contract_signed_time"], state["nonce_str"]));
        Assert.Equal(contract, (await world.ContractQueryByCodeAsync("C1"))["contract_id"]);
        var entry = Assert.Single(await world.LedgerAsync());
        Assert.Equal(("payment", "P1", 2500L, contract), ((string?)entry!["kind"], (string?)entry["out_trade_no"], (long)entry["amount"]!, (string?)entry["contract_id"]));
    }

    [Theory]
    [InlineData("not_ticked")]
    [InlineData("already_signed")]
    [InlineData("account_abnormal")]
    [InlineData("too_many_items")]
    [InlineData("template_closed")]
    public async Task A_payment_succeeds_without_a_contract(string reason)
    {
        await using var world = await World.StartAsync();
        var openid = await world.UserAsync(account: reason == "account_abnormal" ? "abnormal" : "normal");
        if (reason == "already_signed")
        {
            await world.SignedAsync(openid);
        }
        else if (reason == "too_many_items")
        {
            await world.DoAsync("/users", new JsonObject { ["openid"] = openid, ["other_items"] = 199 });
            await world.SignedAsync(openid, "12537");
        }

        var order = await world.ContractOrderAsync(openid, ("out_trade_no", "P1"), ("contract_code", "C1"));
        Assert.Equal("SUCCESS", order["contract_result_code"]);
        if (reason == "template_closed")
        {
            var template = DebitTests.Template(5_000, 12535);
            template["disabled"] = true;
            await world.DoAsync("/templates", template);
        }

        var done = await world.PayAsync(order, openid, sign: reason != "not_ticked");
        Assert.Equal((true, false, reason), ((bool)done["paid"]!, (bool)done["signed"]!, (string?)done["reason"]));
        Assert.Equal("SUCCESS", (await world.OrderQueryAsync("P1"))["trade_state"]);
        Assert.Equal("CONTRACT_NOT_EXIST", (await world.ContractQueryByCodeAsync("C1")).Outcome);
    }

    [Theory]
    [InlineData("not_enough")]
    [InlineData("account_closed")]
    [InlineData("another_user")]
    [InlineData("cancelled")]
    public async Task Nothing_is_paid_and_nothing_signed(string reason)
    {
        await using var world = await World.StartAsync();
        var openid = await world.UserAsync(reason == "not_enough" ? 2_499 : 10_000, reason == "account_closed" ? "closed" : "normal");
        var order = await world.ContractOrderAsync(openid, ("out_trade_no", "P1"));
        var done = await world.DoAsync("/cashier/" + order["prepay_id"], new JsonObject
        {
            ["openid"] = reason == "another_user" ? "oSimUser0001" : openid, ["action"] = reason == "cancelled" ? "cancel" : "pay", ["sign"] = true,
        });
        Assert.Equal((false, false, reason), ((bool)done["paid"]!, (bool)done["signed"]!, (string?)done["reason"]));
        Assert.Equal("NOTPAY", (await world.OrderQueryAsync("P1"))["trade_state"]);
        Assert.Empty(await world.LedgerAsync());
    }

    [Theory]
    [InlineData("openid", null, "PARAMETER FAIL")]
    [InlineData("trade_type", "NATIVE", "PARAMETER FAIL")]
    [InlineData("trade_type", "CASH", "PARAMETER FAIL")]
    [InlineData("contract_mchid", "999", "PARAMETER FAIL")]
    [InlineData("contract_appid", "wxother", "PARAMETER FAIL")]
    [InlineData("total_fee", "0", "PARAMETER FAIL")]
    [InlineData("total_fee", "01", "PARAMETER FAIL")]
    [InlineData("total_fee", "2.5", "PARAMETER FAIL")]
    [InlineData("total_fee", "-1", "PARAMETER FAIL")]
    [InlineData("contract_display_account", "emoji 😀", "PARAMETER FAIL")]
    [InlineData("contract_code", "has space", "PARAMETER FAIL")]
    [InlineData("contract_code", "a-b", "PARAMETER FAIL")]
    [InlineData("request_serial", "007", "PARAMETER FAIL")]
    [InlineData("request_serial", "9223372036854775808", "PARAMETER FAIL")]
    [InlineData("notify_url", "http://127.0.0.1/x?y=1", "PARAMETER FAIL")]
    [InlineData("notify_url", "ftp://127.0.0.1/x", "PARAMETER FAIL")]
    [InlineData("contract_notify_url", "https:///x", "PARAMETER FAIL")]
    [InlineData("spbill_create_ip", "::1", "PARAMETER FAIL")]
    [InlineData("spbill_create_ip", "256.1.1.1", "PARAMETER FAIL")]
    [InlineData("out_trade_no", "订单1", "PARAMETER FAIL")]
    [InlineData("body", null, "PARAMETER FAIL")]
    [InlineData("body", "", "PARAMETER FAIL")]
    [InlineData("fee_type", "USD", "PARAMETER FAIL")]
    [InlineData("limit_pay", "everything", "PARAMETER FAIL")]
    [InlineData("time_expire", "20260115100500", "PARAMETER FAIL")]
    [InlineData("time_expire", "20261315100000", "PARAMETER FAIL")]
    [InlineData("plan_id", "999999", "INVALID PLAN_ID")]
    [InlineData("openid", "oNobody", "PARAM_ERROR")]
    [InlineData("appid", "wx0000000000000000", "APPID_NOT_EXIST")]
    [InlineData("mch_id", "10000999", "FAIL 商户号不存在")]
    [InlineData("mch_id", null, "FAIL 缺少参数mch_id")]
    [InlineData("sub_mch_id", "1", "FAIL 不识别的参数sub_mch_id")]
    public async Task A_wrong_parameter_is_refused(string name, string? value, string outcome)
    {
        await using var world = await World.StartAsync();
        Assert.Equal(outcome, (await world.ContractOrderAsync("oSimUser0001", (name, value))).Outcome);
        Assert.Equal(404, (await world.ControlAsync(HttpMethod.Get, "/orders/pay000001")).Status);
    }

    [Fact]
    public async Task Lengths_are_counted_in_bytes_or_characters_as_documented()
    {
        await using var world = await World.StartAsync();
        Assert.Equal("SUCCESS", (await world.ContractOrderAsync("oSimUser0001", ("body", new string('a', 127)))).Outcome);
        Assert.Equal("PARAMETER FAIL", (await world.ContractOrderAsync("oSimUser0001", ("body", new string('会', 43)))).Outcome);
        Assert.Equal("SUCCESS", (await world.ContractOrderAsync("oSimUser0001", ("contract_display_account", new string('会', 64)))).Outcome);
        Assert.Equal("PARAMETER FAIL", (await world.ContractOrderAsync("oSimUser0001", ("contract_display_account", new string('会', 65)))).Outcome);
        Assert.Equal("PARAMETER FAIL", (await world.ContractOrderAsync("oSimUser0001", ("out_trade_no", new string('1', 33)))).Outcome);
    }

    [Fact]
    public async Task An_app_of_another_merchant_does_not_match()
    {
        await using var world = await World.StartAsync();
        await world.DoAsync("/merchants", new JsonObject
        {
            ["mch_id"] = "1900000109", ["apps"] = new JsonArray(new JsonObject { ["app_id"] = "wx8888888888888888", ["kind"] = "official_account" }),
        });
        Assert.Equal("APPID_MCHID_NOT_MATCH", (await world.ContractOrderAsync("oSimUser0001", ("appid", "wx8888888888888888"))).Outcome);
    }

    [Fact]
    public async Task Parameter_errors_may_come_unsigned_by_switch()
    {
        await using var world = await World.StartAsync(switches: ("parameter_errors", "return"));
        Assert.Equal("FAIL 参数格式校验错误:total_fee", (await world.ContractOrderAsync("oSimUser0001", ("total_fee", "0"))).Outcome);
    }

    [Fact]
    public async Task The_same_order_again_gets_the_same_prepay_id_and_another_under_its_number_does_not()
    {
        await using var world = await World.StartAsync();
        var fields = world.OrderFields("oSimUser0001");
        var first = await world.PostAsync("/pay/contractorder", fields);
        var again = await world.PostAsync("/pay/contractorder", World.With(fields, ("nonce_str", "other")));
        Assert.Equal(first["prepay_id"], again["prepay_id"]);
        Assert.Equal("OUT_TRADE_NO_USED", (await world.PostAsync("/pay/contractorder", World.With(fields, ("total_fee", "2501")))).Outcome);

        await world.PayAsync(first, "oSimUser0001");
        Assert.Equal("ORDERPAID", (await world.PostAsync("/pay/contractorder", fields)).Outcome);
    }

    [Fact]
    public async Task Unpaid_orders_close_after_two_hours_or_when_they_say()
    {
        await using var world = await World.StartAsync();
        var fields = world.OrderFields("oSimUser0001", ("out_trade_no", "P1"));
        var order = await world.PostAsync("/pay/contractorder", fields);
        await world.ContractOrderAsync("oSimUser0001", ("out_trade_no", "P2"), ("time_expire", "20260115103000"));
        await world.AdvanceAsync(TimeSpan.FromMinutes(30));
        Assert.Equal("CLOSED", (await world.OrderQueryAsync("P2"))["trade_state"]);
        await world.AdvanceAsync(TimeSpan.FromMinutes(90) - TimeSpan.FromSeconds(1));
        Assert.Equal("NOTPAY", (await world.OrderQueryAsync("P1"))["trade_state"]);
        await world.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal("CLOSED", (await world.OrderQueryAsync("P1"))["trade_state"]);
        Assert.Equal("ORDERCLOSED", (await world.PostAsync("/pay/contractorder", fields)).Outcome);
        Assert.Equal(409, (await world.ControlAsync(HttpMethod.Post, "/cashier/" + order["prepay_id"],
            new JsonObject { ["openid"] = "oSimUser0001", ["action"] = "pay", ["sign"] = true })).Status);
    }

    [Theory]
    [InlineData("MWEB", 300)]
    [InlineData("JSAPI", 7_200)]
    [InlineData("NATIVE", 7_200)]
    public async Task An_open_order_is_not_paid_by_an_old_link_and_asked_again_gives_another(string type, int seconds)
    {
        await using var world = await World.StartAsync();
        var fields = world.OrderFields(type == "JSAPI" ? "oSimUser0001" : null, ("trade_type", type), ("product_id", "7"), ("time_expire", "20260117100000"));
        var order = await world.PostAsync("/pay/contractorder", fields);
        await world.AdvanceAsync(TimeSpan.FromSeconds(seconds));
        Assert.Equal(order["prepay_id"], (await world.PostAsync("/pay/contractorder", fields))["prepay_id"]);
        await world.AdvanceAsync(TimeSpan.FromSeconds(1));
        var late = await world.PayAsync(order, "oSimUser0001");
        Assert.Equal((false, "link_expired"), ((bool)late["paid"]!, (string?)late["reason"]));
        Assert.Empty(await world.LedgerAsync());

        var again = await world.PostAsync("/pay/contractorder", fields);
        Assert.Equal((false, "link_expired"), ((bool)(late = await world.PayAsync(order, "oSimUser0001"))["paid"]!, (string?)late["reason"]));
        Assert.True((bool)(await world.PayAsync(again, "oSimUser0001"))["signed"]!);
    }

    [Theory]
    [InlineData("limit_pay", "no_credit")]
    [InlineData("contract_outerid", "张*三（13800138000）")]
    [InlineData("goods_tag", "WXG")]
    [InlineData("time_start", "20260115095900")]
    public async Task An_unpaid_order_again_with_one_parameter_more_is_another_order(string name, string value)
    {
        await using var world = await World.StartAsync();
        var fields = world.OrderFields("oSimUser0001");
        Assert.Equal("SUCCESS", (await world.PostAsync("/pay/contractorder", fields)).Outcome);
        Assert.Equal("OUT_TRADE_NO_USED", (await world.PostAsync("/pay/contractorder", World.With(fields, (name, value)))).Outcome);
        Assert.Equal("SUCCESS", (await world.ContractOrderAsync("oSimUser0002", (name, value))).Outcome);
    }

    [Fact]
    public async Task An_order_may_be_closed_after_five_minutes()
    {
        await using var world = await World.StartAsync();
        await world.ContractOrderAsync("oSimUser0001", ("out_trade_no", "P1"));
        var paid = await world.ContractOrderAsync("oSimUser0001", ("out_trade_no", "P2"));
        await world.PayAsync(paid, "oSimUser0001");
        Assert.Equal("TRADE_STATE_ERROR", (await world.CloseAsync("P1")).Outcome);
        await world.AdvanceAsync(TimeSpan.FromMinutes(5));
        Assert.Equal("SUCCESS", (await world.CloseAsync("P1")).Outcome);
        Assert.Equal("ORDERCLOSED", (await world.CloseAsync("P1")).Outcome);
        Assert.Equal("ORDERPAID", (await world.CloseAsync("P2")).Outcome);
        Assert.Equal("ORDERNOTEXIST", (await world.CloseAsync("P3")).Outcome);
    }

    [Fact]
    public async Task Too_early_a_close_may_be_refused_at_the_first_level()
    {
        await using var world = await World.StartAsync(switches: ("close_too_early", "return_fail"));
        await world.ContractOrderAsync("oSimUser0001", ("out_trade_no", "P1"));
        Assert.StartsWith("FAIL", (await world.CloseAsync("P1")).Outcome, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Native_has_a_code_url_and_h5_a_link_to_the_cashier()
    {
        await using var world = await World.StartAsync();
        var native = await world.ContractOrderAsync(null, ("trade_type", "NATIVE"), ("product_id", "p1"));
        Assert.StartsWith("weixin://wxpay/bizpayurl?pr=", native["code_url"], StringComparison.Ordinal);
        var h5 = await world.ContractOrderAsync(null, ("trade_type", "MWEB"));
        Assert.Contains($"/cashier/{h5["prepay_id"]}?prepay_id={h5["prepay_id"]}", h5["mweb_url"], StringComparison.Ordinal);
        var app = await world.ContractOrderAsync(null, ("trade_type", "APP"), ("appid", "wx2421b1c4370ec43b"), ("contract_appid", "wx2421b1c4370ec43b"));
        Assert.Equal(("SUCCESS", null, null), (app.Outcome, app["code_url"], app["mweb_url"]));
    }

    [Theory]
    [InlineData("order_fails", "CONTRACT_CODE DUPLICATION", "CONTRACT_CODE DUPLICATION")]
    [InlineData("contract_part_fails", "SUCCESS", "CONTRACT_CODE DUPLICATION")]
    public async Task A_contract_code_in_use_is_refused(string value, string outcome, string? part)
    {
        await using var world = await World.StartAsync(switches: ("contract_code_duplication", value));
        await world.SignedAsync(changes: ("contract_code", "C1"));
        var order = await world.ContractOrderAsync("oSimUser0001", ("contract_code", "C1"));
        Assert.Equal((outcome, part), (order.Outcome, order["contract_err_code"]));
        if (outcome == "SUCCESS")
        {
            var done = await world.PayAsync(order, "oSimUser0001");
            Assert.Equal((true, false, "not_offered"), ((bool)done["paid"]!, (bool)done["signed"]!, (string?)done["reason"]));
        }
    }

    [Theory]
    [InlineData("allowed", "SUCCESS")]
    [InlineData("refused", "CONTRACT_CODE DUPLICATION")]
    public async Task A_terminated_contract_s_code_may_be_signed_again_by_switch(string value, string outcome)
    {
        await using var world = await World.StartAsync(switches: ("contract_code_reuse", value));
        var contract = await world.SignedAsync("oSimUser0001", changes: ("contract_code", "C1"));
        await world.DeleteContractAsync(contract);
        Assert.Equal(outcome, (await world.ContractOrderAsync("oSimUser0001", ("contract_code", "C1"))).Outcome);
    }

    [Fact]
    public async Task The_contract_part_may_say_already_signed_by_switch()
    {
        await using var world = await World.StartAsync(switches: ("already_signed", "contract_part_fails"));
        await world.SignedAsync("oSimUser0001");
        var order = await world.ContractOrderAsync("oSimUser0001");
        Assert.Equal(("SUCCESS", "FAIL", "Fail", "已签约"), (order.Outcome, order["contract_result_code"], order["contract_err_code"], order["contract_err_code_des"]));
    }

    [Fact]
    public async Task A_blocked_template_signs_nobody()
    {
        await using var world = await World.StartAsync();
        var template = DebitTests.Template(5_000, 12535);
        template["signing_blocked"] = true;
        await world.DoAsync("/templates", template);
        Assert.Equal("MERCHANT AUTHORITY ERROR", (await world.ContractOrderAsync("oSimUser0001")).Outcome);
    }

    [Fact]
    public async Task A_contract_ends_by_the_merchant_s_call()
    {
        await using var world = await World.StartAsync();
        var contract = await world.SignedAsync();
        var ended = await world.DeleteContractAsync(contract);
        Assert.Equal(("SUCCESS", contract, null), (ended.Outcome, ended["contract_id"], ended["nonce_str"]));
        var query = await world.ContractQueryAsync(contract);
        Assert.Equal(("1", "3", "测试", "2026-01-15 10:00:00"),
            (query["contract_state"], query["contract_termination_mode"], query["contract_termination_remark"], query["contract_terminated_time"]));
        Assert.Equal("CONTRACT_NOT_EXIST", (await world.DeleteContractAsync(contract)).Outcome);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(7)]
    public async Task A_contract_ends_by_other_routes_with_their_mode(int mode)
    {
        await using var world = await World.StartAsync(switches: ("delete_terminated", "succeeds"));
        var contract = await world.SignedAsync();
        await world.DoAsync($"/contracts/{contract}/terminate", new JsonObject { ["mode"] = mode });
        Assert.Equal(mode.ToString(), (await world.ContractQueryAsync(contract))["contract_termination_mode"]);
        Assert.Equal(409, (await world.ControlAsync(HttpMethod.Post, $"/contracts/{contract}/terminate")).Status);
        Assert.Equal("SUCCESS", (await world.DeleteContractAsync(contract)).Outcome);
        Assert.Equal(mode.ToString(), (await world.ContractQueryAsync(contract))["contract_termination_mode"]);
    }

    [Fact]
    public async Task Querycontract_takes_one_way_of_naming_a_contract()
    {
        await using var world = await World.StartAsync();
        var contract = await world.SignedAsync(changes: ("contract_code", "C1"));
        (string, string?)[] who = [("appid", World.AppId), ("mch_id", World.MchId), ("version", "1.0")];
        Assert.Equal("RESULT NULL", (await world.PostAsync("/papay/querycontract", [.. who, ("contract_id", ""), ("plan_id", "12535"), ("contract_code", "C1")])).Outcome);
        Assert.Equal("PARAMETER FAIL", (await world.PostAsync("/papay/querycontract", [.. who, ("contract_id", contract), ("contract_code", "C1")])).Outcome);
        Assert.Equal("PARAMETER FAIL", (await world.PostAsync("/papay/querycontract", who)).Outcome);
        Assert.Equal("PARAMETER FAIL", (await world.PostAsync("/papay/querycontract", [.. who[..2], ("contract_id", contract)])).Outcome);
        Assert.Equal("CONTRACT_NOT_EXIST", (await world.ContractQueryByCodeAsync("C1", "12537")).Outcome);
        Assert.Equal("SUCCESS", (await world.PostAsync("/papay/querycontract", [.. who, ("contract_id", contract), ("nonce_str", "x")])).Outcome);
    }

    [Fact]
    public async Task Querycontract_s_silent_points_are_switches()
    {
        await using var world = await World.StartAsync(switches: [("contract_not_found", "RESULT NULL"), ("signing_in_progress", "state_9"), ("papay_nonce", "refused")]);
        await world.ContractOrderAsync("oSimUser0001", ("contract_code", "C1"));
        Assert.Equal("9", (await world.ContractQueryByCodeAsync("C1"))["contract_state"]);
        Assert.Equal("RESULT NULL", (await world.ContractQueryByCodeAsync("C2")).Outcome);
        Assert.Equal("FAIL 不识别的参数nonce_str", (await world.PostAsync("/papay/querycontract",
            [("appid", World.AppId), ("mch_id", World.MchId), ("contract_id", "1"), ("version", "1.0"), ("nonce_str", "x")])).Outcome);
    }

    [Fact]
    public async Task Replies_are_signed_with_the_request_s_algorithm()
    {
        await using var world = await World.StartAsync();
        var hmac = await world.PostAsync("/pay/contractorder", world.OrderFields("oSimUser0001"), SignType.HmacSha256);
        Assert.Equal(64, hmac["sign"]!.Length);
        Assert.Equal(32, (await world.ContractOrderAsync("oSimUser0001"))["sign"]!.Length);
    }

    [Fact]
    public async Task A_wrong_key_a_missing_sign_and_an_unannounced_algorithm_are_refused()
    {
        await using var world = await World.StartAsync();
        var fields = world.OrderFields("oSimUser0001");
        Assert.StartsWith("FAIL 签名错误", (await world.PostAsync("/pay/contractorder", fields, key: new(new string('0', 32)))).Outcome, StringComparison.Ordinal);
        using var unsigned = new V2Writer();
        using var silent = new V2Writer();
        foreach (var (name, value) in fields)
        {
            unsigned.Add(name, value);
            silent.Add(name, value);
        }

        Assert.StartsWith("FAIL 签名错误", (await world.SendAsync("/pay/contractorder", unsigned.Unsigned().ToArray(), null)).Outcome, StringComparison.Ordinal);
        Assert.StartsWith("FAIL 签名错误", (await world.SendAsync("/pay/contractorder", silent.Sign(World.Key, SignType.HmacSha256).ToArray(), null)).Outcome, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_key_before_the_last_reset_is_still_accepted()
    {
        await using var world = await World.StartAsync();
        await world.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["previous_key"] = "0123456789abcdef0123456789abcdef" });
        Assert.Equal("SUCCESS", (await world.PostAsync("/pay/contractorder", world.OrderFields("oSimUser0001"), key: new("0123456789abcdef0123456789abcdef"))).Outcome);
    }

    [Theory]
    [InlineData("", "post数据为空")]
    [InlineData("<xml><broken", "XML格式错误")]
    [InlineData("<xml><a>1</a><a>2</a></xml>", "XML格式错误")]
    [InlineData("""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><xml><appid>&e;</appid></xml>""", "XML格式错误")]
    public async Task What_is_not_a_message_is_refused(string body, string text)
    {
        await using var world = await World.StartAsync();
        Assert.Equal("FAIL " + text, (await world.SendAsync("/pay/contractorder", Encoding.UTF8.GetBytes(body), "text/xml")).Outcome);
    }

    [Fact]
    public async Task Other_methods_and_encodings_are_refused()
    {
        await using var world = await World.StartAsync();
        Assert.Equal("FAIL 请使用post方法", (await world.SendAsync("/pay/orderquery", [], null, method: HttpMethod.Put)).Outcome);
        Assert.StartsWith("FAIL 编码格式错误", (await world.SendAsync("/pay/orderquery", [.. "<xml><a>"u8, 0xD6, 0xD0, .. "</a></xml>"u8], null)).Outcome, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/xml")]
    [InlineData("text/xml")]
    [InlineData("application/octet-stream")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData(null)]
    public async Task Any_content_type_and_any_style_of_xml_is_read(string? contentType)
    {
        await using var world = await World.StartAsync();
        var fields = world.OrderFields("oSimUser0001");
        var sign = V2Signature.Compute(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)), World.Key, SignType.Md5);
        var body = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<xml>\n");
        foreach (var (name, value) in fields.AsEnumerable().Reverse())
        {
            body.Append($"  <{name}><![CDATA[{value}]]></{name}>\n");
        }

        body.Append($"  <attach></attach>\n  <detail/>\n  <sign>{sign.ToLowerInvariant()}</sign>\n</xml>\n");
        Assert.Equal("SUCCESS", (await world.SendAsync("/pay/contractorder", Encoding.UTF8.GetBytes(body.ToString()), contentType)).Outcome);
    }
}
