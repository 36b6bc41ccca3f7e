using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Papaya.Simulator;
using Papaya.Simulator.Clock;
using Papaya.Testing;

namespace Papaya.Server.Tests.Hosting;

/// <summary>The server beside a simulator whose clock it shares.</summary>
public sealed class SandboxTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 2, 0, 0, TimeSpan.Zero);
    private WebApplication _simulator = null!; // Set by InitializeAsync, like the server.
    private RunningServer _server = null!;

    public async Task InitializeAsync()
    {
        var clock = new TestClock(Start, new StillClock(Start));
        _simulator = SimulatorHost.Build(new SimulatorOptions { Seed = 1 }, clock, ["http://127.0.0.1:0"]);
        await _simulator.StartAsync();
        _server = await RunningServer.StartAsync(_simulator.Urls.First(), clock: clock, configure: o => o.SandboxClockUrl = _simulator.Urls.First() + "/_sim/clock");
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _simulator.DisposeAsync();
    }

    [Fact]
    public async Task The_clock_is_read_and_moved_without_an_idempotency_key()
    {
        var before = await ClockAsync(HttpMethod.Get);
        var after = await ClockAsync(HttpMethod.Post, """{"advance_seconds":3600}""");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (before.Status, after.Status));
        Assert.Equal(TimeSpan.FromHours(1), TimeOf(after) - TimeOf(before));
        Assert.Equal(TimeOf(after), TimeOf(await ClockAsync(HttpMethod.Get))); // only the answer to a move also tells what happened
        var to = await ClockAsync(HttpMethod.Post, """{"to":"2026-03-02T00:00:00Z"}""");
        Assert.Equal(new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero), TimeOf(to));
    }

    [Theory]
    [InlineData("""{"advance_seconds":-1}""", 400)]
    [InlineData("{", 400)]
    [InlineData("""{"to":"2026-02-01T00:00:00Z"}""", 409)]
    public async Task What_the_clock_refuses_is_a_problem_document(string body, int status)
    {
        var reply = await ClockAsync(HttpMethod.Post, body);
        Assert.Equal((status, "application/problem+json", "clock_refused"), ((int)reply.Status, reply.MediaType, reply.Code));
        Assert.NotEmpty((string)reply.Json["title"]!);
    }

    [Fact]
    public async Task Without_a_simulator_the_clock_is_a_bad_gateway()
    {
        await using var alone = await RunningServer.StartAsync(configure: o => o.SandboxClockUrl = "http://127.0.0.1:9/_sim/clock");
        var reply = await alone.SendAsync("/v1/sandbox/clock");
        Assert.Equal((502, "application/problem+json", "clock_unreachable"), ((int)reply.Status, reply.MediaType, reply.Code));
    }

    [Fact]
    public async Task The_clock_needs_the_key() =>
        Assert.Equal(HttpStatusCode.Unauthorized, (await _server.SendAsync("/v1/Sandbox/clock", apiKey: null)).Status);

    [Fact]
    public async Task A_native_order_takes_and_gives_every_field_of_the_contract()
    {
        await _server.SendAsync(
            "/v1/plans",
            """{"code":"vip","name":"月度会员","template_id":12535,"mode":"delay_24h","amount":2500,"fee":"capped","interval":{"unit":"month","count":1}}""");
        var made = await _server.SendAsync("/v1/checkouts", """
            {"plan":"vip","channel":"native","customer":{"external_id":"u1","display_name":"甲","ip":"123.12.12.123","device_id":"phone-7"},
             "metadata":{"order":"A-1","n":2},"wechat":{"time_expire":"20260301103000","product_id":"SKU-9"}}
            """);
        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.StartsWith("<svg", (string?)made.Json["invoke"]!["qr_svg"], StringComparison.Ordinal);
        Assert.StartsWith("weixin://", (string?)made.Json["invoke"]!["code_url"], StringComparison.Ordinal);
        Assert.Equal("""{"order":"A-1","n":2}""", made.Json["metadata"]!.ToJsonString());
        Assert.Equal("2026-03-01T02:30:00Z", (string?)made.Json["expires_at"]);
        Assert.Equal("phone-7", await _server.Db.ReadAsync(reader => reader.ScalarAsync<string>("select device_id from checkout")));
        using var http = new HttpClient();
        var sent = await http.GetStringAsync(new Uri(_simulator.Urls.First() + "/_sim/requests?path=" + Uri.EscapeDataString("/pay/contractorder")));
        Assert.Contains("SKU-9", sent, StringComparison.Ordinal);
        Assert.Contains("20260301103000", sent, StringComparison.Ordinal);
    }

    private static DateTimeOffset TimeOf(Reply reply) => (DateTimeOffset)reply.Json["now"]!;

    private async Task<Reply> ClockAsync(HttpMethod method, string? json = null)
    {
        using var request = new HttpRequestMessage(method, "/v1/sandbox/clock");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", RunningServer.ApiKey);
        request.Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await _server.Http.SendAsync(request);
        return new Reply(answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, await answer.Content.ReadAsStringAsync(), Replayed: false);
    }
}
