using System.Text.Json.Nodes;
using Papaya.Simulator.Calls;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;
using static Papaya.Simulator.Tests.Errors.ErrorRows;
using static Papaya.Simulator.Tests.Errors.Misuses;

namespace Papaya.Simulator.Tests.Errors;

/// <summary>pappayapply, and the codes of the debit notification.</summary>
internal static class V2DebitRows
{
    private const string Apply = "/pay/pappayapply";
    private static readonly (string, string) Synchronous = ("immediate_failure", "synchronous");
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public static IEnumerable<ErrorRow> All => [.. Applies, .. Executions];

    private static IEnumerable<ErrorRow> Applies =>
    [
        .. MisuseRows("pappayapply", Apply, w => w.ApplyFields("1"), sign: "SIGNERROR"),
        Row("PARAM_ERROR", "an amount that is no whole number", async w => await w.ApplyAsync("1", changes: ("total_fee", "1.5"))),
        Row("PARAM_ERROR", "an amount beyond int64", async w => await w.ApplyAsync(await w.SignedAsync(), changes: ("total_fee", "9999999999999999999"))),
        Row("RULELIMIT", "more than there is on earth", async w => await w.ApplyAsync(await w.SignedAsync(), changes: ("total_fee", "9223372036854775807"))),
        Row("PARAM_ERROR", "malformed, refused at the first level", async w => await w.ApplyAsync("1", changes: ("total_fee", "1.5")), ("parameter_errors", "return")) with { IsTextOnly = true },
        Row("PARAM_ERROR", "a parameter too many", w => w.ApplyAsync("1", changes: ("contract_code", "C1"))) with { IsTextOnly = true },
        Row("LACK_PARAMS", "no contract_id", w => w.ApplyAsync(null!)),
        Row("LACK_PARAMS", "no trade_type", w => w.ApplyAsync("1", changes: ("trade_type", null)), ("missing_trade_type", "refused")),
        Row("NOAUTH", "no permission for delegated debit", async w =>
        {
            await w.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["may_debit"] = false });
            return await w.ApplyAsync("1");
        }),
        Row("NOAUTH", "a sub-merchant that is not the provider's", w =>
            w.PostAsync("/pay/partner/pappayapply", World.With(w.ApplyFields("1"), ("sub_mch_id", "1900000109")))),
        Row("CONTRACT_NOT_EXIST", "no such contract", w => w.ApplyAsync("202601010000000000")),
        Row("CONTRACT_NOT_EXIST", "the user has ended it", async w =>
        {
            var contract = await w.SignedAsync();
            await w.DoAsync($"/contracts/{contract}/terminate", new JsonObject());
            return await w.ApplyAsync(contract);
        }),
        Row("CONTRACTERROR", "the contract's time is over", async w =>
        {
            await TemplateAsync(w, new() { ["valid_days"] = 1 });
            var contract = await w.SignedAsync();
            await w.AdvanceAsync(Day);
            return await w.ApplyAsync(contract);
        }),
        Row("ORDERPAID", "the number was debited", async w =>
        {
            var contract = await w.SignedAsync();
            await w.ApplyAsync(contract, "D1");
            await w.SettleAsync();
            return await w.ApplyAsync(contract, "D1");
        }),
        Row("ORDER_ACCEPTED", "another debit of the contract waits", async w =>
        {
            var contract = await LaterAsync(w);
            await w.ApplyAsync(contract);
            return await w.ApplyAsync(contract);
        }),
        Row("ORDER_ACCEPTED", "the same debit waits", async w =>
        {
            var contract = await LaterAsync(w);
            await w.ApplyAsync(contract, "D1");
            return await w.ApplyAsync(contract, "D1");
        }),
        Row("RULELIMIT", "risk control", async w =>
        {
            var contract = await w.SignedAsync("oSimUser0001");
            await w.DoAsync("/users", new JsonObject { ["openid"] = "oSimUser0001", ["risk"] = "refuse" });
            return await w.ApplyAsync(contract);
        }),
        Row("RULELIMIT", "above the template's cap", async w => await w.ApplyAsync(await w.SignedAsync(), changes: ("total_fee", "5001"))),
        Row("RULELIMIT", "not the template's price", async w => await w.ApplyAsync(await w.SignedAsync(plan: "12536"), changes: ("total_fee", "2499"))),
        Row("RULELIMIT", "the second success of a day", async w =>
        {
            var contract = await w.SignedAsync();
            await w.ApplyAsync(contract);
            await w.SettleAsync();
            return await w.ApplyAsync(contract);
        }),
        Row("RULELIMIT", "the sixth success of a day, pay-later", async w =>
        {
            var contract = await w.SignedAsync(plan: "12537");
            return await ManyAsync(w, contract, 6, TimeSpan.Zero);
        }),
        Row("RULELIMIT", "the third success of a cycle", async w =>
        {
            await TemplateAsync(w, new() { ["mode"] = "delay_24h", ["cycle"] = "month" });
            var contract = await w.SignedAsync();
            await w.ApplyAsync(contract);
            await w.AdvanceAsync(Day);
            await w.ApplyAsync(contract);
            await w.AdvanceAsync(Day);
            return await w.ApplyAsync(contract);
        }, ("daily_limit_at_apply", "always")),
        Row("RULELIMIT", "the 301st apply of a day", async w =>
        {
            var contract = await w.SignedAsync();
            for (var i = 0; i < 300; i++)
            {
                await w.ApplyAsync(contract, changes: ("total_fee", "5001"));
                await w.AdvanceAsync(TimeSpan.FromMilliseconds(10));
            }

            return await w.ApplyAsync(contract);
        }),
        Row("RULELIMIT", "above the month's sum", async w =>
        {
            await w.DoAsync("/templates", new JsonObject { ["mch_id"] = World.MchId, ["plan_id"] = 12537, ["monthly_limit"] = 4_999 });
            return await ManyAsync(w, await w.SignedAsync(plan: "12537"), 2, TimeSpan.Zero);
        }),
        Row("RULELIMIT", "more than ten fen under a test template", async w =>
        {
            await TemplateAsync(w, new() { ["is_test"] = true });
            return await w.ApplyAsync(await w.SignedAsync(), changes: ("total_fee", "11"));
        }),
        Row("FREQUENCY_LIMITED", "more than the limit in a second", async w =>
        {
            await w.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["limits"] = new JsonObject { ["apply_qps"] = 1 } });
            await w.ApplyAsync("1");
            return await w.ApplyAsync("1");
        }),
        Row("INVALID_REQUEST", "no notice was sent", async w => await w.ApplyAsync(await NoticedAsync(w, null))),
        Row("INVALID_REQUEST", "the notice is still waiting", async w => await w.ApplyAsync(await NoticedAsync(w, Day))),
        Row("INVALID_REQUEST", "the notice's days are over", async w => await w.ApplyAsync(await NoticedAsync(w, 3 * Day))),
        Row("INVALID_REQUEST", "after 22:00", async w => await w.ApplyAsync(await NoticedAsync(w, (2 * Day) + TimeSpan.FromHours(12)))),
        Row("INVALID_REQUEST", "above the notice's estimate", async w =>
        {
            await w.DoAsync("/templates", new JsonObject { ["mch_id"] = World.MchId, ["plan_id"] = 12536, ["fee"] = "capped", ["amount"] = 5_000 });
            return await w.ApplyAsync(await NoticedAsync(w, 2 * Day), changes: ("total_fee", "2501"));
        }),
        Row("INVALID_REQUEST", "the notice was used", async w =>
        {
            var contract = await NoticedAsync(w, 2 * Day, 2);
            await w.ApplyAsync(contract);
            await w.AdvanceAsync(Day);
            return await w.ApplyAsync(contract);
        }),
        Row("OUT_TRADE_NO_USED", "the number failed and was closed", async w =>
        {
            var contract = await w.SignedAsync(await w.UserAsync(2_500));
            await w.ApplyAsync(contract, "D1");
            await w.AdvanceAsync(TimeSpan.FromMinutes(2));
            return await w.ApplyAsync(contract, "D1");
        }),
        Row("OUT_TRADE_NO_USED", "the same number with another amount", async w =>
        {
            var contract = await LaterAsync(w);
            await w.ApplyAsync(contract, "D1");
            return await w.ApplyAsync(contract, "D1", ("total_fee", "2400"));
        }),
        Row("OUT_TRADE_NO_USED", "the number of a cashier's order", async w =>
            await w.ApplyAsync(await w.SignedAsync(changes: ("out_trade_no", "P1")), "P1")),
        Row("ORDERCLOSED", "the merchant closed the number", async w =>
        {
            var contract = await w.SignedAsync();
            await w.ApplyAsync(contract, "D1");
            await w.AdvanceAsync(TimeSpan.FromMinutes(6));
            await w.CloseAsync("D1");
            return await w.ApplyAsync(contract, "D1");
        }, ("notpay_seconds", "600")),
        Row("NOTENOUGH", "the wallet is short", async w => await w.ApplyAsync(await w.SignedAsync(await w.UserAsync(2_500))), Synchronous),
        Row("ORDERNOTEXIST", "the wallet is short", async w => await w.ApplyAsync(await w.SignedAsync(await w.UserAsync(2_500))), ("not_enough_answer", "ORDERNOTEXIST")),
        Row("BANKERROR", "the wallet is short and the bank under maintenance", w => UserChangedAsync(w, new() { ["balance"] = 0, ["bank"] = "maintenance" }), Synchronous),
        Row("ACCOUNTERROR", "the account is frozen", w => UserChangedAsync(w, new() { ["account"] = "frozen" }), Synchronous),
        Row("USER_ACCOUNT_ABNORMAL", "the account is restricted", w => UserChangedAsync(w, new() { ["account"] = "abnormal" }), Synchronous),
    ];

    /// <summary>An apply was accepted 24 hours before; the code is that of the notification.</summary>
    private static IEnumerable<ErrorRow> Executions =>
    [
        Execution("ACCOUNTERROR", "the account was frozen meanwhile", new() { ["account"] = "frozen" }),
        Execution("USER_ACCOUNT_ABNORMAL", "the account was restricted meanwhile", new() { ["account"] = "abnormal" }),
        Execution("USER_NOT_EXIST", "the account was closed meanwhile", new() { ["account"] = "closed" }),
        Execution("BANKERROR", "the wallet is short and the bank under maintenance", new() { ["balance"] = 0, ["bank"] = "maintenance" }),
        Execution("NOTENOUGH", "wallet and cards are short", new()
        {
            ["balance"] = 0, ["cards"] = new JsonArray(new JsonObject { ["bank"] = "CMB_DEBIT", ["balance"] = 2_499 }),
        }),
        Execution("RULELIMIT", "risk control", new() { ["risk"] = "refuse" }),
        new("debit-notification", "CONTRACT_NOT_EXIST", "the user ended the contract meanwhile", w => NotifiedAsync(w, (w, contract) =>
            w.DoAsync($"/contracts/{contract}/terminate", new JsonObject()))),
        new("debit-notification", "TRADE_ERROR", "the merchant closed the order while it was carried out", w => NotifiedAsync(w, async (w, _) =>
        {
            await w.AdvanceAsync(Day + TimeSpan.FromMinutes(6));
            await w.CloseAsync("D1");
        })) { Switches = [("notpay_seconds", "600")] },
        new("debit-notification", "SYSTEMERROR", "an error inside WeChat", w => NotifiedAsync(w, (w, _) =>
            w.DoAsync("/faults", new JsonObject { ["on"] = "execution", ["kind"] = "fail", ["code"] = "SYSTEMERROR" }))) { IsInternal = true },
    ];

    private static ErrorRow Row(string code, string cause, Func<World, Task<Reply>> act, params (string Name, string Value)[] switches) =>
        new("pappayapply", code, cause + string.Concat(switches.Select(s => $" ({s.Name}={s.Value})")), async w => AnswerOf(await act(w))) { Switches = switches };

    private static ErrorRow Execution(string code, string cause, JsonObject user) => new("debit-notification", code, cause, w => NotifiedAsync(w, (w, _) =>
    {
        user["openid"] = "oSimUser0001";
        return w.DoAsync("/users", user.DeepClone());
    }));

    private static async Task<Answer> NotifiedAsync(World w, Func<World, string, Task> meanwhile)
    {
        await using var listener = await Listener.StartAsync(w.Clock);
        var contract = await w.SignedAsync("oSimUser0001");
        await w.AdvanceAsync(TimeSpan.FromHours(13));
        Assert.Equal("SUCCESS", (await w.ApplyAsync(contract, "D1", ("notify_url", listener.Url))).Outcome);
        await meanwhile(w, contract);
        await w.AdvanceAsync(Day);
        Assert.Single(listener.Got, g => g.Body.Contains("D1", StringComparison.Ordinal));
        var message = listener[0];
        Assert.True(V2Signature.Verify(message, [World.Key]).IsValid);
        Assert.Equal(("SUCCESS", "FAIL", 32), (message["return_code"], message["result_code"], message["nonce_str"]!.Length));
        return new(message["err_code"], "notice", message["err_code_des"]);
    }

    private static async Task<string> LaterAsync(World w)
    {
        var contract = await w.SignedAsync();
        await w.AdvanceAsync(TimeSpan.FromHours(13));
        return contract;
    }

    private static Task TemplateAsync(World w, JsonObject changes)
    {
        (changes["mch_id"], changes["plan_id"]) = (World.MchId, 12535);
        return w.DoAsync("/templates", changes.DeepClone());
    }

    private static async Task<Reply> ManyAsync(World w, string contract, int count, TimeSpan between)
    {
        Reply? last = null;
        for (var i = 0; i < count; i++)
        {
            last = await w.ApplyAsync(contract);
            await w.AdvanceAsync(between);
        }

        return last!;
    }

    private static async Task<Reply> UserChangedAsync(World w, JsonObject user)
    {
        var contract = await w.SignedAsync("oSimUser0001");
        user["openid"] = "oSimUser0001";
        await w.DoAsync("/users", user.DeepClone());
        return await w.ApplyAsync(contract);
    }

    /// <summary>A pre-notice contract, 13 hours old; with a notice of so many days sent so long ago.</summary>
    private static async Task<string> NoticedAsync(World w, TimeSpan? ago, int days = 1)
    {
        var contract = await w.SignedAsync(plan: "12536");
        await w.AdvanceAsync(Day);
        if (ago is { } time)
        {
            using (var op = w.State.Begin())
            {
                Notices.Send(w.State, w.State.FindContract(contract)!, World.AppId, 2_500, days, op.Now);
            }

            await w.AdvanceAsync(time);
        }

        return contract;
    }
}
