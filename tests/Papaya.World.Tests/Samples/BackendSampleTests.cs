using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Papaya.World.Tests.Samples;

/// <summary>The back-end sample, as a process of its own, between a front end and the simulator.</summary>
public sealed class BackendSampleTests(SimulatorAlone simulator) : IClassFixture<SimulatorAlone>
{
    private const string Listening = "Now listening on: ";

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

    [Fact]
    public async Task A_checkout_is_paid_and_signed_and_a_debit_is_paid_by_notifications_alone()
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [
            Repository.Sample("backend"), "--urls", "http://127.0.0.1:0", "--WeChatPay:BaseUrl", simulator.Address,
            "--contentRoot", Path.Combine(Repository.Root, "samples", "backend")])
        {
            RedirectStandardOutput = true,
        })!;
        try
        {
            var backend = await AddressAsync(process);
            var placed = await PostAsync(backend + "/checkouts", new { openId = "oSimUser0003", displayName = "后端示例", amountFen = 1500 });
            Assert.Equal("wxd930ea5d5a258f4f", (string?)placed["invoke"]!["appId"]);
            var id = (string?)placed["id"];
            Assert.Equal(HttpStatusCode.Conflict, (await _http.PostAsJsonAsync($"{backend}/checkouts/{id}/debits", new { amountFen = 2500 })).StatusCode);

            await PostAsync($"{simulator.Address}/_sim/cashier/{(string?)placed["prepayId"]}", new { openid = "oSimUser0003", action = "pay", sign = true });
            var signed = await WaitAsync(backend, id, c => (bool)c["isPaid"]! && c["contractId"] is not null);
            Assert.Equal(1500, (long)signed["amountFen"]!);

            await PostAsync($"{backend}/checkouts/{id}/debits", new { amountFen = 2500 });
            var debited = await WaitAsync(backend, id, c => c["debits"]!.AsArray() is [{ } debit] && (bool)debit["isPaid"]!);
            Assert.Equal(2500, (long)debited["debits"]![0]!["amountFen"]!);

            var forged = await _http.PostAsync(backend + "/wechat/debit", new StringContent("<xml><mch_id>10000100</mch_id><out_trade_no>B1</out_trade_no><sign>00</sign></xml>", Encoding.UTF8, "text/xml"));
            Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
            Assert.Contains("FAIL", await forged.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
    }

    private static async Task<string> AddressAsync(Process process)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Contains(Listening, StringComparison.Ordinal))
            {
                return line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..].Trim();
            }
        }

        throw new InvalidOperationException("The sample ended before it listened.");
    }

    // Whatever is due at the simulator happens while its clock is moved; the notification then reaches the back end within real time.
    private async Task<JsonNode> WaitAsync(string backend, string? id, Func<JsonNode, bool> isThere)
    {
        for (var tries = 0; tries < 100; tries++)
        {
            await PostAsync(simulator.Address + "/_sim/clock", new { advance_seconds = 5 });
            var checkout = (await _http.GetFromJsonAsync<JsonNode>($"{backend}/checkouts/{id}"))!;
            if (isThere(checkout))
            {
                return checkout;
            }
        }

        throw new InvalidOperationException("It did not come about.");
    }

    private async Task<JsonNode> PostAsync(string url, object body)
    {
        using var response = await _http.PostAsJsonAsync(url, body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{url}: {response.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }
}
