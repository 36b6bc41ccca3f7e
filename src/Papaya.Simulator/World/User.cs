using System.Text.Json.Serialization;

namespace Papaya.Simulator.World;

internal enum AccountState
{
    [JsonStringEnumMemberName("normal")]
    Normal,

    [JsonStringEnumMemberName("abnormal")]
    Abnormal,

    [JsonStringEnumMemberName("closed")]
    Closed,
}

internal enum BankState
{
    [JsonStringEnumMemberName("ok")]
    Ok,

    [JsonStringEnumMemberName("maintenance")]
    Maintenance,
}

/// <summary>A WeChat user with a wallet.</summary>
internal sealed class User
{
    public required string Openid { get; set; }

    public long Balance { get; set; }

    public AccountState Account { get; set; }

    public BankState Bank { get; set; }

    /// <summary>Deduct items held at other merchants; 200 in total is WeChat's limit.</summary>
    public int OtherItems { get; set; }

    /// <summary>Active contracts here; derived.</summary>
    [JsonIgnore]
    public int Items { get; set; }
}
