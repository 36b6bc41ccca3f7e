using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Papaya.Simulator.Clock;
using Papaya.Simulator.Doors;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Tests.Doors;

/// <summary>https under the simulator's own authority.</summary>
public sealed class AuthorityTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("papaya-keys-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("api.mch.weixin.qq.com")]
    [InlineData("api2.mch.weixin.qq.com")]
    [InlineData("apihk.mch.weixin.qq.com")]
    public async Task Https_answers_to_whoever_trusts_the_authority_under_each_of_its_names(string name)
    {
        await using var host = await Host.StartAsync(_folder.FullName);
        using var http = host.Trusting(X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(Path.Combine(_folder.FullName, Authority.CertificateFile))));
        Assert.Equal("""{"status":"ok"}""", await http.GetStringAsync($"https://{name}:{host.Port}/_sim/health"));
    }

    [Fact]
    public async Task Whoever_does_not_trust_the_authority_does_not_connect()
    {
        await using var host = await Host.StartAsync(_folder.FullName);
        using var other = Authority.Open(null, TimeProvider.System);
        using var http = host.Trusting(X509Certificate2.CreateFromPem(other.CertificatePem));
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetStringAsync($"https://localhost:{host.Port}/_sim/health"));
    }

    [Fact]
    public async Task The_authority_can_be_taken_away_over_http()
    {
        await using var host = await Host.StartAsync(_folder.FullName);
        using var plain = new HttpClient { BaseAddress = new(host.Http) };
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(_folder.FullName, Authority.CertificateFile)), await plain.GetStringAsync("/_sim/ca.pem"));
    }

    [Fact]
    public void The_authority_is_made_once_and_its_key_is_for_its_owner_only()
    {
        var folder = new KeyFolder(_folder.FullName);
        using var first = Authority.Open(folder, TimeProvider.System);
        using var second = Authority.Open(folder, TimeProvider.System);
        Assert.Equal(first.CertificatePem, second.CertificatePem);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.PathOf(Authority.KeyFile)));
        }

        Assert.DoesNotContain("PRIVATE", folder.Read(Authority.CertificateFile), StringComparison.Ordinal);
    }

    [Fact]
    public void An_authority_that_would_end_before_its_certificates_is_replaced()
    {
        var folder = new KeyFolder(_folder.FullName);
        using var first = Authority.Open(folder, new At(new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        using var kept = Authority.Open(folder, new At(new(2028, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        using var replaced = Authority.Open(folder, new At(new(2029, 6, 1, 0, 0, 0, TimeSpan.Zero)));
        Assert.Equal(first.CertificatePem, kept.CertificatePem);
        Assert.NotEqual(first.CertificatePem, replaced.CertificatePem);
    }

    [Fact]
    public void Files_that_are_no_certificate_are_named_with_the_cure()
    {
        var folder = new KeyFolder(_folder.FullName);
        folder.Write(Authority.CertificateFile, "nonsense");
        folder.WritePrivate(Authority.KeyFile, "nonsense");
        var wrong = Assert.Throws<InvalidDataException>(() => Authority.Open(folder, TimeProvider.System));
        Assert.Contains(folder.PathOf(Authority.KeyFile), wrong.Message, StringComparison.Ordinal);
        Assert.Contains("Delete both", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stolen_authority_cannot_speak_for_other_sites()
    {
        using var authority = Authority.Open(null, TimeProvider.System);
        using var root = X509Certificate2.CreateFromPem(authority.CertificatePem, authority.KeyPem);
        Assert.True(IsTrusted("api.mch.weixin.qq.com"));
        Assert.False(IsTrusted("bank.example.com"));

        bool IsTrusted(string name)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(name);
            request.CertificateExtensions.Add(names.Build());
            using var leaf = request.Create(root, new DateTimeOffset(root.NotBefore), new DateTimeOffset(root.NotBefore.AddDays(30)), [1, 2, 3]);
            using var chain = new X509Chain
            {
                ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { root }, RevocationMode = X509RevocationMode.NoCheck },
            };
            return chain.Build(leaf);
        }
    }

    [Fact]
    public async Task The_merchants_files_have_the_names_of_the_merchant_platform_and_fit_together()
    {
        await using var host = await Host.StartAsync(_folder.FullName);
        var files = host.Files.Write(Presets.MchId);
        Assert.Equal(files.Select(f => f.Name).Append(Authority.KeyFile).Order(), _folder.GetFiles().Select(f => f.Name).Order());
        var keys = host.State.Identities.Of(Presets.MchId);
        Assert.Equal(keys.ApiV3Key, await File.ReadAllTextAsync(PathOf("apiv3_key.txt")));
        foreach (var name in (string[])["apiclient_cert.p12", "apiclient_cert_3des.p12"])
        {
            using var certificate = X509CertificateLoader.LoadPkcs12FromFile(PathOf(name), Presets.MchId);
            Assert.True(certificate.HasPrivateKey);
            Assert.Equal(keys.CertificateSerial, certificate.SerialNumber);
        }

        using var pair = X509Certificate2.CreateFromPemFile(PathOf("apiclient_cert.pem"), PathOf("apiclient_key.pem"));
        Assert.Equal(keys.CertificateSerial, pair.SerialNumber);
        Assert.All(
            _folder.GetFiles(),
            file => Assert.Equal(
                file.Name is "ca_key.pem" or "apiclient_key.pem" or "apiv3_key.txt" || file.Extension == ".p12",
                file.UnixFileMode == (UnixFileMode.UserRead | UnixFileMode.UserWrite)));

        string PathOf(string name) => Path.Combine(_folder.FullName, name);
    }

    private sealed class At(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }

    /// <summary>A simulator with both doors open.</summary>
    private sealed class Host(WebApplication app, TestClock clock) : IAsyncDisposable
    {
        public string Http => app.Urls.First();

        public KeyFiles Files => app.Services.GetRequiredService<KeyFiles>();

        public SimulatorState State => app.Services.GetRequiredService<SimulatorState>();

        public int Port => new Uri(app.Urls.Last()).Port;

        public static async Task<Host> StartAsync(string keys)
        {
            var clock = new TestClock();
            var app = SimulatorHost.Build(new() { KeysFolder = keys }, clock, ["http://127.0.0.1:0", "https://127.0.0.1:0"]);
            await app.StartAsync();
            _ = app.Services.GetRequiredService<Authority>();
            return new(app, clock);
        }

        /// <summary>A client that trusts nobody else and finds every name on this machine.</summary>
        public HttpClient Trusting(X509Certificate2 root)
        {
            var handler = new SocketsHttpHandler
            {
                UseProxy = false,
                ConnectCallback = async (connection, ct) =>
                {
                    var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
                    await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, connection.DnsEndPoint.Port), ct);
                    return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
                },
            };
            handler.SslOptions.CertificateChainPolicy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { root }, RevocationMode = X509RevocationMode.NoCheck };
            return new(handler);
        }

        public async ValueTask DisposeAsync()
        {
            await app.StopAsync();
            await app.DisposeAsync();
            clock.Dispose();
        }
    }
}
