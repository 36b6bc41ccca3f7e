namespace Papaya.Simulator.Cashier;

/// <summary>The cashier's own words in one language. What comes from the merchant is shown as it was sent.</summary>
internal sealed record Words(
    string Lang, string Other, string OtherName, string Mark, string AutoRenew, string Account, string Service, string Later, string LaterCapped, string FirstThen,
    string Consent, string Pay, string Cancel, string PayAs, string Paid, string NotPaid, string Signed, string NotSigned, string Gone, string Expired, string Closed,
    string AlreadyPaid, string Back)
{
    public static readonly Words Chinese = new(
        "zh", "en", "English", "模拟器：这里没有真实的资金", "自动续费", "开通账户", "服务", "之后每{0} ¥{1}", "之后每{0}不高于 ¥{1}", "首期 ¥{0}，",
        "勾选后，商户将按上述周期从您的微信支付账户自动扣款，可随时在微信中取消。", "支付", "取消", "付款人", "支付成功", "未支付", "已开通自动续费", "未开通自动续费",
        "没有这个订单", "支付请求已失效，请重新发起支付", "订单已关闭", "订单已支付", "返回商家");

    public static readonly Words English = new(
        "en", "zh", "中文", "Simulator: no real money here", "Renew automatically", "Account", "Service", "then ¥{1} per {0}", "then at most ¥{1} per {0}",
        "first period ¥{0}, ", "When ticked, the merchant may debit your account in this cycle. You can cancel inside WeChat at any time.", "Pay", "Cancel",
        "Paying as", "Paid", "Not paid", "Automatic renewal is on", "Automatic renewal is off", "There is no such order", "This link is older than five minutes; please order again",
        "The order is closed", "The order is already paid", "Back to the merchant");

    public static Words Of(string? lang) => lang == "en" ? English : Chinese;

    public string Cycle(string cycle) => (Lang, cycle) switch
    {
        ("zh", "day") => "日",
        ("zh", "week") => "周",
        ("zh", "month") => "月",
        ("zh", "quarter") => "季",
        ("zh", "year") => "年",
        ("zh", "use") => "次",
        _ => cycle,
    };

    /// <summary>Why the user did not pay or sign, in his words.</summary>
    public string Reason(string reason) => (Lang, reason) switch
    {
        ("zh", "not_enough") => "零钱余额不足",
        ("zh", "account_closed") => "账户已注销",
        ("zh", "account_abnormal") => "账户状态异常",
        ("zh", "another_user") => "订单属于其他用户",
        ("zh", "cancelled") => "您已取消",
        ("zh", "not_ticked") => "未勾选",
        ("zh", "already_signed") => "您已开通过该服务",
        ("zh", "too_many_items") => "扣费服务数量已达上限",
        ("zh", _) => "该服务暂不能开通",
        (_, "not_enough") => "the wallet does not hold enough",
        (_, "account_closed") => "the account is closed",
        (_, "account_abnormal") => "the account is restricted",
        (_, "another_user") => "the order belongs to another user",
        (_, "cancelled") => "you went back",
        (_, "not_ticked") => "the box was not ticked",
        (_, "already_signed") => "you have this service already",
        (_, "too_many_items") => "you have too many such services",
        _ => "this service cannot be joined now",
    };
}
