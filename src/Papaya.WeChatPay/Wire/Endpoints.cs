using Papaya.WeChatPay.Bills;
using Papaya.WeChatPay.Contracts;
using Papaya.WeChatPay.Debits;
using Papaya.WeChatPay.Orders;
using Papaya.WeChatPay.Refunds;

namespace Papaya.WeChatPay.Wire;

/// <summary>
/// The reviewed tables of all V2 calls that this client makes. Two lengths where documents contradict each other: what
/// WeChat takes, and what we send. A field that is not in a table must not be sent: missing and surplus fields both fail.
/// </summary>
public static class Endpoints
{
    private const FieldNeed R = FieldNeed.Required;
    private const FieldNeed C = FieldNeed.Conditional;
    private const FieldNeed O = FieldNeed.Optional;
    private static readonly SignType[] Md5Only = [SignType.Md5];
    private static readonly string[] SignTypeChoices = ["MD5", "HMAC-SHA256"];

    /// <summary>支付中签约: an order whose cashier offers the contract.</summary>
    public static V2Endpoint ContractOrder => ContractOrderTable;

    /// <summary>查询签约关系: has no nonce_str.</summary>
    public static V2Endpoint QueryContract => QueryContractTable;

    /// <summary>申请解约: has no nonce_str.</summary>
    public static V2Endpoint DeleteContract => DeleteContractTable;

    /// <summary>申请扣款: asynchronous; SUCCESS means accepted.</summary>
    public static V2Endpoint PapPayApply => PapPayApplyTable;

    /// <summary>查询代扣订单: only orders made by pappayapply, at most one month old.</summary>
    public static V2Endpoint PapOrderQuery => PapOrderQueryTable;

    /// <summary>查询订单: every kind of order.</summary>
    public static V2Endpoint OrderQuery => OrderQueryTable;

    /// <summary>关闭订单: at least 5 minutes after the order was made.</summary>
    public static V2Endpoint CloseOrder => CloseOrderTable;

    /// <summary>申请退款: with the client certificate.</summary>
    public static V2Endpoint Refund => RefundTable;

    /// <summary>查询退款.</summary>
    public static V2Endpoint RefundQuery => RefundQueryTable;

    /// <summary>下载交易账单: answers with a file, or with unsigned XML on failure.</summary>
    public static V2Endpoint DownloadBill => DownloadBillTable;

