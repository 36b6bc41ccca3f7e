using System.Text.Json.Nodes;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Tests.Lint;

/// <summary>For each rule what a caller does wrong, and how it is done right.</summary>
internal sealed record LintScript(string Rule, Func<Tests.World, Task> Wrong, Func<Tests.World, Task> Right);

internal static class LintScripts
{
    private const string Apply = "/pay/pappayapply";
    private const string Refund = "/secapi/pay/refund";
    private static readonly ApiV2Key Stranger = new("strangers0key");

    public static readonly IReadOnlyList<LintScript> All =
    [
        .. MoreLintScripts.All,
        new("number-changed-while-undecided",
            async w =>
            {
                var contract = await DayOldAsync(w);
                await CutAsync(w, Apply, () => w.ApplyAsync(contract, "NUMBER1"));
                await w.ApplyAsync(contract, "NUMBER2");
            },
            async w =>
            {
                var contract = await DayOldAsync(w);
                await CutAsync(w, Apply, () => w.ApplyAsync(contract, "NUMBER1"));
                await w.AdvanceAsync(TimeSpan.FromHours(25));
                await w.OrderQueryAsync("NUMBER1", "/pay/paporderquery");
                await w.ApplyAsync(contract, "NUMBER2");
            }),
        new("no-query-after-systemerror",
            async w =>
            {
                var contract = await DayOldAsync(w);
                await CutAsync(w, Apply, () => w.ApplyAsync(contract, "NUMBER1"));
                await w.ApplyAsync(contract, "NUMBER1");
            },
            async w =>
            {
                var contract = await DayOldAsync(w);
                await CutAsync(w, Apply, () => w.ApplyAsync(contract, "NUMBER1"));
                await w.OrderQueryAsync("NUMBER1", "/pay/paporderquery");
                await w.ApplyAsync(contract, "NUMBER1");
            }),
        new("spent-number-reused", w => AfterFailureAsync(w, "NUMBER1"), w => AfterFailureAsync(w, "NUMBER2")),
        new("number-under-another-merchant", w => ByTwoAsync(w, "NUMBER1"), w => ByTwoAsync(w, "NUMBER2")),
        new("no-close-before-new-number", w => AfterSystemErrorAsync(w, isClosed: false), w => AfterSystemErrorAsync(w, isClosed: true)),
        new("debit-outside-hours",
            async w =>
            {
                await w.AdvanceAsync(TimeSpan.FromHours(12));
                await w.ApplyAsync("202601150000000000");
            },
            w => w.ApplyAsync("202601150000000000")),
        new("retry-after-rulelimit",
            async w =>
            {
                var contract = await DayOldAsync(w);
                await w.ApplyAsync(contract, "NUMBER1", ("total_fee", "60000"));
                await w.ApplyAsync(contract, "NUMBER2");
            },
            async w =>
            {
                var contract = await DayOldAsync(w);
                await w.ApplyAsync(contract, "NUMBER1", ("total_fee", "60000"));
                await w.AdvanceAsync(TimeSpan.FromDays(1));
                await w.ApplyAsync(contract, "NUMBER2");
            }),
        new("no-back-off",
            async w =>
            {
                await w.FaultAsync("/pay/orderquery", "frequency_limited", times: 1);
                await w.OrderQueryAsync("NUMBER1");
                await w.OrderQueryAsync("NUMBER1");
            },
            async w =>
            {
                await w.FaultAsync("/pay/orderquery", "frequency_limited", times: 1);
                await w.OrderQueryAsync("NUMBER1");
                await w.AdvanceAsync(TimeSpan.FromSeconds(2));
                await w.OrderQueryAsync("NUMBER1");
            }),
        new("query-hammering", w => AskAsync(w, 12), w => AskAsync(w, 3)),
        new("wrong-query-call",
            async w =>
            {
                await w.SignedAsync(changes: ("out_trade_no", "PAYMENT1"));
                await w.OrderQueryAsync("PAYMENT1", "/pay/paporderquery");
            },
            async w =>
            {
                await w.SignedAsync(changes: ("out_trade_no", "PAYMENT1"));
                await w.OrderQueryAsync("PAYMENT1");
            }),
        new("answered-late", w => AnsweredAfterAsync(w, TimeSpan.FromMilliseconds(1_200)), w => AnsweredAfterAsync(w, TimeSpan.FromMilliseconds(20))),
        new("ack-wrong-bytes",
            w => NotifiedAsync(w, l => l.Next(200, "\n<xml><return_code>SUCCESS</return_code></xml>")),
            w => NotifiedAsync(w, _ => { })),
        new("never-acknowledged",
            async w =>
            {
                await NotifiedAsync(w, l => l.Acknowledges = false, TimeSpan.FromDays(1));
            },
            w => NotifiedAsync(w, _ => { })),
        new("forged-accepted",
            async w =>
            {
                await w.FaultAsync("debit", "bad_signature", times: 1);
                await NotifiedAsync(w, _ => { });
            },
            async w =>
            {
                await w.FaultAsync("debit", "bad_signature", times: 1);
                await NotifiedAsync(w, l => l.Next(400, "no"));
            }),
        new("wrong-amount-accepted",
            async w =>
            {
                await w.DoAsync("/faults", new JsonObject { ["on"] = "debit", ["kind"] = "wrong_amount", ["amount"] = 1, ["times"] = 1 });
                await NotifiedAsync(w, _ => { }, TimeSpan.FromHours(2));
            },
            async w =>
            {
                await w.DoAsync("/faults", new JsonObject { ["on"] = "debit", ["kind"] = "wrong_amount", ["amount"] = 1, ["times"] = 1 });
                await NotifiedAsync(w, _ => { });
                await w.OrderQueryAsync("NUMBER1", "/pay/paporderquery");
                await w.AdvanceAsync(TimeSpan.FromHours(2));
            }),
        new("missing-idempotency", w => TwoOrdersAsync(w, TimeSpan.FromSeconds(1)), w => TwoOrdersAsync(w, TimeSpan.FromMinutes(1))),
        new("wide-characters",
            w => w.ContractOrderAsync("oSimUser0001", ("body", "会员🥭")),
            async w =>
            {
                await NamedAsync(w, "小木🥭");
                await w.ContractOrderAsync("oSimUser0001", ("contract_display_account", "小木"));
            }),
        new("display-account-is-nickname",
            async w =>
            {
                await NamedAsync(w, "小木");
                await w.ContractOrderAsync("oSimUser0001", ("contract_display_account", "小木"));
            },
            async w =>
            {
                await NamedAsync(w, "小木");
                await w.ContractOrderAsync("oSimUser0001", ("contract_display_account", "会员10086"));
            }),
        new("display-account-punctuation",
            w => w.ContractOrderAsync("oSimUser0001", ("contract_display_account", "张 三!")), w => w.ContractOrderAsync("oSimUser0001")),
        new("notify-url-query",
            w => w.ContractOrderAsync("oSimUser0001", ("notify_url", "http://127.0.0.1:9/pay?merchant=1")), w => w.ContractOrderAsync("oSimUser0001")),
        new("surplus-parameter",
            async w => await w.PostAsync("/papay/querycontract",
                [("appid", Tests.World.AppId), ("mch_id", Tests.World.MchId), ("contract_id", await w.SignedAsync()), ("version", "1.0"), ("nonce_str", "n")]),
            async w => await w.ContractQueryAsync(await w.SignedAsync())),
        new("serial-shape", w => w.ContractOrderAsync("oSimUser0001", ("request_serial", "1234567890123")), w => w.ContractOrderAsync("oSimUser0001")),
        new("number-alphabet", w => w.ContractOrderAsync("oSimUser0001", ("out_trade_no", "n1")), w => w.ContractOrderAsync("oSimUser0001")),
        new("keys-mixed",
            async w =>
            {
                await w.DoAsync("/merchants", new JsonObject { ["mch_id"] = "1900000109", ["key"] = "strangers0key" });
                await SignedAsync(w, Stranger);
            },
            w => w.OrderQueryAsync("NUMBER1")),
        new("old-key-after-rotation", w => RotatedAsync(w, Tests.World.Key), w => RotatedAsync(w, new("newer0key"))),
        new("connection-per-call", w => ConnectAsync(w, TimeSpan.Zero), w => ConnectAsync(w, TimeSpan.FromMinutes(1))),
        new("refund-number-changed", w => RefundAgainAsync(w, "REFUND2"), w => RefundAgainAsync(w, "REFUND1")),
        new("refund-over-total", w => RefundTwiceAsync(w, 1_500, TimeSpan.FromMinutes(2)), w => RefundTwiceAsync(w, 1_000, TimeSpan.FromMinutes(2))),
        new("refund-too-soon", w => RefundTwiceAsync(w, 1_000, TimeSpan.FromSeconds(1)), w => RefundTwiceAsync(w, 1_000, TimeSpan.FromMinutes(2))),
        new("refund-without-certificate",
            async w =>
            {
                await w.SignedAsync(changes: ("out_trade_no", "PAYMENT1"));
                await w.RefundAsync("PAYMENT1", "REFUND1", 100, certificate: null);
            },
            w => RefundTwiceAsync(w, 100, TimeSpan.FromMinutes(2))),
        new("signing-without-query", w => SignAgainAsync(w, asks: false), w => SignAgainAsync(w, asks: true)),
        new("contract-code-reused", w => SignAfterEndAsync(w, "CODE1"), w => SignAfterEndAsync(w, "CODE2")),
        new("template-url-missing",
            w => w.ContractOrderAsync("oSimUser0001"),
            async w =>
            {
                await TemplateAsync(w, "http://127.0.0.1:9/end");
                await w.ContractOrderAsync("oSimUser0001");
            }),
        new("debit-after-termination", w => EndedAsync(w, debitsOn: true), w => EndedAsync(w, debitsOn: false)),
        new("paid-without-contract-never-asked", w => NotTickedAsync(w, asks: false), w => NotTickedAsync(w, asks: true)),
    ];

