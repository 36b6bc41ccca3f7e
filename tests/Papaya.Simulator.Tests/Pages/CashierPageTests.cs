namespace Papaya.Simulator.Tests.Pages;

[Collection(BrowserCollection.Name)]
public sealed class CashierPageTests(Browser browser)
{
    private const string Body = "木瓜视频 <会员> & 月卡";
    private const string Account = "张三 138****8000";

    [Fact]
    public async Task The_switch_is_off_on_the_first_load_after_going_back_after_reloading_and_whatever_the_address_says()
    {
        await using var world = await World.StartAsync();
        await using var visit = await browser.VisitAsync(world);
        var address = await OrderAsync(world);
        var sign = visit.Page.Locator("#sign");

        await visit.OpenAsync(address);
        Assert.False(await sign.IsCheckedAsync());
        await sign.CheckAsync();
        await visit.Page.ReloadAsync();
        Assert.False(await sign.IsCheckedAsync());

        await sign.CheckAsync();
        await visit.Page.Locator("button.main").ClickAsync();
        Assert.Contains("请输入支付密码", await visit.TextAsync("h1"), StringComparison.Ordinal);
        await visit.BackAsync();
        Assert.False(await sign.IsCheckedAsync());

        await sign.CheckAsync();
        await visit.Page.Locator("button.main").ClickAsync();
        await visit.Page.Locator("a.quiet").ClickAsync();
        Assert.False(await sign.IsCheckedAsync());

        foreach (var query in (string[])["?sign=on", "?sign=true&checked=1", "?sign=on#sign"])
        {
            await visit.OpenAsync(address + query);
            Assert.False(await sign.IsCheckedAsync());
        }
    }

    [Theory]
    [InlineData("zh", "月")]
    [InlineData("en", "month")]
    public async Task The_strings_are_those_of_the_order_and_of_the_template_before_and_after_ticking(string language, string cycle)
    {
        await using var world = await World.StartAsync();
        await using var visit = await browser.VisitAsync(world, language: language);
        await visit.OpenAsync(await OrderAsync(world));
        foreach (var ticks in (bool[])[false, true])
        {
            await visit.Page.Locator("#sign").SetCheckedAsync(ticks);
            Assert.Equal(Body, await ExactAsync(visit, "#title"));
            Assert.Equal(Account, await ExactAsync(visit, "#account"));
            Assert.Equal($"月度会员 / {cycle}", await ExactAsync(visit, "#service"));
            Assert.Equal("¥25.00", await ExactAsync(visit, "#amount"));
            Assert.Contains("¥50.00", await ExactAsync(visit, "#later"), StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Looks.All), MemberType = typeof(Looks))]
    public async Task It_looks_right_from_the_order_to_the_result(int width, string language, bool isDark)
    {
        await using var world = await World.StartAsync();
        await using var visit = await browser.VisitAsync(world, width, language, isDark);
        await world.DoAsync("/templates", new System.Text.Json.Nodes.JsonObject
        {
            ["mch_id"] = World.MchId, ["plan_id"] = 12540, ["name"] = "木瓜视频月度会员", ["kind"] = "periodic", ["cycle"] = "month", ["fee"] = "fixed", ["amount"] = 2500,
            ["first_amount"] = 990,
        });
        var order = await OrderAsync(world, ("plan_id", "12540"), ("total_fee", "990"));
        await visit.OpenAsync(order);
        await visit.LookAsync("cashier");
        await visit.Page.Locator("#sign").CheckAsync();
        await visit.LookAsync("cashier-ticked");
        await visit.Page.Locator("button.main").ClickAsync();
        await visit.Page.Locator("#password").FillAsync("000000");
        await visit.Page.Locator("button.main").ClickAsync();
        await visit.LookAsync("password");
        Assert.True(await visit.Page.Locator("#wrong").IsVisibleAsync());
        await visit.Page.Locator("#password").FillAsync("123456");
        await visit.Page.Locator("button.main").ClickAsync();
        await visit.LookAsync("result-signed");
        Assert.Equal(990, (long)(await world.LedgerAsync())[0]!["amount"]!);
        await visit.OpenAsync(order);
        await visit.LookAsync("cashier-closed");

        await visit.OpenAsync(await OrderAsync(world));
        await visit.Page.Locator("button.main").ClickAsync();
        await visit.Page.Locator("#password").FillAsync("123456");
        await visit.Page.Locator("button.main").ClickAsync();
        await visit.LookAsync("result-not-signed");

        await visit.OpenAsync(await OrderAsync(world, ("total_fee", "20000000")));
        await visit.Page.Locator("button.main").ClickAsync();
        await visit.Page.Locator("#password").FillAsync("123456");
        await visit.Page.Locator("button.main").ClickAsync();
        await visit.LookAsync("result-not-paid");
    }

