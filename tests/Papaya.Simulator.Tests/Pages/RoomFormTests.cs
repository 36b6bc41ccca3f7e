using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;
using Papaya.Simulator.Faults;
using Papaya.Simulator.Pages;
using Papaya.Simulator.Pages.Room;
using Papaya.Simulator.Wire;

namespace Papaya.Simulator.Tests.Pages;

/// <summary>What the control room's forms understand and offer, without a browser.</summary>
public sealed class RoomFormTests
{
    [Theory]
    [InlineData("1e20")]
    [InlineData("-1e20")]
    [InlineData("9223372036854775808")]
    [InlineData("many")]
    public void A_number_that_cannot_be_held_is_told_as_wrong(string text)
    {
        var (call, wrong) = Read("times:number", text);
        Assert.Null(call);
        Assert.Equal("times", wrong);
    }

    [Theory]
    [InlineData("9223372036854775807", "9223372036854775807")]
    [InlineData("-3", "-3")]
    [InlineData("0.25", "0.25")]
    public void A_number_arrives_as_it_was_typed(string text, string json) => Assert.Equal(json, Read("times:number", text).Call!.Body!["times"]!.ToJsonString());

    [Theory]
    [InlineData(false, true, true, "Passed")]
    [InlineData(false, false, false, "Failed")]
    [InlineData(true, false, true, "Failed, as it must")]
    [InlineData(true, false, false, "Failed, but not where the cause decides")]
    [InlineData(true, true, false, "Passed, and should have failed")]
    public async Task A_run_is_judged_as_the_command_line_does(bool withoutCause, bool passed, bool shows, string verdict)
    {
        await using var none = new ServiceCollection().BuildServiceProvider();
        var http = new DefaultHttpContext { RequestServices = none };
        http.Request.QueryString = new("?lang=en");
        var result = new JsonObject
        {
            ["name"] = "story", ["without_cause"] = withoutCause, ["passed"] = passed, ["shows"] = shows, ["expectations"] = 2, ["failed"] = passed ? 0 : 1, ["steps"] = new JsonArray(),
        };
        using var page = new MemoryStream();
        http.Response.Body = page;
        await http.ShowAsync<ScenariosPage>(Language.OfRoom(http), new JsonObject { ["now"] = "2026-03-02T10:00:00+08:00", ["origin"] = "http://127.0.0.1:8090", ["rows"] = new JsonArray(), ["result"] = result }, 200);
        Assert.Contains($"<span class=\"pill {(shows ? "good" : "bad")}\">{verdict}</span>", System.Text.Encoding.UTF8.GetString(page.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_form_of_faults_has_an_input_for_every_member_and_offers_every_place()
    {
        await using var world = await World.StartAsync();
        using var http = new HttpClient { BaseAddress = world.Address };
        var page = await http.GetStringAsync(new Uri("/room/faults", UriKind.Relative));
        var members = FaultCatalogue.All.SelectMany(e => e.Members).Select(m => m.TrimEnd('!')).Concat(["mch_id", "number", "site", "host", "skip", "times", "probability", "seed", "name", "processed"]);
        Assert.DoesNotContain(members, m => !page.Contains($"name=\"{m}\"", StringComparison.Ordinal) && !page.Contains($"name=\"{m}:", StringComparison.Ordinal));

        string[] places = [.. FaultCatalogue.PlacesWith(Gateway.Paths)];
        Assert.DoesNotContain(places, p => FaultCatalogue.PlaceOf(p, Gateway.Knows) is null || !page.Contains($"<option value=\"{p}\">", StringComparison.Ordinal));
        Assert.Empty(new[] { "/v3/bill/tradebill", "/papay/entrustweb", "v3_debit", "handshake" }.Except(places));
        var reached = places.Select(p => FaultCatalogue.PlaceOf(p, Gateway.Knows)!.Value).Aggregate((all, one) => all | one);
        Assert.All(FaultCatalogue.All, e => Assert.NotEqual(default, e.Places & reached));
    }

    [Theory]
    [InlineData("long", "/v3/bill/tradebill", "rows:number", "5", "rows 5")]
    [InlineData("skewed_clock", "v3_debit", "skew_seconds:number", "-400", "skew_seconds -400")]
    [InlineData("not_ready", "/pay/downloadbill", "at", "11:30", "at 11:30")]
    [InlineData("timeout_before", "/pay/orderquery", "site", "main", "site main")]
    public async Task A_fault_is_set_by_the_form_and_shows_what_it_is_limited_to(string kind, string on, string field, string text, string scope)
    {
        await using var world = await World.StartAsync();
        using var http = new HttpClient { BaseAddress = world.Address };
        using var form = new FormUrlEncodedContent([new(FormCall.PathField, "/_sim/faults"), new(FormCall.BackField, "/room/faults"), new("on", on), new("kind", kind), new(field, text)]);
        var answer = await http.PostAsync(new Uri("/room/act", UriKind.Relative), form);
        Assert.Contains(scope, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static (FormCall? Call, string? Wrong) Read(string field, string text) =>
        FormCall.Read(new FormCollection(new Dictionary<string, StringValues>(StringComparer.Ordinal) { [FormCall.PathField] = "/_sim/faults", [field] = text }));
}