    internal static async Task<string> DayOldAsync(Tests.World w)
    {
        var contract = await w.SignedAsync();
        await w.AdvanceAsync(TimeSpan.FromDays(1));
        return contract;
    }

    /// <summary>The answer is lost after all was done.</summary>
    internal static async Task CutAsync(Tests.World w, string path, Func<Task> call)
    {
        await w.FaultAsync(path, "timeout_after", times: 1);
        await Assert.ThrowsAnyAsync<HttpRequestException>(call);
    }

    private static async Task AfterFailureAsync(Tests.World w, string next)
    {
        await using var listener = await Listener.StartAsync(w.Clock);
        var contract = await w.SignedAsync(await w.UserAsync(2_500));
        await w.ApplyAsync(contract, "NUMBER1", ("notify_url", listener.Url));
        await w.SettleAsync();
        Assert.Single(listener.Got);
        await w.ApplyAsync(contract, next);
    }

    private static async Task AfterSystemErrorAsync(Tests.World w, bool isClosed)
    {
        await using var listener = await Listener.StartAsync(w.Clock);
        await w.DoAsync("/faults", new JsonObject { ["on"] = "execution", ["kind"] = "fail", ["code"] = "SYSTEMERROR", ["text"] = "系统异常", ["times"] = 1 });
        var contract = await w.SignedAsync();
        await w.ApplyAsync(contract, "NUMBER1", ("notify_url", listener.Url));
        await w.AdvanceAsync(TimeSpan.FromMinutes(10));
        Assert.Single(listener.Got);
        if (isClosed)
        {
            await w.OrderQueryAsync("NUMBER1", "/pay/paporderquery");
            await w.CloseAsync("NUMBER1");
        }

        await w.ApplyAsync(contract, "NUMBER2");
    }

