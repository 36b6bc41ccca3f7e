using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Papaya.Cli;
using Papaya.Simulator;
using Papaya.Simulator.Clock;
using Papaya.Simulator.Pages.Room;
using Papaya.Simulator.World;

namespace Papaya.World.Tests.CommandLine;

/// <summary>What the control room shows as a command does, typed into a shell, what the room would have done.</summary>
public sealed partial class RoomCommandTests
{
    private static readonly FormCall[] Calls =
    [
        FormCall.Post("/_sim/clock", ("advance_seconds", 86_400)),
        FormCall.Post("/_sim/clock", ("to", "2026-03-03T08:00:00+08:00")),
        FormCall.Post("/_sim/clock", ("next", true)),
        FormCall.Post("/_sim/clock", ("frozen", true)),
        FormCall.Post("/_sim/clock", ("frozen", false)),
        FormCall.Post("/_sim/users", ("openid", "o it's me"), ("balance", 1234), ("cards", new JsonArray(new JsonObject { ["bank"] = "CMB_DEBIT" }))),
        FormCall.Post("/_sim/users/ann/coupons", ("amount", 500), ("type", "NO_CASH")),
        FormCall.Post("/_sim/templates", ("mch_id", "10000100"), ("plan_id", 20001), ("name", "周卡 & 月卡"), ("disabled", true)),
        FormCall.Post("/_sim/merchants", ("mch_id", "10000200"), ("apps", new JsonArray(new JsonObject { ["app_id"] = "wx1", ["kind"] = "mobile_app" }))),
        FormCall.Get("/_sim/merchants/10000100"),
        FormCall.Post("/_sim/merchants/10000100/certificate"),
        FormCall.Post("/_sim/contracts/202603020000000001/terminate", ("mode", 2)),
        FormCall.Post("/_sim/faults", ("on", "/pay/pappayapply"), ("kind", "timeout_after"), ("number", "P26*"), ("times", 1)),
        FormCall.Delete("/_sim/faults?id=3"),
        FormCall.Delete("/_sim/faults"),
        FormCall.Post("/_sim/switches", ("mch_id", "10000100"), ("ack_strictness", "exact")),
        FormCall.Post("/_sim/refunds", ("out_trade_no", "D1"), ("out_refund_no", "R1-D1"), ("amount", 500), ("reason", "重复扣款")),
        FormCall.Post("/_sim/refunds/R1-D1", ("mch_id", "10000100"), ("outcome", "abnormal")),
        FormCall.Get("/_sim/requests/r12"),
        FormCall.Get("/_sim/notifications/s7"),
        FormCall.Post("/_sim/notifications/s7/send", ("copies", 3)),
        FormCall.Post("/_sim/notifications/d3/drop"),
        FormCall.Post("/_sim/snapshots", ("name", "before")),
        FormCall.Post("/_sim/snapshots/before/restore", ("clock", "keep")),
        FormCall.Post("/_sim/reset"),
        FormCall.Post("/_sim/reset", ("mch_id", "10000200")),
        FormCall.Post("/_sim/lint/probe", ("mch_id", "10000100")),
    ];

    [Fact]
    public async Task Each_command_makes_the_call_that_it_stands_for()
    {
        var calls = new List<string>();
        await using var app = WebApplication.CreateSlimBuilder().Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.Run(async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            calls.Add(Text(http.Request.Method, http.Request.Path.Value + http.Request.QueryString, await reader.ReadToEndAsync()));
            await http.Response.WriteAsync("{}");
        });
        await app.StartAsync();
        var origin = app.Urls.First();
        foreach (var call in Calls)
        {
            calls.Clear();
            var line = CommandLines.Papaya(origin, call);
            Assert.True(line is not null, $"{call.Method} {call.Path} has no command");
            var error = new StringWriter();
            Assert.True(await PapayaCommand.RunAsync(Words(line)[1..], new StringWriter(), error) == 0, $"{line}: {error}");
            Assert.Equal(Text(call.Method, call.Path, call.Body?.ToJsonString() ?? ""), calls[0]);

            var curl = Words(CommandLines.Curl(origin, call));
            Assert.Equal(("curl", true), (curl[0], curl.Contains(origin + call.Path)));
            Assert.True(call.Body is not { Count: > 0 } || JsonNode.DeepEquals(call.Body, JsonNode.Parse(curl[^1])), string.Join(' ', curl));
        }

