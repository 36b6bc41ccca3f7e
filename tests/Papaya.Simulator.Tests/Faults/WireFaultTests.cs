using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Papaya.Simulator.Clock;
using Papaya.Simulator.Doors;

namespace Papaya.Simulator.Tests.Faults;

/// <summary>What goes wrong below HTTP: resets, callers who have gone, handshakes.</summary>
public sealed class WireFaultTests
{
    private const string Apply = "/pay/pappayapply";

    [Theory]
    [InlineData("reset_before", false)]
    [InlineData("reset_after", true)]
    public async Task A_connection_is_reset(string kind, bool isDone)
    {
        await using var world = await World.StartAsync();
        var contract = await world.SignedAsync();
        await world.FaultAsync(Apply, kind, times: 1);
        var broken = await Assert.ThrowsAnyAsync<HttpRequestException>(() => world.ApplyAsync(contract, "D1"));
        Assert.Equal(SocketError.ConnectionReset, Causes(broken).OfType<SocketException>().First().SocketErrorCode);
        await world.SettleAsync();
        Assert.Equal(isDone ? 1 : 0, (await world.LedgerAsync()).Count(e => (string?)e!["kind"] == "debit"));
        var seen = (await world.SeeAsync("/requests?path=" + Apply))["data"]!.AsArray()[^1]!;
        Assert.Equal((kind, 0), ((string?)seen["fault"], (int)seen["status"]!));
    }

    [Fact]
    public async Task An_answer_comes_only_when_the_caller_has_gone_and_time_goes_on_meanwhile()
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        var contract = await world.SignedAsync();
        await world.FaultAsync(Apply, "after_close", times: 1);
        using var patience = new CancellationTokenSource();
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = world.Address };
        using var body = new ByteArrayContent(Signed(world.ApplyFields(contract, "D1", ("notify_url", listener.Url))));
        var call = http.PostAsync(Apply, body, patience.Token);
        await UntilAsync(async () => (await world.SeeAsync("/requests?path=" + Apply))["data"]!.AsArray().Count == 1);

        // The caller waits, and his own clock is the one that moves: nothing stalls it.
        await world.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.False(call.IsCompleted);
        Assert.Equal("D1", listener[0]["out_trade_no"]);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal("SUCCESS", (await world.OrderQueryAsync("D1"))["trade_state"]);
        await UntilAsync(() => Task.FromResult(world.Clock.InFlight == 0));
    }

    [Fact]
    public async Task A_simulator_stops_although_somebody_waits_for_an_answer()
    {
        var world = await World.StartAsync();
        await world.FaultAsync("/pay/orderquery", "after_close");
        var call = world.OrderQueryAsync("X");
        await UntilAsync(async () => (await world.SeeAsync("/requests"))["data"]!.AsArray().Count == 1);
        await world.StopAsync();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => call);
        await world.DisposeAsync();
    }

    [Theory]
    [InlineData("tls_failure", null, null)]
    [InlineData("wrong_certificate", "name", SslPolicyErrors.RemoteCertificateNameMismatch)]
    [InlineData("wrong_certificate", "authority", SslPolicyErrors.RemoteCertificateChainErrors)]
    [InlineData("wrong_certificate", "expired", SslPolicyErrors.RemoteCertificateChainErrors)]
    public async Task A_handshake_fails_for_the_host_that_the_rule_names(string kind, string? how, SslPolicyErrors? expected)
    {
        await using var https = await Https.StartAsync();
        await https.AddAsync(new() { ["on"] = "handshake", ["kind"] = kind, ["how"] = how, ["host"] = "api.mch.weixin.qq.com", ["times"] = 1 });
        Assert.Equal(SslPolicyErrors.None, await https.ShakeAsync("api2.mch.weixin.qq.com"));
        Assert.Equal(expected, await https.ShakeAsync("api.mch.weixin.qq.com"));
        Assert.Equal(SslPolicyErrors.None, await https.ShakeAsync("api.mch.weixin.qq.com"));
    }

    [Fact]
    public async Task Without_an_https_port_there_is_nothing_to_break()
    {
        await using var world = await World.StartAsync();
        var (status, json) = await world.ControlAsync(HttpMethod.Post, "/faults", JsonNode.Parse("""{"on":"handshake","kind":"tls_failure"}"""));
        Assert.Equal(400, status);
        Assert.Contains("--https-port", (string)json!["reason"]!, StringComparison.Ordinal);
    }

    private static IEnumerable<Exception> Causes(Exception? e)
    {
        for (; e is not null; e = e.InnerException)
        {
            yield return e;
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> isTrue)
    {
        while (!await isTrue())
        {
            await Task.Yield();
        }
    }

    private static byte[] Signed(IEnumerable<(string Name, string? Value)> fields)
    {
        using var writer = new Papaya.WeChatPay.Wire.V2Writer();
        foreach (var (name, value) in fields)
        {
            writer.Add(name, value);
        }

        return writer.Sign(World.Key, Papaya.WeChatPay.Wire.SignType.Md5).ToArray();
    }

    /// <summary>A simulator with both doors open, and a caller who looks closely.</summary>
    private sealed class Https(WebApplication app, TestClock clock) : IAsyncDisposable
    {
        private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new(app.Urls.First()) };

        public static async Task<Https> StartAsync()
        {
            var clock = new TestClock();
            var app = SimulatorHost.Build(new(), clock, ["http://127.0.0.1:0", "https://127.0.0.1:0"]);
            await app.StartAsync();
            return new(app, clock);
        }

        public async Task AddAsync(JsonObject rule)
        {
            using var body = new StringContent(rule.ToJsonString(), Encoding.UTF8, "application/json");
            using var answer = await _http.PostAsync("/_sim/faults", body);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        }

        /// <summary>What a caller who trusts the simulator's authority finds wrong; null when the handshake breaks.</summary>
        public async Task<SslPolicyErrors?> ShakeAsync(string host)
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(IPAddress.Loopback, new Uri(app.Urls.Last()).Port);
            SslPolicyErrors? found = null;
            using var root = X509Certificate2.CreateFromPem(app.Services.GetRequiredService<Authority>().CertificatePem);
            await using var tls = new SslStream(socket.GetStream());
            try
            {
                await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
                {
                    TargetHost = host,
                    CertificateChainPolicy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { root }, RevocationMode = X509RevocationMode.NoCheck },
                    RemoteCertificateValidationCallback = (_, _, _, errors) => (found = errors) == errors,
                });
                return found;
            }
            catch (Exception e) when (e is AuthenticationException or IOException)
            {
                return null;
            }
        }

        public async ValueTask DisposeAsync()
        {
            _http.Dispose();
            await app.StopAsync();
            await app.DisposeAsync();
            clock.Dispose();
        }
    }
}
