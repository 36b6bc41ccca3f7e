using Papaya.WeChatPay.Wire;
using static Papaya.WeChatPay.Wire.FieldNeed;

namespace Papaya.WeChatPay.Bills;

/// <summary>The reviewed tables of the downloads.</summary>
internal static class BillTables
{
    internal static V2Endpoint<BillRequest> Trade { get; } = new V2Endpoint<BillRequest>("downloadbill", "/pay/downloadbill", "下载交易账单", "merchant/4011987833",
    [
        new Field<BillRequest>("appid", Required, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.AppId },
        new Field<BillRequest>("mch_id", Required, FieldForm.Digits, 32) { Text = (_, c) => c.MerchantNumber },
        new Field<BillRequest>("nonce_str", Required, FieldForm.Alphanumeric, 32),
        new Field<BillRequest>("bill_date", Required, FieldForm.Date, 8) { Text = (r, _) => Date(r.Day) },
        new Field<BillRequest>("bill_type", Optional, FieldForm.Choice, 16) { Note = "The default differs between pages (ALL, SUCCESS), so it is always sent.", Choices = ["ALL", "SUCCESS", "REFUND", "RECHARGE_REFUND"], Text = (r, _) => r.Kind.WireName() },
        new Field<BillRequest>("tar_type", Optional, FieldForm.Choice, 8) { Choices = ["GZIP"], Text = (r, _) => r.Compression == BillCompression.Gzip ? "GZIP" : null },
        new Field<BillRequest>("sign_type", Optional, FieldForm.Choice, 32) { Choices = SignTypes.Labels, Text = (_, c) => c.SignTypeLabel },
        new Field("sign", Required, FieldForm.Alphanumeric, 64),
    ])
    {
        IsRead = true,
        ReplyForm = ReplyForm.File,
    };

    internal static V2Endpoint<FundFlowRequest> FundFlow { get; } = new V2Endpoint<FundFlowRequest>("downloadfundflow", "/pay/downloadfundflow", "下载资金账单", "merchant/4011939779",
    [
        new Field<FundFlowRequest>("appid", Required, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.AppId },
        new Field<FundFlowRequest>("mch_id", Required, FieldForm.Digits, 32) { Text = (_, c) => c.MerchantNumber },
        new Field<FundFlowRequest>("nonce_str", Required, FieldForm.Alphanumeric, 32),
        new Field<FundFlowRequest>("bill_date", Required, FieldForm.Date, 8) { Note = "From 2017-06-01 on.", Text = (r, _) => Date(r.Day) },
        new Field<FundFlowRequest>("account_type", Required, FieldForm.Choice, 16) { Choices = ["Basic", "Operation", "Fees"], Text = (r, _) => r.Account.ToString() },
        new Field<FundFlowRequest>("tar_type", Optional, FieldForm.Choice, 8) { Choices = ["GZIP"], Text = (r, _) => r.Compression == BillCompression.Gzip ? "GZIP" : null },
        new Field<FundFlowRequest>("sign_type", Required, FieldForm.Choice, 32) { Choices = ["HMAC-SHA256"], Text = (_, c) => c.SignTypeLabel },
        new Field("sign", Required, FieldForm.Alphanumeric, 64),
    ])
    {
        IsRead = true,
        NeedsCertificate = true,
        ReplyForm = ReplyForm.File,
        SignTypes = [SignType.HmacSha256],
    };

    private static string Date(DateOnly day) => day.ToString("yyyyMMdd", System.Globalization.CultureInfo.InvariantCulture);
}
