using System.Text;
using System.Text.Json.Nodes;
using Papaya.Simulator.Tests.Errors;
using Papaya.Simulator.Tests.V3;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;
using static Papaya.Simulator.Tests.SwitchTable.SwitchRow;

namespace Papaya.Simulator.Tests.SwitchTable;

/// <summary>Switches of single V3 calls and of their messages.</summary>
internal static class V3Rows
{
    public static IEnumerable<SwitchRow> All =>
    [
        OfV3("v3_order_not_found", "a question about no order", async (_, shop) => (await V3Requests.Of("v3-order-by-out-trade-no").SendAsync(shop)).Outcome,
            ("NOT_FOUND", "NOT_FOUND"), ("ORDER_NOT_EXIST", "ORDER_NOT_EXIST")),
        OfV3("v3_apply_repeated", "the same apply twice", async (w, shop) =>
        {
            var apply = V3Requests.Apply(await V3OwnRows.DueAsync(w, shop), "apply1");
            await apply.SendAsync(shop);
            var again = await apply.SendAsync(shop);
            await w.SettleAsync();
            return $"{again.Outcome}, debits: {(await w.LedgerAsync()).Count}";
        }, ("ALREADY_EXISTS", "ALREADY_EXISTS, debits: 1"), ("same_answer", "200, debits: 1")),
        OfV3("v3_other_appid", "booking and apply with another appid than at signing", async (w, shop) =>
        {
            var contract = await V3OwnRows.SignAsync(w, shop, "c1");
            await V3OwnRows.BeijingAsync(w, new(2026, 1, 16), new(9, 0));
            var booking = await V3Requests.Book(contract).With(("appid", Presets.MobileApp)).SendAsync(shop);
            await V3Requests.Book(contract).SendAsync(shop);
            await V3OwnRows.BeijingAsync(w, new(2026, 1, 17), new(9, 0));
            return $"{booking.Outcome} {(await V3Requests.Apply(contract, "apply1").With(("appid", Presets.MobileApp)).SendAsync(shop)).Outcome}";
        }, ("refused", "INVALID_REQUEST INVALID_REQUEST"), ("accepted", "200 200")),
        OfV3("v3_refund_default_notice", "a refund without notify_url", async (w, shop) =>
        {
            await using var listener = await V3Listener.StartAsync();
            await w.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["refund_notify_url"] = listener.Url });
            await w.SignedAsync(changes: ("out_trade_no", "PAY000001"));
            var wish = new JsonObject
            {
                ["out_trade_no"] = "PAY000001", ["out_refund_no"] = "REF1", ["amount"] = new JsonObject { ["refund"] = 10, ["total"] = 2_500, ["currency"] = "CNY" },
            };
            var answer = await shop.PostAsync("/v3/refund/domestic/refunds", wish);
            await w.AdvanceAsync(TimeSpan.FromMinutes(12));
            return $"{answer.Outcome}{string.Concat(listener.Got.Take(1).Select(g => g.Body[0] == '{' ? " JSON" : " XML"))}";
        }, ("V2", "200 XML"), ("V3", "200 JSON"), ("none", "200")),
        OfV3("global_reverse_within", "a debit reversed after a day less a minute, another after two days", async (w, shop) =>
        {
            var contract = await V3OwnRows.GlobalAsync(w, shop, await w.UserAsync());
            await V3Requests.GlobalDebit(contract, "global1").SendAsync(shop);
            await V3Requests.GlobalDebit(contract, "global2").SendAsync(shop);
            await w.AdvanceAsync(TimeSpan.FromDays(1) - TimeSpan.FromMinutes(1));
            var first = await V3Requests.Reverse("global1").SendAsync(shop);
            await w.AdvanceAsync(TimeSpan.FromDays(1));
            return $"{first.Outcome} {(await V3Requests.Reverse("global2").SendAsync(shop)).Outcome}";
        }, ("1_day", "204 INVALID_REQUEST"), ("1_year", "204 204")),
        OfV3("v3_schedule_needed", "pre-signing without deduct_schedule", async (_, shop) => (await V3Requests.PreSign("app", "c1").With(("deduct_schedule", null)).SendAsync(shop)).Outcome,
            ("yes", "INVALID_REQUEST"), ("no", "200")),
        OfV3("termination_mode_words", "the merchant ends a contract", async (w, shop) =>
        {
            await V3OwnRows.SignAsync(w, shop, "c1");
            await V3Requests.Terminate("c1").SendAsync(shop);
            return ModeOf(await QueryAsync(shop));
        }, ("by_analogy", "MERCHANT_TERMINATE"), ("USER_TERMINATE", "USER_TERMINATE")),
        OfV3("termination_mode_words", "the user ends a contract", async (w, shop) =>
        {
            var contract = await V3OwnRows.SignAsync(w, shop, "c1");
            await w.DoAsync($"/contracts/{contract}/terminate", new JsonObject());
            return ModeOf(await QueryAsync(shop));
        }, ("by_analogy", "USER_TERMINATE"), ("USER_TERMINATE", "USER_TERMINATE")),
        OfV3("v3_download_url_life", "a bill fetched after 30 and 31 seconds, and after more than five minutes", async (w, shop) =>
        {
            await w.SignedAsync();
            await w.AdvanceAsync(TimeSpan.FromDays(1));
            var offer = await shop.GetAsync("/v3/bill/tradebill?bill_date=2026-01-15");
            var address = new Uri((string)offer.Json!["download_url"]!).PathAndQuery;
            List<string> told = [];
            foreach (var seconds in (int[])[30, 1, 269, 1])
            {
                await w.AdvanceAsync(TimeSpan.FromSeconds(seconds));
                told.Add((await shop.GetAsync(address)).Status.ToString());
            }

            return string.Join(' ', told);
        }, ("5min", "200 200 200 400"), ("30s", "200 400 400 400")),
        V3WireRows.Listened("v3_fail_event_state_name", "a scheduled debit without money", async (w, shop, listener) =>
        {
            var contract = await V3OwnRows.DueAsync(w, shop, await w.UserAsync(0));
            await V3Requests.Apply(contract, "apply1").With(("transaction_notify_url", listener.Url)).SendAsync(shop);
            await w.SettleAsync();
            var resource = JsonNode.Parse(listener.Got.Single().Body)!["resource"]!;
            Assert.True(V3Cipher.TryOpen(new(shop.ApiV3Key), (string)resource["nonce"]!, (string)resource["associated_data"]!, (string)resource["ciphertext"]!, out var plain));
            var order = JsonNode.Parse(Encoding.UTF8.GetString(plain))!.AsObject();
            return $"{order["trade_state"]} {string.Join(' ', order.Select(m => m.Key).Where(name => name.StartsWith("trade_state_", StringComparison.Ordinal)))}";
        }, ("trade_state_desc", "PAY_FAIL trade_state_desc"), ("trade_state_description", "PAY_FAIL trade_state_description")),
    ];

    private static Task<V3Reply> QueryAsync(Shop shop) => shop.GetAsync("/v3/papay/sign/contracts/plan-id/12535/out-contract-code/c1");

    private static string? ModeOf(V3Reply reply) => (string?)reply.Json!["contract_terminate_info"]?["contract_termination_mode"] ?? reply.Text;
}