    internal static V2Endpoint<PayAndSignRequest> ContractOrderTable { get; } = new("contractorder", "/pay/contractorder", "支付中签约", "merchant/4011987320",
    [
        new Field<PayAndSignRequest>("appid", R, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.AppId },
        new Field<PayAndSignRequest>("mch_id", R, FieldForm.Digits, 32) { Text = (_, c) => c.MerchantNumber },
        new Field<PayAndSignRequest>("contract_mchid", R, FieldForm.Digits, 32) { Repeats = "mch_id", Text = (_, c) => c.MerchantNumber },
        new Field<PayAndSignRequest>("contract_appid", R, FieldForm.Alphanumeric, 32) { Repeats = "appid", Text = (r, _) => r.AppId },
        new Field<PayAndSignRequest>("out_trade_no", R, FieldForm.Number, 32) { Text = (r, _) => r.OrderNumber },
        new Field<PayAndSignRequest>("device_info", O, FieldForm.Text, 32) { Text = (r, _) => r.DeviceInfo },
        new Field<PayAndSignRequest>("nonce_str", R, FieldForm.Alphanumeric, 32) { Text = (_, c) => c.Nonce },
        // 127 on the page, 128 in the API definition, 32 on an old page.
        new Field<PayAndSignRequest>("body", R, FieldForm.Text, 128, 127) { Unit = LengthUnit.Bytes, Text = (r, _) => r.Body },
        new Field<PayAndSignRequest>("detail", O, FieldForm.Text, 8192) { Text = (r, _) => r.Detail },
        new Field<PayAndSignRequest>("attach", O, FieldForm.Text, 128, 127) { Unit = LengthUnit.Bytes, Text = (r, _) => r.Attach },
        new Field<PayAndSignRequest>("notify_url", R, FieldForm.Url, 256) { Text = (r, _) => r.PaymentNotifyUrl },
        new Field<PayAndSignRequest>("total_fee", R, FieldForm.Fen, 19) { Number = (r, _) => r.AmountFen },
        // Not on the page, but every SDK sends it and the published vector S-10 holds it.
        new Field<PayAndSignRequest>("fee_type", O, FieldForm.Choice, 16) { Choices = ["CNY"], Text = (r, _) => r.FeeType },
        new Field<PayAndSignRequest>("spbill_create_ip", R, FieldForm.Ipv4, 16) { Text = (r, _) => r.ClientIp },
        new Field<PayAndSignRequest>("time_start", O, FieldForm.Time, 14) { Text = (r, _) => Time(r.StartsAt) },
        new Field<PayAndSignRequest>("time_expire", O, FieldForm.Time, 14) { Text = (r, _) => Time(r.ExpiresAt) },
        new Field<PayAndSignRequest>("goods_tag", O, FieldForm.Text, 32) { Text = (r, _) => r.GoodsTag },
        new Field<PayAndSignRequest>("trade_type", R, FieldForm.Choice, 16) { Choices = ["JSAPI", "NATIVE", "APP", "MWEB"], Text = (r, _) => r.TradeType.WireName() },
        new Field<PayAndSignRequest>("product_id", C, FieldForm.Text, 32) { RequiredWhen = new("trade_type", "NATIVE"), Text = (r, _) => r.ProductId },
        new Field<PayAndSignRequest>("limit_pay", O, FieldForm.Choice, 32) { Choices = ["no_credit"], Text = (r, _) => r.LimitPay },
        new Field<PayAndSignRequest>("openid", C, FieldForm.Ascii, 128) { RequiredWhen = new("trade_type", "JSAPI"), Text = (r, _) => r.OpenId },
        new Field<PayAndSignRequest>("plan_id", R, FieldForm.Digits, 28) { Text = (r, _) => r.TemplateId },
        // 64 on the page, 32 in the API definition, 128 on other calls.
        new Field<PayAndSignRequest>("contract_code", R, FieldForm.Alphanumeric, 64, 32) { Text = (r, _) => r.ContractNumber },
        // int64; older text says at most 12 digits.
        new Field<PayAndSignRequest>("request_serial", R, FieldForm.Serial, 19, 12) { Number = (r, _) => r.SigningSequence },
        new Field<PayAndSignRequest>("contract_display_account", R, FieldForm.Text, 64) { Text = (r, _) => r.DisplayAccount },
        new Field<PayAndSignRequest>("contract_notify_url", R, FieldForm.Url, 256) { Text = (r, _) => r.ContractNotifyUrl },
        new Field<PayAndSignRequest>("contract_outerid", O, FieldForm.Text, 32) { Text = (r, _) => r.OuterId },
        new Field<PayAndSignRequest>("sign_type", O, FieldForm.Choice, 32) { Choices = SignTypeChoices, Text = (_, c) => c.SignTypeLabel },
        new Field("sign", R, FieldForm.Alphanumeric, 64),
    ])
    {
        Echoes = ["out_trade_no", "contract_code"],
        Combination = r => r is { StartsAt: { } start, ExpiresAt: { } end } && end - start <= TimeSpan.FromMinutes(5)
            ? new FieldProblem("time_expire", FieldRule.Combination, "more than 5 minutes after time_start", 14)
            : null,
    };

