using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Papaya.Server;
using Papaya.Server.Merchants;
using Papaya.Server.Storage;

namespace Papaya.Testing;

/// <summary>The preset merchant of the simulator, as the server is told about it.</summary>
public static class Preset
{
    public const string MerchantNumber = "10000100";
    public const string ApiV2Key = "192006250b4c09247ec02edce69f6a2d";
    public const string OfficialAccount = "wxd930ea5d5a258f4f";
    public const string MobileApp = "wx2421b1c4370ec43b";
    public const string MiniProgram = "wx426a3015555a46be";

    public static MerchantOptions Merchant(string baseUrl) => new()
    {
        Number = MerchantNumber,
        ApiV2Key = ApiV2Key,
        BaseUrl = baseUrl,
        Apps =
        [
            new AppOptions { AppId = OfficialAccount, Kind = "official_account" },
            new AppOptions { AppId = MobileApp, Kind = "mobile_app" },
            new AppOptions { AppId = MiniProgram, Kind = "mini_program" },
        ],
        Templates =
        [
            new TemplateOptions { PlanId = 12535, Name = "月度会员", Kind = "periodic", Mode = "delay_24h", Fee = "capped", Amount = 5_000 },
            new TemplateOptions { PlanId = 12536, Name = "包月", Kind = "periodic", Mode = "pre_notice", Fee = "fixed", Amount = 2_500 },
            new TemplateOptions { PlanId = 12537, Name = "先享后付", Kind = "pay_later", Mode = "pay_later", Fee = "capped", Amount = 50_000 },
        ],
    };
}

/// <summary>The real server on a loopback port, on SQLite in a folder of its own (or the storage given), with its clock standing still.</summary>
public sealed class RunningServer : IAsyncDisposable
{
    public const string ApiKey = "test-key";

    private readonly WebApplication _app;
    private readonly string? _folder;
    private long _keys;

    private RunningServer(WebApplication app, string? folder, StorageOptions storage)
    {
        (_app, _folder, Storage) = (app, folder, storage);
        Url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Http = new HttpClient { BaseAddress = new Uri(Url) };
    }

    public string Url { get; }

    /// <summary>Sends no key by itself.</summary>
    public HttpClient Http { get; }

    public StorageOptions Storage { get; }

    public Database Db => Get<Database>();

    /// <param name="wechatUrl">Where the server finds WeChat Pay; by default nobody is there.</param>
    /// <param name="storage">Set to run on what another server left behind.</param>
    /// <param name="map">More endpoints, for tests of the hosting itself.</param>
    public static async Task<RunningServer> StartAsync(
        string wechatUrl = "http://127.0.0.1:9",
        StorageOptions? storage = null,
        TimeProvider? clock = null,
        Action<PapayaServerOptions>? configure = null,
        Action<IServiceCollection>? services = null,
        Action<WebApplication>? map = null)
    {
        var folder = storage is null ? Directory.CreateTempSubdirectory("papaya-server-").FullName : null;
        var options = new PapayaServerOptions
        {
            ApiKeys = [ApiKey],
            PublicUrl = "http://127.0.0.1:8080",
            Storage = storage ?? new StorageOptions { SqliteFile = Path.Combine(folder!, "papaya.db") },
            Merchants = [Preset.Merchant(wechatUrl)],
        };
        configure?.Invoke(options);
        var app = PapayaServer.Build(options, ["http://127.0.0.1:0"], collection =>
        {
            collection.AddSingleton(clock ?? new StillClock());
            collection.AddLogging(logging => logging.ClearProviders());
            services?.Invoke(collection);
        });
        map?.Invoke(app);
        await app.StartAsync();
        return new RunningServer(app, folder, options.Storage);
    }

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>A GET, or with a body a POST under a fresh idempotency key unless one is given.</summary>
    public async Task<Reply> SendAsync(string path, string? json = null, string? key = null, string? apiKey = ApiKey, string contentType = "application/json")
    {
        using var request = new HttpRequestMessage(json is null ? HttpMethod.Get : HttpMethod.Post, path);
        if (apiKey is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
        }

        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, contentType);
            request.Headers.Add("Idempotency-Key", key ?? $"key-{Interlocked.Increment(ref _keys)}");
        }

        using var answer = await Http.SendAsync(request);
        return new Reply(answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, await answer.Content.ReadAsStringAsync(), answer.Headers.Contains("Idempotency-Replayed"));
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }
}

public sealed record Reply(HttpStatusCode Status, string? MediaType, string Text, bool Replayed)
{
    public JsonNode Json => JsonNode.Parse(Text) ?? throw new InvalidOperationException($"Not JSON: {Text}");

    public string? Code => (string?)Json["code"];

    public string? Field => (string?)Json["field"];
}
