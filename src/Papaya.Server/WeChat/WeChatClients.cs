using System.Collections.Frozen;
using Papaya.Server.Merchants;
using Papaya.WeChatPay;
using Papaya.WeChatPay.Sending;
using Papaya.WeChatPay.Wire;

namespace Papaya.Server.WeChat;

/// <summary>One client per merchant number, each with its own pooled connections, because the certificate belongs to the connection.</summary>
public sealed class WeChatClients : IDisposable
{
    /// <summary>Applies go out in batches; the debit flow's own limiter decides how many at once.</summary>
    private const int MostConnections = 256;

    private readonly FrozenDictionary<string, PapayClient> _clients;
    private readonly List<HttpClient> _http = [];

    public WeChatClients(MerchantDirectory merchants, TimeProvider clock, ILogger<PapayClient> log)
    {
        _clients = merchants.All.ToFrozenDictionary(merchant => merchant.Number, merchant => Make(merchant, clock, log), StringComparer.Ordinal);
    }

    /// <exception cref="KeyNotFoundException">The merchant is not configured; numbers from the directory always are.</exception>
    public PapayClient For(string merchantNumber) => _clients[merchantNumber];

    /// <summary>Null for a number that is not ours.</summary>
    public MerchantCredentials? CredentialsOf(string merchantNumber) => _clients.GetValueOrDefault(merchantNumber)?.Merchant;

    public void Dispose()
    {
        foreach (var http in _http)
        {
            http.Dispose();
        }
    }

    // The client's own choice of connections, with as many of them as a batch of applies may want at once.
    internal static SocketsHttpHandler Handler(Merchant merchant) =>
        Connections.Handler(merchant.Certificate, merchant.BaseUrl, mostConnections: MostConnections);

    private PapayClient Make(Merchant merchant, TimeProvider clock, ILogger log)
    {
        // The client has its own deadline; a second one here would turn its verdict "unknown" into something else.
        var http = new HttpClient(Handler(merchant)) { Timeout = Timeout.InfiniteTimeSpan };
        _http.Add(http);

        // No limiter: the debit flow has permits of its own, on a clock on which nobody may wait. The second host is WeChat's own, so it is
        // there only when the base address is.
        return new PapayClient(http, Credentials(merchant), merchant.BaseUrl, clock, new PapayClientOptions
        {
            Limiter = null,
            FailOver = merchant.BaseUrl == PapayClient.DefaultBaseUrl,
            Logger = log,
        });
    }

    private static MerchantCredentials Credentials(Merchant merchant) => new()
    {
        MerchantNumber = merchant.Number,
        ApiV2Keys = merchant.PreviousApiV2Key is { } previous ? [new(merchant.ApiV2Key), new(previous)] : [new(merchant.ApiV2Key)],
        SignType = merchant.SignType == "MD5" ? SignType.Md5 : SignType.HmacSha256,
        Certificate = merchant.Certificate,
        ClientCertificate = merchant.Certificate is not null ? ClientCertificateMode.Handler
            : merchant.BaseUrl is { IsLoopback: true, Scheme: "http" } ? ClientCertificateMode.LoopbackHeader
            : ClientCertificateMode.None,
    };
}
