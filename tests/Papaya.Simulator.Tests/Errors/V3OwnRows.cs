using System.Text.Json.Nodes;
using Papaya.Simulator.Tests.V3;

namespace Papaya.Simulator.Tests.Errors;

/// <summary>The codes that single V3 calls have of their own, each by its documented cause.</summary>
internal static class V3OwnRows
{
    private const string PreNoticePlan = "12536";
    private static readonly DateOnly Day = new(2026, 1, 17);

    public static IEnumerable<ErrorRow> All => [.. Notices, .. Signing, .. Contracts, .. Bookings, .. Applies, .. Orders, .. Global];

    private static IEnumerable<ErrorRow> Notices =>
    [
        Row("v3-deduct-notify", "CONTRACT_NOT_EXIST", "no such contract", (_, shop) => V3Requests.Of("v3-deduct-notify").SendAsync(shop)),
        Row("v3-deduct-notify", "CONTRACT_NOT_EXIST", "the contract was terminated", async (world, shop) =>
        {
            var contract = await world.SignedAsync(plan: PreNoticePlan);
            await world.DeleteContractAsync(contract);
            return await V3Requests.Notice(contract).SendAsync(shop);
        }),
        Row("v3-deduct-notify", "RESOURCE_ALREADY_EXISTS", "the same notice again", async (world, shop) =>
        {
            var notice = V3Requests.Notice(await world.SignedAsync(plan: PreNoticePlan));
            await notice.SendAsync(shop);
            return await notice.SendAsync(shop);
        }),
        Row("v3-deduct-notify", "PARAM_ERROR", "deduct_duration without its count", (_, shop) =>
            V3Requests.Of("v3-deduct-notify").With(("deduct_duration.count", null)).SendAsync(shop)),
        Row("v3-deduct-notify", "INVALID_REQUEST", "another notice is active", async (world, shop) =>
        {
            var notice = V3Requests.Notice(await world.SignedAsync(plan: PreNoticePlan));
            await notice.SendAsync(shop);
            return await notice.With(("estimated_amount.amount", 2400)).SendAsync(shop);
        }),
        Row("v3-deduct-notify", "INVALID_REQUEST", "the template has no notices", async (world, shop) =>
            await V3Requests.Notice(await world.SignedAsync()).SendAsync(shop)),
        Row("v3-deduct-notify", "INVALID_REQUEST", "after 22:00", async (world, shop) =>
        {
            var contract = await world.SignedAsync(plan: PreNoticePlan);
            await world.AdvanceAsync(TimeSpan.FromHours(12));
            return await V3Requests.Notice(contract).SendAsync(shop);
        }),
        Row("v3-deduct-notify", "RULELIMIT", "risk control", async (world, shop) =>
        {
            var openid = await world.UserAsync();
            var contract = await world.SignedAsync(openid, PreNoticePlan);
            await RiskAsync(world, openid);
            return await V3Requests.Notice(contract).SendAsync(shop);
        }),
        Row("v3-fail-notify", "CONTRACT_NOT_EXIST", "no such contract", (_, shop) => V3Requests.Of("v3-fail-notify").SendAsync(shop)),
        Row("v3-fail-notify", "INVALID_REQUEST", "nothing has failed", async (world, shop) =>
            await V3Requests.Reminder(await world.SignedAsync(plan: PreNoticePlan)).SendAsync(shop)),
        Row("v3-fail-notify", "RESOURCE_ALREADY_EXISTS", "reminded already", async (world, shop) =>
        {
            var reminder = V3Requests.Reminder(await FailedAsync(world, shop, await world.UserAsync(2_500)));
            Assert.Equal(204, (await reminder.SendAsync(shop)).Status);
            return await reminder.SendAsync(shop);
        }),
        Row("v3-fail-notify", "RULELIMIT", "risk control", async (world, shop) =>
        {
            var openid = await world.UserAsync(2_500);
            var contract = await FailedAsync(world, shop, openid);
            await RiskAsync(world, openid);
            return await V3Requests.Reminder(contract).SendAsync(shop);
        }),
    ];

