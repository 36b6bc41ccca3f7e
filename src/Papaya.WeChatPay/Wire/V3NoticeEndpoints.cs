using System.Net;
using Papaya.WeChatPay.Notices;
using static Papaya.WeChatPay.Wire.V3Fields;

namespace Papaya.WeChatPay.Wire;

/// <summary>The tables of notices.</summary>
internal static class V3NoticeEndpoints
{
    public static V3Endpoint<NoticeRequest> Notice { get; } = NoticeOf(Party.Merchant);

    public static V3Endpoint<ReminderRequest> Reminder { get; } = ReminderOf(Party.Merchant);

    private static V3Endpoint<NoticeRequest> NoticeOf(Party party) => new(
        HttpMethod.Post, "v3-deduct-notify", $"/v3/{Family(party)}/contracts/{{contract_id}}/notify", "预扣费通知",
        party == Party.Merchant ? "doc/v2/merchant/4011987402" : "docs/partner/apis/entrusted-payment/json/partner-deduct-notify.html",
        [
            new Field<NoticeRequest>("contract_id", R, FieldForm.Alphanumeric, 32) { Place = FieldPlace.Path, Text = (r, _) => r.WeChatContractId },
            .. Numbers<NoticeRequest>(party, r => r.AppId),
            new Field<NoticeRequest>("deduct_duration.count", C, FieldForm.Count, 1) { Choices = ["1", "2", "3"], Number = (r, _) => r.DeductDays, Note = "Required inside `deduct_duration`; without that object WeChat takes 7 days." },
            new Field<NoticeRequest>("deduct_duration.unit", O, FieldForm.Choice, 16) { Choices = ["DAY"], Text = (r, _) => r.DeductDays is null ? null : "DAY" },
            new Field<NoticeRequest>("estimated_amount.amount", R, FieldForm.Fen, 19) { Number = (r, _) => r.EstimatedFen, Note = "`amount`, where every other V3 amount says `total`." },
            new Field<NoticeRequest>("estimated_amount.currency", O, FieldForm.Choice, 16) { Choices = ["CNY"], Text = (_, _) => "CNY" },
        ])
    {
        IsPartner = party == Party.Provider,
        SuccessStatus = HttpStatusCode.NoContent,
        PartnerTable = party == Party.Merchant ? NoticeOf(Party.Provider) : null,
    };

    private static V3Endpoint<ReminderRequest> ReminderOf(Party party) => new(
        HttpMethod.Post, "v3-fail-notify", $"/v3/{Family(party)}/contracts/{{contract_id}}/fail-notify", "重试扣费通知",
        "wiki/doc/api/wxpay_v2/papay/chapter3_11.shtml",
        [
            new Field<ReminderRequest>("contract_id", R, FieldForm.Alphanumeric, 32) { Place = FieldPlace.Path, Text = (r, _) => r.WeChatContractId },
            .. Numbers<ReminderRequest>(party, r => r.AppId),
        ])
    {
        IsPartner = party == Party.Provider,
        SuccessStatus = HttpStatusCode.NoContent,
        PartnerTable = party == Party.Merchant ? ReminderOf(Party.Provider) : null,
    };

    private static string Family(Party party) => party == Party.Merchant ? "papay" : "partner-papay";

    private static IEnumerable<Field> Numbers<TRequest>(Party party, Func<TRequest, string?> appId)
        where TRequest : class, IPartyRequest =>
        [
            new Field<TRequest>(party == Party.Merchant ? "mchid" : "sp_mchid", R, FieldForm.Digits, 32) { Text = (_, c) => c.MerchantNumber },
            .. Apps(party, appId),
        ];
}
