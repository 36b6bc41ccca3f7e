using System.Globalization;
using Papaya.WeChatPay.Bills;
using static Papaya.WeChatPay.Wire.V3Fields;

namespace Papaya.WeChatPay.Wire;

/// <summary>The tables of bills.</summary>
internal static class V3BillEndpoints
{
    public static V3Endpoint<V3BillRequest> Trade { get; } = new(
        HttpMethod.Get, "v3-tradebill", "/v3/bill/tradebill", "申请交易账单", "docs/merchant/apis/bill-download/trade-bill/get-trade-bill.html",
        [
            new Field<V3BillRequest>("bill_date", R, FieldForm.DashedDate, 10) { Place = FieldPlace.Query, Text = (r, _) => Day(r.Day) },
            new Field<V3BillRequest>("bill_type", O, FieldForm.Choice, 32) { Place = FieldPlace.Query, Choices = ["ALL", "SUCCESS", "REFUND"], Text = (r, _) => r.Kind.WireName() },
            new Field<V3BillRequest>("tar_type", O, FieldForm.Choice, 32) { Place = FieldPlace.Query, Choices = ["GZIP"], Text = (r, _) => Packing(r.Compression) },
            new Field<V3BillRequest>("sub_mchid", O, FieldForm.Digits, 32) { Place = FieldPlace.Query, Text = (r, _) => r.SubMerchantNumber },
        ])
    {
        IsRead = true,
    };

    public static V3Endpoint<V3FundFlowRequest> FundFlow { get; } = new(
        HttpMethod.Get, "v3-fundflowbill", "/v3/bill/fundflowbill", "申请资金账单", "docs/merchant/apis/bill-download/fund-bill/get-fund-bill.html",
        [
            new Field<V3FundFlowRequest>("bill_date", R, FieldForm.DashedDate, 10) { Place = FieldPlace.Query, Text = (r, _) => Day(r.Day) },
            new Field<V3FundFlowRequest>("account_type", O, FieldForm.Choice, 32)
            {
                Place = FieldPlace.Query,
                Choices = ["BASIC", "OPERATION", "FEES"],
                Text = (r, _) => r.Account switch { FundAccount.Operation => "OPERATION", FundAccount.Fees => "FEES", _ => "BASIC" },
            },
            new Field<V3FundFlowRequest>("tar_type", O, FieldForm.Choice, 32) { Place = FieldPlace.Query, Choices = ["GZIP"], Text = (r, _) => Packing(r.Compression) },
        ])
    {
        IsRead = true,
    };

    /// <summary>下载账单: the address comes whole from the answers above.</summary>
    public static V3Endpoint<V3BillRequest> Download { get; } = new(
        HttpMethod.Get, "v3-billdownload", "/v3/billdownload/file", "下载账单", "doc/v3/merchant/4012810615",
        [
            new Field("token", R, FieldForm.Ascii, 2048) { Place = FieldPlace.Query },
        ])
    {
        IsRead = true,
    };

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string? Packing(BillCompression compression) => compression == BillCompression.Gzip ? "GZIP" : null;
}
