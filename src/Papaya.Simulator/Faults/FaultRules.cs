using System.Text.Json.Serialization;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Faults;

internal enum FaultKind
{
    /// <summary>The connection is cut before anything was done.</summary>
    [JsonStringEnumMemberName("timeout_before")]
    TimeoutBefore,

    /// <summary>The connection is cut when all was done: the caller does not know.</summary>
    [JsonStringEnumMemberName("timeout_after")]
    TimeoutAfter,

    /// <summary>SYSTEMERROR, after processing unless told otherwise.</summary>
    [JsonStringEnumMemberName("system_error")]
    SystemError,

    /// <summary>HTTP 500 with a page instead of XML, before processing unless told otherwise.</summary>
    [JsonStringEnumMemberName("http_500")]
    Http500,

    /// <summary>An HTML page with HTTP 200 (a proxy's doing), before processing unless told otherwise.</summary>
    [JsonStringEnumMemberName("html")]
    Html,

    [JsonStringEnumMemberName("frequency_limited")]
    FrequencyLimited,

    /// <summary>The right answer or message under a wrong signature.</summary>
    [JsonStringEnumMemberName("bad_signature")]
    BadSignature,

    /// <summary>One send of a notification is lost.</summary>
    [JsonStringEnumMemberName("drop")]
    Drop,

    /// <summary>One send arrives twice.</summary>
    [JsonStringEnumMemberName("duplicate")]
    Duplicate,

    /// <summary>One send arrives later.</summary>
    [JsonStringEnumMemberName("delay")]
    Delay,

    /// <summary>A bill in which one amount is one fen off.</summary>
    [JsonStringEnumMemberName("amount_off_by_one_fen")]
    AmountOffByOneFen,
}

/// <summary>A rule as it was set, and how often it has struck.</summary>
internal sealed record FaultRule
{
    public int Id { get; init; }

    public required string On { get; init; }

    public required FaultKind Kind { get; init; }

    /// <summary>How many single sends or requests it strikes; without end if null.</summary>
    public int? Times { get; init; }

    public double? Probability { get; init; }

    public int? Seed { get; init; }

    public double? DelaySeconds { get; init; }

    /// <summary>Whether the request is carried out although the answer is bad.</summary>
    public bool? Processed { get; init; }

    public int Struck { get; set; }
}

/// <summary>A rule has struck.</summary>
internal sealed record FaultHit(FaultKind Kind, TimeSpan Delay, bool IsProcessed);

/// <summary>Faults by rule; the oldest rule that strikes wins.</summary>
internal sealed class FaultRules
{
    private static readonly FaultKind[] OfNotifications = [FaultKind.Drop, FaultKind.Duplicate, FaultKind.Delay, FaultKind.BadSignature];

    private readonly Lock _gate = new();
    private readonly List<(FaultRule Rule, Random Dice)> _rules = [];
    private int _ids;
    private volatile bool _any;

    public FaultRule[] All
    {
        get
        {
            lock (_gate)
            {
                return [.. _rules.Select(r => r.Rule)];
            }
        }
    }

    /// <summary>Null, or why the rule makes no sense.</summary>
    public string? TryAdd(FaultRule rule, Func<string, bool> isPath, out FaultRule? added)
    {
        added = null;
        var isNotification = rule.On is "payment" or "debit" or "contract" or "refund";
        if (!isNotification && !isPath(rule.On))
        {
            return $"'on' is a path of WeChat Pay or payment, debit, contract, refund; '{rule.On}' is neither.";
        }

        if (isNotification != OfNotifications.Contains(rule.Kind) && rule.Kind != FaultKind.BadSignature)
        {
            return isNotification ? "A notification knows drop, duplicate, delay and bad_signature." : "drop, duplicate and delay are faults of notifications.";
        }

        if (rule.Kind == FaultKind.AmountOffByOneFen && rule.On != "/pay/downloadbill")
        {
            return "amount_off_by_one_fen is a fault of /pay/downloadbill.";
        }

        if (rule.Kind == FaultKind.Delay && rule.DelaySeconds is not > 0)
        {
            return "delay needs delay_seconds > 0.";
        }

        if (rule.Times is < 1 || rule.Probability is <= 0 or > 1 or double.NaN)
        {
            return "times is at least 1; probability is above 0 and at most 1.";
        }

        lock (_gate)
        {
            added = rule with { Id = ++_ids, Struck = 0 };
            _rules.Add((added, new Random(rule.Seed ?? _ids)));
            _any = true;
        }

        return null;
    }

    public void Clear()
    {
        lock (_gate)
        {
            _rules.Clear();
            _any = false;
        }
    }

    public FaultHit? Hit(string path) => _any ? Hit(path, heldBack: false) : null;

    /// <summary>A message that was held back once is not held back again by the same send.</summary>
    public FaultHit? Hit(DeliveryKind kind, bool heldBack) => _any
        ? Hit(
            kind switch
            {
                DeliveryKind.Payment => "payment",
                DeliveryKind.Debit => "debit",
                DeliveryKind.Contract => "contract",
                DeliveryKind.Refund => "refund",
                _ => throw new ArgumentOutOfRangeException(nameof(kind)),
            },
            heldBack)
        : null;

    /// <summary>The same message with another sign; refund messages, which have none, lose a character of their secret.</summary>
    public static string Spoil(string message)
    {
        const string CData = "<![CDATA[";
        foreach (var tag in (string[])["<sign>", "<req_info>"])
        {
            var at = message.IndexOf(tag, StringComparison.Ordinal);
            if (at >= 0)
            {
                at += tag.Length;
                at += message.AsSpan(at).StartsWith(CData) ? CData.Length : 0;
                return string.Concat(message.AsSpan(0, at), message[at] == '0' ? "1" : "0", message.AsSpan(at + 1));
            }
        }

        return message;
    }

    private FaultHit? Hit(string on, bool heldBack)
    {
        lock (_gate)
        {
            foreach (var (rule, dice) in _rules)
            {
                if (rule.On != on || (heldBack && rule.Kind == FaultKind.Delay) || rule.Struck >= (rule.Times ?? int.MaxValue))
                {
                    continue;
                }

                if (rule.Probability is { } probability && dice.NextDouble() >= probability)
                {
                    continue;
                }

                rule.Struck++;
                return new(rule.Kind, TimeSpan.FromSeconds(rule.DelaySeconds ?? 0),
                    rule.Processed ?? rule.Kind is FaultKind.SystemError or FaultKind.TimeoutAfter or FaultKind.BadSignature or FaultKind.AmountOffByOneFen);
            }

            return null;
        }
    }
}
