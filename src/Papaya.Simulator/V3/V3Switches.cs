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
        new("v3_error_signature", ["off", "on"], Evidence.Community, "unauthenticated probes of the host, 2026-09; the pages say that all replies are signed",
            "Whether 4xx replies behind a good signature are signed."),
        new("v3_unknown_path", ["RESOURCE_NOT_EXISTS", "empty"], Evidence.Inferred, "probes of the host, 2026-09, got an empty body",
            "Body of the 404 of a path that does not exist."),
        new("v3_foreign_appid", ["NO_AUTH", "APPID_MCHID_NOT_MATCH"], Evidence.Inferred, "HTTP statuses 4012081717; the tables of delegated debit list NO_AUTH only",
            "appid that is not bound to the merchant: 403 or 400."),
        new("v3_rate_code", ["RATELIMIT_EXCEEDED", "FREQUENCY_LIMITED", "FREQUENCY_LIMITED_EXCEED"], Evidence.Official, "HTTP statuses 4012081717 against the tables of single calls",
            "The code of 429. Notices have FREQUENCY_LIMITED in their own table."),
        new("v3_certificates", ["list", "none"], Evidence.Community, "wechatpay-java issue 306",
            "GET /v3/certificates: the platform certificates, or the 404 of merchants who only have the public key."),
    ];
}
