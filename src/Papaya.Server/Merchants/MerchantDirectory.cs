using System.Collections.Frozen;
using Papaya.WeChatPay;

namespace Papaya.Server.Merchants;

/// <summary>A merchant number with everything needed to act for it.</summary>
public sealed record Merchant(
    string Number,
    string ApiV2Key,
    string? PreviousApiV2Key,
    string SignType,
    Uri BaseUrl,
    MerchantCertificate? Certificate,
    IReadOnlyDictionary<AppKind, string> Apps,
    IReadOnlyDictionary<long, Template> Templates)
{
    /// <summary>Null when the merchant has no app of this kind.</summary>
    public string? AppFor(AppKind kind) => Apps.GetValueOrDefault(kind);

    // Keys must not reach a log through a record's ToString.
    public override string ToString() => $"Merchant {Number}";
}

/// <summary>WeChat's template (<c>plan_id</c>) as configured. <paramref name="Amount"/> is the fixed amount or the cap.</summary>
public sealed record Template(long PlanId, string Name, bool PayLater, string Mode, bool Fixed, long Amount)
{
    /// <summary>WeChat's limit for one debit, in fen.</summary>
    public long SingleMost { get; init; } = Math.Max(50_000, Amount);

    /// <summary>WeChat's limit for a contract's debits of a day, in fen.</summary>
    public long DailyMost { get; init; } = Math.Max(250_000, Amount);
}

/// <summary>The merchants this server acts for; fixed from start to stop.</summary>
public sealed class MerchantDirectory
{
    private readonly FrozenDictionary<string, Merchant> _byNumber;
    private readonly FrozenDictionary<long, Merchant> _byTemplate;
    private readonly string _publicUrl;

    internal MerchantDirectory(IReadOnlyList<Merchant> merchants, string publicUrl)
    {
        All = merchants;
        _byNumber = merchants.ToFrozenDictionary(m => m.Number);
        _byTemplate = merchants.SelectMany(m => m.Templates.Keys, (m, id) => (m, id)).ToFrozenDictionary(x => x.id, x => x.m);
        _publicUrl = publicUrl.TrimEnd('/');
    }

    public IReadOnlyList<Merchant> All { get; }

    public Merchant? Find(string number) => _byNumber.GetValueOrDefault(number);

    /// <summary>The merchant that owns a template, and the template; null when none does.</summary>
    public (Merchant Merchant, Template Template)? FindTemplate(long planId) =>
        _byTemplate.GetValueOrDefault(planId) is { } merchant ? (merchant, merchant.Templates[planId]) : null;

    /// <param name="kind"><c>payment</c>, <c>debit</c>, <c>contract</c> or <c>refund</c>.</param>
    public string NotifyUrl(string merchantNumber, string kind) => $"{_publicUrl}/wechat/{merchantNumber}/{kind}";
}
