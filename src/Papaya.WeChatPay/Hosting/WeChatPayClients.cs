using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Papaya.WeChatPay.Telemetry;

namespace Papaya.WeChatPay.Hosting;

/// <summary>A merchant that was added; its name finds its options.</summary>
internal sealed record RegisteredMerchant(string Name)
{
    public string HttpClientName => "Papaya.WeChatPay:" + Name;
}

/// <summary>The clients of all merchants that were added with <c>services.AddWeChatPay(…)</c>; each is made once and kept.</summary>
public sealed class WeChatPayClients
{
    private readonly IHttpClientFactory _http;
    private readonly IOptionsMonitor<WeChatPayOptions> _options;
    private readonly ILoggerFactory _loggers;
    private readonly TimeProvider _clock;
    private readonly Setups _setups;
    private readonly WeChatPayHooks _hooks;
    private readonly Dictionary<string, Lazy<PapayClient>> _clients;
    private readonly ConcurrentDictionary<string, RateLimiter> _limiters = new(StringComparer.Ordinal);

    internal WeChatPayClients(
        IEnumerable<RegisteredMerchant> merchants, IHttpClientFactory http, IOptionsMonitor<WeChatPayOptions> options, ILoggerFactory loggers, TimeProvider clock,
        Setups setups, WeChatPayHooks hooks)
    {
        _http = http;
        _options = options;
        _loggers = loggers;
        _clock = clock;
        _setups = setups;
        _hooks = hooks;
        _clients = merchants.DistinctBy(m => m.Name).ToDictionary(m => m.Name, m => new Lazy<PapayClient>(() => Make(m)), StringComparer.Ordinal);
    }

    /// <summary>The names, in the order in which they were added; the empty name is the merchant added without one.</summary>
    public IReadOnlyCollection<string> Names => _clients.Keys;

    /// <summary>The client of the merchant that was added without a name, or of the only one.</summary>
    /// <exception cref="InvalidOperationException">There are several, all with names.</exception>
    public PapayClient Default => _clients.TryGetValue("", out var unnamed) ? unnamed.Value
        : _clients.Count == 1 ? _clients.Values.Single().Value
        : throw new InvalidOperationException($"There are several merchants ({string.Join(", ", _clients.Keys)}); say which: WeChatPayClients.Get(name), or a keyed PapayClient.");

    /// <summary>The client of a merchant by the name under which it was added.</summary>
    /// <exception cref="ArgumentException">No merchant was added under this name.</exception>
    public PapayClient Get(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _clients.TryGetValue(name, out var client)
            ? client.Value
            : throw new ArgumentException($"No merchant was added under the name '{name}'; there are: {string.Join(", ", _clients.Keys.Select(n => $"'{n}'"))}.", nameof(name));
    }

    private PapayClient Make(RegisteredMerchant merchant)
    {
        var options = _options.Get(merchant.Name); // Throws what the check at the start would have said.
        var setup = _setups.Of(options);
        var credentials = setup.Merchant ?? throw new OptionsValidationException(merchant.Name, typeof(WeChatPayOptions), setup.Problems);
        return new PapayClient(_http.CreateClient(merchant.HttpClientName), credentials, setup.BaseUrl, _clock, new PapayClientOptions
        {
            Timeout = options.Timeout,
            Deadline = options.Deadline,
            FailOver = options.FailOver,
            SecondUrl = setup.SecondUrl,
            GlobalBaseUrl = setup.GlobalBaseUrl,
            Logger = _loggers.CreateLogger("Papaya.WeChatPay"),
            CertificateExpiring = _hooks.CertificateExpiring,
            Limiter = options.Limits.Enabled ? _limiters.GetOrAdd(credentials.MerchantNumber, _ => Limiter(options.Limits)) : null,
        });
    }

    private static RateLimiter Limiter(LimitSource limits) => new(new()
    {
        DebitsPerSecond = limits.DebitsPerSecond,
        ContractQueriesPerSecond = limits.ContractQueriesPerSecond,
        RefundsPerSecond = limits.RefundsPerSecond,
        RefusedRefundsPerSecond = limits.RefusedRefundsPerSecond,
        LongestWait = limits.LongestWait,
    });
}

/// <summary>What a program wants to hear of beside the log. Configure with <c>services.Configure&lt;WeChatPayHooks&gt;(…)</c>.</summary>
public sealed class WeChatPayHooks
{
    /// <summary>Called from 30 days before the end of a certificate, once a day for each; must return quickly.</summary>
    public Action<CertificateExpiry>? CertificateExpiring { get; set; }
}