    private static async Task ByTwoAsync(Tests.World w, string second)
    {
        await w.DoAsync("/merchants", new JsonObject { ["mch_id"] = "1900000109", ["key"] = "strangers0key" });
        await w.ApplyAsync("202601150000000000", "NUMBER1");
        await w.PostAsync(Apply, Tests.World.With(w.ApplyFields("202601150000000001", second), ("mch_id", "1900000109")), key: Stranger);
    }

    private static async Task AskAsync(Tests.World w, int times)
    {
        for (var i = 0; i < times; i++)
        {
            await w.OrderQueryAsync("NUMBER1");
        }
    }

    /// <summary>The merchant takes its time: the machine's moves on while it holds the message.</summary>
    private static Task AnsweredAfterAsync(Tests.World w, TimeSpan time) => NotifiedAsync(w, l => l.Next(async http =>
    {
        w.Machine.Now += time;
        await http.Response.Body.WriteAsync(Acknowledgement.Success);
    }));

    private static async Task NotifiedAsync(Tests.World w, Action<Listener> prepare, TimeSpan after = default)
    {
        await using var listener = await Listener.StartAsync(w.Clock);
        prepare(listener);
        await w.ApplyAsync(await w.SignedAsync(), "NUMBER1", ("notify_url", listener.Url));
        await w.AdvanceAsync(after);
        Assert.NotEmpty(listener.Got);
    }

    private static async Task TwoOrdersAsync(Tests.World w, TimeSpan apart)
    {
        await w.ContractOrderAsync("oSimUser0001");
        await w.AdvanceAsync(apart);
        await w.ContractOrderAsync("oSimUser0001");
    }

