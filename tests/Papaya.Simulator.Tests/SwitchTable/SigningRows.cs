using System.Text.Json.Nodes;
using Papaya.Simulator.Tests.Signing;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;
using static Papaya.Simulator.Tests.SwitchTable.SwitchRow;

namespace Papaya.Simulator.Tests.SwitchTable;

/// <summary>Switches of signing, with and without payment.</summary>
internal static class SigningRows
{
    private static readonly ApiV2Key Wrong = new("ffffffffffffffffffffffffffffffff");

    public static IEnumerable<SwitchRow> All => [.. Orders, .. Sessions];

    private static IEnumerable<SwitchRow> Orders =>
    [
        new("already_signed", "an order of a user who has signed", async w =>
        {
            await w.SignedAsync("oSimUser0001");
            var order = await w.ContractOrderAsync("oSimUser0001");
            return $"{order["contract_result_code"]} {order["contract_err_code_des"]}";
        }, ("pre_sign_success", "SUCCESS "), ("contract_part_fails", "FAIL 已签约")),
        new("contract_code_duplication", "an order with the code of an active contract", async w =>
        {
            await w.SignedAsync(changes: ("contract_code", "C1"));
            var order = await w.ContractOrderAsync("oSimUser0001", ("contract_code", "C1"));
            return $"{order["result_code"]} {order["contract_err_code"]}";
        }, ("order_fails", "FAIL CONTRACT_CODE DUPLICATION"), ("contract_part_fails", "SUCCESS CONTRACT_CODE DUPLICATION")),
        new("contract_code_reuse", "an order with the code of a contract that is over", async w =>
        {
            await w.DeleteContractAsync(await w.SignedAsync(changes: ("contract_code", "C1")));
            return (await w.ContractOrderAsync("oSimUser0001", ("contract_code", "C1"))).Outcome;
        }, ("allowed", "SUCCESS"), ("refused", "CONTRACT_CODE DUPLICATION")),
        new("contractorder_codes", "an order of nothing", async w => (await w.ContractOrderAsync("oSimUser0001", ("total_fee", "0"))).Outcome,
            ("own", "PARAMETER FAIL"), ("unified", "PARAM_ERROR")),
        new("contractorder_codes", "an order with a wrong sign", async w => (await w.PostAsync("/pay/contractorder", w.OrderFields("oSimUser0001"), key: Wrong)).Outcome,
            ("own", "FAIL SIGN_ERROR"), ("unified", "FAIL SIGNERROR")) { Beside = [("transport_errors", "code")] },
        new("contractorder_codes", "an order without permission", async w =>
        {
            await w.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["may_debit"] = false });
            return (await w.ContractOrderAsync("oSimUser0001")).Outcome;
        }, ("own", "MERCHANT PERMISSION ERROR"), ("unified", "NOAUTH")),
        new("request_serial_repeat", "an order with the serial of a contract", async w =>
        {
            await w.SignedAsync(changes: ("request_serial", "77"));
            return $"{(await w.ContractOrderAsync("oSimUser0001", ("request_serial", "77"))).Outcome} {(await w.ContractOrderAsync("oSimUser0001", ("request_serial", "78"))).Outcome}";
        }, ("allowed", "SUCCESS SUCCESS"), ("refused", "PARAMETER FAIL SUCCESS")),
        new("paid_not_signed", "a payment with signing by a user who has signed", async w =>
        {
            await w.SignedAsync("oSimUser0001");
            var done = await w.PayAsync(await w.ContractOrderAsync("oSimUser0001", ("out_trade_no", "P1")), "oSimUser0001");
            return $"paid: {done["paid"]}, signed: {done["signed"]}, {done["reason"]}, {(await w.OrderQueryAsync("P1"))["trade_state"]}";
        }, ("possible", "paid: true, signed: false, already_signed, SUCCESS"), ("never", "paid: false, signed: false, already_signed, NOTPAY")),
        new("paid_not_signed", "a payment without signing", async w =>
        {
            var done = await w.PayAsync(await w.ContractOrderAsync("oSimUser0001"), "oSimUser0001", sign: false);
            return $"paid: {done["paid"]}, {done["reason"]}";
        }, ("possible", "paid: true, not_ticked"), ("never", "paid: true, not_ticked")),
        new("contractorder_changed", "an unpaid number with another amount", async w =>
        {
            var fields = w.OrderFields("oSimUser0001");
            await w.PostAsync("/pay/contractorder", fields);
            return (await w.PostAsync("/pay/contractorder", World.With(fields, ("total_fee", "2501")))).Outcome;
        }, ("OUT_TRADE_NO_USED", "OUT_TRADE_NO_USED"), ("201", "201")),
        new("contractorder_failed_contract", "an order of no template", async w =>
        {
            var order = await w.ContractOrderAsync("oSimUser0001", ("plan_id", "999"), ("out_trade_no", "P1"));
            return $"{order.Outcome} {order["contract_result_code"]} {order["out_trade_no"]}";
        }, ("FAIL", "INVALID PLAN_ID FAIL P1"), ("absent", "INVALID PLAN_ID  ")),
        new("contractorder_unknown_openid", "an order of nobody", async w => (await w.ContractOrderAsync("oNobody")).Outcome,
            ("PARAM_ERROR", "PARAM_ERROR"), ("RESULT_NULL", "RESULT NULL")),
        new("contractorder_same_again", "the same order twice", async w =>
        {
            var fields = w.OrderFields("oSimUser0001");
            return (await w.PostAsync("/pay/contractorder", fields))["prepay_id"] == (await w.PostAsync("/pay/contractorder", fields))["prepay_id"] ? "same" : "fresh";
        }, ("same_prepay_id", "same"), ("fresh_prepay_id", "fresh")),
        new("contractorder_fee", "a first payment that is not the price", async w => (await w.ContractOrderAsync("oSimUser0001", ("plan_id", "12536"), ("total_fee", "2400"))).Outcome,
            ("free", "SUCCESS"), ("template_first_price", "PARAMETER FAIL")),
        new("cashier_order_of_messages", "a payment with its contract", async w =>
        {
            await w.SignedAsync();
            return string.Join(' ', (await w.SeeAsync("/deliveries"))["data"]!.AsArray().Select(d => (string?)d!["kind"]));
        }, ("payment_first", "payment contract"), ("contract_first", "contract payment")),
    ];

    private static IEnumerable<SwitchRow> Sessions =>
    [
        new("contract_code_reuse", "signing the code of a contract that is over", async w =>
        {
            await w.DeleteContractAsync(await w.SignedAsync(changes: ("contract_code", "C1")));
            var url = SignOnlyTests.Address("/papay/entrustweb", World.With(SignOnlyTests.Fields(w, World.AppId), ("contract_code", "C1")), SignType.Md5);
            return await EntrustAsync(w, new() { ["url"] = url });
        }, ("allowed", "signed"), ("refused", "contract_code_used")),
        new("papay_nonce", "a signing page with nonce_str", async w =>
        {
            var url = SignOnlyTests.Address("/papay/entrustweb", World.With(SignOnlyTests.Fields(w, World.AppId), ("nonce_str", "x")), SignType.Md5);
            return await EntrustAsync(w, new() { ["url"] = url });
        }, ("tolerated", "signed"), ("refused", "PARAM_ERROR: 不识别的参数nonce_str")),
        new("request_serial_repeat", "signing pages with the serial of a contract", async w =>
        {
            await w.SignedAsync(changes: ("request_serial", "77"));
            var fields = World.With(SignOnlyTests.Fields(w, Presets.MobileApp), ("request_serial", "78"));
            await w.PostAsync("/papay/preentrustweb", fields);
            var same = await w.PostAsync("/papay/preentrustweb", fields);
            return $"{same.Outcome} {(await w.PostAsync("/papay/preentrustweb", World.With(fields, ("request_serial", "77")))).Outcome}";
        }, ("allowed", "SUCCESS SUCCESS"), ("refused", "SUCCESS PARAM_ERROR")),
        new("v2_timestamp", "signing with a timestamp of another day, of the test clock, and of the machine", async w =>
        {
            await w.AdvanceAsync(TimeSpan.FromHours(1));
            List<string> told = [];
            foreach (var time in (DateTimeOffset[])[World.Start.AddDays(-9), w.Now, World.Start])
            {
                told.Add((await w.PostAsync("/papay/preentrustweb", World.With(SignOnlyTests.Fields(w, Presets.MobileApp), ("timestamp", time.ToUnixTimeSeconds().ToString())))).Outcome);
            }

            return string.Join(' ', told);
        }, ("any", "SUCCESS SUCCESS SUCCESS"), ("both", "PARAM_ERROR SUCCESS SUCCESS"), ("virtual", "PARAM_ERROR SUCCESS PARAM_ERROR"), ("wall", "PARAM_ERROR PARAM_ERROR SUCCESS")),
        new("presign_refresh", "preentrustweb twice", async w =>
        {
            var fields = SignOnlyTests.Fields(w, Presets.MobileApp);
            return (await w.PostAsync("/papay/preentrustweb", fields))["pre_entrustweb_id"] == (await w.PostAsync("/papay/preentrustweb", fields))["pre_entrustweb_id"] ? "same" : "new";
        }, ("same_session", "same"), ("new_session", "new")),
        new("presign_app_kind", "preentrustweb with an official account", async w => (await w.PostAsync("/papay/preentrustweb", SignOnlyTests.Fields(w, World.AppId))).Outcome,
            ("mobile_app", "APPID_MCHID_NOT_MATCH"), ("any", "SUCCESS")),
        new("app_open_within", "WeChat opened after 21 seconds", w => OpenedAfterAsync(w, 21), ("120s", "signed"), ("20s", "expired")),
        new("app_open_within", "WeChat opened after 20 seconds", w => OpenedAfterAsync(w, 20), ("120s", "signed"), ("20s", "signed")),
        new("app_open_within", "WeChat opened after 121 seconds", w => OpenedAfterAsync(w, 121), ("120s", "expired"), ("20s", "expired")),
        new("h5_sign_type", "h5entrustweb that names and signs its algorithm", async w => await H5Async(w, true), ("either", "SUCCESS"), ("refused_when_named", "FAIL SIGN_ERROR")),
        new("h5_sign_type", "h5entrustweb that names no algorithm", async w => await H5Async(w, false), ("either", "SUCCESS"), ("refused_when_named", "SUCCESS")),
        new("h5_reply_text", "h5entrustweb", async w =>
        {
            var reply = await w.SendAsync(Address(w, "/papay/h5entrustweb"), [], null, method: HttpMethod.Get);
            return $"{reply["return_code"]} {reply["return_msg"]} {reply["result_code"]} {reply["result_msg"]}";
        }, ("OK", "SUCCESS OK SUCCESS "), ("error_texts", "SUCCESS PARAM_ERROR SUCCESS SIGN_ERROR")),
        new("entrust_too_long", "an address of more than 1024 bytes", async w =>
            (await w.SendAsync(Address(w, "/papay/entrustweb", ("contract_code", new('c', 1_100))), [], null, method: HttpMethod.Get)).Status.ToString(),
            ("502", "502"), ("accepted", "200")),
        new("entrust_too_long", "an address of 1024 bytes", async w =>
        {
            var shorter = Address(w, "/papay/entrustweb", ("contract_code", ""));
            var room = 1_024 - (w.Address.Authority.Length + "https://".Length + shorter.Length);
            return (await w.SendAsync(Address(w, "/papay/entrustweb", ("contract_code", new('c', room))), [], null, method: HttpMethod.Get)).Status.ToString();
        }, ("502", "200"), ("accepted", "200")),
    ];

    private static string Address(World world, string path, params (string, string?)[] changes) => SignOnlyTests.Address(
        path, World.With(SignOnlyTests.Fields(world, World.AppId), path.Contains("h5", StringComparison.Ordinal) ? [("clientip", "12.1.1.12"), .. changes] : changes),
        path.Contains("h5", StringComparison.Ordinal) ? SignType.HmacSha256 : SignType.Md5);

    private static async Task<string?> H5Async(World world, bool isNamed)
    {
        var reply = await world.SendAsync(Address(world, "/papay/h5entrustweb", isNamed ? [("sign_type", "HMAC-SHA256")] : []), [], null, method: HttpMethod.Get);
        return reply["result_code"] + (reply["result_msg"] is { } text ? " " + text : null);
    }

    private static async Task<string?> OpenedAfterAsync(World world, int seconds)
    {
        var reserved = await world.PostAsync("/papay/preentrustweb", World.With(SignOnlyTests.Fields(world, Presets.MobileApp), ("return_app", "Y")));
        await world.AdvanceAsync(TimeSpan.FromSeconds(seconds));
        return await EntrustAsync(world, new() { ["pre_entrustweb_id"] = reserved["pre_entrustweb_id"] });
    }

    private static async Task<string?> EntrustAsync(World world, JsonObject who)
    {
        (who["openid"], who["action"]) = ("oSimUser0001", "agree");
        var done = await SignOnlyTests.EntrustAsync(world, who);
        return (bool)done["signed"]! ? "signed" : (string?)done["reason"];
    }
}
