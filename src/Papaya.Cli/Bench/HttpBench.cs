using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Papaya.Cli.Up;
using Papaya.WeChatPay;
using Papaya.WeChatPay.Debits;
using Papaya.WeChatPay.Notifications;
using Papaya.WeChatPay.Wire;

namespace Papaya.Cli.Bench;

/// <summary>
/// The bare wire rate of this machine: a signed debit request, its signed reply, a signed notification back and its acknowledgement, all over real
/// HTTP, with nothing behind them: no engine, no store, no rules. What a debit run could reach if everything else were free.
/// </summary>
internal sealed class HttpBench(TextWriter output)
{
    private const int Concurrency = 64;
    private const int PairsPerRun = 20_000;
    private const int WarmUp = 5_000;

    private static readonly ApiV2Key Key = new(Sandbox.ApiV2Key);

    private static readonly MerchantCredentials Merchant = new() { MerchantNumber = Sandbox.MerchantNumber, ApiV2Keys = [Key] };

    private readonly HttpClient _toMerchant = NewClient();
    private Uri _notifyUrl = null!; // Set before the first request.
    private int _notified;
    private TaskCompletionSource _allNotified = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _expected;

    public async Task<JsonObject> RunAsync(int runs, CancellationToken ct)
    {
        await using var weChat = Listen("/pay/pappayapply", AcceptAsync);
        await using var merchant = Listen("/notify", AcknowledgeAsync);
        await weChat.StartAsync(ct);
        await merchant.StartAsync(ct);
        _notifyUrl = new Uri(merchant.Urls.First() + "/notify");
        using var http = NewClient();
        var client = new PapayClient(http, Merchant, new Uri(weChat.Urls.First()), TimeProvider.System);
        await MeasureAsync(client, WarmUp, "w", ct);
        List<double> rates = [];
        for (var run = 1; run <= runs; run++)
        {
            var rate = await MeasureAsync(client, PairsPerRun, string.Create(CultureInfo.InvariantCulture, $"r{run}x"), ct);
            rates.Add(rate);
            await output.WriteLineAsync($"run {run}: {Measurement.Text(rate)} pairs/s");
        }

        _toMerchant.Dispose();
        return new JsonObject
        {
            ["bench"] = "http",
            ["pairs_per_second"] = Math.Round(Measurement.Median(rates)),
            ["runs"] = Measurement.Rates(rates),
            ["pairs_per_run"] = PairsPerRun,
            ["concurrency"] = Concurrency,
            ["memory"] = Measurement.Memory(),
            ["machine"] = Measurement.Machine(),
        };
    }

    private async Task<double> MeasureAsync(PapayClient client, int pairs, string prefix, CancellationToken ct)
    {
        _expected = pairs;
        _notified = 0;
        _allNotified = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var began = TimeProvider.System.GetTimestamp();
        await Parallel.ForEachAsync(Enumerable.Range(0, pairs), new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = ct }, async (i, token) =>
            await client.Debits.ApplyAsync(new DebitRequest
            {
                AppId = Sandbox.OfficialAccount,
                OrderNumber = string.Create(CultureInfo.InvariantCulture, $"B{prefix}{i:0000000}"),
                WeChatContractId = "202601150000028648",
                AmountFen = 2_500,
                Body = "会员续费",
                ServerIp = "127.0.0.1",
                NotifyUrl = _notifyUrl.OriginalString,
            }, token));
        await _allNotified.Task.WaitAsync(ct);
        return pairs / TimeProvider.System.GetElapsedTime(began).TotalSeconds;
    }

    /// <summary>WeChat's part: check the sign, accept, and send the result at once.</summary>
    private async Task AcceptAsync(HttpContext context)
    {
        var request = V2Message.Parse(await ReadAsync(context.Request));
        if (!V2Signature.Verify(request, Key).IsValid)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        using (var reply = new V2Writer(XmlText.CData))
        {
            reply.Add("return_code"u8, "SUCCESS").Add("return_msg"u8, "OK").Add("appid"u8, request["appid"]).Add("mch_id"u8, Sandbox.MerchantNumber)
                .Add("nonce_str"u8, request["nonce_str"]).Add("result_code"u8, "SUCCESS");
            await context.Response.Body.WriteAsync(reply.Sign(Key, SignType.Md5));
        }

        await NotifyAsync(request);
    }

    private async Task NotifyAsync(V2Message request)
    {
        using var message = new V2Writer(XmlText.CData);
        message.Add("return_code"u8, "SUCCESS").Add("result_code"u8, "SUCCESS").Add("appid"u8, request["appid"]).Add("mch_id"u8, Sandbox.MerchantNumber)
            .Add("nonce_str"u8, request["nonce_str"]).Add("openid"u8, "oSimUser0001").Add("trade_type"u8, "PAP").Add("bank_type"u8, "OTHERS")
            .Add("total_fee"u8, 2_500).Add("cash_fee"u8, 2_500).Add("transaction_id"u8, "4200002600202601031234567890").Add("out_trade_no"u8, request["out_trade_no"])
            .Add("contract_id"u8, request["contract_id"]).Add("time_end"u8, "20260115120000").Add("trade_state"u8, "SUCCESS");
        using var content = new ReadOnlyMemoryContent(message.Sign(Key, SignType.Md5));
        using var answer = await _toMerchant.PostAsync(_notifyUrl, content);
        if (answer.IsSuccessStatusCode && Interlocked.Increment(ref _notified) == _expected)
        {
            _allNotified.TrySetResult();
        }
    }

    /// <summary>The merchant's part: read, check, acknowledge.</summary>
    private static async Task AcknowledgeAsync(HttpContext context)
    {
        if (NotificationReader.TryRead(await ReadAsync(context.Request), Merchant, out _, out _))
        {
            await context.Response.Body.WriteAsync(Acknowledgement.Success);
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
        }
    }

    private static async Task<byte[]> ReadAsync(HttpRequest request)
    {
        using var body = new MemoryStream((int)(request.ContentLength ?? 1_024));
        await request.Body.CopyToAsync(body);
        return body.ToArray();
    }

    private static WebApplication Listen(string path, RequestDelegate handler)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        var app = builder.Build();
        app.MapPost(path, handler);
        return app;
    }

    private static HttpClient NewClient() => new(new SocketsHttpHandler { MaxConnectionsPerServer = Concurrency, PooledConnectionLifetime = Timeout.InfiniteTimeSpan });
}
