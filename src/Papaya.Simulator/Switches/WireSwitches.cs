namespace Papaya.Simulator;

/// <summary>The switches of parameters, signatures and answers in general.</summary>
internal static class WireSwitches
{
    public static readonly IReadOnlyList<Switch> All =
    [
        new("sign_error", ["return", "result"], Evidence.Inferred, "error tables list SIGNERROR, replies with return_code FAIL carry only a text",
            "A wrong sign: unsigned return_code FAIL with a text, or signed result_code FAIL with the code.",
            "签名错误：应答未签名的 return_code FAIL 和文字，或已签名的 result_code FAIL 和错误码。"),
        new("transport_errors", ["text", "code"], Evidence.Community, "community texts; the published h5entrustweb sample has a code in return_msg",
            "return_msg of an unsigned refusal: WeChat's text, or the code of its table.",
            "未签名的拒绝里 return_msg 的内容：微信的文字，或错误码表中的代码。"),
        new("parameter_errors", ["result", "return"], Evidence.Community, "community: 参数格式校验错误 appears as return_msg and as err_code_des",
            "A missing or malformed parameter: signed result_code FAIL with a code, or unsigned return_code FAIL.",
            "缺少参数或参数格式错误：应答已签名的 result_code FAIL 和错误码，或未签名的 return_code FAIL。"),
        new("papay_nonce", ["tolerated", "refused"], Evidence.Community, "querycontract and deletecontract document no nonce_str; several SDKs send it",
            "nonce_str in a request whose page does not list it.",
            "接口页面没有列出 nonce_str，请求却带了它。"),
        new("empty_surplus", ["tolerated", "refused"], Evidence.Community, "node-easywechat 3.6 sends an empty nonce_str where it shall send none; empty elements are not signed",
            "An empty element that the page does not list.",
            "请求里有页面没有列出的空元素。"),
        new("refund_op_user_id", ["tolerated", "refused"], Evidence.Community, "tenpay 2.1 and older pages of refund: op_user_id",
            "op_user_id and op_user_passwd in a request whose page no longer lists them.",
            "页面已不再列出 op_user_id 和 op_user_passwd，请求却带了它们。"),
        new("surplus_sign_type", ["refused", "tolerated"], Evidence.Inferred, "deletecontract and paporderquery list no sign_type",
            "sign_type in a request whose page does not list it.",
            "接口页面没有列出 sign_type，请求却带了它。"),
        new("field_limits", ["widest", "narrowest"], Evidence.Official, "pages, API definitions and older pages give different lengths and alphabets",
            "Lengths and alphabets where documents differ: contract_code 128 or 32, request_serial 19 or 12 digits, out_trade_no with or without | * @, at least 1 or 6 characters, and others.",
            "各文档对长度和字符集说法不一时取哪一个：contract_code 为 128 或 32，request_serial 为 19 或 12 位数字，out_trade_no 是否允许 | * @、至少 1 或 6 个字符，等等。"),
        new("cert_check", ["last", "first"], Evidence.Inferred, "refund D:4011987741 and downloadfundflow D:4011939779 want a client certificate and name no order of checks",
            "A refund or a fund-flow bill without the merchant's client certificate and with a wrong parameter: the parameter is told, or CERT_ERROR.",
            "申请退款或下载资金账单既没有商户证书、参数又有错误：先报参数错误，或先报 CERT_ERROR。"),
        new("ack_strictness", ["parsed", "exact"], Evidence.Official, "notification pages D:4011987465: the answer has no blank lines",
            "Acknowledgement of a V2 message: any XML with return_code SUCCESS, or only a document without blank lines, BOM or anything round it.",
            "怎样的应答算确认了 V2 通知：任何带 return_code SUCCESS 的 XML，或必须没有空行、BOM 和任何多余内容。"),
    ];
}
