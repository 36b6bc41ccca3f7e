using Papaya.WeChatPay.Scheduled;
using static Papaya.WeChatPay.Wire.V3Fields;

namespace Papaya.WeChatPay.Wire;

/// <summary>The tables of scheduled debits after signing.</summary>
internal static class V3ScheduledEndpoints
{
    public static V3Endpoint<ScheduledContractQuery> QueryContract { get; } = QueryContractOf(Party.Merchant);

    public static V3Endpoint<ScheduledTerminateRequest> Terminate { get; } = TerminateOf(Party.Merchant);

    public static V3Endpoint<BookRequest> Book { get; } = BookOf(Party.Merchant);

    public static V3Endpoint<BookingQuery> QueryBooking { get; } = QueryBookingOf(Party.Merchant);

    public static V3Endpoint<ScheduledApplyRequest> Apply { get; } = ApplyOf(Party.Merchant);

    public static V3Endpoint<ScheduledDebitQuery> QueryDebit { get; } = QueryDebitOf(Party.Merchant);

    private static V3Endpoint<ScheduledContractQuery> QueryContractOf(Party party) => new(
        HttpMethod.Get, "v3-query-contract", $"/v3/papay/sign/{Partner(party)}contracts/plan-id/{{plan_id}}/out-contract-code/{{out_contract_code}}",
        "商户协议号查询协议", Page(party, "get-contract-by-code"),
        [
            new Field<ScheduledContractQuery>("plan_id", R, FieldForm.Serial, 19) { Place = FieldPlace.Path, Text = (r, _) => r.TemplateId },
            new Field<ScheduledContractQuery>("out_contract_code", R, FieldForm.Alphanumeric, 32) { Place = FieldPlace.Path, Text = (r, _) => r.ContractNumber },
            .. SubMerchantOf<ScheduledContractQuery>(party, FieldPlace.Query),
        ])
    {
        IsRead = true,
        Echoes = ["out_contract_code", "plan_id"],
        IsPartner = party == Party.Provider,
        PartnerTable = party == Party.Merchant ? QueryContractOf(Party.Provider) : null,
    };

    private static V3Endpoint<ScheduledTerminateRequest> TerminateOf(Party party) => new(
        HttpMethod.Post, "v3-terminate-contract", $"/v3/papay/sign/{Partner(party)}contracts/plan-id/{{plan_id}}/out-contract-code/{{out_contract_code}}/terminate",
        "商户协议号解约", Page(party, "terminate-contract-by-code"),
        [
            new Field<ScheduledTerminateRequest>("plan_id", R, FieldForm.Serial, 19) { Place = FieldPlace.Path, Text = (r, _) => r.TemplateId },
            new Field<ScheduledTerminateRequest>("out_contract_code", R, FieldForm.Alphanumeric, 32) { Place = FieldPlace.Path, Text = (r, _) => r.ContractNumber },
            .. SubMerchantOf<ScheduledTerminateRequest>(party, FieldPlace.Body),
            new Field<ScheduledTerminateRequest>("contract_termination_remark", R, FieldForm.Text, 256) { Text = (r, _) => r.Remark },
        ])
    {
        Echoes = ["out_contract_code", "plan_id"],
        IsPartner = party == Party.Provider,
        PartnerTable = party == Party.Merchant ? TerminateOf(Party.Provider) : null,
    };

    private static V3Endpoint<BookRequest> BookOf(Party party) => new(
        HttpMethod.Post, "v3-schedule", $"/v3/papay/pay/{Partner(party)}schedules/contract-id/{{contract_id}}/schedule",
        "预约扣费", Page(party, "schedule-deduction"),
        [
            new Field<BookRequest>("contract_id", R, FieldForm.Alphanumeric, 32) { Place = FieldPlace.Path, Text = (r, _) => r.WeChatContractId },
            .. Apps<BookRequest>(party, r => r.AppId),
            new Field<BookRequest>("schedule_amount.total", R, FieldForm.Fen, 19) { Number = (r, _) => r.AmountFen },
            new Field<BookRequest>("schedule_amount.currency", O, FieldForm.Choice, 16) { Choices = ["CNY"], Text = (_, _) => "CNY" },
        ])
    {
        IsPartner = party == Party.Provider,
        PartnerTable = party == Party.Merchant ? BookOf(Party.Provider) : null,
    };

