namespace Papaya.Simulator;

/// <summary>The switches of notices before debits.</summary>
internal static class NoticeSwitches
{
    public static readonly IReadOnlyList<Switch> All =
    [
        new("first_debit_and_window", ["ignored", "counts"], Evidence.Official, "apply page W:3_8 and FAQ D:4011987907 differ",
            "Whether debits within 12 hours of signing keep to 07:00-22:00 when the template is in pre-notice mode."),
        new("notice_first_12h", ["notice_wins", "immediate_wins"], Evidence.Official, "apply page W:3_8: a notice already sent makes its flow apply",
            "A notice sent within 12 hours of signing: the debit waits for its days, or runs at once all the same."),
        new("notice_default_days", ["7", "3"], Evidence.Official, "notice page D:4011987402 (2024-12-31) says 7, the API definition allows 3",
            "Days on which a debit may run when deduct_duration is left out."),
        new("notice_count_range", ["1-3", "1-7"], Evidence.Official, "API definition of the notice: 1 to 3; page: default 7",
            "What deduct_duration.count may be."),
        new("notice_hours", ["07-22", "06-22"], Evidence.Official, "notice page D:4011987402; an older SDK comment says 6:00",
            "Beijing hours of notices and of debits after them."),
        new("notice_success_ends_period", ["yes", "no"], Evidence.Official, "notice page D:4011987402: one success ends the period; FAQ: two per cycle",
            "Whether one successful debit ends a notice's period, or the second one."),
        new("reminder_repeat", ["once_per_failure", "allowed"], Evidence.Inferred, "reminder page W:3_11 is silent",
            "A second reminder after the same failed debit: RESOURCE_ALREADY_EXISTS, or sent."),
    ];
}
