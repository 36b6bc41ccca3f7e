namespace Papaya.WeChatPay.Hosting;

/// <summary>
/// One merchant number for <c>services.AddWeChatPay(…)</c>: who calls, where to, and how patiently. Checked when the host starts; a message
/// names the key and the cure, never the value of a secret.
/// </summary>
public sealed class WeChatPayOptions
{
    /// <summary><c>mch_id</c>: 8 to 10 digits. Required.</summary>
    public string MerchantNumber { get; set; } = "";

    /// <summary>The APIv2 keys, newest first: 32 letters and digits each. At least one, here or in <see cref="ApiV2KeyFiles"/>.</summary>
    public IList<string> ApiV2Keys { get; set; } = [];

    /// <summary>Files that hold one APIv2 key each, newest first; instead of <see cref="ApiV2Keys"/>.</summary>
    public IList<string> ApiV2KeyFiles { get; set; } = [];

    /// <summary><c>MD5</c> (the default, as WeChat's) or <c>HMAC-SHA256</c>, for calls that have <c>sign_type</c>.</summary>
    public string SignType { get; set; } = "MD5";

    /// <summary>The merchant's API certificate; needed for refunds and for V3.</summary>
    public CertificateSource Certificate { get; set; } = new();

    /// <summary>What V3 needs; left out when V3 is not used.</summary>
    public V3Source V3 { get; set; } = new();

    /// <summary>Where calls go. Default: <see cref="PapayClient.DefaultBaseUrl"/>. A simulator on this machine may be plain http.</summary>
    public string BaseUrl { get; set; } = PapayClient.DefaultBaseUrl.OriginalString;

    /// <summary>The second host; empty: WeChat's own second site when <see cref="BaseUrl"/> is WeChat's, otherwise none.</summary>
    public string SecondUrl { get; set; } = "";

    /// <summary>Where calls for overseas merchants go; empty: WeChat's own host for them.</summary>
    public string GlobalBaseUrl { get; set; } = "";

    /// <summary>Whether to go to the second host with calls that are safe to repeat. Default: yes.</summary>
    public bool FailOver { get; set; } = true;

    /// <summary>Where WeChat's notifications arrive, for the program's own use; without a query, because WeChat refuses one. May be empty.</summary>
    public string NotifyUrl { get; set; } = "";

    /// <summary>Longest wait for the answer to one try. Default 15 s, 1 s to 2 min.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Longest time for a call with everything. Default 35 s; not less than <see cref="Timeout"/>.</summary>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(35);

    /// <summary>Longest wait for a connection; a connection that does not come about is safe to repeat. Default 5 s, 100 ms to 1 min.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>After this time a connection is replaced, so that changes of WeChat's DNS are followed. Default 10 min, 10 s to 1 day.</summary>
    public TimeSpan ConnectionLifetime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Most connections to one host. Default 64, 1 to 10,000.</summary>
    public int MostConnections { get; set; } = 64;

    /// <summary>The limiter of this merchant number; clients of the same number share it.</summary>
    public LimitSource Limits { get; set; } = new();
}

/// <summary>Where the merchant's certificate comes from: exactly one of a file, base64, a pair of PEM files, a pair of PEM texts; or nothing.</summary>
public sealed class CertificateSource
{
    /// <summary>Path of <c>apiclient_cert.p12</c>.</summary>
    public string P12File { get; set; } = "";

    /// <summary>The bytes of <c>apiclient_cert.p12</c> as base64.</summary>
    public string P12Base64 { get; set; } = "";

    /// <summary>Password of the PKCS#12 file; empty: the merchant number, as WeChat sets it.</summary>
    public string Password { get; set; } = "";

    /// <summary>Path of <c>apiclient_cert.pem</c>.</summary>
    public string PemFile { get; set; } = "";

    /// <summary>Path of <c>apiclient_key.pem</c>.</summary>
    public string KeyPemFile { get; set; } = "";

    /// <summary>Text of <c>apiclient_cert.pem</c>.</summary>
    public string Pem { get; set; } = "";

    /// <summary>Text of <c>apiclient_key.pem</c>.</summary>
    public string KeyPem { get; set; } = "";
}

/// <summary>What V3 needs beside the certificate.</summary>
public sealed class V3Source
{
    /// <summary>The APIv3 keys, newest first: 32 bytes each.</summary>
    public IList<string> ApiV3Keys { get; set; } = [];

    /// <summary>Id of WeChat Pay's public key (<c>PUB_KEY_ID_…</c>).</summary>
    public string PublicKeyId { get; set; } = "";

    /// <summary>Path of <c>pub_key.pem</c>.</summary>
    public string PublicKeyFile { get; set; } = "";

    /// <summary>Paths of platform certificates, for merchants that still verify with them.</summary>
    public IList<string> CertificateFiles { get; set; } = [];
}

/// <summary>The limiter; the defaults are WeChat's published limits per merchant number.</summary>
public sealed class LimitSource
{
    /// <summary>Whether there is a limiter. Default: yes.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Debits per second. Default 150.</summary>
    public int DebitsPerSecond { get; set; } = 150;

    /// <summary>Contract queries per second. Default 300.</summary>
    public int ContractQueriesPerSecond { get; set; } = 300;

    /// <summary>Refund requests per second. Default 150.</summary>
    public int RefundsPerSecond { get; set; } = 150;

    /// <summary>Refused refund requests per second. Default 6.</summary>
    public int RefusedRefundsPerSecond { get; set; } = 6;

    /// <summary>Longest wait for a permit. Default 5 s.</summary>
    public TimeSpan LongestWait { get; set; } = TimeSpan.FromSeconds(5);
}