    internal static V2Endpoint<ContractQuery> QueryContractTable { get; } = new("querycontract", "/papay/querycontract", "查询签约关系", "merchant/4011987640",
    [
        new Field<ContractQuery>("appid", R, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.AppId },
        new Field<ContractQuery>("mch_id", R, FieldForm.Digits, 32) { Text = (_, c) => c.MerchantNumber },
        new Field<ContractQuery>("contract_id", C, FieldForm.Alphanumeric, 32) { Text = (r, _) => (r as ContractQueryById)?.WeChatContractId },
        new Field<ContractQuery>("plan_id", C, FieldForm.Digits, 128) { Text = (r, _) => (r as ContractQueryByNumber)?.TemplateId },
        new Field<ContractQuery>("contract_code", C, FieldForm.Alphanumeric, 128) { Text = (r, _) => (r as ContractQueryByNumber)?.ContractNumber },
        new Field<ContractQuery>("version", R, FieldForm.Choice, 8) { Choices = ["1.0"], Text = (_, _) => "1.0" },
        new Field<ContractQuery>("sign_type", O, FieldForm.Choice, 32) { Choices = SignTypeChoices, Text = (_, c) => c.SignTypeLabel },
        new Field("sign", R, FieldForm.Alphanumeric, 64),
    ])
    {
        IsRead = true,
        Alternatives = [["contract_id"], ["plan_id", "contract_code"]],
        AlternativesExclude = true,
        Echoes = ["contract_id", "contract_code"],
    };

    internal static V2Endpoint<TerminateRequest> DeleteContractTable { get; } = new("deletecontract", "/papay/deletecontract", "申请解约", "merchant/4011987432",
    [
        new Field<TerminateRequest>("appid", R, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.AppId },
        new Field<TerminateRequest>("mch_id", R, FieldForm.Digits, 32) { Text = (_, c) => c.MerchantNumber },
        new Field<TerminateRequest>("contract_id", C, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.WeChatContractId },
        new Field<TerminateRequest>("plan_id", C, FieldForm.Digits, 28) { Text = (r, _) => r.TemplateId },
        new Field<TerminateRequest>("contract_code", C, FieldForm.Alphanumeric, 128) { Text = (r, _) => r.ContractNumber },
        // 512 today, 256 on older pages.
        new Field<TerminateRequest>("contract_termination_remark", R, FieldForm.Text, 512, 256) { Text = (r, _) => r.Remark },
        new Field<TerminateRequest>("version", R, FieldForm.Choice, 8) { Choices = ["1.0"], Text = (_, _) => "1.0" },
        new Field("sign", R, FieldForm.Alphanumeric, 32),
    ])
    {
        SignTypes = Md5Only,
        Alternatives = [["contract_id"], ["plan_id", "contract_code"]],
        AlternativesExclude = true,
        Echoes = ["contract_id", "contract_code"],
    };

