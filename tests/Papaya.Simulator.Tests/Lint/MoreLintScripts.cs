using System.Text.Json.Nodes;
using Papaya.Simulator.Tests.Signing;
using Papaya.Simulator.Tests.V3;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Tests.Lint;

/// <summary>Signs, notices, signing pages, bills: what a caller does wrong there, and how it is done right.</summary>
internal static class MoreLintScripts
{
    private const string Apply = "/pay/pappayapply";
    private const string DebitQuery = "/pay/paporderquery";

    public static readonly IReadOnlyList<LintScript> All =
    [
        new("no-query-when-silent", w => SilentAsync(w, asks: false), w => SilentAsync(w, asks: true)),
        new("probe-acknowledged", w => ProbedAsync(w, 204), w => ProbedAsync(w, 401)),
        new("reply-not-verified", w => ForgedReplyAsync(w, asks: false), w => ForgedReplyAsync(w, asks: true)),
        new("algorithms-mixed", w => SignTwiceAsync(w, SignType.HmacSha256), w => SignTwiceAsync(w, SignType.Md5)),
        new("timestamp-skew", w => SkewedAsync(w, TimeSpan.FromMinutes(-3)), w => SkewedAsync(w, TimeSpan.FromSeconds(-30))),
        new("certificate-expiring", w => BeforeTheEndAsync(w, TimeSpan.FromDays(10)), w => BeforeTheEndAsync(w, TimeSpan.FromDays(90))),
        new("timeout-too-short", w => DrippedAsync(w, waits: false), w => DrippedAsync(w, waits: true)),
        new("cashier-after-failed-presign", w => SignedBeforeAsync(w, pays: true), w => SignedBeforeAsync(w, pays: false)),
        new("signing-without-referer", w => OpenPageAsync(w, null), w => OpenPageAsync(w, "https://shop.example.com/join")),
        new("notice-in-first-hours", w => NoticedAsync(w, TimeSpan.Zero), w => NoticedAsync(w, TimeSpan.FromDays(1))),
        new("debit-outside-notice", w => NoticedAsync(w, TimeSpan.FromDays(1), TimeSpan.FromDays(1)), w => NoticedAsync(w, TimeSpan.FromDays(1), TimeSpan.FromDays(2))),
        new("amount-differs-from-notice",
            w => NoticedAsync(w, TimeSpan.FromDays(1), TimeSpan.FromDays(2), 3_000), w => NoticedAsync(w, TimeSpan.FromDays(1), TimeSpan.FromDays(2))),
        new("second-success-in-cycle", w => DebitTwiceAsync(w, TimeSpan.FromDays(2)), w => DebitTwiceAsync(w, TimeSpan.FromDays(32))),
        new("bill-not-fetched", w => BilledAsync(w, fetches: false), w => BilledAsync(w, fetches: true)),
    ];

    private static async Task SilentAsync(Tests.World w, bool asks)
    {
        // Nobody listens at port 9.
        await w.ApplyAsync(await w.SignedAsync(changes: ("out_trade_no", "PAYMENT1")), "NUMBER1");
        await w.SettleAsync();
        if (asks)
        {
            await w.OrderQueryAsync("PAYMENT1");
            await w.OrderQueryAsync("NUMBER1", DebitQuery);
            await w.AdvanceAsync(TimeSpan.FromMinutes(5));
        }

        await w.AdvanceAsync(TimeSpan.FromHours(7));
    }

    private static async Task ProbedAsync(Tests.World w, int status)
    {
        await using var listener = await V3Listener.StartAsync();
        using var shop = await Shop.OpenAsync(w);
        await w.FaultAsync("v3_contract", "probe", times: 1);
        listener.Next(status);
        var page = await shop.Client(shop.PublicKey).Scheduled.PreSignAppAsync(ScheduledTests.Sign("c1", listener.Url));
        await w.DoAsync("/entrust", new JsonObject { ["pre_entrustweb_id"] = page.PreSignId, ["openid"] = await w.UserAsync(), ["action"] = "agree" });
        await w.SettleAsync();
        Assert.Equal(2, listener.Got.Count);
    }

    private static async Task ForgedReplyAsync(Tests.World w, bool asks)
    {
        var contract = await LintScripts.DayOldAsync(w);
        await w.FaultAsync(Apply, "bad_signature", times: 1);
        await SendAsync(w, Apply, w.ApplyFields(contract, "NUMBER1"));
        if (asks)
        {
            await w.OrderQueryAsync("NUMBER1", DebitQuery);
        }
        else
        {
            await w.ApplyAsync(contract, "NUMBER2");
        }
    }

    private static async Task SendAsync(Tests.World w, string path, IEnumerable<(string Name, string? Value)> fields)
    {
        using var message = new V2Writer();
        foreach (var (name, value) in fields)
        {
            message.Add(name, value);
        }

        await w.SendAsync(path, message.Sign(Tests.World.Key, SignType.Md5).ToArray(), "text/xml");
    }