    private static IEnumerable<ErrorRow> Signing =>
    [
        .. from channel in (string[])["jsapi", "h5", "app", "mini-program"]
           from row in PreSign(V3Requests.PreSign(channel, "row1"))
           select row,
        Row("v3-scheduled-presign-app", "INVALID_REQUEST", "a day that is not in the future", (_, shop) =>
            V3Requests.PreSign("app", "row1").With(("deduct_schedule.estimated_deduct_date", "2026-01-15")).SendAsync(shop)),
        Row("v3-scheduled-presign-app", "PARAM_ERROR", "a schedule without its amount", (_, shop) =>
            V3Requests.PreSign("app", "row1").With(("deduct_schedule.estimated_deduct_amount", null)).SendAsync(shop)),
        Row("v3-scheduled-presign-app", "INVALID_REQUEST", "the last day of all calendars", (_, shop) =>
            V3Requests.PreSign("app", "row1").With(("deduct_schedule.estimated_deduct_date", "9999-12-31")).SendAsync(shop)),
        Row("v3-scheduled-presign-app", "INVALID_REQUEST", "nothing is scheduled", (_, shop) =>
            V3Requests.PreSign("app", "row1").With(("deduct_schedule", null)).SendAsync(shop)),
        .. PreSign(V3Requests.Of("v3-presign-multi-device")),
        .. from channel in (string[])["miniprogram", "app", "jsapi", "h5", "web"]
           from row in PreSign(V3Requests.GlobalPreSign(channel, "row1"))
           select row,
        Row("global-presign-app", "PARAM_ERROR", "expired_time on the first day of all calendars", (_, shop) =>
            V3Requests.GlobalPreSign("app", "row1").With(("expired_time", "0001-01-01T00:00:00+08:00")).SendAsync(shop)),
        Row("global-presign-app", "INVALID_REQUEST", "expired_time is past", (_, shop) =>
            V3Requests.GlobalPreSign("app", "row1").With(("expired_time", "2026-01-15T09:00:00+08:00")).SendAsync(shop)),
    ];

    private static IEnumerable<ErrorRow> Contracts =>
    [
        NotFound("v3-query-contract", "the number was never signed"),
        NotFound("v3-query-contract-harmony", "the number was never signed"),
        Row("v3-query-contract-harmony", "PARAM_ERROR", "a number with other characters than letters and digits", (_, shop) =>
            shop.GetAsync("/v3/papay/sign/contracts/harmony-plan-id/12535/out-contract-code/none-1")),
        NotFound("v3-terminate-contract", "the number was never signed"),
        Row("v3-terminate-contract", "INVALID_REQUEST", "terminated already", async (world, shop) =>
        {
            await SignAsync(world, shop, "row1");
            await V3Requests.Terminate("row1").SendAsync(shop);
            return await V3Requests.Terminate("row1").SendAsync(shop);
        }),
    ];

    private static IEnumerable<ErrorRow> Bookings =>
    [
        NotFound("v3-schedule", "no such contract"),
        NotFound("v3-query-schedule", "no such contract"),
        Row("v3-schedule", "ALREADY_EXISTS", "booked already", async (world, shop) =>
            await V3Requests.Book(await BookedAsync(world, shop)).SendAsync(shop)),
        Row("v3-schedule", "INVALID_REQUEST", "not the day before", async (world, shop) =>
            await V3Requests.Book(await SignAsync(world, shop, "row1")).SendAsync(shop)),
        Row("v3-schedule", "INVALID_REQUEST", "after 19:30", async (world, shop) =>
        {
            var contract = await SignAsync(world, shop, "row1");
            await BeijingAsync(world, Day.AddDays(-1), new(19, 30));
            return await V3Requests.Book(contract).SendAsync(shop);
        }),
        Row("v3-schedule", "INVALID_REQUEST", "another amount than announced", async (world, shop) =>
        {
            var contract = await SignAsync(world, shop, "row1");
            await BeijingAsync(world, Day.AddDays(-1), new(8, 0));
            return await V3Requests.Book(contract).With(("schedule_amount.total", 2600)).SendAsync(shop);
        }),
    ];