        Assert.Equal("papaya sim clock advance 60", CommandLines.Papaya("http://127.0.0.1:8090", FormCall.Post("/_sim/clock", ("advance_seconds", 60))));
    }

    [Fact]
    public async Task Every_form_of_the_room_has_its_command()
    {
        using var clock = new TestClock(new DateTimeOffset(2026, 3, 2, 2, 0, 0, TimeSpan.Zero));
        await using var host = SimulatorHost.Build(new() { Seed = 1 }, clock, ["http://127.0.0.1:0"]);
        await host.StartAsync();
        using var http = new HttpClient { BaseAddress = new(host.Urls.First()) };
        await http.PostAsync("/_sim/faults", new StringContent("""{"on":"/pay/pappayapply","kind":"timeout_after"}"""));
        await http.PostAsync("/_sim/snapshots", new StringContent("""{"name":"here"}"""));
        var forms = 0;
        foreach (var page in (string[])["/", "/room/users", "/room/users/oSimUser0001", "/room/templates", "/room/merchants", "/room/merchants/10000100", "/room/faults", "/room/switches", "/room/lint", "/room/snapshots"])
        {
            var html = WebUtility.HtmlDecode(await http.GetStringAsync(page));
            foreach (Match form in Form().Matches(html))
            {
                var path = Call().Match(form.Value).Groups[1].Value;
                Assert.True(
                    form.Value.Contains("formaction=\"/room/command\"", StringComparison.Ordinal) || html.Contains(host.Urls.First() + path, StringComparison.Ordinal),
                    $"{page}: {path} is not to be had as a command");
                Assert.NotNull(CommandLines.Papaya("http://127.0.0.1:8090", new(form.Value.Contains("DELETE", StringComparison.Ordinal) ? "DELETE" : "POST", path, path == "/_sim/clock" ? new() { ["next"] = true } : null)));
                forms++;
            }
        }

        Assert.True(forms > Switches.All.Count + 12, $"{forms} forms");
    }

    /// <summary>A call as one text; the control API reads numbers from texts too, so values are compared as texts.</summary>
    private static string Text(string method, string path, string body)
    {
        var members = body.Length == 0 ? [] : JsonNode.Parse(body)!.AsObject();
        return $"{method} {Uri.UnescapeDataString(path)} {string.Join(' ', members.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => $"{m.Key}={(m.Value is JsonValue v && v.TryGetValue<string>(out var text) ? text : m.Value?.ToJsonString())}"))}".TrimEnd();
    }

    /// <summary>As a shell of the Bourne family takes a line apart.</summary>
    private static string[] Words(string line)
    {
        var (words, word, isQuoted) = (new List<string>(), new StringBuilder(), false);
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '\'')
            {
                isQuoted = !isQuoted;
            }
            else if (line[i] == ' ' && !isQuoted)
            {
                words.Add(word.ToString());
                word.Clear();
            }
            else
            {
                word.Append(line[i] == '\\' && !isQuoted ? line[++i] : line[i]);
            }
        }

        return [.. words, word.ToString()];
    }

    [GeneratedRegex("<form method=\"post\" action=\"/room/(act|clock)\".*?</form>", RegexOptions.Singleline, 1000)]
    private static partial Regex Form();

    [GeneratedRegex("name=\"_call\" value=\"([^\"]+)\"", RegexOptions.None, 1000)]
    private static partial Regex Call();
}
