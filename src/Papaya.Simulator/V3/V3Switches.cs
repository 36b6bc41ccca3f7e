namespace Papaya.Simulator.V3;

/// <summary>The points of V3 on which sources are silent or contradict each other.</summary>
internal static class V3Switches
{
    public static readonly IReadOnlyList<Switch> All =
    [
        new("v3_clock", ["both", "virtual", "wall"], Evidence.Inferred, "V3 rules 4012365342: five minutes; a test clock is not WeChat's",
            "Which clock the Authorization's timestamp may be near: the test clock or the machine's. Replies and callbacks keep the caller's."),
        new("v3_reply_key", ["as_asked", "public_key", "certificate"], Evidence.Official, "switch from certificates to the public key 4012154180",
            "Who signs replies: the public key when Wechatpay-Serial of the request names one, else a platform certificate; or always the one or the other."),
        new("v3_error_signature", ["on", "off"], Evidence.Inferred, "verification 4013053249: replies are signed; probes of 2026-09 without a good signature got none",
            "Whether 4xx replies behind a good signature are signed."),
        new("v3_unknown_path", ["RESOURCE_NOT_EXISTS", "empty"], Evidence.Inferred, "probes of the host, 2026-09, got an empty body",
            "Body of the 404 of a path that does not exist."),
        new("v3_foreign_appid", ["NO_AUTH", "APPID_MCHID_NOT_MATCH"], Evidence.Inferred, "HTTP statuses 4012081717; the tables of delegated debit list NO_AUTH only",
            "appid that is not bound to the merchant: 403 or 400."),
        new("v3_rate_code", ["by_call", "RATELIMIT_EXCEEDED", "FREQUENCY_LIMITED", "FREQUENCY_LIMITED_EXCEED"], Evidence.Official, "HTTP statuses 4012081717 against the tables of single calls",
            "The code of 429: as the table of the call has it (notices, refunds and bills FREQUENCY_LIMITED, the rest RATELIMIT_EXCEEDED), or one for all."),
        new("v3_certificates", ["list", "none"], Evidence.Community, "wechatpay-java issue 306",
            "GET /v3/certificates: the platform certificates, or the 404 of merchants who only have the public key."),
        new("v3_status_contract_not_exist", ["404", "400"], Evidence.Inferred, "the pages name the code without a status",
            "HTTP status of CONTRACT_NOT_EXIST."),
        new("v3_status_rulelimit", ["403", "400"], Evidence.Inferred, "the pages name the code without a status",
            "HTTP status of RULELIMIT."),
        new("v3_status_already_exists", ["400", "409"], Evidence.Inferred, "HTTP statuses 4012081717 list it under 400; the notice page has none",
            "HTTP status of RESOURCE_ALREADY_EXISTS and ALREADY_EXISTS."),
        new("notice_default_days", ["7", "3"], Evidence.Official, "notice page W:3_10: 7 in the text; 1 to 3 in the definition",
            "Days on which the debit may run when deduct_duration is left out."),
        new("notice_count_range", ["1-3", "1-7"], Evidence.Official, "notice page W:3_10: definition against text",
            "Values of deduct_duration.count."),
        new("notice_hours", ["07-22", "06-22"], Evidence.Official, "notice page W:3_10; an older page begins at 6:00",
            "Beijing hours in which notices and reminders may be sent."),
        new("reminder_repeat", ["once_per_failure", "allowed"], Evidence.Inferred, "reminder page W:3_11 is silent",
            "A second reminder after the same failed debit: RESOURCE_ALREADY_EXISTS, or sent."),
    ];
}