    private static Task NamedAsync(Tests.World w, string nickname) =>
        w.DoAsync("/users", new JsonObject { ["openid"] = "oSimUser0001", ["nickname"] = nickname });

    private static Task SignedAsync(Tests.World w, ApiV2Key key)
    {
        using var message = new V2Writer();
        message.Add("appid", Tests.World.AppId).Add("mch_id", Tests.World.MchId).Add("nonce_str", "n").Add("out_trade_no", "NUMBER1");
        return w.SendAsync("/pay/orderquery", message.Sign(key, SignType.Md5).ToArray(), "text/xml");
    }

    private static async Task RotatedAsync(Tests.World w, ApiV2Key key)
    {
        await w.DoAsync("/merchants", new JsonObject { ["mch_id"] = Tests.World.MchId, ["key"] = "newer0key" });
        await w.AdvanceAsync(TimeSpan.FromDays(2));
        await SignedAsync(w, key);
    }

    /// <summary>A caller of its own, who keeps each connection for so long.</summary>
    private static async Task ConnectAsync(Tests.World w, TimeSpan lifetime)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = lifetime }) { BaseAddress = w.Address };
        using var message = new V2Writer();
        message.Add("appid", Tests.World.AppId).Add("mch_id", Tests.World.MchId).Add("nonce_str", "n").Add("out_trade_no", "NUMBER1");
        var body = message.Sign(Tests.World.Key, SignType.Md5).ToArray();
        for (var i = 0; i < 24; i++)
        {
            using var answer = await http.PostAsync("/pay/orderquery", new ByteArrayContent(body));
            await answer.Content.ReadAsByteArrayAsync();
        }
    }

    private static async Task RefundAgainAsync(Tests.World w, string second)
    {
        await w.SignedAsync(changes: ("out_trade_no", "PAYMENT1"));
        await CutAsync(w, Refund, () => w.RefundAsync("PAYMENT1", "REFUND1", 100));
        await w.RefundAsync("PAYMENT1", second, 100);
    }

    private static async Task RefundTwiceAsync(Tests.World w, long amount, TimeSpan apart)
    {
        await w.SignedAsync(changes: ("out_trade_no", "PAYMENT1"));
        await w.RefundAsync("PAYMENT1", "REFUND1", amount);
        await w.AdvanceAsync(apart);
        await w.RefundAsync("PAYMENT1", "REFUND2", amount);
    }

    private static async Task SignAgainAsync(Tests.World w, bool asks)
    {
        var contract = await w.SignedAsync("oSimUser0001");
        await w.AdvanceAsync(TimeSpan.FromMinutes(1));
        if (asks)
        {
            await w.ContractQueryAsync(contract);
        }

        await w.ContractOrderAsync("oSimUser0001");
    }

    private static async Task SignAfterEndAsync(Tests.World w, string code)
    {
        var contract = await w.SignedAsync("oSimUser0001", changes: ("contract_code", "CODE1"));
        await w.DeleteContractAsync(contract);
        await w.AdvanceAsync(TimeSpan.FromMinutes(1));
        await w.ContractOrderAsync("oSimUser0001", ("contract_code", code));
    }

    private static Task TemplateAsync(Tests.World w, string url) => w.DoAsync("/templates", new JsonObject
    {
        ["mch_id"] = Tests.World.MchId, ["plan_id"] = 12535, ["name"] = "月度会员", ["kind"] = "periodic", ["fee"] = "capped", ["amount"] = 5_000,
        ["mode"] = "delay_24h", ["terminate_notify_url"] = url,
    });

    private static async Task EndedAsync(Tests.World w, bool debitsOn)
    {
        await using var listener = await Listener.StartAsync(w.Clock);
        await TemplateAsync(w, listener.Url);
        var contract = await w.SignedAsync();
        await w.DoAsync($"/contracts/{contract}/terminate", new JsonObject { ["mode"] = 2 });
        await w.SettleAsync();
        Assert.Single(listener.Got);
        if (debitsOn)
        {
            await w.ApplyAsync(contract, "NUMBER1");
        }
    }

    private static async Task NotTickedAsync(Tests.World w, bool asks)
    {
        var order = await w.ContractOrderAsync("oSimUser0001", ("contract_code", "CODE1"));
        await w.PayAsync(order, "oSimUser0001", sign: false);
        await w.AdvanceAsync(TimeSpan.FromMinutes(20));
        if (asks)
        {
            await w.ContractQueryByCodeAsync("CODE1");
        }

        await w.AdvanceAsync(TimeSpan.FromHours(2));
    }
}
