using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Tests.Pages;

/// <summary>What a person does in the control room with a mouse or a keyboard.</summary>
[Collection(BrowserCollection.Name)]
public sealed class RoomActTests(Browser browser)
{
    [Fact]
    public async Task A_world_is_put_aside_and_taken_back_and_the_reader_stays_where_he_was()
    {
        await using var world = await World.StartAsync(ownsClock: true);
        await using var visit = await browser.VisitAsync(world);
        await visit.OpenAsync("/room/users?openid=oSimUser0001&lang=zh");
        await visit.Page.Locator("nav a[href*='/room/snapshots']").ClickAsync();
        await visit.Page.Locator("#name").FillAsync("before");
        await visit.Page.Locator("main button.main").ClickAsync();
        Assert.Equal("/room/users?openid=oSimUser0001&done=saved&lang=zh", new Uri(visit.Page.Url).PathAndQuery);
        Assert.Contains("快照已保存", await visit.TextAsync("#done"), StringComparison.Ordinal);

        await world.DoAsync("/users", new JsonObject { ["openid"] = "oSimUser0001", ["balance"] = 7 });
        await world.AdvanceAsync(TimeSpan.FromHours(5));
        await visit.Page.Locator("nav a[href*='/room/snapshots']").ClickAsync();
        Assert.False(await visit.Page.Locator("button.danger").First.IsVisibleAsync());
        await visit.Page.GetByText("还原…").ClickAsync();
        await visit.LookAsync("room-restore", isOnlyHere: true);
        await visit.Page.Locator(".kept button.danger").First.PressAsync("Enter");
        Assert.Equal("/room/users?openid=oSimUser0001&done=restored&lang=zh", new Uri(visit.Page.Url).PathAndQuery);
        Assert.Equal((World.Start, 100_000), (world.Now, await world.BalanceAsync("oSimUser0001")));
    }

    [Fact]
    public async Task One_merchant_or_everything_begins_anew_after_a_second_press()
    {
        await using var world = await World.StartAsync();
        await world.DoAsync("/merchants", new JsonObject { ["mch_id"] = "10000200", ["name"] = "另一家" });
        await world.SignedAsync("oSimUser0001");
        await using var visit = await browser.VisitAsync(world, Browser.Desk, "en");
        await visit.OpenAsync("/room/snapshots");
        await visit.Page.GetByText("Reset one merchant…").ClickAsync();
        await visit.Page.Locator("#reset-merchant").FillAsync("10000200");
        await visit.Page.GetByText("Yes, reset this merchant").ClickAsync();
        Assert.Single(world.State.Contracts);
        await visit.Page.GetByText("Reset everything…").ClickAsync();
        await visit.Page.GetByText("Yes, reset everything").ClickAsync();
        Assert.Equal((0, 1), (world.State.Contracts.Count(), world.State.Merchants.Count()));
        Assert.Equal("Begun anew.", await visit.TextAsync("#done"));
    }

    [Fact]
    public async Task A_time_that_others_live_by_does_not_go_back()
    {
        await using var world = await World.StartAsync(ownsClock: false);
        await world.DoAsync("/snapshots", new JsonObject { ["name"] = "here" });
        await using var visit = await browser.VisitAsync(world);
        await visit.OpenAsync("/room/snapshots");
        Assert.Equal(["keep"], await visit.Page.Locator("#clock-here option").EvaluateAllAsync<string[]>("all => all.map(o => o.value)"));
    }

    [Fact]
    public async Task A_refund_is_made_by_hand_and_brought_to_each_of_its_ends()
    {
        await using var world = await World.StartAsync();
        var contract = await world.SignedAsync("oSimUser0001");
        await world.AdvanceAsync(TimeSpan.FromHours(22));
        await world.ApplyAsync(contract, "D1");
        await world.AdvanceAsync(TimeSpan.FromHours(26));
        await using var visit = await browser.VisitAsync(world, Browser.Desk, "en");
        await visit.OpenAsync($"/room/orders/{World.MchId}/D1");
        foreach (var (yuan, end) in new[] { ("5.00", "Succeed R1-D1"), ("7.00", "Fail as abnormal R2-D1"), ("1.00", "Close R3-D1") })
        {
            if (!await visit.Page.Locator("#amount").IsVisibleAsync())
            {
                await visit.Page.Locator("#refunds summary", new() { HasText = "Refund by hand" }).ClickAsync();
            }

            await visit.Page.Locator("#amount").FillAsync(yuan);
            await visit.Page.Locator("#amount").PressAsync("Enter");
            await visit.Page.GetByLabel(end).ClickAsync();
            // Parts of one order are a minute apart.
            await world.AdvanceAsync(TimeSpan.FromMinutes(1));
        }

        var refunds = (await world.SeeAsync("/refunds"))["data"]!.AsArray();
        Assert.Equal(["R1-D1 500 SUCCESS", "R2-D1 700 CHANGE", "R3-D1 100 REFUNDCLOSE"], refunds.Select(r => $"{r!["out_refund_no"]} {r["amount"]} {r["state"]}").Order(StringComparer.Ordinal));

        // What is over offers nothing more; the abnormal one was seen to.
        Assert.Equal(2, await visit.Page.Locator("#refunds tbody button").CountAsync());
        await visit.Page.Locator("[aria-label='Succeed R2-D1']").ClickAsync();
        Assert.Equal(0, await visit.Page.Locator("#refunds tbody button").CountAsync());
        Assert.Equal((1300, 100), (world.State.Counts.Movements(MovementKind.Refund).Amount, world.State.Counts.Movements(MovementKind.RefundClosed).Amount));
    }

