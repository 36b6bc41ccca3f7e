namespace Papaya.Simulator.Tests.Pages;

[Collection(BrowserCollection.Name)]
public sealed class RoomPageTests(Browser browser)
{
    [Fact]
    public async Task The_clock_moves_by_an_hour_a_day_to_the_next_event_and_to_a_date_and_tells_what_happened()
    {
        await using var world = await World.StartAsync();
        var contract = await world.SignedAsync("oSimUser0001");
        await world.AdvanceAsync(TimeSpan.FromHours(22));
        Assert.Equal("SUCCESS", (await world.ApplyAsync(contract, "D1")).Outcome);
        await using var visit = await browser.VisitAsync(world);
        await visit.OpenAsync("/");
        Assert.Equal("2026-01-16 08:00:00", await visit.TextAsync("#beijing"));
        Assert.Equal("2026-01-16 00:00:00", await visit.TextAsync("#utc"));
        await visit.Page.Locator("#hour").ClickAsync();
        Assert.Equal("2026-01-16 09:00:00", await visit.TextAsync("#beijing"));
        await visit.Page.Locator("#day").ClickAsync();
        Assert.Equal("1", await visit.TextAsync("#happened-debits strong"));
        Assert.Equal(2500, (long)(await world.LedgerAsync()).Single(e => (string)e!["kind"]! == "debit")!["amount"]!);

        var due = world.State.Deliveries.Min(d => d.DueAt)!.Value;
        await visit.Page.Locator("#next").ClickAsync();
        Assert.Equal(due, world.Now);
        await visit.Page.Locator("#to").FillAsync("2026-03-01T08:30");
        await visit.Page.Locator("#to + button").ClickAsync();
        Assert.Equal("2026-03-01 08:30:00", await visit.TextAsync("#beijing"));
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 0, 30, 0, TimeSpan.Zero), world.Now);
    }

    [Fact]
    public async Task Forms_are_control_calls_and_a_refusal_says_why()
    {
        await using var world = await World.StartAsync();
        await using var visit = await browser.VisitAsync(world);
        await visit.OpenAsync("/room/users/oSimUser0002");
        await visit.Page.Locator("#balance").FillAsync("12.34");
        await visit.Page.Locator("#account").SelectOptionAsync("abnormal");
        await visit.Page.Locator("main button.main").ClickAsync();
        var user = await world.SeeAsync("/users/oSimUser0002");
        Assert.Equal((1234, "abnormal"), ((long)user["balance"]!, (string)user["account"]!));
        await visit.Page.Locator("#coupon-amount").FillAsync("3.21");
        await visit.Page.Locator("#coupon-type").SelectOptionAsync("NO_CASH");
        await visit.Page.Locator("form:has(#coupon-amount) button:not(.ascommand)").ClickAsync();
        Assert.Contains("¥3.21", await visit.TextAsync(".cards"), StringComparison.Ordinal);
        var coupon = (await world.SeeAsync("/users/oSimUser0002"))["coupons"]![0]!;
        Assert.Equal((321, "NO_CASH"), ((long)coupon["amount"]!, (string)coupon["type"]!));

        await visit.OpenAsync("/room/faults");
        await visit.Page.Locator("#kind").SelectOptionAsync("http_500");
        await visit.Page.Locator("main button.main").ClickAsync();
        Assert.Contains("http_500", await visit.TextAsync(".cards"), StringComparison.Ordinal);
        Assert.Equal("http_500", (string)(await world.SeeAsync("/faults"))["data"]![0]!["kind"]!);
        await visit.Page.Locator("button.tiny").ClickAsync();
        Assert.Empty((await world.SeeAsync("/faults"))["data"]!.AsArray());

        await visit.Page.Locator("#on").FillAsync("/nowhere");
        await visit.Page.Locator("main button.main").ClickAsync();
        Assert.Contains("/nowhere", await visit.TextAsync("#reason"), StringComparison.Ordinal);
        await visit.LookAsync("room-refused", isOnlyHere: true);

        await visit.OpenAsync("/room/switches");
        await visit.Page.Locator("#v-orderquery_waiting").SelectOptionAsync("ACCEPT");
        await visit.Page.Locator("#v-orderquery_waiting + button").ClickAsync();
        Assert.Equal("ACCEPT", (string)(await world.SeeAsync("/switches"))["data"]!.AsArray().Single(s => (string)s!["name"]! == "orderquery_waiting")!["value"]!);
    }

    [Fact]
    public async Task A_wrong_sign_is_shown_with_its_first_difference()
    {
        await using var world = await World.StartAsync();
        var call = (await LivedInWorld.MakeAsync(world)).WrongCall;
        await using var visit = await browser.VisitAsync(world, Browser.Desk);
        await visit.OpenAsync("/room/journal/" + call);
        var page = await visit.TextAsync("main");
        Assert.Contains("&key=***", page, StringComparison.Ordinal);
        Assert.Contains("首个差异", page, StringComparison.Ordinal);
        Assert.DoesNotContain(Papaya.Simulator.World.Presets.Key, page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scenario_runs_with_its_cause_and_without()
    {
        await using var world = await World.StartAsync();
        await using var visit = await browser.VisitAsync(world);
        await visit.OpenAsync("/room/scenarios");
        var name = await visit.Page.Locator("button[name=run]").First.GetAttributeAsync("value");
        await visit.Page.Locator("button[name=run]").First.ClickAsync();
        Assert.Contains(name!, await visit.TextAsync("#result"), StringComparison.Ordinal);
        Assert.Contains("通过", await visit.TextAsync("#result .pill"), StringComparison.Ordinal);
        await visit.LookAsync("room-scenario-passed", isOnlyHere: true);
        await visit.Page.Locator("button[name=run]").Nth(1).ClickAsync();
        Assert.Contains("失败", await visit.TextAsync("#result .pill"), StringComparison.Ordinal);
        await visit.LookAsync("room-scenario-without-cause", isOnlyHere: true);
        Assert.Equal(World.Start, world.Now);
    }

    [Fact]
    public async Task The_room_is_closed_to_foreign_pages_and_names()
    {
        await using var world = await World.StartAsync();
        using var http = new HttpClient { BaseAddress = world.Address };
        using var foreign = new HttpRequestMessage(HttpMethod.Post, "/room/clock")
        {
            Content = new FormUrlEncodedContent([new("_call", "/_sim/clock"), new("advance_seconds:number", "3600")]),
        };
        foreign.Headers.Add("Origin", "https://evil.example");
        Assert.Equal(403, (int)(await http.SendAsync(foreign)).StatusCode);
        using var rebound = new HttpRequestMessage(HttpMethod.Get, "/room/merchants/10000100");
        rebound.Headers.Host = "evil.example";
        Assert.Equal(403, (int)(await http.SendAsync(rebound)).StatusCode);
        Assert.Equal(World.Start, world.Now);
    }
}
