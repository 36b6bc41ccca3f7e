using System.Text.Json.Nodes;
using Papaya.WeChatPay.Wire;
using static Papaya.Simulator.Tests.SwitchTable.SwitchRow;

namespace Papaya.Simulator.Tests.SwitchTable;

/// <summary>Switches of contracts: questions about them, their end, and what is told of both.</summary>
internal static class ContractRows
{
    public static IEnumerable<SwitchRow> All =>
    [
        new("contract_not_found", "querycontract of no contract", async w => (await w.ContractQueryAsync("202601010000000000")).Outcome,
            ("CONTRACT_NOT_EXIST", "CONTRACT_NOT_EXIST"), ("RESULT NULL", "RESULT NULL")),
        new("signing_in_progress", "querycontract by code while the order is open", async w =>
        {
            await w.ContractOrderAsync("oSimUser0001", ("contract_code", "C1"));
            var reply = await w.ContractQueryByCodeAsync("C1");
            return reply["contract_state"] ?? reply.Outcome;
        }, ("not_found", "CONTRACT_NOT_EXIST"), ("state_9", "9")),
        new("querycontract_times", "querycontract", async w => (await w.ContractQueryAsync(await w.SignedAsync()))["contract_signed_time"],
            ("text", "2026-01-15 10:00:00"), ("unix", "1768442400")),
        new("querycontract_success_codes", "querycontract", async w =>
        {
            var reply = await w.ContractQueryAsync(await w.SignedAsync());
            return $"{reply["result_code"]} {reply["err_code"]} {reply["err_code_des"]}";
        }, ("0_SUCCESS", "SUCCESS 0 SUCCESS"), ("absent", "SUCCESS  ")),
        new("querycontract_active_mode", "querycontract of an active contract", async w =>
        {
            var reply = await w.ContractQueryAsync(await w.SignedAsync());
            return $"{reply["contract_state"]} {reply["contract_termination_mode"]}";
        }, ("absent", "0 "), ("0", "0 0")),
        new("querycontract_blanks", "querycontract", async w =>
        {
            var reply = await w.ContractQueryAsync(await w.SignedAsync());
            return $"{reply["contract_state"]} {reply.Text.Contains("<return_code> <![CDATA[SUCCESS]]> </return_code>", StringComparison.Ordinal)}";
        }, ("none", "0 False"), ("around_cdata", "0 True")),
        new("querycontract_by_code", "querycontract by a code that was signed twice", async w =>
        {
            var first = await w.SignedAsync(changes: ("contract_code", "C1"));
            await w.DeleteContractAsync(first);
            await w.AdvanceAsync(TimeSpan.FromSeconds(1));
            var second = await w.SignedAsync(changes: ("contract_code", "C1"));
            return (await w.ContractQueryByCodeAsync("C1"))["contract_id"] is var found && found == first ? "first" : found == second ? "second" : found;
        }, ("latest", "second"), ("first", "first")),
        new("querycontract_expired", "querycontract when the time is over", async w =>
        {
            await TemplateAsync(w, 12535, new() { ["valid_days"] = 1 });
            var contract = await w.SignedAsync();
            await w.AdvanceAsync(TimeSpan.FromDays(1));
            var reply = await w.ContractQueryAsync(contract);
            return $"{reply["contract_state"]} {reply["contract_termination_mode"]}";
        }, ("state_1_mode_1", "1 1"), ("state_0", "0 ")),
        new("delete_terminated", "deletecontract twice", async w =>
        {
            var contract = await w.SignedAsync();
            await w.DeleteContractAsync(contract);
            return (await w.DeleteContractAsync(contract)).Outcome;
        }, ("fails", "CONTRACT_NOT_EXIST"), ("succeeds", "SUCCESS")),
        new("deletecontract_by_code", "deletecontract by plan and code", async w =>
        {
            await w.SignedAsync(changes: ("contract_code", "C1"));
            (string, string?)[] fields =
            [
                ("appid", World.AppId), ("mch_id", World.MchId), ("plan_id", "12535"), ("contract_code", "C1"), ("contract_termination_remark", "测试"), ("version", "1.0"),
            ];
            return (await w.PostAsync("/papay/deletecontract", fields)).Outcome;
        }, ("accepted", "SUCCESS"), ("unrecognised", "FAIL 不识别的参数contract_code")),
        new("termination_mode_platform", "the merchant platform ends a contract", async w =>
        {
            var contract = await w.SignedAsync();
            await w.DoAsync($"/contracts/{contract}/terminate", new JsonObject { ["by"] = "merchant_platform" });
            return (await w.ContractQueryAsync(contract))["contract_termination_mode"];
        }, ("3", "3"), ("4", "4")),
        Told("contract_notice_appid", "a contract is signed", (w, url) => w.SignedAsync(changes: ("contract_notify_url", url)), told => $"{told[0]["change_type"]} {told[0]["appid"]}",
            ("absent", "ADD "), ("present", "ADD " + World.AppId)),
        Told("contract_notice_serial", "a contract is signed", (w, url) => w.SignedAsync(changes: ("contract_notify_url", url)), told => $"{told[0]["change_type"]} {told[0]["request_serial"]}",
            ("present", "ADD 1000"), ("absent", "ADD ")),
        Told("contract_notice_expiry", "a contract is signed", (w, url) => w.SignedAsync(changes: ("contract_notify_url", url)), told => $"{told[0]["change_type"]} {told[0]["contract_expired_time"]?[..2]}",
            ("present", "ADD 20"), ("absent", "ADD ")),
        Told("terminate_notice_sign_type", "the end of a contract that HMAC-SHA256 signed", async (w, url) =>
        {
            await TemplateAsync(w, 12535, new() { ["terminate_notify_url"] = url });
            var order = await w.PostAsync("/pay/contractorder", w.OrderFields("oSimUser0001"), SignType.HmacSha256);
            await w.DoAsync($"/contracts/{(await w.PayAsync(order, "oSimUser0001"))["contract_id"]}/terminate", new JsonObject());
        }, told => $"{told[0]["change_type"]} {told[0]["sign"]!.Length}", ("as_signed", "DELETE 64"), ("MD5", "DELETE 32")),
        new("sign_unsign_resets_limits", "a second debit of the day after signing again", async w =>
        {
            var first = await w.SignedAsync("oSimUser0001");
            await w.ApplyAsync(first);
            await w.SettleAsync();
            await w.DeleteContractAsync(first);
            return (await w.ApplyAsync(await w.SignedAsync("oSimUser0001"))).Outcome;
        }, ("no", "RULELIMIT"), ("yes", "SUCCESS")),
    ];
}
