using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Papaya.Simulator.Clock;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Tests;

/// <summary>What a stranger's client got back: HTTP status, the fields, and the bytes.</summary>
internal sealed record Reply(int Status, byte[] Bytes)
{
    private readonly V2Message? _message = V2Message.TryParse(Bytes, out var message, out _) ? message : null;

    public string? this[string name] => _message?[name];

    /// <summary>The header that comes with fund-flow bills.</summary>
    public string? Digest { get; init; }

    public V2Message Message => _message ?? throw new InvalidOperationException("Not XML: " + Text);

    public string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>SUCCESS, the error code, or the text of an unsigned refusal.</summary>
    public string Outcome => this["return_code"] == "FAIL" ? "FAIL " + this["return_msg"] : this["err_code"] is { Length: > 0 } code and not "0" ? code : this["result_code"]!;
}

/// <summary>A simulator on a free port and a machine whose time stands still: the clock moves only when a test moves it.</summary>
internal sealed class World : IAsyncDisposable
{
    public const string MchId = Presets.MchId;
    public const string AppId = Presets.OfficialAccount;
    public static readonly ApiV2Key Key = new(Presets.Key);

    /// <summary>Ten in the morning in Beijing.</summary>
    public static readonly DateTimeOffset Start = new(2026, 1, 15, 2, 0, 0, TimeSpan.Zero);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly WebApplication _app;
    private int _names;
    private string? _before;

    private World(WebApplication app, TestClock clock)
    {
        (_app, Clock) = (app, clock);
        _http.BaseAddress = new(app.Urls.First());
    }

    public TestClock Clock { get; }

    /// <summary>The machine under the clock, for a world that was started on one whose time a test moves.</summary>
    public Clock.RunningMachine Machine { get; private init; } = new(Start);

    public DateTimeOffset Now => Clock.GetUtcNow();

    public SimulatorState State => _app.Services.GetRequiredService<SimulatorState>();

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    public Uri Address => _http.BaseAddress!;

    public static async Task<World> StartAsync(
        string? journal = null, DateTimeOffset? start = null, string? terminateUrl = null, bool frequencyLimit = true,
        bool ownsClock = false, int? lintMemory = null, long compactAfter = 1 << 20, int? seed = 7, TimeProvider? machine = null, int sendsAtOnce = 64, params (string Name, string Value)[] switches)
    {
        var at = start ?? Start;
        var clock = new TestClock(machine is null ? at : null, machine ?? new StillMachine(at));
        var app = SimulatorHost.Build(
            new()
            {
                LintMemory = lintMemory ?? new SimulatorOptions().LintMemory, Seed = seed, OwnsClock = ownsClock, CompactAfterBytes = compactAfter, NotificationConcurrency = sendsAtOnce, JournalPath = journal, TerminateNotifyUrl = terminateUrl, FrequencyLimit = frequencyLimit,
                Switches = switches.ToDictionary(s => s.Name, s => s.Value),
            },
            clock, ["http://127.0.0.1:0"]);
        await app.StartAsync();
        return new(app, clock) { Machine = machine as Clock.RunningMachine ?? new(at) };
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        Clock.Dispose();
    }

    public Task StopAsync() => _app.StopAsync();

    public string Unique(string prefix = "n") => $"{prefix}{Interlocked.Increment(ref _names):000000}";

    public Task AdvanceAsync(TimeSpan by) => Clock.AdvanceAsync(by);

    /// <summary>What is due at this instant happens.</summary>
    public Task SettleAsync() => Clock.AdvanceAsync(TimeSpan.Zero);

    // ---- WeChat's paths ------------------------------------------------------------------------------------------------

    public async Task<Reply> PostAsync(
        string path, IEnumerable<(string Name, string? Value)> fields, SignType type = SignType.Md5, ApiV2Key? key = null, string? certificate = null)
    {
        using var writer = new V2Writer();
        foreach (var (name, value) in fields)
        {
            writer.Add(name, value);
        }

        if (type != SignType.Md5)
        {
            writer.Add("sign_type", type.WireName());
        }

        var reply = await SendAsync(path, writer.Sign(key ?? Key, type).ToArray(), "text/xml", certificate);
        if (reply["return_code"] == "SUCCESS")
        {
            // Whatever is not refused at the first level is signed, with the request's algorithm.
            var check = V2Signature.Verify(reply.Message, key is null ? [Key] : [Key, key]);
            Assert.True(check.IsValid && check.Type == type, reply.Text);
        }
        else if (reply["return_code"] is not null)
        {
            Assert.False(reply.Message.Contains("sign"u8));
        }

        return reply;
    }