    private static IEnumerable<ErrorRow> Applies =>
    [
        Row("v3-apply", "CONTRACT_NOT_EXIST", "no such contract", (_, shop) => V3Requests.Of("v3-apply").SendAsync(shop)),
        Row("v3-apply-harmony", "CONTRACT_NOT_EXIST", "no such contract", (_, shop) => V3Requests.Of("v3-apply-harmony").SendAsync(shop)),
        Row("v3-apply-harmony", "PARAM_ERROR", "a number with other characters than are allowed", (_, shop) =>
            V3Requests.Of("v3-apply-harmony").With(("out_trade_no", "apply|1")).SendAsync(shop)),
        Row("v3-apply", "PARAM_ERROR", "a number with other characters than are allowed", (_, shop) =>
            V3Requests.Of("v3-apply").With(("out_trade_no", "apply|1")).SendAsync(shop)),
        Row("v3-apply", "NOT_FOUND", "never booked", async (world, shop) =>
        {
            var contract = await SignAsync(world, shop, "row1");
            await BeijingAsync(world, Day, new(9, 0));
            return await V3Requests.Apply(contract, "apply1").SendAsync(shop);
        }),
        Row("v3-apply", "INVALID_REQUEST", "not the day", async (world, shop) =>
            await V3Requests.Apply(await BookedAsync(world, shop), "apply1").SendAsync(shop)),
        Row("v3-apply", "INVALID_REQUEST", "another debit of the contract runs", async (world, shop) =>
        {
            var contract = await DueAsync(world, shop);
            await V3Requests.Apply(contract, "apply1").SendAsync(shop);
            return await V3Requests.Apply(contract, "apply2").SendAsync(shop);
        }) with { Switches = [("notpay_seconds", "600")] },
        Row("v3-apply", "INVALID_REQUEST", "another amount than booked", async (world, shop) =>
            await V3Requests.Apply(await DueAsync(world, shop), "apply1").With(("amount.total", 2400)).SendAsync(shop)),
        Row("v3-apply", "ALREADY_EXISTS", "the number was used", async (world, shop) =>
        {
            var apply = V3Requests.Apply(await DueAsync(world, shop), "apply1");
            await apply.SendAsync(shop);
            return await apply.SendAsync(shop);
        }),
        Row("v3-apply", "RULELIMIT", "risk control", async (world, shop) =>
        {
            var openid = await world.UserAsync();
            var contract = await DueAsync(world, shop, openid);
            await RiskAsync(world, openid);
            return await V3Requests.Apply(contract, "apply1").SendAsync(shop);
        }),
    ];

    private static IEnumerable<ErrorRow> Orders =>
    [
        NotFound("v3-order-by-out-trade-no", "no such order"),
        Row("v3-order-by-out-trade-no", "NOT_FOUND", "a debit that waits for its 24 hours", async (world, shop) =>
        {
            var contract = await world.SignedAsync();
            await world.AdvanceAsync(TimeSpan.FromHours(13));
            await world.ApplyAsync(contract, "none01");
            return await V3Requests.Of("v3-order-by-out-trade-no").SendAsync(shop);
        }),
        Row("v3-order-by-out-trade-no", "NOT_FOUND", "a debit of the overseas family", async (world, shop) =>
        {
            await V3Requests.GlobalDebit(await GlobalAsync(world, shop, await world.UserAsync()), "none01").SendAsync(shop);
            return await V3Requests.Of("v3-order-by-out-trade-no").SendAsync(shop);
        }),
        NotFound("v3-order-by-id", "no such order"),
        .. from channel in (string[])["jsapi", "app"]
           from row in Order(channel)
           select row,
    ];

