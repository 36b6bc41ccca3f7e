using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Papaya.Billing.Debits;

namespace Papaya.Server.Debits;

/// <summary>Section <c>debits</c>.</summary>
public sealed class DebitOptions
{
    /// <summary>pappayapply calls in any sliding second, all merchant numbers together; WeChat's limit is 150 for each. 0 switches the limiter off.</summary>
    [ConfigurationKeyName("permits_per_second")]
    [Range(0, 100_000)]
    public int PermitsPerSecond { get; set; } = 150;

    /// <summary>Debits claimed, sent and written down together.</summary>
    [ConfigurationKeyName("batch")]
    [Range(1, 2_000)]
    public int Batch { get; set; } = 400;

    /// <summary>Calls to WeChat at the same time.</summary>
    [ConfigurationKeyName("concurrency")]
    [Range(1, 512)]
    public int Concurrency { get; set; } = 48;

    /// <summary>Highest single debit in fen; 0 for none.</summary>
    [ConfigurationKeyName("single_most")]
    [Range(0, long.MaxValue)]
    public long SingleMost { get; set; } = 5_000_000;

    /// <summary>Debits a Beijing day per contract; 0 for any number.</summary>
    [ConfigurationKeyName("daily_most")]
    [Range(0, 1_000)]
    public int DailyMost { get; set; } = 10;

    /// <summary>Failed executions in a row that suspend a contract; 0 for never.</summary>
    [ConfigurationKeyName("failures_to_suspend")]
    [Range(0, 100)]
    public int FailuresToSuspend { get; set; } = 3;

    /// <summary>A use above this share of the contract's mean is held for review; 0 for never.</summary>
    [ConfigurationKeyName("jump_percent")]
    [Range(0, 100_000)]
    public int JumpPercent { get; set; } = 200;

    /// <summary>IPv4 address of this machine as WeChat's risk control is told (<c>spbill_create_ip</c>).</summary>
    [ConfigurationKeyName("server_ip")]
    public string ServerIp { get; set; } = "127.0.0.1";

    internal DebitPolicies Policies => new()
    {
        SingleMost = SingleMost, DailyMost = DailyMost, FailuresToSuspend = FailuresToSuspend, JumpPercent = JumpPercent,
    };
}

[OptionsValidator]
internal sealed partial class DebitOptionsValidator : IValidateOptions<DebitOptions>;
