namespace Papaya.Simulator;

/// <summary>The switches of contracts: questions about them, their end, and what is told of both.</summary>
internal static class ContractSwitches
{
    public static readonly IReadOnlyList<Switch> All =
    [
        new("contract_not_found", ["CONTRACT_NOT_EXIST", "RESULT NULL"], Evidence.Inferred, "querycontract D:4011987640; community reports 签约协议不存在",
            "querycontract about a contract that never was.",
            "querycontract 查询从未存在的协议。"),
        new("signing_in_progress", ["not_found", "state_9"], Evidence.Official, "querycontract D:4011987640 (state 9 on the newer page)",
            "querycontract by code while the pay-and-sign order is open.",
            "支付中签约的订单尚未结束时，用 contract_code 调用 querycontract。"),
        new("querycontract_times", ["text", "unix"], Evidence.Official, "querycontract D:4011987640: field table and older sample",
            "The three times of querycontract: yyyy-MM-dd HH:mm:ss, or seconds since 1970.",
            "querycontract 应答中三个时间的格式：yyyy-MM-dd HH:mm:ss，或 1970 年以来的秒数。"),
        new("querycontract_success_codes", ["0_SUCCESS", "absent"], Evidence.Official, "querycontract D:4011987640: the current sample has err_code 0, the older none",
            "err_code and err_code_des of a successful querycontract.",
            "querycontract 成功时的 err_code 和 err_code_des。"),
        new("querycontract_expired", ["state_1_mode_1", "state_0"], Evidence.Inferred, "contract_termination_mode 1 is reserved for expiry",
            "querycontract about a contract whose time is over.",
            "querycontract 查询已到期的协议。"),
        new("delete_terminated", ["fails", "succeeds"], Evidence.Inferred, "deletecontract D:4011987432 is silent",
            "deletecontract of a terminated contract: CONTRACT_NOT_EXIST, or success once more.",
            "对已解约的协议再次调用 deletecontract：CONTRACT_NOT_EXIST，或再次成功。"),
        new("deletecontract_by_code", ["accepted", "unrecognised"], Evidence.Community, "community: 不识别的参数contract_code for one account",
            "deletecontract by plan_id and contract_code.",
            "用 plan_id 和 contract_code 调用 deletecontract。"),
        new("termination_mode_platform", ["3", "4"], Evidence.Official, "contract notification D:4011987586: the platform calls the same API; its table has 4",
            "contract_termination_mode of a termination on the merchant platform.",
            "在商户平台解约时的 contract_termination_mode。"),
        new("contract_notice_appid", ["absent", "present"], Evidence.Official, "contract notification D:4011987586: the published sample has none",
            "appid in the notification of a contract.",
            "签约、解约通知里是否有 appid。"),
        new("contract_notice_serial", ["present", "absent"], Evidence.Official, "contract notification D:4011987586: the field table requires it, the sample has none",
            "request_serial in the notification of a contract.",
            "签约、解约通知里是否有 request_serial。"),
        new("terminate_notice_sign_type", ["as_signed", "MD5"], Evidence.Inferred, "contract notification D:4011987586: signed as the sign call was",
            "Algorithm of the notification that a contract has ended.",
            "解约通知的签名算法。"),
        new("sign_unsign_resets_limits", ["no", "yes"], Evidence.Inferred, "FAQ D:4011987907, items 36 to 38: limits per user and template",
            "Whether signing again begins the day's counters of debits anew.",
            "重新签约后，当天的扣款次数是否重新计算。"),
    ];
}