    private static IEnumerable<ErrorRow> Global =>
    [
        NotFound("global-query-contract-by-id", "no such contract"),
        NotFound("global-query-contract-by-code", "no such contract"),
        NotFound("global-terminate", "no such contract"),
        NotFound("global-query-by-id", "no such order"),
        NotFound("global-query-by-out-trade-no", "no such order"),
        NotFound("global-reverse", "no such order"),
        Row("global-reverse", "INVALID_REQUEST", "reversed already", async (world, shop) =>
        {
            await V3Requests.GlobalDebit(await GlobalAsync(world, shop, await world.UserAsync()), "global1").SendAsync(shop);
            await V3Requests.Reverse("global1").SendAsync(shop);
            return await V3Requests.Reverse("global1").SendAsync(shop);
        }),
        Row("global-debit", "RULELIMIT", "more than there is on earth", async (world, shop) =>
            await V3Requests.GlobalDebit(await GlobalAsync(world, shop, await world.UserAsync()), "global1")
                .With(("amount.total", long.MaxValue), ("amount.currency", "USD")).SendAsync(shop)),
        Row("global-debit", "INVALID_REQUEST", "a currency that is not traded", async (world, shop) =>
            await V3Requests.GlobalDebit(await GlobalAsync(world, shop, await world.UserAsync()), "global1").With(("amount.currency", "XAU")).SendAsync(shop)),
        Row("global-reverse", "INVALID_REQUEST", "more than a day later", async (world, shop) =>
        {
            await V3Requests.GlobalDebit(await GlobalAsync(world, shop, await world.UserAsync()), "global1").SendAsync(shop);
            await world.AdvanceAsync(TimeSpan.FromHours(25));
            return await V3Requests.Reverse("global1").SendAsync(shop);
        }),
        Row("global-terminate", "INVALID_REQUEST", "terminated already", async (world, shop) =>
        {
            var terminate = V3Requests.GlobalTerminate(await GlobalAsync(world, shop, await world.UserAsync()));
            await terminate.SendAsync(shop);
            return await terminate.SendAsync(shop);
        }),
        Row("global-debit", "CONTRACT_NOT_EXIST", "no such contract", (_, shop) => V3Requests.Of("global-debit").SendAsync(shop)),
        Row("global-debit", "NOTENOUGH", "the user has no money", async (world, shop) =>
            await V3Requests.GlobalDebit(await GlobalAsync(world, shop, await world.UserAsync(0)), "global1").SendAsync(shop)),
        Row("global-debit", "BANKERROR", "the user's bank is under maintenance", async (world, shop) =>
            await V3Requests.GlobalDebit(await GlobalAsync(world, shop, await world.UserAsync(0, bank: "maintenance")), "global1").SendAsync(shop)),
        Row("global-debit", "RULELIMIT", "risk control", async (world, shop) =>
        {
            var openid = await world.UserAsync();
            var contract = await GlobalAsync(world, shop, openid);
            await RiskAsync(world, openid);
            return await V3Requests.GlobalDebit(contract, "global1").SendAsync(shop);
        }),
        Row("global-debit", "INVALID_REQUEST", "the number was paid", async (world, shop) =>
        {
            var debit = V3Requests.GlobalDebit(await GlobalAsync(world, shop, await world.UserAsync()), "global1");
            await debit.SendAsync(shop);
            return await debit.SendAsync(shop);
        }),
    ];

    private static IEnumerable<ErrorRow> PreSign(V3Request request)
    {
        var isGlobal = request.Name.StartsWith("global", StringComparison.Ordinal);
        yield return Row(request.Name, "INVALID_REQUEST", "no such template", (_, shop) => request.With(("plan_id", 99)).SendAsync(shop));
        yield return Row(request.Name, "INVALID_REQUEST", "the number was signed before", async (world, shop) =>
        {
            var code = isGlobal ? await GlobalAsync(world, shop, await world.UserAsync()) : await SignAsync(world, shop, "row1");
            Assert.NotEmpty(code);
            return await request.SendAsync(shop);
        });
    }

