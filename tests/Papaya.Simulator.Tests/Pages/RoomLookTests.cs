using System.Text.Json.Nodes;
using Papaya.Simulator.Control;
using Papaya.Simulator.Lint;
using Papaya.Simulator.Pages;
using Papaya.Simulator.Scenarios;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Tests.Pages;

/// <summary>Each page of the room, on a desk and on a phone, says of a world what the world's own truth says.</summary>
[Collection(BrowserCollection.Name)]
public sealed class RoomLookTests(Browser browser)
{
    private const string Row = "main .cards tbody tr";

    private static readonly string[] InTheDark = ["room", "room-order", "room-contract", "room-journal-detail", "room-faults", "room-snapshots"];

    [Fact]
    public async Task Every_page_of_the_room_shows_a_lived_in_world()
    {
        await using var world = await World.StartAsync();
        var lived = await LivedInWorld.MakeAsync(world);
        var pages = PagesOf(world, lived, await world.LedgerAsync(), await world.SeeAsync("/orders/" + lived.Debit), await world.SeeAsync("/merchants/" + World.MchId));
        foreach (var (width, language, isDark) in Looks.Room)
        {
            await using var visit = await browser.VisitAsync(world, width, language, isDark);
            // One sheet of style: a few pages show all that it has in the dark.
            foreach (var (name, address, facts) in pages.Where(p => !isDark || InTheDark.Contains(p.Name)))
            {
                Assert.Equal(200, await visit.OpenAsync(address));
                foreach (var (place, words) in facts)
                {
                    var found = await visit.Page.Locator(place).AllTextContentsAsync();
                    Assert.True(found.Any(text => words.All(w => text.Contains(w, StringComparison.Ordinal))), $"{name}: no {place} says {string.Join(" and ", words)}:\n{string.Join('\n', found)}");
                }

                await visit.LookAsync(name);
            }

            await visit.OpenAsync("/");
            Assert.Equal("1", await visit.TextAsync("ul.counts a[href*='state=signed'] strong"));
            await visit.OpenAsync($"/?since={Uri.EscapeDataString(Rfc3339.Text(lived.LastMonth))}");
            Assert.Equal(("1", "0"), (await visit.TextAsync("#happened-debits strong"), await visit.TextAsync("#happened-failed strong")));
            Assert.Equal(("3", "1"), (await visit.TextAsync("#happened-refunds strong"), await visit.TextAsync("#happened-ended strong")));
        }
    }

    [Fact]
    public async Task Lists_have_a_row_for_each_that_there_is()
    {
        await using var world = await World.StartAsync();
        var lived = await LivedInWorld.MakeAsync(world);
        await using var visit = await browser.VisitAsync(world, Browser.Desk);
        foreach (var (address, place, count) in new[]
        {
            ("/room/lint", ".rules > li", LintRules.All.Count),
            ("/room/switches", "section.switch", Switches.All.Count),
            ("/room/scenarios", "ul.rules > li", ScenarioLibrary.All.Count),
            ("/room/users", Row, 9),
            ("/room/templates", Row, world.State.Templates.Count()),
            ("/room/contracts", Row, 2),
            ("/room/contracts?state=signed", Row, 1),
            ("/room/orders", Row, world.State.Orders.Count()),
            ("/room/orders?state=SUCCESS", Row, world.State.Orders.Count(o => o.State == TradeState.Success)),
            ("/room/refunds", Row, 3),
            ("/room/refunds?state=ABNORMAL", Row, 1),
            ("/room/ledger", Row, world.State.Movements.Count),
            ("/room/ledger?kind=refund", Row, 3),
            ("/room/contracts/" + lived.Contract, "circle", 4),
            ("/room/faults", Row, 2),
        })
        {
            Assert.Equal(200, await visit.OpenAsync(address));
            Assert.True(count == await visit.Page.Locator(place).CountAsync(), $"{address} has {await visit.Page.Locator(place).CountAsync()} of {count} {place}");
        }

        Assert.Equal(1, await visit.Page.Locator("#mch").CountAsync());
    }

