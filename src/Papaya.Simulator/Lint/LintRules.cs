namespace Papaya.Simulator.Lint;

/// <summary>All rules; a rule's number in WeChat's quality checklist stands in its source.</summary>
internal static class LintRules
{
    /// <summary>The order in which people read them.</summary>
    public static readonly IReadOnlyList<LintRule> All =
    [
        .. NumberRules.All, .. MessageRules.All, .. SignatureRules.All, .. FieldRules.All, .. ConnectionRules.All, .. RefundRules.All,
        .. ContractRules.All, .. NoticeRules.All, .. BillRules.All,
    ];

    public static readonly LintRule[] OnCalls = [.. All.Where(r => r.OnCall is not null)];

    public static readonly LintRule[] OnSends = [.. All.Where(r => r.OnSend is not null)];

    public static readonly LintRule[] AtTimes = [.. All.Where(r => r.OnTime is not null)];

    public static readonly LintRule[] AtReports = [.. All.Where(r => r.AtReview is not null)];
}
