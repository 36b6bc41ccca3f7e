namespace Papaya.Simulator;

/// <summary>The switches of V3.</summary>
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
        new("v3_null", ["refused", "ignored"], Evidence.Official, "V3 rules 4012081709: no null since 2024; before, a null was a member left out",
            "A member of the body whose value is null."),
        new("v3_certificates", ["list", "none"], Evidence.Community, "wechatpay-java issue 306",
            "GET /v3/certificates: the platform certificates, or the 404 of merchants who only have the public key."),
        new("v3_status_contract_not_exist", ["404", "400"], Evidence.Inferred, "the pages name the code without a status",
            "HTTP status of CONTRACT_NOT_EXIST."),
        new("v3_status_rulelimit", ["403", "400"], Evidence.Inferred, "the pages name the code without a status",
            "HTTP status of RULELIMIT."),
        new("v3_status_already_exists", ["400", "409"], Evidence.Inferred, "HTTP statuses 4012081717 list it under 400; the notice page has none",
            "HTTP status of RESOURCE_ALREADY_EXISTS and ALREADY_EXISTS."),
        new("v3_callback_key", ["as_asked", "public_key", "certificate"], Evidence.Official, "switch from certificates to the public key 4012154180: WeChat's choice, in steps",
            "Who signs callbacks: the kind of key that the merchant's latest call asked for, or always the one or the other."),
        new("v3_associated_data", ["original_type", "empty"], Evidence.Community, "page samples are empty; captured messages repeat original_type",
            "associated_data of callbacks."),
        new("v3_probes", ["off", "callbacks", "replies", "both"], Evidence.Official, "verification 4013053249: signatures that begin WECHATPAY/SIGNTEST/",
            "False signatures on purpose: one ahead of the first send of each callback, one on each reply, or both."),
        new("v3_fail_event_state_name", ["trade_state_desc", "trade_state_description"], Evidence.Community, "community 000eea6c5d8b30643303e385f66c00",
            "Name of the text beside trade_state PAY_FAIL in TRANSACTION.FAIL."),
        new("v3_order_not_found", ["NOT_FOUND", "ORDER_NOT_EXIST"], Evidence.Official, "query page 4012556352 against HTTP statuses 4012081717",
            "Code of the query about an unknown order."),
        new("v3_schedule_needed", ["yes", "no"], Evidence.Inferred, "the definition of pre-signing marks deduct_schedule as optional; without it there is nothing to debit",
            "Pre-signing of a scheduled debit without deduct_schedule: INVALID_REQUEST, or a contract that can never be debited."),
        new("termination_mode_words", ["by_analogy", "USER_TERMINATE"], Evidence.Inferred, "only USER_TERMINATE is published",
            "contract_termination_mode of contracts that somebody else ended."),
    ];
}