    [Theory]
    [InlineData("day", "日", "day")]
    [InlineData("week", "周", "week")]
    [InlineData("quarter", "季", "quarter")]
    [InlineData("half_year", "半年", "half-year")]
    [InlineData("year", "年", "year")]
    [InlineData("use", "次", "use")]
    public async Task The_service_line_ends_with_the_cycle_whichever_it_is(string cycle, string chinese, string english)
    {
        await using var world = await World.StartAsync();
        await world.DoAsync("/templates", new System.Text.Json.Nodes.JsonObject
        {
            ["mch_id"] = World.MchId, ["plan_id"] = 12541, ["name"] = "会员", ["kind"] = cycle == "use" ? "pay_later" : "periodic", ["cycle"] = cycle, ["fee"] = "fixed", ["amount"] = 2500,
        });
        using var http = new HttpClient { BaseAddress = world.Address };
        var address = await OrderAsync(world, ("plan_id", "12541"));
        Assert.Contains($"id=\"service\">会员 / {chinese}</dd>", System.Net.WebUtility.HtmlDecode(await http.GetStringAsync(address)), StringComparison.Ordinal);
        Assert.Contains($"id=\"service\">会员 / {english}</dd>", System.Net.WebUtility.HtmlDecode(await http.GetStringAsync(address + "?lang=en")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?sign=off")]
    [InlineData("?sign=&offers=false&hide=sign")]
    [InlineData("?action=pay&sign=on&disabled=1")]
    public async Task Nobody_takes_the_switch_away_or_presses_it_beforehand_by_an_address(string query)
    {
        await using var world = await World.StartAsync();
        using var http = new HttpClient { BaseAddress = world.Address };
        var html = await http.GetStringAsync(await OrderAsync(world) + query);
        var at = html.IndexOf("<input type=\"checkbox\" id=\"sign\"", StringComparison.Ordinal);
        Assert.True(at > 0, html);
        var box = html[at..html.IndexOf('>', at)];
        Assert.DoesNotContain("checked", box, StringComparison.Ordinal);
        Assert.DoesNotContain("disabled", box, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", box, StringComparison.Ordinal);
        Assert.Equal(1, html.Split("name=\"sign\"").Length - 1);
    }

    [Fact]
    public async Task Without_its_contract_part_it_is_an_ordinary_cashier()
    {
        await using var world = await World.StartAsync(switches: ("already_signed", "contract_part_fails"));
        await world.SignedAsync("oSimUser0001");
        await using var visit = await browser.VisitAsync(world);
        await visit.OpenAsync(await OrderAsync(world));
        Assert.Equal(0, await visit.Page.Locator("input[type=checkbox]").CountAsync());
        await visit.LookAsync("cashier-without-switch", isOnlyHere: true);
    }

    private static async Task<string> OrderAsync(World world, params (string Name, string? Value)[] changes)
    {
        var order = await world.ContractOrderAsync("oSimUser0001", [("body", Body), ("contract_display_account", Account), .. changes]);
        return "/cashier/" + order["prepay_id"];
    }

    private static async Task<string> ExactAsync(Visit visit, string selector) => (await visit.Page.Locator(selector).TextContentAsync())!;
}