    internal static V2Endpoint<DebitRequest> PapPayApplyTable { get; } = new("pappayapply", "/pay/pappayapply", "申请扣款", "merchant/4011987377",
    [
        new Field<DebitRequest>("appid", R, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.AppId },
        new Field<DebitRequest>("mch_id", R, FieldForm.Digits, 32) { Text = (_, c) => c.MerchantNumber },
        new Field<DebitRequest>("nonce_str", R, FieldForm.Alphanumeric, 32) { Text = (_, c) => c.Nonce },
        new Field<DebitRequest>("body", R, FieldForm.Text, 128, 127) { Unit = LengthUnit.Bytes, Text = (r, _) => r.Body },
        new Field<DebitRequest>("detail", O, FieldForm.Text, 8192) { Text = (r, _) => r.Detail },
        new Field<DebitRequest>("attach", O, FieldForm.Text, 128, 127) { Unit = LengthUnit.Bytes, Text = (r, _) => r.Attach },
        new Field<DebitRequest>("out_trade_no", R, FieldForm.Number, 32) { Text = (r, _) => r.OrderNumber },
        new Field<DebitRequest>("total_fee", R, FieldForm.Fen, 19) { Number = (r, _) => r.AmountFen },
        new Field<DebitRequest>("fee_type", O, FieldForm.Choice, 16) { Choices = ["CNY"], Text = (r, _) => r.FeeType },
        new Field<DebitRequest>("spbill_create_ip", R, FieldForm.Ipv4, 16) { Text = (r, _) => r.ServerIp },
        new Field<DebitRequest>("goods_tag", O, FieldForm.Text, 32) { Text = (r, _) => r.GoodsTag },
        new Field<DebitRequest>("notify_url", R, FieldForm.Url, 256) { Text = (r, _) => r.NotifyUrl },
        // The table requires it although the published sample leaves it out; always sent.
        new Field<DebitRequest>("trade_type", R, FieldForm.Choice, 16) { Choices = ["PAP"], Text = (_, _) => "PAP" },
        new Field<DebitRequest>("contract_id", R, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.WeChatContractId },
        new Field<DebitRequest>("receipt", O, FieldForm.Choice, 8) { Choices = ["Y"], Text = (r, _) => r.Receipt },
        // Legacy hints for risk control; the pages give most of them no length.
        new Field<DebitRequest>("clientip", O, FieldForm.Ascii, 64) { Text = (r, _) => r.Hints?.ClientIp },
        new Field<DebitRequest>("deviceid", O, FieldForm.Text, 128) { Text = (r, _) => r.Hints?.DeviceId },
        new Field<DebitRequest>("mobile", O, FieldForm.Ascii, 32) { Text = (r, _) => r.Hints?.Mobile },
        new Field<DebitRequest>("email", O, FieldForm.Ascii, 128) { Text = (r, _) => r.Hints?.Email },
        new Field<DebitRequest>("qq", O, FieldForm.Digits, 32) { Text = (r, _) => r.Hints?.Qq },
        new Field<DebitRequest>("openid", O, FieldForm.Ascii, 128) { Text = (r, _) => r.Hints?.OpenId },
        new Field<DebitRequest>("creid", O, FieldForm.Ascii, 32) { Text = (r, _) => r.Hints?.IdentityNumber },
        new Field<DebitRequest>("outerid", O, FieldForm.Text, 32) { Text = (r, _) => r.Hints?.OuterId },
        new Field<DebitRequest>("timestamp", O, FieldForm.Count, 10) { Number = (r, _) => r.Hints?.At?.ToUnixTimeSeconds() },
        new Field<DebitRequest>("sign_type", O, FieldForm.Choice, 32) { Choices = SignTypeChoices, Text = (_, c) => c.SignTypeLabel },
        new Field("sign", R, FieldForm.Alphanumeric, 64),
    ]);

    internal static V2Endpoint<DebitQuery> PapOrderQueryTable { get; } = new("paporderquery", "/pay/paporderquery", "查询代扣订单", "merchant/4013894074",
    [
        new Field<DebitQuery>("appid", R, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.AppId },
        new Field<DebitQuery>("mch_id", R, FieldForm.Digits, 32) { Text = (_, c) => c.MerchantNumber },
        new Field<DebitQuery>("nonce_str", R, FieldForm.Alphanumeric, 32) { Text = (_, c) => c.Nonce },
        new Field<DebitQuery>("transaction_id", C, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.WeChatTransactionId },
        new Field<DebitQuery>("out_trade_no", C, FieldForm.Number, 32) { Text = (r, _) => r.OrderNumber },
        new Field("sign", R, FieldForm.Alphanumeric, 64),
    ])
    {
        IsRead = true,
        SignTypes = Md5Only,
        Alternatives = [["transaction_id"], ["out_trade_no"]],
        Echoes = ["out_trade_no", "transaction_id"],
    };