    private static V3Endpoint<BookingQuery> QueryBookingOf(Party party) => new(
        HttpMethod.Get, "v3-query-schedule", $"/v3/papay/pay/{Partner(party)}schedules/contract-id/{{contract_id}}",
        "查询扣费预约", Page(party, "query-deduct-schedule"),
        [
            new Field<BookingQuery>("contract_id", R, FieldForm.Alphanumeric, 32) { Place = FieldPlace.Path, Text = (r, _) => r.WeChatContractId },
            .. SubMerchantOf<BookingQuery>(party, FieldPlace.Query),
        ])
    {
        IsRead = true,
        IsPartner = party == Party.Provider,
        PartnerTable = party == Party.Merchant ? QueryBookingOf(Party.Provider) : null,
    };

    private static V3Endpoint<ScheduledApplyRequest> ApplyOf(Party party) => new(
        HttpMethod.Post, "v3-apply", $"/v3/papay/pay/{Partner(party)}transactions/apply", "受理扣款", Page(party, "create-transaction"),
        [
            .. Apps<ScheduledApplyRequest>(party, r => r.AppId),
            new Field<ScheduledApplyRequest>("out_trade_no", R, FieldForm.V3Number, 32) { OwnForm = FieldForm.NewNumber, OwnMinLength = 6, Text = (r, _) => r.OrderNumber },
            new Field<ScheduledApplyRequest>("description", R, FieldForm.Text, 127) { Text = (r, _) => r.Description },
            new Field<ScheduledApplyRequest>("transaction_notify_url", R, FieldForm.HttpsUrl, 256) { Text = (r, _) => r.NotifyUrl },
            new Field<ScheduledApplyRequest>("contract_id", R, FieldForm.Alphanumeric, 32) { Text = (r, _) => r.WeChatContractId },
            new Field<ScheduledApplyRequest>("amount.total", R, FieldForm.Fen, 19) { Number = (r, _) => r.AmountFen },
            new Field<ScheduledApplyRequest>("amount.currency", O, FieldForm.Choice, 16) { Choices = ["CNY"], Text = (_, _) => "CNY" },
            new Field<ScheduledApplyRequest>("goods_tag", O, FieldForm.Text, 32) { Text = (r, _) => r.GoodsTag },
            new Field<ScheduledApplyRequest>("attach", O, FieldForm.Text, 128, 127) { Unit = LengthUnit.Bytes, Text = (r, _) => r.Attach },
        ])
    {
        Echoes = ["out_trade_no"],
        IsPartner = party == Party.Provider,
        PartnerTable = party == Party.Merchant ? ApplyOf(Party.Provider) : null,
    };

    private static V3Endpoint<ScheduledDebitQuery> QueryDebitOf(Party party) => new(
        HttpMethod.Get, "v3-order-by-out-trade-no", $"/v3/pay/{Partner(party)}transactions/out-trade-no/{{out_trade_no}}", "商户订单号查询订单",
        party == Party.Merchant ? "doc/v3/merchant/4012556352" : "docs/partner/apis/partner-jsapi-payment/query-by-out-trade-no.html",
        [
            new Field<ScheduledDebitQuery>("out_trade_no", R, FieldForm.V3Number, 32) { Place = FieldPlace.Path, Text = (r, _) => r.OrderNumber },
            new Field<ScheduledDebitQuery>(party == Party.Merchant ? "mchid" : "sp_mchid", R, FieldForm.Digits, 32) { Place = FieldPlace.Query, Text = (_, c) => c.MerchantNumber },
            .. SubMerchantOf<ScheduledDebitQuery>(party, FieldPlace.Query),
        ])
    {
        IsRead = true,
        Echoes = ["out_trade_no"],
        IsPartner = party == Party.Provider,
        PartnerTable = party == Party.Merchant ? QueryDebitOf(Party.Provider) : null,
    };

    private static string Partner(Party party) => party == Party.Merchant ? "" : "partner/";

    private static string Page(Party party, string name) => party == Party.Merchant
        ? $"docs/merchant/apis/entrusted-payment/normal/normal-{name}.html"
        : $"docs/partner/apis/entrusted-payment/partner/partner-{name}.html";
}