    [Fact]
    public async Task A_switch_is_set_for_one_merchant_and_means_the_same_in_both_languages()
    {
        await using var world = await World.StartAsync();
        await using var visit = await browser.VisitAsync(world);
        await visit.OpenAsync("/room/switches");
        var known = Switches.All.Single(s => s.Name == "orderquery_waiting");
        Assert.Contains(known.Chinese, await visit.TextAsync("#s-orderquery_waiting"), StringComparison.Ordinal);
        await visit.Page.Locator("#whose").SelectOptionAsync(World.MchId);
        await visit.Page.Locator("#whose + button").ClickAsync();
        await visit.Page.Locator("#v-orderquery_waiting").SelectOptionAsync("ACCEPT");
        await visit.Page.Locator("#v-orderquery_waiting + button").ClickAsync();
        Assert.EndsWith("/room/switches?mch_id=10000100#s-orderquery_waiting", visit.Page.Url, StringComparison.Ordinal);
        Assert.Equal(1, await visit.Page.Locator("section.changed").CountAsync());
        Assert.Equal((known.Default, "ACCEPT"), (world.State.Switches[known.Name, null], world.State.Switches[known.Name, World.MchId]));

        await visit.OpenAsync("/room/switches?lang=en");
        Assert.Contains(known.Meaning, await visit.TextAsync("#s-orderquery_waiting"), StringComparison.Ordinal);
        Assert.Equal(0, await visit.Page.Locator("section.changed").CountAsync());
    }

    [Fact]
    public async Task A_merchants_certificate_is_taken_away_with_its_password_and_renewed()
    {
        await using var world = await World.StartAsync();
        await using var visit = await browser.VisitAsync(world);
        await visit.OpenAsync("/room/merchants/10000100");
        var serial = await visit.TextAsync("#serial");
        var download = await visit.Page.RunAndWaitForDownloadAsync(() => visit.Page.Locator("#p12").ClickAsync());
        using (var taken = X509CertificateLoader.LoadPkcs12FromFile((await download.PathAsync())!, World.MchId))
        {
            Assert.Equal(("apiclient_cert.p12", serial, true), (download.SuggestedFilename, taken.SerialNumber, taken.HasPrivateKey));
            Assert.Equal(taken.NotAfter.ToUniversalTime().AddHours(8).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), await visit.TextAsync("#expiry"));
        }

        await visit.Page.GetByText("换发证书…").ClickAsync();
        await visit.Page.GetByText("确认换发").ClickAsync();
        var renewed = await visit.TextAsync("#serial");
        Assert.NotEqual(serial, renewed);
        Assert.Equal((string)(await world.SeeAsync("/merchants/10000100"))["certificate_serial"]!, renewed);
    }

    [Fact]
    public async Task A_filled_in_form_can_be_had_as_a_command_and_does_nothing_then()
    {
        await using var world = await World.StartAsync();
        await using var visit = await browser.VisitAsync(world);
        await visit.OpenAsync("/room/users/oSimUser0002");
        await visit.Page.Locator("#balance").FillAsync("12.34");
        await visit.Page.Locator("#nickname").FillAsync("李四's");
        await visit.Page.Locator("button.ascommand").First.ClickAsync();
        var url = world.Address.ToString().TrimEnd('/');
        Assert.Equal(
            $"papaya sim users set oSimUser0002 balance=1234 account=normal bank=ok risk=none 'nickname=李四'\\''s' other_items=0 --url {url}".Replace(" other_items=0", "", StringComparison.Ordinal),
            (await visit.TextAsync(".papaya")).Replace(" other_items=0", "", StringComparison.Ordinal).Replace(" 'cards=[]'", "", StringComparison.Ordinal));
        Assert.StartsWith($"curl -X POST {url}/_sim/users -H 'content-type: application/json' -d '", await visit.TextAsync(".curl"), StringComparison.Ordinal);
        await visit.LookAsync("room-command", isOnlyHere: true);
        Assert.Equal(100_000, await world.BalanceAsync("oSimUser0002"));
    }
}
