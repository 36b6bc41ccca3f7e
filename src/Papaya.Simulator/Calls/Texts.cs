namespace Papaya.Simulator.Calls;

/// <summary>WeChat's texts, as seen in replies.</summary>
internal static class Texts
{
    public const string BadSign = "签名错误，请检查后再试";
    public const string BadXml = "XML格式错误";
    public const string NotUtf8 = "编码格式错误，请使用UTF-8";
    public const string EmptyBody = "post数据为空";
    public const string UsePost = "请使用post方法";
    public const string UseGet = "请使用 GET 请求";
    public const string NoMerchant = "商户号不存在";
    public const string ContractGone = "签约协议不存在，请检查传入的签约协议是否正确";
    public const string ContractUnknown = "签约协议不存在";
    public const string OverLimit = "交易金额或次数超出限制，请检查后再试";
    public const string AlreadyAccepted = "扣款请求已受理，请勿重复发起";
    public const string NoticeFirst = "需要先下发扣费前通知才能发起扣费";
    public const string NoticeWaits = "扣费等待期内不能发起扣费";
    public const string NoticeOver = "扣费期已过，需要重新下发扣费前通知";
    public const string OutsideHours = "扣款时间需在7:00-22:00之间";
    public const string NumberUsed = "商户订单号重复";
    public const string BadCertificate = "证书校验错误";
    public const string SerialUsed = "request_serial重复";
    public const string NotADebit = "订单不是委托代扣场景";
    public const string NoTemplate = "签约模版信息不存在";
    public const string AppMismatch = "签约 contract_appid 与下单 appid 不匹配";
    public const string SigningBlocked = "该模版id新增签约功能受限，或无合单代扣权限，请核查后再试。";
    public const string NoOrder = "此交易订单号不存在";
    public const string Paid = "该订单已支付";
    public const string OrderClosed = "该订单已关闭";
    public const string SystemError = "系统超时，请重试";
    public const string OldOrder = "频率限制，1个月之前的订单请降低申请频率再重试";
    public const string TooFrequent = "请求过于频繁，请稍后再试";
}
