using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace Papaya.Simulator.World;

internal enum AccountState
{
    [JsonStringEnumMemberName("normal")]
    Normal,

    /// <summary>WeChat restricts the account's trade.</summary>
    [JsonStringEnumMemberName("abnormal")]
    Abnormal,

    /// <summary>The user closed the account: every contract has ended.</summary>
    [JsonStringEnumMemberName("closed")]
    Closed,

    /// <summary>The payment account is frozen; chat goes on.</summary>
    [JsonStringEnumMemberName("frozen")]
    Frozen,
}

internal enum BankState
{
    [JsonStringEnumMemberName("ok")]
    Ok,

    [JsonStringEnumMemberName("maintenance")]
    Maintenance,

    [JsonStringEnumMemberName("frozen")]
    Frozen,
}

/// <summary>What WeChat's risk control says to this user's debits.</summary>
internal enum RiskState
{
    [JsonStringEnumMemberName("none")]
    None,

    [JsonStringEnumMemberName("refuse")]
    Refuse,
}

/// <summary>A bank card bound to the wallet.</summary>
internal sealed class Card
{
    /// <summary>WeChat's bank_type, such as <c>CMB_DEBIT</c> or <c>CMB_CREDIT</c>.</summary>
    public required string Bank { get; set; }

    /// <summary>What it can still pay, in fen.</summary>
    public long Balance { get; set; }

    public BankState State { get; set; }

    [JsonIgnore]
    public bool IsCredit => Bank.EndsWith("_CREDIT", StringComparison.Ordinal);
}

/// <summary>A WeChat user with a wallet and cards.</summary>
internal sealed class User
{
    /// <summary>The same user as another app knows him; 28 characters that follow from both.</summary>
    public static string OpenidUnder(string appId, string openid) =>
        "o" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{appId}/{openid}")))[..27];

    public required string Openid { get; set; }

    public string? Nickname { get; set; }

    /// <summary>The wallet, in fen.</summary>
    public long Balance { get; set; }

    public List<Card>? Cards { get; set; }

    /// <summary>Coupons, spent ones too, in the order in which they were given.</summary>
    public List<Coupon>? Coupons { get; set; }

    /// <summary>The card or <c>wallet</c> that the user wants to be tried first.</summary>
    public string? Preferred { get; set; }

    public AccountState Account { get; set; }

    /// <summary>State of the user's bank as a whole; it matters when the wallet is short.</summary>
    public BankState Bank { get; set; }

    public RiskState Risk { get; set; }

    /// <summary>An account without a real name can neither sign nor pay.</summary>
    public bool Unverified { get; set; }

    /// <summary>Deduct items held at other merchants; 200 in total is WeChat's limit.</summary>
    public int OtherItems { get; set; }

    /// <summary>Under which nickname the user can be found; derived.</summary>
    [JsonIgnore]
    public string? ListedAs { get; set; }

    /// <summary>Active contracts here; derived.</summary>
    [JsonIgnore]
    public int Items { get; set; }
}
