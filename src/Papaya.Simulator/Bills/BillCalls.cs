using System.Globalization;
using Papaya.Simulator.Calls;
using Papaya.Simulator.Wire;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Bills;

/// <summary><c>downloadbill</c> and <c>downloadfundflow</c>.</summary>
internal static class BillCalls
{
    /// <summary>The first day of which fund-flow bills exist.</summary>
    private static readonly DateOnly FirstFundFlow = new(2017, 6, 1);

    public static readonly CallRule Trade = new(Endpoints.DownloadBill, Download) { MissingCode = "missing parameter", MalformedCode = "data format error" };

    public static readonly CallRule FundFlow = new(Endpoints.DownloadFundFlow, DownloadFlow) { MissingCode = "PARAM_ERROR" };

    private static void Download(Call call)
    {
        var state = call.State;
        BillKind? kind = (call.Text("bill_type"u8) ?? state.Switches["bill_default_type"]) switch
        {
            "ALL" => BillKind.All,
            "SUCCESS" => BillKind.Success,
            "REFUND" => BillKind.Refund,
            "RECHARGE_REFUND" => BillKind.RechargeRefund,
            _ => null,
        };
        if (kind is null)
        {
            call.Refuse("invalid bill_type", "20001");
            return;
        }

        var day = Day(call);
        var today = BeijingTime.Day(call.Now);
        if (day == today.AddDays(-1) && call.Now < BillFile.MadeAt(day, state.Switches))
        {
            call.Refuse("Bill Creating", "20002");
        }
        else if (day >= today || day < today.AddMonths(-BillFile.MonthsKept) || TradeBill.Write(state, call.Merchant, day, kind.Value) is not { } file)
        {
            call.Refuse(state.Switches["bill_no_bill_text"], "20002");
        }
        else
        {
            Give(call, file);
        }
    }

    private static void DownloadFlow(Call call)
    {
        var state = call.State;
        if (call.Certificate != call.Merchant.MchId)
        {
            call.Fail("CERT_ERROR", Texts.BadCertificate);
            return;
        }

        if (!call.Merchant.May(Permission.FundFlow))
        {
            call.Fail("NOAUTH", "商户无此接口权限");
            return;
        }

        var day = Day(call);
        var today = BeijingTime.Day(call.Now);
        var account = call.Text("account_type"u8) switch
        {
            "Operation" => FundsAccount.Operation,
            "Fees" => FundsAccount.Fees,
            _ => FundsAccount.Available,
        };
        Fees.Settle(state, call.Merchant, call.Now);
        if (day < FirstFundFlow)
        {
            call.Fail("PARAM_ERROR", "对账单日期不正确");
        }
        else if (day == today.AddDays(-1) && call.Now < BillFile.MadeAt(day, state.Switches))
        {
            call.Fail("BILL_CREATING", "账单生成中");
        }
        else if (day >= today || FundFlowBill.Write(state, call.Merchant, day, account) is not { } file)
        {
            call.Fail("NO_BILL_EXIST", "账单不存在");
        }
        else
        {
            call.Digest = BillFile.Digest(file);
            Give(call, file);
        }
    }

    private static DateOnly Day(Call call) => DateOnly.ParseExact(call.Text("bill_date"u8)!, "yyyyMMdd", CultureInfo.InvariantCulture);

    private static void Give(Call call, byte[] file) => call.File = call.Text("tar_type"u8) is null ? file : BillFile.Pack(file);
}
