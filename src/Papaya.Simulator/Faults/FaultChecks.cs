namespace Papaya.Simulator.Faults;

/// <summary>Whether a rule makes sense; every refusal says what would.</summary>
internal static class FaultChecks
{
    private const long MostRows = 10_000_000;
    private const int MostSkew = 86_400;

    /// <summary>Null, or why the rule makes no sense.</summary>
    public static string? WhyNot(FaultRule rule, Func<string, bool> isPath)
    {
        if (FaultCatalogue.PlaceOf(rule.On, isPath) is not { } place)
        {
            return $"'on' is a path of WeChat Pay or * for all; payment, debit, contract, refund (v3_payment, v3_debit, v3_contract, v3_refund) or notification for all; "
                + $"execution, refund_execution or handshake. '{rule.On}' is none.";
        }

        var entry = FaultCatalogue.Of(rule.Kind);
        return WhyNotThere(rule, entry) ?? ((entry.Places & place) == 0 ? $"{entry.Wire} strikes {FaultCatalogue.Describe(entry.Places)}; '{rule.On}' is none."
            : rule.Times is < 1 || rule.Skip is < 0 || rule.Probability is <= 0 or > 1 or double.NaN
                ? "times is at least 1; skip is not negative; probability is above 0 and at most 1."
            : rule.Number is { } number && number.TrimEnd('*').Length == 0 ? "number is a number, or the beginning of one followed by *."
            : rule is { Kind: FaultKind.Refuse, Status: not null } && rule.On != "*" && !FaultCatalogue.IsV3Path(rule.On) ? "status belongs to refuse on V3 paths: V2 refuses with HTTP 200."
            : rule.Site is not (null or "main" or "backup") ? "site is main or backup."
            : rule is { Host: not null, On: not FaultCatalogue.Handshake } ? "host belongs to handshakes; elsewhere site tells the two hosts apart."
            : rule is { From: { } from, Until: { } until } && until <= from ? "until is later than from."
            : Surplus(rule, entry) ?? WrongMember(rule));
    }

    private static string? WhyNotThere(FaultRule rule, FaultEntry entry) => FaultCatalogue.Knows(rule.On, rule.Kind) ? null
        : rule.Kind == FaultKind.ReturnFail && FaultCatalogue.IsV3Path(rule.On) ? "return_fail belongs to V2, whose answers have a return_code; V3 paths know refuse, with a status."
        : FaultCatalogue.KindsOf(rule.On) is { } place ? $"{place.Who} {FaultCatalogue.Names(place.Kinds)}; not {entry.Wire}."
        : rule.Kind == FaultKind.Probe ? "probe is a fault of V3 paths and V3 messages."
        : rule.Kind == FaultKind.SkewedClock ? "skewed_clock is a fault of V3 paths and V3 messages: V2 tells no time of its own."
        : rule.Kind == FaultKind.Shape ? "shape is a fault of debit, the message of V2."
        : rule.On == "/pay/downloadbill" ? $"downloadbill gives a file without a sign or a digest: {entry.Wire} finds nothing there."
        : $"downloadfundflow gives a file with a digest and no sign: {entry.Wire} finds nothing there.";

    /// <summary>A member that belongs to another kind is a slip, and so is one that is not there.</summary>
    private static string? Surplus(FaultRule rule, FaultEntry entry)
    {
        (string Name, object? Value)[] members =
        [
            ("status", rule.Status), ("code", rule.Code), ("text", rule.Text), ("how", rule.How), ("field", rule.Field), ("amount", rule.Amount),
            ("copies", rule.Copies), ("at", rule.At), ("do", rule.Do), ("rows", rule.Rows), ("skew_seconds", rule.SkewSeconds),
        ];
        return members.FirstOrDefault(m => m.Value is not null && !entry.Members.Contains(m.Name) && !entry.Members.Contains(m.Name + "!")) is { Name: { } surplus }
                ? $"{surplus} does not belong to {entry.Wire}."
            : entry.Members.Contains("delay_seconds!") && rule.DelaySeconds is not > 0 ? $"{entry.Wire} needs delay_seconds > 0."
            : members.FirstOrDefault(m => m.Value is null && entry.Members.Contains(m.Name + "!")) is { Name: { } missing } ? $"{entry.Wire} needs {missing}."
            : null;
    }

    private static string? WrongMember(FaultRule rule) => rule switch
    {
        { Kind: FaultKind.Rewrite, How: var how } when !RewritingsOf(rule.On).Contains(how) => $"how is one of {string.Join(", ", RewritingsOf(rule.On))}.",
        { Kind: FaultKind.Rewrite, How: "without", Field: null } => "rewrite without needs field.",
        { Kind: FaultKind.Duplicate, How: not (null or "concurrent") } => "how is concurrent, or absent.",
        { Kind: FaultKind.OldKey, How: not (null or "apiv3") } => "how is apiv3, or absent.",
        { Kind: FaultKind.OldKey, How: "apiv3" } when !rule.On.StartsWith("v3_", StringComparison.Ordinal) => "apiv3 belongs to V3 messages: nothing else is encrypted with that key.",
        { Kind: FaultKind.WrongCertificate, How: var how } when !FaultCatalogue.Certificates.Contains(how) => $"how is one of {string.Join(", ", FaultCatalogue.Certificates)}.",
        { Kind: FaultKind.Shape, How: var how } when !FaultCatalogue.Shapes.Contains(how) => $"how is one of {string.Join(", ", FaultCatalogue.Shapes)}.",
        { Kind: FaultKind.Lie, How: not (null or "signed") } => "how is signed, or absent.",
        { Kind: FaultKind.Refuse, Field: not (null or "contract") } => "field is contract, or absent.",
        { Kind: FaultKind.Refuse, Field: "contract", On: not "/pay/contractorder" } => "field contract belongs to /pay/contractorder.",
        { Status: < 400 or > 599 } => "status is 400 to 599.",
        { Copies: < 2 or > 1000 } => "copies is 2 to 1000.",
        { Kind: FaultKind.Drip, DelaySeconds: > 10 } => "drip takes 10 seconds of real time at most.",
        { Rows: < 2 or > MostRows } => "rows is 2 to 10000000.",
        { SkewSeconds: 0 or < -MostSkew or > MostSkew } => "skew_seconds is a day at most (86400) in either direction, and not 0.",
        { Kind: FaultKind.AfterClose or FaultKind.ResetAfter, Processed: false } =>
            "Nothing is after processing when nothing is processed; timeout_before and reset_before are the kinds for that.",
        { Kind: FaultKind.HalfBody or FaultKind.WrongLength or FaultKind.Drip, Processed: false } => "There is no answer to spoil when nothing is processed.",
        { At: { } at } when !TimeOnly.TryParseExact(at, "HH:mm", out _) => "at is hh:mm, Beijing time.",
        { Do: { } what } => Faults.Meanwhile.WhyNot(what),
        _ => null,
    };

    private static string[] RewritingsOf(string on) =>
        FaultCatalogue.IsFile(on) ? FaultCatalogue.FileRewritings
        : FaultCatalogue.IsV3Path(on) || on.StartsWith("v3_", StringComparison.Ordinal) ? FaultCatalogue.JsonRewritings
        : FaultCatalogue.Rewritings;
}
