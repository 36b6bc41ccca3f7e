using System.Collections.Concurrent;

namespace Papaya.Simulator;

/// <summary>How sure we are of a behaviour.</summary>
internal enum Evidence
{
    /// <summary>An official page says so.</summary>
    Official,

    /// <summary>Reported by merchants or answered by WeChat's staff in the developer community.</summary>
    Community,

    /// <summary>Nobody published it; our reasoning.</summary>
    Inferred,
}

/// <summary>A point on which sources are silent or contradict each other.</summary>
internal sealed record Switch(string Name, string[] Values, Evidence Evidence, string Source, string Meaning)
{
    public string Default => Values[0];
}

/// <summary>The named switches with their values; the first value of each is the default.</summary>
internal sealed class Switches
{
    public static readonly IReadOnlyList<Switch> All =
    [
        new("orderquery_waiting", ["ORDERNOTEXIST", "ACCEPT"], Evidence.Official, "orderquery D:4011987538; rules: when a debit is executed",
            "orderquery about a debit that waits for its 24 hours: no payment order exists yet, or the state ACCEPT. Both are real."),
        new("debit_failure_notification", ["F1", "F2", "F3", "F1p"], Evidence.Community, "debit result notification D:4011987465; community oCJUsw6iCI1kC7qUtqY8t5gvxbdw",
            "Shape of the notification of a failed debit: result_code FAIL; SUCCESS with trade_state PAY_FAIL; SUCCESS without transaction_id; result_code FAIL with err_code 0 业务成功."),
        new("already_signed", ["pre_sign_success", "contract_part_fails"], Evidence.Community, "community 000402afc407b8d3f5d8e47045c800",
            "contractorder of a user who has signed this template: pre-signing succeeds and the payment comes without a contract, or contract_result_code FAIL 已签约."),
        new("contract_code_duplication", ["order_fails", "contract_part_fails"], Evidence.Inferred, "contractorder D:4011987320, error CONTRACT_CODE DUPLICATION",
            "contract_code of an active contract: the whole order fails, or only its contract part."),
        new("contract_code_reuse", ["allowed", "refused"], Evidence.Official, "FAQ D:4011987907 says both",
            "contract_code of a terminated contract: may be signed again today, though the number shall not repeat."),
        new("contract_not_found", ["CONTRACT_NOT_EXIST", "RESULT NULL"], Evidence.Inferred, "querycontract D:4011987640; community reports 签约协议不存在",
            "querycontract about a contract that never was."),
        new("signing_in_progress", ["not_found", "state_9"], Evidence.Official, "querycontract D:4011987640 (state 9 on the newer page)",
            "querycontract by code while the pay-and-sign order is open."),
        new("delete_terminated", ["fails", "succeeds"], Evidence.Inferred, "deletecontract D:4011987432 is silent",
            "deletecontract of a terminated contract: CONTRACT_NOT_EXIST, or success once more."),
        new("papay_nonce", ["tolerated", "refused"], Evidence.Community, "querycontract and deletecontract document no nonce_str; several SDKs send it",
            "nonce_str in a request whose page does not list it."),
        new("parameter_errors", ["result", "return"], Evidence.Community, "community: 参数格式校验错误 appears as return_msg and as err_code_des",
            "A missing or malformed parameter: signed result_code FAIL with a code, or unsigned return_code FAIL."),
        new("paporderquery_closed", ["CLOSED", "not_a_debit"], Evidence.Community, "paporderquery D:4013894074; 订单不是委托代扣场景",
            "paporderquery about a debit that was closed after its failure."),
        new("daily_limit_at_apply", ["immediate_only", "always"], Evidence.Inferred, "rules: 1 success per contract and day; a 24-hour debit belongs to the day it succeeds",
            "Whether today's success refuses an apply that will run tomorrow."),
        new("debit_hours", ["pre_notice_only", "all"], Evidence.Official, "apply page W:3_8 names pre-notice mode only",
            "Whether applies outside 07:00-22:00 Beijing are refused in every mode."),
        new("close_too_early", ["TRADE_STATE_ERROR", "return_fail"], Evidence.Inferred, "closeorder D:4011987803: at least 5 minutes after creation",
            "closeorder within 5 minutes of the order."),
        new("refund_state_answer", ["short", "full"], Evidence.Official, "orderquery D:4011987538: all fields only when trade_state is SUCCESS",
            "orderquery about a refunded order: number and state only, or all fields."),
        new("repeated_apply", ["ORDER_ACCEPTED", "SUCCESS"], Evidence.Official, "apply page W:3_8: 扣款请求已受理，请勿重复发起",
            "The same apply again while its debit waits. It is executed once either way."),
        new("sign_error", ["return", "result"], Evidence.Inferred, "error tables list SIGNERROR, replies with return_code FAIL carry only a text",
            "A wrong sign: unsigned return_code FAIL with a text, or signed result_code FAIL with the code."),
        new("transport_errors", ["text", "code"], Evidence.Community, "community texts; the published h5entrustweb sample has a code in return_msg",
            "return_msg of an unsigned refusal: WeChat's text, or the code of its table."),
        new("contractorder_codes", ["own", "unified"], Evidence.Official, "contractorder D:4011987320: its own table, plus the codes of unified orders",
            "Which of contractorder's two code families is used where both have a word: PARAMETER FAIL or PARAM_ERROR, SIGN_ERROR or SIGNERROR, XML FAIL or XML_FORMAT_ERROR, MERCHANT PERMISSION ERROR or NOAUTH."),
        new("empty_surplus", ["tolerated", "refused"], Evidence.Community, "node-easywechat 3.6 sends an empty nonce_str where it shall send none; empty elements are not signed",
            "An empty element that the page does not list."),
        new("refund_op_user_id", ["tolerated", "refused"], Evidence.Community, "tenpay 2.1 and older pages of refund: op_user_id",
            "op_user_id and op_user_passwd in a request whose page no longer lists them."),
        new("surplus_sign_type", ["refused", "tolerated"], Evidence.Inferred, "deletecontract and paporderquery list no sign_type",
            "sign_type in a request whose page does not list it."),
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
        new("successes_per_cycle", ["2", "1", "unlimited"], Evidence.Official, "FAQ D:4011987907: at most 2 successful debits per cycle",
            "Successful debits of a periodic template in a cycle, unless the template says otherwise."),
        new("cycle_start", ["signing", "calendar"], Evidence.Inferred, "FAQ D:4011987907 gives no start of a cycle",
            "Where the cycle of that limit begins: on the day of signing, or with the calendar."),
        new("monthly_cap", ["75000_yuan", "none"], Evidence.Community, "community 000ce00560ca6043996cb72e056800 (2021)",
            "Whether a user's debits under a template have a sum that a month may not exceed."),
        new("test_template_cap", ["10_fen", "1_fen"], Evidence.Official, "SKILL: test template 0.1 yuan; older text 0.01",
            "Most that a debit of a test template may take."),
        new("fixed_fee_first_amount", ["any_time", "first_only"], Evidence.Inferred, "FAQ D:4011987907: the first amount may differ",
            "Whether a fixed template's first price may be debited more than once."),
        new("apply_check_order", ["limits_then_notice", "notice_then_limits"], Evidence.Inferred, "pappayapply D:4011987377 gives no order",
            "What is told when an apply breaks a limit and lacks its notice."),
        new("apply_closed_number", ["by_cause", "OUT_TRADE_NO_USED", "ORDERCLOSED"], Evidence.Inferred, "pappayapply D:4011987377 lists both codes",
            "A closed number again: ORDERCLOSED after the merchant's closeorder and OUT_TRADE_NO_USED after WeChat's own closing, or one of them always."),
        new("immediate_failure", ["notification", "synchronous"], Evidence.Community, "pappayapply D:4011987377 lists NOTENOUGH and others for immediate debits",
            "An immediate debit that fails: told by the notification, or by the answer itself."),
        new("not_enough_answer", ["NOTENOUGH", "ORDERNOTEXIST"], Evidence.Community, "merchants report ORDERNOTEXIST when no order was formed for lack of money",
            "An immediate debit without enough money: an order that fails, or no order at all."),
        new("debit_notice_sync_fail", ["none", "sent"], Evidence.Inferred, "debit result notification D:4011987465 is silent",
            "Whether a debit that was refused in the answer is notified too."),
        new("closed_debit_notification", ["TRADE_ERROR", "none"], Evidence.Inferred, "debit result notification D:4011987465 lists TRADE_ERROR without a cause",
            "A debit closed by the merchant while it was being carried out."),
        new("pending_debit_on_terminate", ["fails_at_execution", "fails_at_once"], Evidence.Inferred, "rules: a pending 24-hour debit fails with CONTRACT_NOT_EXIST",
            "When the debit that waits fails after its contract has ended."),
        new("auto_close_after", ["60", "0", "3600"], Evidence.Inferred, "pappayapply: automatically CLOSED after every payment method failed",
            "Seconds for which a failed debit is PAY_FAIL before WeChat closes it."),
        new("execution_delay", ["0", "600", "10800"], Evidence.Inferred, "how long after 24 hours a debit runs is published nowhere",
            "Seconds that a debit runs later than 24 hours after its apply."),
        new("notpay_seconds", ["0", "30", "600"], Evidence.Inferred, "paporderquery D:4013894074: NOTPAY is momentary",
            "Seconds for which a debit is NOTPAY while it is carried out."),
        new("termination_mode_platform", ["3", "4"], Evidence.Official, "contract notification D:4011987586: the platform calls the same API; its table has 4",
            "contract_termination_mode of a termination on the merchant platform."),
        new("contractorder_changed", ["OUT_TRADE_NO_USED", "201"], Evidence.Community, "contractorder D:4011987320; merchants report the number 201 for unpaid orders",
            "An unpaid order's number again with other parameters."),
        new("contractorder_unknown_openid", ["PARAM_ERROR", "RESULT_NULL"], Evidence.Inferred, "contractorder D:4011987320 lists RESULT NULL without a cause",
            "An openid that belongs to nobody."),
        new("contractorder_same_again", ["same_prepay_id", "fresh_prepay_id"], Evidence.Official, "contractorder D:4011987320: the same or a fresh prepay_id",
            "The same order again while it is unpaid."),
        new("contractorder_fee", ["free", "template_first_price"], Evidence.Inferred, "FAQ D:4011987907: the merchant sends the amount, WeChat shows the price",
            "Whether the first payment must be the template's (first) price."),
        new("cashier_order_of_messages", ["payment_first", "contract_first"], Evidence.Official, "contractorder D:4011987320: the order of the two is not guaranteed",
            "Which of the two results of a cashier is sent first."),
        new("deletecontract_by_code", ["accepted", "unrecognised"], Evidence.Community, "community: 不识别的参数contract_code for one account",
            "deletecontract by plan_id and contract_code."),
        new("querycontract_times", ["text", "unix"], Evidence.Official, "querycontract D:4011987640: field table and older sample",
            "The three times of querycontract: yyyy-MM-dd HH:mm:ss, or seconds since 1970."),
        new("querycontract_success_codes", ["0_SUCCESS", "absent"], Evidence.Official, "querycontract D:4011987640: the current sample has err_code 0, the older none",
            "err_code and err_code_des of a successful querycontract."),
        new("contract_notice_appid", ["absent", "present"], Evidence.Official, "contract notification D:4011987586: the published sample has none",
            "appid in the notification of a contract."),
        new("contract_notice_serial", ["present", "absent"], Evidence.Official, "contract notification D:4011987586: the field table requires it, the sample has none",
            "request_serial in the notification of a contract."),
        new("terminate_notice_sign_type", ["as_signed", "MD5"], Evidence.Inferred, "contract notification D:4011987586: signed as the sign call was",
            "Algorithm of the notification that a contract has ended."),
        new("debit_notice_trade_state", ["present", "absent"], Evidence.Official, "debit result notification D:4011987465: the field table requires it, the sample has none",
            "trade_state in the notification of a successful debit."),
        new("debit_notice_cash_fee", ["present", "absent"], Evidence.Official, "debit result notification D:4011987465: the field table requires it, the sample has none",
            "cash_fee in the notification of a successful debit."),
        new("field_limits", ["widest", "narrowest"], Evidence.Official, "pages, API definitions and older pages give different lengths and alphabets",
            "Lengths and alphabets where documents differ: contract_code 128 or 32, request_serial 19 or 12 digits, out_trade_no with or without | * @, at least 1 or 6 characters, and others."),
        new("missing_trade_type", ["tolerated", "refused"], Evidence.Official, "pappayapply D:4011987377: required, but absent from the published sample",
            "pappayapply without trade_type."),
        new("querycontract_expired", ["state_1_mode_1", "state_0"], Evidence.Inferred, "contract_termination_mode 1 is reserved for expiry",
            "querycontract about a contract whose time is over."),
        new("sign_unsign_resets_limits", ["no", "yes"], Evidence.Inferred, "FAQ D:4011987907, items 36 to 38: limits per user and template",
            "Whether signing again begins the day's counters of debits anew."),
        new("ack_strictness", ["parsed", "exact"], Evidence.Official, "notification pages D:4011987465: the answer has no blank lines",
            "Acknowledgement of a V2 message: any XML with return_code SUCCESS, or only a document without blank lines, BOM or anything round it."),
        .. MoneySwitches.All,
        .. V3.V3Switches.All,
    ];

