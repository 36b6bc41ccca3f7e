using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Papaya.WeChatPay;
using Papaya.WeChatPay.Notifications;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Tests.V3;

/// <summary>What a stranger's V3 client got back.</summary>
internal sealed record V3Reply(int Status, string Text, NotificationHeaders Headers, HttpResponseHeaders All)
{
    /// <summary>The body as it came.</summary>
    public byte[] Bytes { get; init; } = [];

    public JsonNode? Json { get; } = Text.StartsWith('{') ? JsonNode.Parse(Text) : null;

    /// <summary>The error code, or the status of a success.</summary>
    public string Outcome => Json?["code"]?.GetValue<string>() ?? Status.ToString();

    public string Message => Json?["message"]?.GetValue<string>() ?? "";
}

/// <summary>A merchant's back end: its keys as the control API shows them, the client, and a hand that signs what it likes.</summary>
internal sealed class Shop : IDisposable
{
    private readonly World _world;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly RSA _key = RSA.Create();

    private Shop(World world, JsonNode view)
    {
        _world = world;
        View = view;
        MchId = (string)view["mch_id"]!;
        Serial = (string)view["certificate_serial"]!;
        _key.ImportFromPem((string)view["private_key_pem"]!);
        _http.BaseAddress = world.Address;
    }

    public JsonNode View { get; }

    public string MchId { get; }

    public string Serial { get; }

    public string ApiV3Key => (string)View["apiv3_key"]!;

    public static async Task<Shop> OpenAsync(World world, string mchId = World.MchId) => new(world, await world.SeeAsync("/merchants/" + mchId));

    public PlatformKey PublicKey => PlatformKey.FromPublicKey((string)View["platform_public_key_id"]!, (string)View["platform_public_key_pem"]!);

    public PlatformKey Certificate => PlatformKey.FromCertificate((string)View["platform_certificates"]![0]!["pem"]!);

    public MerchantCredentials Credentials(params PlatformKey[] keys) => new()
    {
        MerchantNumber = MchId,
        ApiV2Keys = [new((string)View["key"]!)],
        Certificate = MerchantCertificate.FromPem((string)View["certificate_pem"]!, (string)View["private_key_pem"]!),
        ClientCertificate = ClientCertificateMode.LoopbackHeader,
        V3 = new() { ApiV3Keys = [new(ApiV3Key)], PlatformKeys = new(keys) },
    };

    /// <summary>Papaya's own client.</summary>
    public PapayClient Client(params PlatformKey[] keys) => new(
        _http, Credentials(keys), _world.Address, _world.Clock, new() { GlobalBaseUrl = _world.Address, Nonces = NonceSource.Seeded(3), Timers = _world.Clock });

    public Task<V3Reply> PostAsync(string target, JsonNode? body) => SendAsync(HttpMethod.Post, target, body?.ToJsonString());

    public Task<V3Reply> GetAsync(string target) => SendAsync(HttpMethod.Get, target);

    /// <summary>A signed request; each part can be replaced by something wrong.</summary>
    public async Task<V3Reply> SendAsync(
        HttpMethod method, string target, string? body = null, string? mchId = null, string? serial = null, RSA? key = null, TimeSpan? skew = null,
        string? authorization = null, string? accept = "application/json", string? agent = "test/1.0", string? platformSerial = null)
    {
        await _world.NoteAsync();
        var bytes = Encoding.UTF8.GetBytes(body ?? "");
        var timestamp = (_world.Now + (skew ?? TimeSpan.Zero)).ToUnixTimeSeconds();
        const string nonce = "WYIIIHLWWN9AXHVJ1DHRCMZAJJIDCS6C";
        var signature = V3Signature.SignRequest(key ?? _key, method.Method, target, timestamp, nonce, bytes);
        using var request = new HttpRequestMessage(method, target);
        Add("Authorization", authorization ?? $"{V3Signature.Scheme} mchid=\"{mchId ?? MchId}\",nonce_str=\"{nonce}\",signature=\"{signature}\",timestamp=\"{timestamp}\",serial_no=\"{serial ?? Serial}\"");
        Add("Accept", accept);
        Add("User-Agent", agent);
        Add("Wechatpay-Serial", platformSerial);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(bytes) { Headers = { ContentType = new("application/json") } };
        }

        using var response = await _http.SendAsync(request);
        var answer = await response.Content.ReadAsByteArrayAsync();
        return new((int)response.StatusCode, Encoding.UTF8.GetString(answer), NotificationHeaders.From(name => response.Headers.TryGetValues(name, out var values) ? values.First() : null), response.Headers)
        {
            Bytes = answer,
        };

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _key.Dispose();
    }
}
