using System.Net;
using Papaya.WeChatPay.Global;
using static Papaya.WeChatPay.Wire.V3Fields;

namespace Papaya.WeChatPay.Wire;

/// <summary>The tables of overseas contracts and debits.</summary>
internal static class V3GlobalEndpoints
{
    private const string Pages = "wiki/doc/api_external/ch/apis/chapter5_1_";

    public static V3Endpoint<GlobalContractQueryById> QueryContractById { get; } = QueryContractByIdOf(Party.Merchant);

    public static V3Endpoint<GlobalContractQueryByNumber> QueryContractByNumber { get; } = QueryContractByNumberOf(Party.Merchant);

    public static V3Endpoint<GlobalTerminateRequest> Terminate { get; } = TerminateOf(Party.Merchant);

    public static V3Endpoint<GlobalDebitRequest> Debit { get; } = DebitOf(Party.Merchant);

    public static V3Endpoint<GlobalDebitQueryById> QueryById { get; } = QueryByIdOf(Party.Merchant);

    public static V3Endpoint<GlobalDebitQueryByNumber> QueryByNumber { get; } = QueryByNumberOf(Party.Merchant);

    public static V3Endpoint<GlobalReverseRequest> Reverse { get; } = ReverseOf(Party.Merchant);

    private static V3Endpoint<GlobalContractQueryById> QueryContractByIdOf(Party party) => new(
        HttpMethod.Get, "global-query-contract-by-id", "/v3/global/papay/contracts/{contract_id}", "代扣协议ID查询签约", Pages + "2.shtml",
        [
            new Field<GlobalContractQueryById>("contract_id", R, FieldForm.Alphanumeric, 64) { Place = FieldPlace.Path, Text = (r, _) => r.WeChatContractId },
            .. Apps<GlobalContractQueryById>(party, r => r.AppId, FieldPlace.Query),
        ])
    {
        Site = ApiSite.Global,
        IsRead = true,
        Echoes = ["contract_id"],
        IsPartner = party == Party.Provider,
        PartnerTable = party == Party.Merchant ? QueryContractByIdOf(Party.Provider) : null,
    };

    private static V3Endpoint<GlobalContractQueryByNumber> QueryContractByNumberOf(Party party) => new(
        HttpMethod.Get, "global-query-contract-by-code", "/v3/global/papay/contracts/out-contract-code/{out_contract_code}", "商户协议号查询签约", Pages + "3.shtml",
        [
            new Field<GlobalContractQueryByNumber>("out_contract_code", R, FieldForm.Alphanumeric, 32) { Place = FieldPlace.Path, Text = (r, _) => r.ContractNumber },
            new Field<GlobalContractQueryByNumber>("plan_id", R, FieldForm.Serial, 19) { Place = FieldPlace.Query, Text = (r, _) => r.TemplateId },
            .. Apps<GlobalContractQueryByNumber>(party, r => r.AppId, FieldPlace.Query),
        ])
    {
        Site = ApiSite.Global,
        IsRead = true,
        Echoes = ["out_contract_code", "plan_id"],
        IsPartner = party == Party.Provider,
        PartnerTable = party == Party.Merchant ? QueryContractByNumberOf(Party.Provider) : null,
    };

    private static V3Endpoint<GlobalTerminateRequest> TerminateOf(Party party) => new(
        HttpMethod.Post, "global-terminate", "/v3/global/papay/contracts/{contract_id}/terminate", "申请解约", Pages + "4.shtml",
        [
            new Field<GlobalTerminateRequest>("contract_id", R, FieldForm.Alphanumeric, 64) { Place = FieldPlace.Path, Text = (r, _) => r.WeChatContractId },
            .. Apps<GlobalTerminateRequest>(party, r => r.AppId),
            new Field<GlobalTerminateRequest>("termination_note", R, FieldForm.Text, 256) { Text = (r, _) => r.Note },
        ])
    {
        Site = ApiSite.Global,
        SuccessStatus = HttpStatusCode.NoContent,
        IsPartner = party == Party.Provider,
        PartnerTable = party == Party.Merchant ? TerminateOf(Party.Provider) : null,
    };