    private static async Task SignTwiceAsync(Tests.World w, SignType second)
    {
        foreach (var type in (SignType[])[SignType.Md5, second])
        {
            await w.PostAsync("/pay/orderquery", [("appid", Tests.World.AppId), ("mch_id", Tests.World.MchId), ("nonce_str", "n"), ("out_trade_no", "NUMBER1")], type);
        }
    }

    private static async Task SkewedAsync(Tests.World w, TimeSpan skew)
    {
        using var shop = await Shop.OpenAsync(w);
        Assert.Equal(200, (await shop.SendAsync(HttpMethod.Get, "/v3/certificates", skew: skew)).Status);
    }

    private static async Task BeforeTheEndAsync(Tests.World w, TimeSpan left)
    {
        using var shop = await Shop.OpenAsync(w);
        var end = w.State.Look(_ => w.State.Identities.CertificateEnds(Tests.World.MchId))!.Value;
        await w.AdvanceAsync(end - left - w.Now);
        Assert.Equal(200, (await shop.GetAsync("/v3/certificates")).Status);
    }

    private static async Task DrippedAsync(Tests.World w, bool waits)
    {
        await w.FaultAsync("/pay/orderquery", "drip", times: 1, delaySeconds: waits ? 0.02 : 5);
        if (waits)
        {
            await w.OrderQueryAsync("NUMBER1");
            return;
        }

        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = w.Address };
        using var message = new V2Writer();
        message.Add("appid", Tests.World.AppId).Add("mch_id", Tests.World.MchId).Add("nonce_str", "n").Add("out_trade_no", "NUMBER1");
        using (var request = new HttpRequestMessage(HttpMethod.Post, "/pay/orderquery") { Content = new ByteArrayContent(message.Sign(Tests.World.Key, SignType.Md5).ToArray()) })
        {
            // The head is there; who goes now has not seen the answer.
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        }

        await w.SettleAsync();
    }

    private static async Task SignedBeforeAsync(Tests.World w, bool pays)
    {
        await w.DoAsync("/switches", new JsonObject { ["already_signed"] = "contract_part_fails" });
        await w.SignedAsync("oSimUser0001");
        var order = await w.ContractOrderAsync("oSimUser0001", ("out_trade_no", "PAYMENT2"));
        Assert.Equal("FAIL", order["contract_result_code"]);
        if (pays)
        {
            await w.PayAsync(order, "oSimUser0001", sign: false);
            await w.SettleAsync();
        }
        else
        {
            // An order is open for five minutes at least.
            await w.AdvanceAsync(TimeSpan.FromMinutes(6));
            await w.CloseAsync("PAYMENT2");
        }
    }

    private static async Task OpenPageAsync(Tests.World w, string? referer)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { BaseAddress = w.Address };
        var page = SignOnlyTests.Address("/papay/entrustweb", [.. SignOnlyTests.Fields(w, Tests.World.AppId), ("return_web", "1")], SignType.Md5);
        using var request = new HttpRequestMessage(HttpMethod.Get, page);
        if (referer is not null)
        {
            request.Headers.Referrer = new(referer);
        }

        using var answer = await http.SendAsync(request);
        Assert.Equal(302, (int)answer.StatusCode);
    }

    /// <summary>Signs, waits, announces, waits again and debits 2,500 fen.</summary>
    private static async Task NoticedAsync(Tests.World w, TimeSpan first, TimeSpan? then = null, long announced = 2_500)
    {
        using var shop = await Shop.OpenAsync(w);
        var contract = await w.SignedAsync(plan: "12536");
        await w.AdvanceAsync(first);
        await shop.Client(shop.PublicKey).Notices.SendAsync(new() { WeChatContractId = contract, AppId = Tests.World.AppId, EstimatedFen = announced, DeductDays = 1 });
        if (then is { } wait)
        {
            await w.AdvanceAsync(wait);
            await w.ApplyAsync(contract, "NUMBER1");
        }
    }

    private static async Task DebitTwiceAsync(Tests.World w, TimeSpan apart)
    {
        var contract = await LintScripts.DayOldAsync(w);
        await w.ApplyAsync(contract, "NUMBER1");
        await w.AdvanceAsync(apart);
        await w.ApplyAsync(contract, "NUMBER2");
        await w.AdvanceAsync(TimeSpan.FromDays(2));
    }

    private static async Task BilledAsync(Tests.World w, bool fetches)
    {
        await w.SignedAsync();
        await w.AdvanceAsync(TimeSpan.FromDays(1));
        if (fetches)
        {
            Assert.Equal(200, (await w.BillAsync("20260115")).Status);
        }

        await w.AdvanceAsync(TimeSpan.FromDays(2));
    }
}