    private static IEnumerable<ErrorRow> Order(string channel)
    {
        yield return Row($"v3-{channel}-with-contract", "INVALID_REQUEST", "the number with other parameters", async (_, shop) =>
        {
            await V3Requests.Order(channel, "order1").SendAsync(shop);
            return await V3Requests.Order(channel, "order1").With(("amount.total", 2400)).SendAsync(shop);
        });
        yield return Row($"v3-{channel}-with-contract", "INVALID_REQUEST", "the number was paid", async (world, shop) =>
        {
            var order = await V3Requests.Order(channel, "order1").SendAsync(shop);
            await world.DoAsync("/cashier/" + order.Json!["prepay_id"], new JsonObject { ["openid"] = "oSimUser0001", ["action"] = "pay" });
            return await V3Requests.Order(channel, "order1").SendAsync(shop);
        });
        yield return Row($"v3-{channel}-with-contract", "INVALID_REQUEST", "the number was closed", async (world, shop) =>
        {
            await V3Requests.Order(channel, "order1").SendAsync(shop);
            await world.AdvanceAsync(TimeSpan.FromHours(2));
            return await V3Requests.Order(channel, "order1").SendAsync(shop);
        });
        yield return Row($"v3-{channel}-with-contract", "INVALID_REQUEST", "time_expire is past", (_, shop) =>
            V3Requests.Order(channel, "order1").With(("time_expire", "2026-01-15T09:00:00+08:00")).SendAsync(shop));
        yield return Row($"v3-{channel}-with-contract", "INVALID_REQUEST", "the code of an active contract", async (world, shop) =>
        {
            await world.SignedAsync(changes: ("contract_code", "row1"));
            return await V3Requests.Order(channel, "order1").SendAsync(shop);
        });
        yield return Row($"v3-{channel}-with-contract", "INVALID_REQUEST", "the code of a contract that has ended", async (world, shop) =>
        {
            await world.DeleteContractAsync(await world.SignedAsync(changes: ("contract_code", "row1")));
            return await V3Requests.Order(channel, "order1").SendAsync(shop);
        }) with { Switches = [("contract_code_reuse", "refused")] };
        yield return Row($"v3-{channel}-with-contract", "INVALID_REQUEST", "a template number of twenty digits", (_, shop) =>
            V3Requests.Order(channel, "order1").With(("contract_info.plan_id", new string('9', 20))).SendAsync(shop));
        yield return Row($"v3-{channel}-with-contract", "INVALID_REQUEST", "no such template", (_, shop) =>
            V3Requests.Order(channel, "order1").With(("contract_info.plan_id", "99")).SendAsync(shop));
    }

    private static ErrorRow NotFound(string name, string cause) => Row(name, "NOT_FOUND", cause, (_, shop) => V3Requests.Of(name).SendAsync(shop));

    private static ErrorRow Row(string name, string code, string cause, Func<World, Shop, Task<V3Reply>> act) => new(name, code, cause, async world =>
    {
        using var shop = await Shop.OpenAsync(world);
        return ErrorRows.AnswerOf(await act(world, shop));
    });

    private static Task RiskAsync(World world, string openid) => world.DoAsync("/users", new JsonObject { ["openid"] = openid, ["risk"] = "refuse" });

    /// <summary>A contract for one debit, signed by its user.</summary>
    internal static async Task<string> SignAsync(World world, Shop shop, string code, string? openid = null)
    {
        var page = await V3Requests.PreSign("app", code).SendAsync(shop);
        return await AgreeAsync(world, (string)page.Json!["pre_entrustweb_id"]!, openid ?? await world.UserAsync());
    }

    internal static async Task<string> GlobalAsync(World world, Shop shop, string openid)
    {
        var page = await V3Requests.GlobalPreSign("app", "row1").SendAsync(shop);
        return await AgreeAsync(world, (string)page.Json!["session_id"]!, openid);
    }

    private static async Task<string> AgreeAsync(World world, string session, string openid) =>
        (string)(await world.DoAsync("/entrust", new JsonObject { ["session"] = session, ["openid"] = openid, ["action"] = "agree" }))["contract_id"]!;

    private static async Task<string> BookedAsync(World world, Shop shop, string? openid = null)
    {
        var contract = await SignAsync(world, shop, "row1", openid);
        await BeijingAsync(world, Day.AddDays(-1), new(8, 0));
        Assert.Equal(200, (await V3Requests.Book(contract).SendAsync(shop)).Status);
        return contract;
    }

    internal static async Task<string> DueAsync(World world, Shop shop, string? openid = null)
    {
        var contract = await BookedAsync(world, shop, openid);
        await BeijingAsync(world, Day, new(9, 0));
        return contract;
    }

    /// <summary>A contract whose debit has failed on the day that its notice opened; the first payment took all the money.</summary>
    internal static async Task<string> FailedAsync(World world, Shop shop, string openid)
    {
        var contract = await world.SignedAsync(openid, PreNoticePlan);
        Assert.Equal(204, (await V3Requests.Notice(contract).SendAsync(shop)).Status);
        await BeijingAsync(world, Day, new(9, 0));
        Assert.Equal("SUCCESS", (await world.ApplyAsync(contract)).Outcome);
        await world.SettleAsync();
        return contract;
    }

    internal static Task BeijingAsync(World world, DateOnly day, TimeOnly time) =>
        world.AdvanceAsync(new DateTimeOffset(day.ToDateTime(time), TimeSpan.FromHours(8)) - world.Now);
}