    internal static V2Endpoint<OrderQuery> OrderQueryTable { get; } = new("orderquery", "/pay/orderquery", "查询订单", "merchant/4011987538",
    [
        new Field<OrderQuery>("appid", R, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.AppId },
        new Field<OrderQuery>("mch_id", R, FieldForm.Digits, 32) { Text = (_, c) => c.MerchantNumber },
        new Field<OrderQuery>("nonce_str", R, FieldForm.Alphanumeric, 32) { Text = (_, c) => c.Nonce },
        new Field<OrderQuery>("transaction_id", C, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.WeChatTransactionId },
        new Field<OrderQuery>("out_trade_no", C, FieldForm.Number, 32) { Text = (r, _) => r.OrderNumber },
        new Field<OrderQuery>("version", O, FieldForm.Choice, 32) { Choices = ["1.0"], Text = (r, _) => r.Version },
        new Field<OrderQuery>("sign_type", O, FieldForm.Choice, 32) { Choices = SignTypeChoices, Text = (_, c) => c.SignTypeLabel },
        new Field("sign", R, FieldForm.Alphanumeric, 64),
    ])
    {
        IsRead = true,
        Alternatives = [["transaction_id"], ["out_trade_no"]],
        Echoes = ["out_trade_no", "transaction_id"],
    };

    internal static V2Endpoint<CloseRequest> CloseOrderTable { get; } = new("closeorder", "/pay/closeorder", "关闭订单", "merchant/4011987803",
    [
        new Field<CloseRequest>("appid", R, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.AppId },
        new Field<CloseRequest>("mch_id", R, FieldForm.Digits, 32) { Text = (_, c) => c.MerchantNumber },
        new Field<CloseRequest>("nonce_str", R, FieldForm.Alphanumeric, 32) { Text = (_, c) => c.Nonce },
        new Field<CloseRequest>("out_trade_no", R, FieldForm.Number, 32) { Text = (r, _) => r.OrderNumber },
        new Field<CloseRequest>("sign_type", O, FieldForm.Choice, 32) { Choices = SignTypeChoices, Text = (_, c) => c.SignTypeLabel },
        new Field("sign", R, FieldForm.Alphanumeric, 64),
    ])
    {
        Echoes = ["out_trade_no"],
    };

    internal static V2Endpoint<RefundRequest> RefundTable { get; } = new("refund", "/secapi/pay/refund", "申请退款", "merchant/4011987741",
    [
        new Field<RefundRequest>("appid", R, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.AppId },
        new Field<RefundRequest>("mch_id", R, FieldForm.Digits, 32) { Text = (_, c) => c.MerchantNumber },
        new Field<RefundRequest>("nonce_str", R, FieldForm.Alphanumeric, 32) { Text = (_, c) => c.Nonce },
        new Field<RefundRequest>("transaction_id", C, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.WeChatTransactionId },
        new Field<RefundRequest>("out_trade_no", C, FieldForm.Number, 32) { Text = (r, _) => r.OrderNumber },
        new Field<RefundRequest>("out_refund_no", R, FieldForm.Number, 64) { Text = (r, _) => r.RefundNumber },
        new Field<RefundRequest>("total_fee", R, FieldForm.Fen, 19) { Number = (r, _) => r.OrderFen },
        new Field<RefundRequest>("refund_fee", R, FieldForm.Fen, 19) { Number = (r, _) => r.RefundFen },
        new Field<RefundRequest>("refund_fee_type", O, FieldForm.Choice, 8) { Choices = ["CNY"], Text = (r, _) => r.FeeType },
        new Field<RefundRequest>("refund_desc", O, FieldForm.Text, 80) { Text = (r, _) => r.Reason },
        new Field<RefundRequest>("refund_account", O, FieldForm.Choice, 30)
        {
            Choices = ["REFUND_SOURCE_UNSETTLED_FUNDS", "REFUND_SOURCE_RECHARGE_FUNDS"],
            Text = (r, _) => r.Account,
        },
        new Field<RefundRequest>("notify_url", O, FieldForm.Url, 256) { Text = (r, _) => r.NotifyUrl },
        new Field<RefundRequest>("sign_type", O, FieldForm.Choice, 32) { Choices = SignTypeChoices, Text = (_, c) => c.SignTypeLabel },
        new Field("sign", R, FieldForm.Alphanumeric, 64),
    ])
    {
        NeedsCertificate = true,
        Alternatives = [["transaction_id"], ["out_trade_no"]],
        Echoes = ["out_refund_no", "out_trade_no", "transaction_id"],
        Combination = r => r.RefundFen > r.OrderFen
            ? new FieldProblem("refund_fee", FieldRule.Combination, "not more than total_fee", DigitsOf(r.RefundFen))
            : null,
    };