    public async Task<Reply> SendAsync(string path, byte[] body, string? contentType, string? certificate = null, HttpMethod? method = null)
    {
        await NoteAsync();
        using var request = new HttpRequestMessage(method ?? HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        if (contentType is not null)
        {
            request.Content.Headers.ContentType = new(contentType);
        }

        if (certificate is not null)
        {
            request.Headers.Add("X-Client-Cert", certificate);
        }

        using var response = await _http.SendAsync(request);
        return new((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync())
        {
            Digest = response.Headers.TryGetValues("Digest", out var digest) ? digest.Single() : null,
        };
    }

    /// <summary>The fields of a call, with changes: a value of null leaves a field out, a new name adds one.</summary>
    public static List<(string Name, string? Value)> With(IEnumerable<(string Name, string? Value)> fields, params (string Name, string? Value)[] changes)
    {
        var list = fields.ToList();
        foreach (var change in changes)
        {
            var at = list.FindIndex(f => f.Name == change.Name);
            if (at >= 0)
            {
                list[at] = change;
            }
            else
            {
                list.Add(change);
            }
        }

        return list;
    }

    public List<(string Name, string? Value)> OrderFields(string? openid, params (string Name, string? Value)[] changes) => With(
        [
            ("appid", AppId), ("mch_id", MchId), ("nonce_str", "n"), ("contract_mchid", MchId), ("contract_appid", AppId), ("out_trade_no", Unique("pay")),
            ("body", "会员 & <月卡>"), ("notify_url", "http://127.0.0.1:9/pay"), ("total_fee", "2500"), ("spbill_create_ip", "123.12.12.123"),
            ("trade_type", "JSAPI"), ("openid", openid), ("plan_id", "12535"), ("contract_code", Unique("c")), ("request_serial", "1000"),
            ("contract_display_account", "张三"), ("contract_notify_url", "http://127.0.0.1:9/contract"),
        ],
        changes);

    public List<(string Name, string? Value)> ApplyFields(string contractId, string? number = null, params (string Name, string? Value)[] changes) => With(
        [
            ("appid", AppId), ("mch_id", MchId), ("nonce_str", "n"), ("body", "会员续费"), ("out_trade_no", number ?? Unique("debit")), ("total_fee", "2500"),
            ("spbill_create_ip", "8.8.8.8"), ("notify_url", "http://127.0.0.1:9/debit"), ("trade_type", "PAP"), ("contract_id", contractId),
        ],
        changes);

    public Task<Reply> ContractOrderAsync(string? openid, params (string Name, string? Value)[] changes) => PostAsync("/pay/contractorder", OrderFields(openid, changes));

    public Task<Reply> ApplyAsync(string contractId, string? number = null, params (string Name, string? Value)[] changes) =>
        PostAsync("/pay/pappayapply", ApplyFields(contractId, number, changes));

    public Task<Reply> OrderQueryAsync(string number, string path = "/pay/orderquery") =>
        PostAsync(path, [("appid", AppId), ("mch_id", MchId), ("nonce_str", "n"), ("out_trade_no", number)]);

    public Task<Reply> ContractQueryAsync(string contractId) =>
        PostAsync("/papay/querycontract", [("appid", AppId), ("mch_id", MchId), ("contract_id", contractId), ("version", "1.0")]);

    public Task<Reply> ContractQueryByCodeAsync(string code, string plan = "12535") =>
        PostAsync("/papay/querycontract", [("appid", AppId), ("mch_id", MchId), ("plan_id", plan), ("contract_code", code), ("version", "1.0")]);

    public Task<Reply> DeleteContractAsync(string contractId) => PostAsync(
        "/papay/deletecontract",
        [("appid", AppId), ("mch_id", MchId), ("contract_id", contractId), ("contract_termination_remark", "测试"), ("version", "1.0")]);

    public Task<Reply> CloseAsync(string number) => PostAsync("/pay/closeorder", [("appid", AppId), ("mch_id", MchId), ("nonce_str", "n"), ("out_trade_no", number)]);

    public Task<Reply> RefundAsync(
        string number, string refundNumber, long amount, long total = 2500, string? certificate = MchId, params (string Name, string? Value)[] changes) => PostAsync(
        "/secapi/pay/refund",
        With(
            [
                ("appid", AppId), ("mch_id", MchId), ("nonce_str", "n"), ("out_trade_no", number), ("out_refund_no", refundNumber),
                ("total_fee", total.ToString()), ("refund_fee", amount.ToString()),
            ],
            changes),
        certificate: certificate);

    public Task<Reply> BillAsync(string day, string? type = "ALL", string? tar = null) => PostAsync(
        "/pay/downloadbill",
        [("appid", AppId), ("mch_id", MchId), ("nonce_str", "n"), ("bill_date", day), ("bill_type", type), ("tar_type", tar)]);

    /// <summary>Whether each call remembers what was true before it, for <see cref="IsUnchangedAsync"/>.</summary>
    public bool WatchesMoney { get; set; }

    /// <summary>Called before anything is asked of WeChat: what is due by then is done.</summary>
    public async Task NoteAsync()
    {
        if (WatchesMoney)
        {
            await SettleAsync();
            _before = Money();
        }
    }

    /// <summary>Whether no money moved and no contract came or went since the last call began, what it set going included.</summary>
    public async Task<bool> IsUnchangedAsync()
    {
        await SettleAsync();
        return _before is not null && _before == Money();
    }

    private string Money()
    {
        using (State.Begin())
        {
            return $"{State.Movements.Count(m => m.IsPayment || m.Kind == MovementKind.Refund)} {State.Users.Sum(u => u.Balance + (u.Cards?.Sum(c => c.Balance) ?? 0))} {State.Contracts.Count(c => c.IsActive)}";
        }
    }

    // ---- the control API -----------------------------------------------------------------------------------------------

    public async Task<(int Status, JsonNode? Json)> ControlAsync(HttpMethod method, string path, JsonNode? body = null)
    {
        using var request = new HttpRequestMessage(method, "/_sim" + path);
        request.Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    public async Task<JsonNode> DoAsync(string path, JsonNode body)
    {
        var (status, json) = await ControlAsync(HttpMethod.Post, path, body);
        Assert.True(status == 200, $"{path}: {status} {json}");
        return json!;
    }

    public async Task<JsonNode> SeeAsync(string path)
    {
        var (status, json) = await ControlAsync(HttpMethod.Get, path);
        Assert.True(status == 200, $"{path}: {status} {json}");
        return json!;
    }

    public async Task<JsonArray> LedgerAsync() => (await SeeAsync("/ledger"))["entries"]!.AsArray();

    public async Task<string> UserAsync(long balance = 100_000, string account = "normal", string bank = "ok", string? openid = null)
    {
        openid ??= Unique("oUser");
        await DoAsync("/users", new JsonObject { ["openid"] = openid, ["balance"] = balance, ["account"] = account, ["bank"] = bank });
        return openid;
    }

    public async Task<long> BalanceAsync(string openid) => (long)(await SeeAsync("/users/" + openid))["balance"]!;

    public Task<JsonNode> PayAsync(Reply order, string openid, bool sign = true) =>
        DoAsync("/cashier/" + order["prepay_id"], new JsonObject { ["openid"] = openid, ["action"] = "pay", ["sign"] = sign });

    /// <summary>A user who paid 2,500 fen and signed; the answer is the contract_id.</summary>
    public async Task<string> SignedAsync(string? openid = null, string plan = "12535", params (string Name, string? Value)[] changes)
    {
        openid ??= await UserAsync();
        var order = await ContractOrderAsync(openid, [("plan_id", plan), .. changes]);
        return (string)(await PayAsync(order, openid))["contract_id"]!;
    }

    public Task FaultAsync(string on, string kind, int? times = null, double? delaySeconds = null, bool? processed = null) =>
        DoAsync("/faults", new JsonObject { ["on"] = on, ["kind"] = kind, ["times"] = times, ["delay_seconds"] = delaySeconds, ["processed"] = processed });

    public async Task<string> PageAsync(string path, FormUrlEncodedContent? form = null)
    {
        await NoteAsync();
        using var response = form is null ? await _http.GetAsync(path) : await _http.PostAsync(path, form);
        return WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync());
    }
}

/// <summary>A merchant's address that writes down what arrives and when, and answers as told.</summary>
internal sealed class Listener : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Queue<Func<HttpContext, Task>> _script = new();
    private readonly List<(DateTimeOffset At, string Body)> _got = [];

    private Listener(WebApplication app) => _app = app;

    /// <summary>Whether unscripted messages are acknowledged.</summary>
    public bool Acknowledges { get; set; } = true;

    public string Url => _app.Urls.First() + "/notify";

    public IReadOnlyList<(DateTimeOffset At, string Body)> Got
    {
        get
        {
            lock (_got)
            {
                return [.. _got];
            }
        }
    }

    public V2Message this[int index] => V2Message.Parse(Encoding.UTF8.GetBytes(Got[index].Body));

    public static async Task<Listener> StartAsync(TimeProvider clock)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var listener = new Listener(app);
        app.Run(async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            var body = await reader.ReadToEndAsync();
            Func<HttpContext, Task>? scripted;
            lock (listener._got)
            {
                listener._got.Add((clock.GetUtcNow(), body));
                listener._script.TryDequeue(out scripted);
            }

            await (scripted?.Invoke(http) ?? http.Response.Body.WriteAsync(
                listener.Acknowledges ? Acknowledgement.Success : Acknowledgement.Fail("later")).AsTask());
        });
        await app.StartAsync();
        return listener;
    }

    public void Next(Func<HttpContext, Task> answer) => _script.Enqueue(answer);

    public void Next(int status, string body) => Next(http =>
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsync(body);
    });

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
