using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Papaya.WeChatPay;
using Papaya.WeChatPay.Wire;

namespace Papaya.World.Tests.Samples;

/// <summary>The back-end sample, as a process of its own, between a front end and the simulator.</summary>
public sealed class BackendSampleTests(SimulatorAlone simulator) : IClassFixture<SimulatorAlone>
{
    private const string Listening = "Now listening on: ";

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

    [Fact]
    public Task A_checkout_is_paid_and_signed_and_a_debit_is_paid_by_notifications_alone() => WithBackendAsync(async backend =>
    {
        var placed = await PostAsync(backend + "/checkouts", new { openId = "oSimUser0003", displayName = "后端示例", amountFen = 1500 });
        Assert.Equal("wxd930ea5d5a258f4f", (string?)placed["invoke"]!["appId"]);
        var id = (string)placed["id"]!;
        Assert.Equal(HttpStatusCode.Conflict, await DebitAsync(backend, id, "202602"));

        await PayAndSignAsync(backend, placed, "oSimUser0003");
        Assert.Equal(1500, (long)(await CheckoutAsync(backend, id))["amountFen"]!);

        await PostAsync($"{backend}/checkouts/{id}/debits", new { period = "202602", amountFen = 2500 });
        var debited = await WaitAsync(backend, id, c => c["debits"]!.AsArray() is [{ } debit] && (bool)debit["isPaid"]!);
        Assert.Equal(2500, (long)debited["debits"]![0]!["amountFen"]!);

        var forged = await _http.PostAsync(backend + "/wechat/debit", new StringContent("<xml><mch_id>10000100</mch_id><out_trade_no>B1</out_trade_no><sign>00</sign></xml>", Encoding.UTF8, "text/xml"));
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        Assert.Contains("FAIL", await forged.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    });

    [Fact]
    public Task A_period_is_debited_once_however_often_it_is_asked_for_and_no_other_while_it_is_undecided() => WithBackendAsync(async backend =>
    {
        var placed = await PostAsync(backend + "/checkouts", new { openId = "oSimUser0004", displayName = "后端示例", amountFen = 1500 });
        var id = (string)placed["id"]!;
        await PayAndSignAsync(backend, placed, "oSimUser0004");

        // The request never reached WeChat, which the back end cannot know: another number waits, the same one is sent again.
        await FaultAsync("timeout_before");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await DebitAsync(backend, id, "202602"));
        Assert.Equal(HttpStatusCode.Conflict, await DebitAsync(backend, id, "202603"));
        Assert.Equal(HttpStatusCode.Accepted, await DebitAsync(backend, id, "202602"));
        await WaitAsync(backend, id, c => (bool)c["debits"]![0]!["isPaid"]!);

        // The answer was lost on its way back: the repeated request finds the debit and sends nothing.
        await FaultAsync("timeout_after");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await DebitAsync(backend, id, "202603"));
        Assert.Contains(await DebitAsync(backend, id, "202603"), (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.Accepted]);
        await WaitAsync(backend, id, c => c["debits"]!.AsArray() is [_, { } second] && (bool)second["isPaid"]!);
        Assert.Equal(HttpStatusCode.OK, await DebitAsync(backend, id, "202602"));
        Assert.Equal(HttpStatusCode.Conflict, await DebitAsync(backend, id, "202602", amountFen: 2501));

        var ledger = (await _http.GetFromJsonAsync<JsonNode>(simulator.Address + "/_sim/ledger"))!["entries"]!.AsArray();
        Assert.Equal(2, ledger.Count(entry => (string?)entry!["kind"] == "debit" && (string?)entry["openid"] == "oSimUser0004"));
    });

    [Fact]
    public Task A_beginning_that_comes_after_its_end_revives_no_contract() => WithBackendAsync(async backend =>
    {
        var placed = await PostAsync(backend + "/checkouts", new { openId = "oSimUser0005", displayName = "后端示例", amountFen = 1500 });
        var id = (string)placed["id"]!;
        var number = (string)(await CheckoutAsync(backend, id))["contractNumber"]!;

        Assert.Null(await ContractAfterAsync("DELETE", "W1", "2026-01-03 10:00:00")); // Its beginning is still on the way.
        Assert.Null(await ContractAfterAsync("ADD", "W1", "2026-01-01 10:00:00"));
        Assert.Equal("W3", await ContractAfterAsync("ADD", "W3", "2026-01-05 10:00:00"));
        Assert.Equal("W3", await ContractAfterAsync("ADD", "W2", "2026-01-04 10:00:00")); // An older one, late.
        Assert.Equal("W3", await ContractAfterAsync("DELETE", "W2", "2026-01-04 11:00:00"));
        Assert.Null(await ContractAfterAsync("DELETE", "W3", "2026-01-06 10:00:00"));
        Assert.Null(await ContractAfterAsync("ADD", "W3", "2026-01-05 10:00:01"));

        async Task<string?> ContractAfterAsync(string change, string contract, string at)
        {
            using var writer = new V2Writer();
            var body = writer.Add("return_code", "SUCCESS").Add("result_code", "SUCCESS").Add("mch_id", "10000100").Add("contract_code", number)
                .Add("openid", "oSimUser0005").Add("plan_id", "12537").Add("change_type", change).Add("operate_time", at).Add("contract_id", contract)
                .Sign(new("192006250b4c09247ec02edce69f6a2d"), SignType.Md5).ToArray();
            using var response = await _http.PostAsync(backend + "/wechat/contract", new ByteArrayContent(body));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            return (string?)(await CheckoutAsync(backend, id))["contractId"];
        }
    });

    private async Task WithBackendAsync(Func<string, Task> act)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [
            Repository.Sample("backend"), "--urls", "http://127.0.0.1:0", "--WeChatPay:BaseUrl", simulator.Address,
            "--contentRoot", Path.Combine(Repository.Root, "samples", "backend")])
        {
            RedirectStandardOutput = true,
        })!;
        try
        {
            await act(await AddressAsync(process));
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
    }

    private async Task PayAndSignAsync(string backend, JsonNode placed, string openid)
    {
        await PostAsync($"{simulator.Address}/_sim/cashier/{(string?)placed["prepayId"]}", new { openid, action = "pay", sign = true });
        await WaitAsync(backend, (string?)placed["id"], c => (bool)c["isPaid"]! && c["contractId"] is not null);
    }

    private Task<JsonNode> FaultAsync(string kind) => PostAsync(simulator.Address + "/_sim/faults", new { on = "/pay/pappayapply", kind, times = 1 });

    private async Task<JsonNode> CheckoutAsync(string backend, string id) => (await _http.GetFromJsonAsync<JsonNode>($"{backend}/checkouts/{id}"))!;

    private async Task<HttpStatusCode> DebitAsync(string backend, string id, string period, long amountFen = 2500)
    {
        using var response = await _http.PostAsJsonAsync($"{backend}/checkouts/{id}/debits", new { period, amountFen });
        return response.StatusCode;
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
