namespace Papaya.Simulator;

/// <summary>The switches of parameters, signatures and answers in general.</summary>
internal static class WireSwitches
{
    public static readonly IReadOnlyList<Switch> All =
    [
        new("sign_error", ["return", "result"], Evidence.Inferred, "error tables list SIGNERROR, replies with return_code FAIL carry only a text",
            "A wrong sign: unsigned return_code FAIL with a text, or signed result_code FAIL with the code."),
        new("transport_errors", ["text", "code"], Evidence.Community, "community texts; the published h5entrustweb sample has a code in return_msg",
            "return_msg of an unsigned refusal: WeChat's text, or the code of its table."),
        new("parameter_errors", ["result", "return"], Evidence.Community, "community: 参数格式校验错误 appears as return_msg and as err_code_des",
            "A missing or malformed parameter: signed result_code FAIL with a code, or unsigned return_code FAIL."),
        new("papay_nonce", ["tolerated", "refused"], Evidence.Community, "querycontract and deletecontract document no nonce_str; several SDKs send it",
            "nonce_str in a request whose page does not list it."),
        new("empty_surplus", ["tolerated", "refused"], Evidence.Community, "node-easywechat 3.6 sends an empty nonce_str where it shall send none; empty elements are not signed",
            "An empty element that the page does not list."),
        new("refund_op_user_id", ["tolerated", "refused"], Evidence.Community, "tenpay 2.1 and older pages of refund: op_user_id",
            "op_user_id and op_user_passwd in a request whose page no longer lists them."),
        new("surplus_sign_type", ["refused", "tolerated"], Evidence.Inferred, "deletecontract and paporderquery list no sign_type",
            "sign_type in a request whose page does not list it."),
        new("field_limits", ["widest", "narrowest"], Evidence.Official, "pages, API definitions and older pages give different lengths and alphabets",
            "Lengths and alphabets where documents differ: contract_code 128 or 32, request_serial 19 or 12 digits, out_trade_no with or without | * @, at least 1 or 6 characters, and others."),
        new("ack_strictness", ["parsed", "exact"], Evidence.Official, "notification pages D:4011987465: the answer has no blank lines",
            "Acknowledgement of a V2 message: any XML with return_code SUCCESS, or only a document without blank lines, BOM or anything round it."),
    ];
}
