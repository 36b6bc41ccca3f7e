using System.Globalization;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Pages;

/// <summary>Money, time and prices as people read them.</summary>
internal static class Show
{
    private static readonly TimeSpan Beijing = TimeSpan.FromHours(8);

    public static string Yuan(long fen) => string.Create(CultureInfo.InvariantCulture, $"¥{fen / 100m:#,##0.00}");

    public static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Beijing time to the second.</summary>
    public static string Time(DateTimeOffset at) => at.ToOffset(Beijing).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>Beijing time to the minute, for people in a hurry.</summary>
    public static string Minute(DateTimeOffset at) => at.ToOffset(Beijing).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    public static string Day(DateTimeOffset at) => at.ToOffset(Beijing).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static string Utc(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    public static string Cycle(Language l, string cycle) => cycle switch
    {
        "day" => l["日", "day"],
        "week" => l["周", "week"],
        "month" => l["月", "month"],
        "quarter" => l["季", "quarter"],
        "half_year" => l["半年", "half-year"],
        "year" => l["年", "year"],
        "use" => l["次", "use"],
        _ => cycle,
    };

    /// <summary>What a template will cost: the first period's price, if it has one, and each later one's.</summary>
    public static string Price(Language l, Template template)
    {
        var cycle = Cycle(l, template.Cycle);
        var first = template.FirstAmount is { } amount ? l[$"首期 {Yuan(amount)}，", $"first period {Yuan(amount)}, "] : "";
        return first + (template.Fee == FeeRule.Fixed
            ? l[$"之后每{cycle} {Yuan(template.Amount)}", $"then {Yuan(template.Amount)} per {cycle}"]
            : l[$"之后每{cycle}不高于 {Yuan(template.Amount)}", $"then at most {Yuan(template.Amount)} per {cycle}"]);
    }

    /// <summary>How the user is told before a debit.</summary>
    public static string Notice(Language l, Template template) => template.Mode == NoticeMode.PreNotice
        ? l["每次扣费前，商家会通过微信支付提前通知你", "The merchant announces each debit through WeChat Pay beforehand"]
        : l["每次扣费前 24 小时，微信支付会通知你", "WeChat Pay tells you 24 hours before each debit"];

    /// <summary>Why the user did not pay or sign, in his words.</summary>
    public static string Reason(Language l, string reason) => reason switch
    {
        "not_enough" => l["零钱余额不足", "the wallet does not hold enough"],
        "busy" => l["暂无法开通 当前使用人数较多", "renewal cannot be opened now, too many people use it: WeChat's words when the first amount cannot be taken"],
        "bank_maintenance" => l["银行系统维护中", "the bank is under maintenance"],
        "account_closed" => l["账户已注销", "the account is closed"],
        "account_abnormal" => l["账户状态异常", "the account is restricted"],
        "another_user" => l["订单属于其他用户", "the order belongs to another user"],
        "cancelled" => l["您已取消", "you went back"],
        "not_ticked" => l["未勾选", "the box was not ticked"],
        "already_signed" => l["你已开通过该服务", "you have this service already"],
        "too_many_items" => l["扣费服务已达 200 项", "you have 200 such services, the most there can be"],
        "account_unverified" => l["账户未实名", "the account has no verified name"],
        "contract_code_used" => l["签约号已被使用", "the contract code is in use"],
        "expired" => l["页面已失效", "the page has expired"],
        "not_offered" => l["本次支付未提供签约", "this payment offered no contract"],
        "risk_refused" => l["存在风险，暂不能使用", "refused for risk"],
        _ => l["该服务暂不能开通", "this service cannot be joined now"],
    };

    public static string State(Language l, AccountState account) => account switch
    {
        AccountState.Normal => l["账户正常", "account normal"],
        AccountState.Abnormal => l["账户状态异常", "account restricted"],
        AccountState.Closed => l["账户已注销", "account closed"],
        AccountState.Frozen => l["支付账户冻结", "payment account frozen"],
        _ => account.ToString(),
    };

    /// <summary>By which way a contract ended.</summary>
    public static string Mode(Language l, int mode) => mode switch
    {
        1 => l["到期", "expired"],
        2 => l["用户关闭", "by the user"],
        3 => l["商户通过接口解约", "by the merchant's call"],
        4 => l["商户平台解约", "on the merchant platform"],
        5 => l["账户注销", "account closed"],
        7 => l["客服协助", "by customer service"],
        _ => mode.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>What a notification is about, or what kind a movement is.</summary>
    public static string Kind(Language l, string kind) => kind switch
    {
        "payment" => l["支付", "payment"],
        "debit" => l["扣款", "debit"],
        "contract" => l["签约/解约", "contract"],
        "refund" => l["退款", "refund"],
        "refundclosed" => l["退款退回", "refund returned"],
        "opening" => l["期初余额", "opening balance"],
        "topup" => l["充值", "paid in"],
        "withdrawal" => l["提现", "withdrawal"],
        "settlement" => l["结算", "settlement"],
        _ => kind,
    };

    /// <summary>Where a refund stands.</summary>
    public static string Refund(Language l, string state) => state switch
    {
        "PROCESSING" => l["处理中", "processing"],
        "SUCCESS" => l["已退款", "refunded"],
        "CHANGE" => l["异常", "abnormal"],
        "REFUNDCLOSE" => l["已关闭", "closed"],
        _ => state,
    };

    /// <summary>Why a message was not acknowledged.</summary>
    public static string Why(Language l, string why) => why switch
    {
        "connection_refused" => l["没有程序监听这个地址", "nobody listens there"],
        "unknown_name" => l["域名无法解析", "the name is not known"],
        "unreachable" => l["网络不可达", "no way there"],
        "untrusted_certificate" => l["证书不受信任", "its certificate is not trusted"],
        "timeout" => l["5 秒内没有应答", "no answer within 5 seconds"],
        "no_address" => l["地址无效", "no such address can be"],
        "http_status" => l["HTTP 状态码不是 2xx", "the HTTP status is not 2xx"],
        "body" => l["报文不是 return_code 为 SUCCESS 的 XML", "the body is no XML with return_code SUCCESS"],
        _ => l["连接中断", "the connection broke off"],
    };

    public static string Verdict(Language l, string verdict) => verdict switch
    {
        "valid" => l["有效", "valid"],
        "previous_key" => l["旧密钥", "previous key"],
        "unsigned" => l["没有签名", "unsigned"],
        "bad_signature" => l["签名错误", "wrong sign"],
        "unreadable" => l["无法解析", "unreadable"],
        "acknowledged" => l["已确认", "acknowledged"],
        "not_acknowledged" => l["应答不合规", "no acknowledgement"],
        "no_answer" => l["无应答", "no answer"],
        "not_sent" => l["未发出", "not sent"],
        "unchecked" => "–",
        _ => verdict,
    };
}
