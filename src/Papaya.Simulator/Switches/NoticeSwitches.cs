namespace Papaya.Simulator;

/// <summary>The switches of notices before debits.</summary>
internal static class NoticeSwitches
{
    public static readonly IReadOnlyList<Switch> All =
    [
        new("first_debit_and_window", ["ignored", "counts"], Evidence.Official, "apply page W:3_8 and FAQ D:4011987907 differ",
            "Whether debits within 12 hours of signing keep to 07:00-22:00 when the template is in pre-notice mode.",
            "预扣费通知模式的模板，签约后 12 小时内的扣款是否也要在 07:00-22:00 之间。"),
        new("notice_first_12h", ["notice_wins", "immediate_wins"], Evidence.Official, "apply page W:3_8: a notice already sent makes its flow apply",
            "A notice sent within 12 hours of signing: the debit waits for its days, or runs at once all the same.",
            "签约后 12 小时内已发过预扣费通知：扣款等到通知里的日期，或仍然立即执行。"),
        new("notice_default_days", ["7", "3"], Evidence.Official, "notice page D:4011987402 (2024-12-31) says 7, the API definition allows 3",
            "Days on which a debit may run when deduct_duration is left out.",
            "不带 deduct_duration 时，可以扣款的天数。"),
        new("notice_count_range", ["1-3", "1-7"], Evidence.Official, "API definition of the notice: 1 to 3; page: default 7",
            "What deduct_duration.count may be.",
            "deduct_duration.count 的取值范围。"),
        new("notice_hours", ["07-22", "06-22"], Evidence.Official, "notice page D:4011987402; an older SDK comment says 6:00",
            "Beijing hours of notices and of debits after them.",
            "可以发预扣费通知、以及通知之后可以扣款的北京时间。"),
        new("notice_success_ends_period", ["yes", "no"], Evidence.Official, "notice page D:4011987402: one success ends the period; FAQ: two per cycle",
            "Whether one successful debit ends a notice's period, or the second one.",
            "一次扣款成功后通知的扣款期即结束，或第二次成功才结束。"),
        new("notice_violation", ["INVALID_REQUEST", "RULELIMIT"], Evidence.Inferred, "FAQ D:4011987907 gives INVALID_REQUEST for a missing notice only",
            "A debit that breaks its notice otherwise than by having none: before or after its days, at night, above the estimate.",
            "已有预扣费通知但不符合它的扣款（不在可扣费日、不在可扣费时间、超过预计金额）报什么错误码。"),
        new("reminder_repeat", ["once_per_failure", "allowed"], Evidence.Inferred, "reminder page W:3_11 is silent",
            "A second reminder after the same failed debit: RESOURCE_ALREADY_EXISTS, or sent.",
            "同一笔失败的扣款再次发送重试提醒：RESOURCE_ALREADY_EXISTS，或照常发送。"),
    ];
}