    /// <summary>The pages with what one line of each must say; the truth is the control API's.</summary>
    private static (string Name, string Address, (string Place, string[] Words)[] Facts)[] PagesOf(World world, LivedInWorld lived, JsonArray ledger, JsonNode debit, JsonNode merchant)
    {
        var transaction = (string)debit["transaction_id"]!;
        var debits = ledger.Where(e => (string)e!["kind"]! == "debit").ToArray();
        var user = world.State.FindUser("oSimUser0001")!;
        var waiting = world.State.Deliveries.First(d => d.OutTradeNo == lived.Debit);
        return
        [
            ("room", "/?since=2026-01-15T02:00:00Z",
            [
                ("#happened-debits", [$"{debits.Length}"]), ("#happened-failed", ["1"]), ("ul.counts a[href*='/room/ledger']", [Show.Count(world.State.Movements.Count)]),
                ("ul.counts a[href*='state=ACCEPT']", ["1"]), (Row, ["/pay/pappayapply", "D202605"]),
            ]),
            ("room-users", "/room/users", [(Row, ["oSimUser0001", Show.Yuan(user.Balance)])]),
            ("room-user", "/room/users/oSimUser0001", [(Row, [lived.Contract, "12535"])]),
            ("room-templates", "/room/templates?mch_id=10000100&plan_id=12535", [(Row, ["12536", "¥25.00"]), ("#form h2", ["12535"])]),
            ("room-merchants", "/room/merchants", [(Row, [World.MchId, World.AppId])]),
            ("room-merchant", "/room/merchants/10000100", [("#serial", [(string)merchant["certificate_serial"]!]), ("main pre", ["BEGIN PUBLIC KEY"]), (".facts-list", [(string)merchant["key"]!])]),
            ("room-contracts", "/room/contracts", [(Row, [lived.Contract, "oSimUser0001"])]),
            ("room-contract", "/room/contracts/" + lived.Contract, [(Row, [lived.Debit, "¥25.00", "SUCCESS"]), ("circle title", ["D202602", "CLOSED"]), (".facts-list", ["oSimUser0001"])]),
            ("room-orders", "/room/orders", [(Row, [lived.Debit, "¥25.00", "SUCCESS"]), (Row, ["D202602", "CLOSED", "NOTENOUGH"])]),
            ("room-order", $"/room/orders/{World.MchId}/{lived.Debit}", [(".lifeline li.good", [transaction]), (".facts-list", ["¥25.00", lived.Contract])]),
            ("room-order-refunded", $"/room/orders/{World.MchId}/{lived.RefundedDebit}", [("#refunds tbody tr", ["R2", "¥7.00"]), (".lifeline li", ["R1"])]),
            ("room-refunds", "/room/refunds", [(Row, ["R1", "¥5.00", lived.RefundedDebit]), (Row, ["R3", "¥3.00"])]),
            ("room-notifications", "/room/notifications", [(Row, [lived.Debit, waiting.Url])]),
            ("room-ledger", "/room/ledger", [(Row, [lived.Debit, "¥25.00", transaction]), ("ul.counts a[href*='kind=debit']", [Show.Yuan(debits.Sum(e => (long)e!["amount"]!)), $"{debits.Length}"])]),
            ("room-journal", "/room/journal", [(Row, ["/pay/pappayapply", "D202605"])]),
            ("room-journal-detail", "/room/journal/" + lived.WrongCall, [("main pre", ["&key=***"]), ("main pre", ["<out_trade_no>", "D202605"])]),
            ("room-faults", "/room/faults", [(Row, ["timeout_after", "/pay/pappayapply"])]),
            ("room-switches", "/room/switches", [("section.switch h2", [Switches.All[^1].Name])]),
            ("room-switches-of-one", "/room/switches?mch_id=" + World.MchId, [("section.changed h2", ["orderquery_waiting"])]),
            ("room-lint", "/room/lint", [(".rules > li", [LintRules.All[^1].Id])]),
            ("room-scenarios", "/room/scenarios", [(".rules > li", [ScenarioLibrary.All[^1].Name])]),
            ("room-snapshots", "/room/snapshots?from=/room/orders", [(".kept li", ["three-months", Show.Time(world.Now)])]),
        ];
    }
}
