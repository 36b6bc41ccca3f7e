namespace Papaya.Simulator;

/// <summary>The switches of signing: the pay-and-sign order and its cashier, and the ways without payment.</summary>
internal static class SigningSwitches
{
    public static readonly IReadOnlyList<Switch> All =
    [
        new("already_signed", ["pre_sign_success", "contract_part_fails"], Evidence.Community, "community 000402afc407b8d3f5d8e47045c800",
            "contractorder of a user who has signed this template: pre-signing succeeds and the payment comes without a contract, or contract_result_code FAIL 已签约."),
        new("contract_code_duplication", ["order_fails", "contract_part_fails"], Evidence.Inferred, "contractorder D:4011987320, error CONTRACT_CODE DUPLICATION",
            "contract_code of an active contract: the whole order fails, or only its contract part."),
        new("contract_code_reuse", ["allowed", "refused"], Evidence.Official, "FAQ D:4011987907 says both",
            "contract_code of a terminated contract: may be signed again today, though the number shall not repeat."),
        new("contractorder_codes", ["own", "unified"], Evidence.Official, "contractorder D:4011987320: its own table, plus the codes of unified orders",
            "Which of contractorder's two code families is used where both have a word: PARAMETER FAIL or PARAM_ERROR, SIGN_ERROR or SIGNERROR, XML FAIL or XML_FORMAT_ERROR, MERCHANT PERMISSION ERROR or NOAUTH."),
        new("contractorder_changed", ["OUT_TRADE_NO_USED", "201"], Evidence.Community, "contractorder D:4011987320; merchants report the number 201 for unpaid orders",
            "An unpaid order's number again with other parameters."),
        new("contractorder_failed_contract", ["FAIL", "absent"], Evidence.Official, "contractorder D:4011987320: the field table requires contract_result_code, the sample has none",
            "contract_result_code and the order's number in the answer of a contractorder that fails."),
        new("contractorder_unknown_openid", ["PARAM_ERROR", "RESULT_NULL"], Evidence.Inferred, "contractorder D:4011987320 lists RESULT NULL without a cause",
            "An openid that belongs to nobody."),
        new("contractorder_same_again", ["same_prepay_id", "fresh_prepay_id"], Evidence.Official, "contractorder D:4011987320: the same or a fresh prepay_id",
            "The same order again while it is unpaid."),
        new("contractorder_fee", ["free", "template_first_price"], Evidence.Inferred, "FAQ D:4011987907: the merchant sends the amount, WeChat shows the price",
            "Whether the first payment must be the template's (first) price."),
        new("cashier_order_of_messages", ["payment_first", "contract_first"], Evidence.Official, "contractorder D:4011987320: the order of the two is not guaranteed",
            "Which of the two results of a cashier is sent first."),
        new("presign_refresh", ["same_session", "new_session"], Evidence.Official, "preentrustweb D:4011986804; FAQ D:4011987907: the same parameters may be sent again for 2 hours",
            "The same signing parameters again: the session they made goes on, or a new one is made."),
        new("presign_app_kind", ["mobile_app", "any"], Evidence.Inferred, "preentrustweb D:4011986804: the appid of the app, not of an official account",
            "preentrustweb with an appid that is no mobile app: APPID_MCHID_NOT_MATCH, or accepted."),
        new("app_open_within", ["120s", "20s"], Evidence.Official, "SKILL APP pure signing: WeChat must be opened within 2 minutes, later 20 seconds",
            "How soon after preentrustweb the app must have opened WeChat."),
        new("h5_sign_type", ["either", "refused_when_named"], Evidence.Community, "binarywang/WxJava: 签约参数签名校验错误 when sign_type names the default",
            "h5entrustweb with sign_type: the sign may be over the parameters with or without it, or only without."),
        new("h5_reply_text", ["OK", "error_texts"], Evidence.Official, "h5entrustweb W:3_4: the sample has PARAM_ERROR and SIGN_ERROR beside its SUCCESS codes",
            "Texts of a successful h5entrustweb: plain, or as the published sample has them. Only the codes count."),
        new("entrust_too_long", ["502", "accepted"], Evidence.Official, "entrustweb D:4011986768: an address over 1024 bytes is answered by 502",
            "entrustweb addresses over 1024 bytes."),
    ];
}
