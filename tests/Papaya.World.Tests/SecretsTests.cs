using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Papaya.Cli.Up;

namespace Papaya.World.Tests;

/// <summary>Secrets and personal data never reach a log, whatever goes wrong and however much is logged.</summary>
public sealed class SecretsTests
{
    [Fact]
    public async Task Neither_keys_nor_people_nor_signed_bodies_are_logged()
    {
        var log = new Capture();
        await using var world = await World.StartAsync(overrides: services =>
            services.AddLogging(logging => logging.AddProvider(log).AddFilter<Capture>(category: null, LogLevel.Trace)));
        var who = await world.SubscribeAsync();
        var openid = who.OpenId;

        // Things go wrong in every way that tempts to log a body.
        await world.FaultAsync("/pay/pappayapply", "timeout_after", 1);
        await world.FaultAsync("debit", "duplicate", 3);
        await world.AdvanceToAsync(await world.PeriodEndAsync(who) + TimeSpan.FromDays(3));
        await world.TopUpAsync(openid, 0);
        await world.AdvanceToAsync(await world.PeriodEndAsync(who) + TimeSpan.FromDays(2));
        await world.Papaya.SendAsync(HttpMethod.Post, "/v1/refunds", new JsonObject { ["checkout"] = who.CheckoutId, ["amount"] = 1, ["reason"] = openid }, default);
        await world.Papaya.SendAsync(HttpMethod.Post, "/v1/checkouts", new JsonObject { ["plan"] = who.Plan, ["colour"] = openid }, default);
        using var http = world.Sandbox.ServerHttp();
        using var forged = new StringContent(
            $"<xml><mch_id>10000100</mch_id><openid>{openid}</openid><out_trade_no>C1</out_trade_no><sign>{new string('A', 32)}</sign></xml>", Encoding.UTF8, "text/xml");
        using var refused = await http.PostAsync("/wechat/10000100/payment", forged);
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, refused.StatusCode);
        using var unauthorized = await http.GetAsync("/v1/plans");

        var sign = (string)(await world.WeChat.RequestsAsync("/pay/pappayapply", default))[0]["request"]!;
        sign = sign[(sign.IndexOf("<sign>", StringComparison.Ordinal) + "<sign>".Length)..].Replace("<![CDATA[", "", StringComparison.Ordinal)[..32];
        Assert.NotEmpty(log.Lines);
        foreach (var (what, secret) in new[]
        {
            ("the APIv2 key", Sandbox.ApiV2Key), ("the REST key", world.Sandbox.ApiKey), ("an openid", openid), ("a customer's name", "世界用户"), ("a sign", sign),
        })
        {
            var leak = log.Lines.FirstOrDefault(line => line.Contains(secret, StringComparison.OrdinalIgnoreCase));
            Assert.True(leak is null, $"{what} is logged: {leak}");
        }
    }

    private sealed class Capture : ILoggerProvider
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => new Logger(categoryName, Lines);

        public void Dispose()
        {
        }

        private sealed class Logger(string category, ConcurrentQueue<string> lines) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
                lines.Enqueue($"{logLevel} {category}: {formatter(state, exception)} {exception}");
        }
    }
}
