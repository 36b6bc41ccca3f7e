namespace Papaya.Simulator.Lint;

/// <summary>All rules; a rule's number in WeChat's quality checklist stands in its source.</summary>
internal static class LintRules
{
    /// <summary>The order in which people read them.</summary>
    public static readonly IReadOnlyList<LintRule> All = [.. NumberRules.All, .. MessageRules.All, .. FieldRules.All, .. RefundRules.All, .. ContractRules.All];
}
