using System.Text.Json.Serialization;

namespace Papaya.Simulator.Lint;

internal enum LintSeverity
{
    /// <summary>Money, or a promise to a user, is at risk.</summary>
    [JsonStringEnumMemberName("error")]
    Error,

    /// <summary>WeChat's quality checklist or its rules fault it.</summary>
    [JsonStringEnumMemberName("warning")]
    Warning,

    [JsonStringEnumMemberName("info")]
    Info,
}

internal enum LintVerdict
{
    /// <summary>The situation never arose: nothing is known.</summary>
    [JsonStringEnumMemberName("not_exercised")]
    NotExercised,

    /// <summary>It arose and was handled well each time.</summary>
    [JsonStringEnumMemberName("pass")]
    Pass,

    [JsonStringEnumMemberName("fault")]
    Fault,
}

/// <summary>A text for people.</summary>
internal sealed record LintText(string Zh, string En);

/// <summary>
/// Something that WeChat accepts today and its quality checklist would fault. A rule hears each call and each send once, when it happens, and looks
/// things up by their key only: a call costs the same whatever the world holds.
/// </summary>
internal sealed record LintRule(string Id, LintSeverity Severity, LintText Title, LintText Cure, string Source)
{
    /// <summary>A call of a merchant, before <see cref="LintFacts"/> know of it.</summary>
    public Action<LintCase>? OnCall { get; init; }

    /// <summary>A send of a notification, before <see cref="LintFacts"/> know of it.</summary>
    public Action<LintCase>? OnSend { get; init; }

    /// <summary>What is overdue; asked before each record and before each report, so it looks at the oldest only.</summary>
    public Action<LintReview>? OnTime { get; init; }

    /// <summary>What only shows over many calls; asked before each report, and finds the same thing once. A rule has this or <see cref="OnTime"/>.</summary>
    public Action<LintReview>? AtReview { get; init; }
}

/// <summary>Something found: when, whose, about which number, in which records of the journal.</summary>
internal sealed record LintFinding(DateTimeOffset At, string MchId, string? Number, string[] Evidence, string Detail, LintSeverity Severity);
