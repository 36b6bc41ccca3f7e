using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Papaya.Simulator.Clock;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Scenarios;

/// <summary>The addresses of the scripted merchant: it verifies what arrives over its raw bytes, and answers as the scenario says.</summary>
internal sealed class Inbox : IAsyncDisposable
{
    public static readonly string[] Answers = ["ok", "blank_lines", "bom", "json", "html", "text", "fail", "500", "hang_up", "blindly", "late"];

    private static readonly TimeSpan Slowness = TimeSpan.FromSeconds(3);

    private readonly WebApplication _app;
    private readonly Lock _gate = new();
    private string _answer = "ok";
    private int _left;

    private Inbox(WebApplication app) => _app = app;

    public string Url => _app.Urls.First();

    public static async Task<Inbox> StartAsync(IReadOnlyList<ApiV2Key> keys, StillMachine machine, CancellationToken ct)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var inbox = new Inbox(app);
        app.Run(http => inbox.TakeAsync(http, keys, machine));
        await app.StartAsync(ct);
        return inbox;
    }

    /// <summary>How messages are answered from now on: so many of them, or all.</summary>
    public void Set(string answer, int? times)
    {
        lock (_gate)
        {
            (_answer, _left) = (answer, times ?? int.MaxValue);
        }
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext http, IReadOnlyList<ApiV2Key> keys, StillMachine machine)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        string answer;
        lock (_gate)
        {
            answer = _left > 0 ? _answer : "ok";
            _left -= _left > 0 ? 1 : 0;
        }

        var isV3 = http.Request.Headers.TryGetValue("Wechatpay-Signature", out var signature);
        if (signature.ToString().StartsWith("WECHATPAY/SIGNTEST/", StringComparison.Ordinal))
        {
            // WeChat looks whether a false signature is noticed.
            http.Response.StatusCode = 401;
            return;
        }

        if (answer == "late")
        {
            // First all the work, then the answer.
            machine.Pass(Slowness);
            answer = "ok";
        }

        if (answer == "ok" && !isV3 && !IsGenuine(body.ToArray(), keys))
        {
            answer = "fail";
            http.Response.StatusCode = 400;
        }

        if (answer == "hang_up")
        {
            http.Abort();
            return;
        }

        // Each message comes on a connection of its own, so that hanging up always means no answer: on a kept one the message would come once more.
        http.Response.Headers.Connection = "close";

        http.Response.StatusCode = answer == "500" ? 500 : http.Response.StatusCode;
        await http.Response.Body.WriteAsync(isV3 && answer is "ok" or "blindly" ? default : Bytes(answer));
    }

    /// <summary>Refund messages carry no sign: that they can be read is their proof.</summary>
    private static bool IsGenuine(byte[] body, IReadOnlyList<ApiV2Key> keys) =>
        V2Message.TryParse(body, out var message, out _)
        && (message!["req_info"] is { } secret ? keys.Any(k => RefundCipher.TryDecrypt(secret, k, out _)) : V2Signature.Verify(message, keys).IsValid);

    private static ReadOnlyMemory<byte> Bytes(string answer) => answer switch
    {
        "ok" or "blindly" => Acknowledgement.Success,
        "blank_lines" => Encoding.UTF8.GetBytes("\n\n" + Encoding.UTF8.GetString(Acknowledgement.Success.Span) + "\n\n"),
        "bom" => (byte[])[0xEF, 0xBB, 0xBF, .. Acknowledgement.Success.Span],
        "json" => """{"code":"SUCCESS","message":"OK"}"""u8.ToArray(),
        "html" => "<html><body>OK</body></html>"u8.ToArray(),
        "text" => "SUCCESS"u8.ToArray(),
        _ => Acknowledgement.Fail("later"),
    };
}
