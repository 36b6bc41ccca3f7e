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
    /// <summary>公众号纯签约: an address for a page inside WeChat.</summary>
    public static V2Endpoint EntrustWeb => SigningTables.OfficialAccount;

    /// <summary>APP 纯签约: reserves a session.</summary>
    public static V2Endpoint PreEntrustWeb => SigningTables.App;

    /// <summary>H5 纯签约: a GET by the server, answered with unsigned XML.</summary>
    public static V2Endpoint H5EntrustWeb => SigningTables.H5;

    /// <summary>小程序纯签约: parameters for a mini program; not a call.</summary>
    public static V2Endpoint MiniProgram => SigningTables.MiniProgram;

    /// <summary>支付中签约: an order whose cashier offers the contract.</summary>
    public static V2Endpoint ContractOrder => ContractTables.PayAndSign;

    /// <summary>查询签约关系: has no nonce_str.</summary>
    public static V2Endpoint QueryContract => ContractTables.Query;

    /// <summary>申请解约: has no nonce_str.</summary>
    public static V2Endpoint DeleteContract => ContractTables.Terminate;

    /// <summary>申请扣款: asynchronous; SUCCESS means accepted.</summary>
    public static V2Endpoint PapPayApply => DebitTables.Apply;

    /// <summary>查询代扣订单: only orders made by pappayapply, at most one month old.</summary>
    public static V2Endpoint PapOrderQuery => DebitTables.Query;

    /// <summary>查询订单: every kind of order.</summary>
    public static V2Endpoint OrderQuery => OrderTables.Query;

    /// <summary>关闭订单: at least 5 minutes after the order was made.</summary>
    public static V2Endpoint CloseOrder => OrderTables.Close;

    /// <summary>申请退款: with the client certificate.</summary>
    public static V2Endpoint Refund => RefundTables.Apply;

    /// <summary>查询退款.</summary>
    public static V2Endpoint RefundQuery => RefundTables.Query;

    /// <summary>下载交易账单: answers with a file, or with unsigned XML on failure.</summary>
    public static V2Endpoint DownloadBill => BillTables.Trade;

    /// <summary>下载资金账单: with the client certificate, signed by HMAC-SHA256 only.</summary>
    public static V2Endpoint DownloadFundFlow => BillTables.FundFlow;

    /// <summary>All of them; the partner variants are reached by <see cref="V2Endpoint.Partner"/>.</summary>
    public static IReadOnlyList<V2Endpoint> All { get; } =
    [
        EntrustWeb, PreEntrustWeb, H5EntrustWeb, MiniProgram, ContractOrder, QueryContract, DeleteContract, PapPayApply, PapOrderQuery,
        OrderQuery, CloseOrder, Refund, RefundQuery, DownloadBill, DownloadFundFlow,
    ];
}
