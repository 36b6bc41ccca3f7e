using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Tests.Pages;

[Collection(BrowserCollection.Name)]
public sealed class SigningPageTests(Browser browser)
{
    private const string Account = "张三 138****8000";

    [Theory]
    [MemberData(nameof(Looks.All), MemberType = typeof(Looks))]
    public async Task A_user_reads_agrees_and_signs(int width, string language, bool isDark)
    {
        await using var world = await World.StartAsync();
        await using var visit = await browser.VisitAsync(world, width, language, isDark);
        // A parameter more would break the merchant's signature: the language is chosen on the page.
        await visit.Page.GotoAsync(EntrustWeb(world));
        await visit.OpenAsync(new Uri(visit.Page.Url).PathAndQuery);
        Assert.False(await visit.Page.Locator("#agree").IsCheckedAsync());
        Assert.Equal(Account, await visit.Page.Locator("#account").TextContentAsync());
        Assert.Equal("月度会员 / " + (await visit.Page.Locator("html").GetAttributeAsync("lang") == "en" ? "month" : "月"), await visit.Page.Locator("#service").TextContentAsync());
        await visit.LookAsync("signing");

        await visit.Page.Locator("button.main").ClickAsync();
        Assert.True(await visit.Page.Locator("#must-agree").IsVisibleAsync());
        Assert.False(await visit.Page.Locator("#agree").IsCheckedAsync());
        await visit.Page.Locator("#agree").CheckAsync();
        await visit.Page.Locator("button.main").ClickAsync();
        await visit.LookAsync("signing-password");
        await visit.Page.Locator("#password").FillAsync("000000");
        await visit.Page.Locator("button.main").ClickAsync();
        Assert.True(await visit.Page.Locator("#wrong").IsVisibleAsync());
        Assert.Empty((await world.SeeAsync("/contracts?openid=oSimUser0001"))["data"]!.AsArray());
        await visit.Page.Locator("#password").FillAsync("123456");
        await visit.Page.Locator("button.main").ClickAsync();
        await visit.LookAsync("signing-result");
        Assert.Equal("signed", (string)(await world.SeeAsync("/contracts?openid=oSimUser0001"))["data"]![0]!["state"]!);
        await visit.Page.ReloadAsync();
        Assert.Contains(language == "zh" && !visit.Page.Url.Contains("lang=en", StringComparison.Ordinal) ? "已开通" : "Joined", await visit.TextAsync("#contract"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_has_signed_already_is_told_so_and_a_late_page_and_a_wrong_request_say_what_they_are()
    {
        await using var world = await World.StartAsync();
        await world.SignedAsync("oSimUser0001");
        await using var visit = await browser.VisitAsync(world);
        await visit.OpenAsync(EntrustWeb(world));
        await visit.Page.Locator("#agree").CheckAsync();
        await visit.Page.Locator("button.main").ClickAsync();
        await visit.Page.Locator("#password").FillAsync("123456");
        await visit.Page.Locator("button.main").ClickAsync();
        Assert.Contains("你已开通该服务", await visit.TextAsync("#contract"), StringComparison.Ordinal);
        await visit.LookAsync("signing-already", isOnlyHere: true);

        await visit.OpenAsync(EntrustWeb(world));
        await world.AdvanceAsync(TimeSpan.FromHours(3));
        Assert.Equal(410, await visit.OpenAsync(new Uri(visit.Page.Url).PathAndQuery));
        await visit.LookAsync("signing-expired", isOnlyHere: true);

        await visit.OpenAsync(EntrustWeb(world) + "0");
        Assert.Equal("商家系统错误，请联系商家处理", await visit.TextAsync("h1"));
        await visit.Page.Locator("summary").ClickAsync();
        await visit.LookAsync("signing-wrong-request", isOnlyHere: true);
    }

    [Fact]
    public async Task A_user_turns_a_service_off_in_two_steps_and_what_waited_fails()
    {
        await using var world = await World.StartAsync();
        await world.DoAsync("/users", new System.Text.Json.Nodes.JsonObject
        {
            ["openid"] = "oSimUser0001",
            ["cards"] = new System.Text.Json.Nodes.JsonArray(new System.Text.Json.Nodes.JsonObject { ["bank"] = "CMB_DEBIT", ["balance"] = 2_000_000 }),
        });
        var contract = await world.SignedAsync("oSimUser0001");
        await world.SignedAsync("oSimUser0001", "12537");
        await world.AdvanceAsync(TimeSpan.FromHours(13));
        Assert.Equal("SUCCESS", (await world.ApplyAsync(contract, "D1")).Outcome);
        foreach (var (width, language, isDark) in Looks.Each)
        {
            await using var guest = await browser.VisitAsync(world, width, language, isDark);
            await guest.OpenAsync("/me/oSimUser0001");
            await guest.LookAsync("services");
            await guest.OpenAsync($"/me/oSimUser0001/end/{contract}");
            await guest.LookAsync("services-end");
        }

        await using var visit = await browser.VisitAsync(world);
        await visit.OpenAsync("/me/oSimUser0001");
        await visit.Page.Locator($"a[href*='{contract}']").ClickAsync();
        Assert.Contains("¥25.00", await visit.TextAsync("#waiting"), StringComparison.Ordinal);
        await visit.Page.Locator("a.quiet").ClickAsync();
        Assert.Equal(2, await visit.Page.Locator("a.danger").CountAsync());
        await visit.Page.Locator($"a[href*='{contract}']").ClickAsync();
        await visit.Page.Locator("button.danger").ClickAsync();
        Assert.Contains("月度会员", await visit.TextAsync("#ended"), StringComparison.Ordinal);
        Assert.Equal(1, await visit.Page.Locator("a.danger").CountAsync());
        await visit.LookAsync("services-ended", isOnlyHere: true);
        Assert.Equal(2, (int)(await world.SeeAsync("/contracts?openid=oSimUser0001"))["data"]!.AsArray().Single(c => (string)c!["contract_id"]! == contract)!["termination_mode"]!);
        await world.AdvanceAsync(TimeSpan.FromDays(2));
        Assert.DoesNotContain(await world.LedgerAsync(), e => (string)e!["out_trade_no"]! == "D1");
        Assert.Equal(404, await visit.OpenAsync($"/me/oSimUser0001/end/{contract}"));
    }

    private static string EntrustWeb(World world) => SignOnlyTests.Address(
        "/papay/entrustweb", World.With(SignOnlyTests.Fields(world, World.AppId), ("contract_display_account", Account)), SignType.Md5);
}