    private readonly ConcurrentDictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string MchId, string Name), string> _ofMerchants = new();
    private readonly IReadOnlyDictionary<string, string> _atStart;
    private readonly AsyncLocal<string?> _merchant = new();

    public Switches(IReadOnlyDictionary<string, string> values)
    {
        _atStart = values;
        Reset();
    }

    /// <summary>The value for the merchant of this operation, if one is named, else for everybody.</summary>
    public string this[string name] => this[name, _ofMerchants.IsEmpty ? null : _merchant.Value];

    public string this[string name, string? mchId] => mchId is not null && _ofMerchants.TryGetValue((mchId, name), out var own) ? own : _values[name];

    public bool Is(string name, string value) => this[name] == value;

    /// <summary>Whose switches are read from here on in this operation.</summary>
    public void ActFor(string? mchId)
    {
        if (!_ofMerchants.IsEmpty || _merchant.Value is not null)
        {
            _merchant.Value = mchId;
        }
    }

    /// <summary>Null, or why not.</summary>
    public string? TrySet(string name, string value, string? mchId = null)
    {
        if (All.FirstOrDefault(s => s.Name == name) is not { } known)
        {
            return $"There is no switch '{name}'; GET /_sim/switches lists them.";
        }

        if (!known.Values.Contains(value, StringComparer.Ordinal))
        {
            return $"Switch '{name}' takes one of: {string.Join(", ", known.Values)}.";
        }

        if (mchId is null)
        {
            _values[name] = value;
        }
        else
        {
            _ofMerchants[(mchId, name)] = value;
        }

        return null;
    }

    /// <summary>As at the start: defaults, and what the options say.</summary>
    public void Reset()
    {
        _ofMerchants.Clear();
        foreach (var known in All)
        {
            _values[known.Name] = known.Default;
        }

        ApplyOptions();
    }

    /// <summary>What was asked for at this start is stronger than what an earlier run has left.</summary>
    public void ApplyOptions()
    {
        foreach (var (name, value) in _atStart)
        {
            if (TrySet(name, value) is { } reason)
            {
                throw new ArgumentException(reason, nameof(name));
            }
        }
    }

    /// <summary>One merchant's own values are gone.</summary>
    public void Forget(string mchId)
    {
        foreach (var key in _ofMerchants.Keys.Where(k => k.MchId == mchId))
        {
            _ofMerchants.TryRemove(key, out _);
        }
    }

    /// <summary>A journal may be older or newer than this program: what is unknown here is left.</summary>
    public void Recall(World.Change line) => line.Switches?.ForEach(s => _ = TrySet(s.Name, s.Value, s.MchId));

    public World.Change? Snapshot()
    {
        List<World.SwitchValue> set =
        [
            .. All.Where(s => _values[s.Name] != s.Default).Select(s => new World.SwitchValue(s.Name, _values[s.Name], null)),
            .. _ofMerchants.OrderBy(m => m.Key.MchId, StringComparer.Ordinal).ThenBy(m => m.Key.Name, StringComparer.Ordinal)
                .Select(m => new World.SwitchValue(m.Key.Name, m.Value, m.Key.MchId)),
        ];
        return set.Count == 0 ? null : new() { Switches = set };
    }
}