    private static V3Endpoint<GlobalDebitRequest> DebitOf(Party party) => new(
        HttpMethod.Post, "global-debit", "/v3/global/papay/transactions", "支付扣款", Pages + "6.shtml",
        [
            .. Apps<GlobalDebitRequest>(party, r => r.AppId),
            new Field<GlobalDebitRequest>("description", R, FieldForm.Text, 128) { Text = (r, _) => r.Description },
            new Field<GlobalDebitRequest>("attach", O, FieldForm.Text, 127) { Unit = LengthUnit.Bytes, Text = (r, _) => r.Attach },
            new Field<GlobalDebitRequest>("notify_url", R, FieldForm.HttpsUrl, 256) { Text = (r, _) => r.NotifyUrl },
            new Field<GlobalDebitRequest>("out_trade_no", R, FieldForm.V3Number, 32) { OwnForm = FieldForm.NewNumber, OwnMinLength = 6, Text = (r, _) => r.OrderNumber },
            new Field<GlobalDebitRequest>("goods_tag", O, FieldForm.Text, 32) { Text = (r, _) => r.GoodsTag },
            new Field<GlobalDebitRequest>("merchant_category_code", R, FieldForm.Alphanumeric, 16) { Text = (r, _) => r.CategoryCode },
            new Field<GlobalDebitRequest>("contract_id", R, FieldForm.Alphanumeric, 64) { Text = (r, _) => r.WeChatContractId },
            new Field<GlobalDebitRequest>("amount.total", R, FieldForm.Fen, 19) { Number = (r, _) => r.AmountFen },
            new Field<GlobalDebitRequest>("amount.currency", R, FieldForm.Alphanumeric, 16) { Text = (r, _) => r.Currency },
            new Field<GlobalDebitRequest>("scene_info.device_id", O, FieldForm.Text, 16) { Text = (r, _) => r.DeviceId },
            new Field<GlobalDebitRequest>("scene_info.device_ip", O, FieldForm.Ip, 64) { Text = (r, _) => r.DeviceIp },
        ])
    {
        Site = ApiSite.Global,
        Echoes = ["out_trade_no"],
        IsPartner = party == Party.Provider,
        PartnerTable = party == Party.Merchant ? DebitOf(Party.Provider) : null,
    };

    private static V3Endpoint<GlobalDebitQueryById> QueryByIdOf(Party party) => new(
        HttpMethod.Get, "global-query-by-id", "/v3/global/papay/transactions/{transaction_id}", "查询订单", "doc/global/v3/zh/4013026988",
        [
            new Field<GlobalDebitQueryById>("transaction_id", R, FieldForm.Alphanumeric, 32) { Place = FieldPlace.Path, Text = (r, _) => r.WeChatTransactionId },
            .. SubMerchantOf<GlobalDebitQueryById>(party, FieldPlace.Query),
        ])
    {
        Site = ApiSite.Global,
        IsRead = true,
        Echoes = ["transaction_id"],
        IsPartner = party == Party.Provider,
        PartnerTable = party == Party.Merchant ? QueryByIdOf(Party.Provider) : null,
    };

    private static V3Endpoint<GlobalDebitQueryByNumber> QueryByNumberOf(Party party) => new(
        HttpMethod.Get, "global-query-by-out-trade-no", "/v3/global/papay/transactions/out-trade-no/{out_trade_no}", "查询订单", "doc/global/v3/zh/4013026988",
        [
            new Field<GlobalDebitQueryByNumber>("out_trade_no", R, FieldForm.V3Number, 32) { Place = FieldPlace.Path, Text = (r, _) => r.OrderNumber },
            .. SubMerchantOf<GlobalDebitQueryByNumber>(party, FieldPlace.Query),
        ])
    {
        Site = ApiSite.Global,
        IsRead = true,
        Echoes = ["out_trade_no"],
        IsPartner = party == Party.Provider,
        PartnerTable = party == Party.Merchant ? QueryByNumberOf(Party.Provider) : null,
    };

    private static V3Endpoint<GlobalReverseRequest> ReverseOf(Party party) => new(
        HttpMethod.Post, "global-reverse", "/v3/global/papay/transactions/out-trade-no/{out_trade_no}/reverse", "撤销订单", Pages + "10.shtml",
        [
            new Field<GlobalReverseRequest>("out_trade_no", R, FieldForm.V3Number, 32) { Place = FieldPlace.Path, Text = (r, _) => r.OrderNumber },
            .. SubMerchantOf<GlobalReverseRequest>(party, FieldPlace.Query),
        ])
    {
        Site = ApiSite.Global,
        SuccessStatus = HttpStatusCode.NoContent,
        IsPartner = party == Party.Provider,
        PartnerTable = party == Party.Merchant ? ReverseOf(Party.Provider) : null,
    };
}
