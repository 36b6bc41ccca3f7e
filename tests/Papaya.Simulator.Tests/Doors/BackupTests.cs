using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Papaya.Simulator.Clock;

namespace Papaya.Simulator.Tests.Doors;

/// <summary>WeChat has two hosts with the same paths; when one fails, a client goes to the other.</summary>
public sealed class BackupTests
{
    [Fact]
    public async Task The_second_host_answers_while_the_first_is_down()
    {
        using var clock = new TestClock();
        await using var app = SimulatorHost.Build(new() { BackupUrl = "http://127.0.0.1:0" }, clock, ["http://127.0.0.1:0"]);
        await app.StartAsync();
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var (main, backup) = (new Uri(app.Urls.First()), new Uri(app.Urls.Last()));
        Assert.NotEqual(main, backup);
        using var rule = new StringContent(new JsonObject { ["on"] = "/pay/orderquery", ["kind"] = "timeout_before", ["site"] = "main" }.ToJsonString(), Encoding.UTF8, "application/json");
        using var set = await http.PostAsync(new Uri(main, "/_sim/faults"), rule);
        Assert.True(set.IsSuccessStatusCode, await set.Content.ReadAsStringAsync());

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => AskAsync(main));
        Assert.Contains("return_code", await AskAsync(backup), StringComparison.Ordinal);
        await app.StopAsync();

        async Task<string> AskAsync(Uri host)
        {
            using var body = new StringContent("<xml><mch_id>10000100</mch_id></xml>");
            using var answer = await http.PostAsync(new Uri(host, "/pay/orderquery"), body);
            return await answer.Content.ReadAsStringAsync();
        }
    }
}