    internal static V2Endpoint<RefundQuery> RefundQueryTable { get; } = new("refundquery", "/pay/refundquery", "查询退款", "merchant/4011987766",
    [
        new Field<RefundQuery>("appid", R, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.AppId },
        new Field<RefundQuery>("mch_id", R, FieldForm.Digits, 32) { Text = (_, c) => c.MerchantNumber },
        new Field<RefundQuery>("nonce_str", R, FieldForm.Alphanumeric, 32) { Text = (_, c) => c.Nonce },
        new Field<RefundQuery>("refund_id", C, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.WeChatRefundId },
        new Field<RefundQuery>("out_refund_no", C, FieldForm.Number, 64) { Text = (r, _) => r.RefundNumber },
        new Field<RefundQuery>("transaction_id", C, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.WeChatTransactionId },
        new Field<RefundQuery>("out_trade_no", C, FieldForm.Number, 32) { Text = (r, _) => r.OrderNumber },
        new Field<RefundQuery>("offset", O, FieldForm.Count, 10) { Number = (r, _) => r.Offset },
        new Field<RefundQuery>("sign_type", O, FieldForm.Choice, 32) { Choices = SignTypeChoices, Text = (_, c) => c.SignTypeLabel },
        new Field("sign", R, FieldForm.Alphanumeric, 64),
    ])
    {
        IsRead = true,
        Alternatives = [["refund_id"], ["out_refund_no"], ["transaction_id"], ["out_trade_no"]],
        Echoes = ["out_trade_no", "transaction_id"],
    };

    internal static V2Endpoint<BillRequest> DownloadBillTable { get; } = new("downloadbill", "/pay/downloadbill", "下载交易账单", "merchant/4011987833",
    [
        new Field<BillRequest>("appid", R, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.AppId },
        new Field<BillRequest>("mch_id", R, FieldForm.Digits, 32) { Text = (_, c) => c.MerchantNumber },
        new Field<BillRequest>("nonce_str", R, FieldForm.Alphanumeric, 32) { Text = (_, c) => c.Nonce },
        new Field<BillRequest>("bill_date", R, FieldForm.Date, 8) { Text = (r, _) => r.Day.ToString("yyyyMMdd", System.Globalization.CultureInfo.InvariantCulture) },
        // The default differs between pages (ALL, SUCCESS), so it is always sent.
        new Field<BillRequest>("bill_type", O, FieldForm.Choice, 16) { Choices = ["ALL", "SUCCESS", "REFUND", "RECHARGE_REFUND"], Text = (r, _) => r.Kind.WireName() },
        new Field<BillRequest>("tar_type", O, FieldForm.Choice, 8) { Choices = ["GZIP"], Text = (r, _) => r.Compression == BillCompression.Gzip ? "GZIP" : null },
        new Field<BillRequest>("sign_type", O, FieldForm.Choice, 32) { Choices = SignTypeChoices, Text = (_, c) => c.SignTypeLabel },
        new Field("sign", R, FieldForm.Alphanumeric, 64),
    ])
    {
        IsRead = true,
        ReplyForm = ReplyForm.File,
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<V2Endpoint> All { get; } =
    [
        ContractOrder, QueryContract, DeleteContract, PapPayApply, PapOrderQuery, OrderQuery, CloseOrder, Refund, RefundQuery, DownloadBill,
    ];

    private static int DigitsOf(long fen) => fen.ToString(System.Globalization.CultureInfo.InvariantCulture).Length;

    private static string? Time(DateTimeOffset? instant) => instant is { } time ? BeijingTime.Compact(time) : null;
}
