using System.Globalization;
using System.IO.Compression;
using System.Text;
using Papaya.Simulator.Faults;
using Papaya.Simulator.Wire;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Bills;

/// <summary><c>downloadbill</c>: a day's movements in WeChat's exact text (27 columns).</summary>
internal static class BillFile
{
    /// <summary>The bill of a day is made from 9:00 of the next day on.</summary>
    private static readonly TimeSpan MadeAt = TimeSpan.FromHours(9);

    private const int MonthsKept = 3;

    private static readonly string[] Columns =
    [
        "交易时间", "公众账号ID", "商户号", "特约商户号", "设备号", "微信订单号", "商户订单号", "用户标识", "交易类型", "交易状态", "付款银行", "货币种类", "应结订单金额",
        "代金券金额", "微信退款单号", "商户退款单号", "退款金额", "充值券退款金额", "退款类型", "退款状态", "商品名称", "商户数据包", "手续费", "费率", "订单金额", "申请退款金额", "费率备注",
    ];

    private const int FirstRefundColumn = 14;
    private const int LastRefundColumn = 19;
    private const int RequestedRefundColumn = 25;

    private const string Summary = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额";

    public static readonly CallRule Download = new(Endpoints.DownloadBill, Make) { MissingCode = "missing parameter", MalformedCode = "data format error" };

    private enum Kind
    {
        All,
        Success,
        Refund,
    }

    /// <summary>The same file with one amount one fen off: what a reconciliation must find.</summary>
    public static byte[] Spoil(byte[] file)
    {
        var isPacked = file is [0x1F, 0x8B, ..];
        var lines = Encoding.UTF8.GetString(isPacked ? Unpack(file) : file).Split("\r\n");
        var cells = lines[1].Split(",`");
        // The order's amount, or on a refund row the refund's.
        var columns = lines[0].TrimStart('\uFEFF').Split(',').ToList();
        foreach (var name in (string[])["订单金额", "应结订单金额"])
        {
            var at = columns.IndexOf(name);
            if (decimal.Parse(cells[at], CultureInfo.InvariantCulture) is var amount and > 0)
            {
                cells[at] = (amount + 0.01m).ToString("0.00", CultureInfo.InvariantCulture);
            }
            else if (columns.IndexOf(name == "订单金额" ? "申请退款金额" : "退款金额") is var refund and >= 0)
            {
                cells[refund] = (decimal.Parse(cells[refund], CultureInfo.InvariantCulture) + 0.01m).ToString("0.00", CultureInfo.InvariantCulture);
            }
        }

        lines[1] = string.Join(",`", cells);
        var spoilt = Encoding.UTF8.GetBytes(string.Join("\r\n", lines));
        return isPacked ? Pack(spoilt) : spoilt;
    }

    private static void Make(Call call)
    {
        Kind? kind = call.Text("bill_type"u8) switch
        {
            null or "ALL" => Kind.All,
            "SUCCESS" => Kind.Success,
            "REFUND" => Kind.Refund,
            _ => null,
        };
        if (kind is null)
        {
            call.Refuse("invalid bill_type", "20001");
            return;
        }

        var tar = call.Text("tar_type"u8);
        var day = DateOnly.ParseExact(call.Text("bill_date"u8)!, "yyyyMMdd", CultureInfo.InvariantCulture);
        var madeAt = new DateTimeOffset(day.AddDays(1).ToDateTime(TimeOnly.MinValue), BeijingTime.Offset) + MadeAt;
        var today = BeijingTime.Day(call.Now);
        if (today == day.AddDays(1) && call.Now < madeAt)
        {
            call.Refuse("Bill Creating", "20002");
            return;
        }

        var movements = call.State.MovementsOf(call.Merchant.MchId, day)
            .Where(m => (m.IsPayment && kind != Kind.Refund) || (m.Kind == MovementKind.Refund && kind != Kind.Success)).ToArray();
        if (day >= today || day < today.AddMonths(-MonthsKept) || movements.Length == 0)
        {
            call.Refuse("No Bill Exist", "20002");
            return;
        }

        var file = Write(call.State, movements, kind.Value, madeAt);
        call.File = tar is null ? file : Pack(file);
    }

    private static byte[] Write(SimulatorState state, Movement[] movements, Kind kind, DateTimeOffset madeAt)
    {
        var text = new StringBuilder(256 * (movements.Length + 4));
        text.Append('\uFEFF').AppendJoin(',', Lay([.. Columns], kind, ["退款申请时间", "退款成功时间"])).Append("\r\n");
        var rate = string.Create(CultureInfo.InvariantCulture, $"{state.FindMerchant(movements[0].MchId)!.FeeRate / 100m:0.00}%");
        long paid = 0, refunded = 0, fees = 0;
        foreach (var movement in movements)
        {
            var order = state.FindOrder(movement.MchId, movement.OutTradeNo)!;
            var refund = movement.OutRefundNo is { } number ? state.FindRefund(movement.MchId, number) : null;
            var fee = 1_000 * (refund is null ? movement.Fee : -movement.Fee);
            fees += fee;
            paid += refund is null ? movement.Amount : 0;
            refunded += refund?.Amount ?? 0;
            text.Append('`').AppendJoin(",`", Lay(Row(movement, order, refund, fee, rate, madeAt), kind,
                [BeijingTime.Spaced(movement.At), refund?.SucceededAt is { } at && at <= madeAt ? BeijingTime.Spaced(at) : ""])).Append("\r\n");
        }

        text.Append(Summary).Append("\r\n");
        text.Append(CultureInfo.InvariantCulture,
            $"`{movements.Length}.0,`{Yuan(paid)},`{Yuan(refunded)},`0.00,`{Fee(fees)},`{Yuan(paid)},`{Yuan(refunded)}\r\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static List<string> Row(Movement movement, Order order, Refund? refund, long fee, string rate, DateTimeOffset madeAt)
    {
        var isRefund = refund is not null;
        var paid = Yuan(isRefund ? 0 : movement.Amount);
        var back = Yuan(refund?.Amount ?? 0);
        return
        [
            BeijingTime.Spaced(movement.At), order.AppId, movement.MchId, "0", order.DeviceInfo ?? "", movement.TransactionId, movement.OutTradeNo,
            movement.Openid, order.TradeType, isRefund ? "REFUND" : "SUCCESS", order.BankType ?? "OTHERS", "CNY", paid, "0.00",
            refund?.RefundId ?? "0", refund?.OutRefundNo ?? "0", back, "0.00", isRefund ? "ORIGINAL" : "",
            // A snapshot of the moment at which the bill is made, never updated later.
            refund is null ? "" : refund.SucceededAt <= madeAt ? "SUCCESS" : "PROCESSING",
            OneLine(order.Body), OneLine(order.Attach), Fee(fee), rate, paid, back, "",
        ];
    }

    /// <summary>SUCCESS leaves out the columns about refunds; REFUND has two more.</summary>
    private static List<string> Lay(List<string> cells, Kind kind, string[] refundTimes)
    {
        if (kind == Kind.Success)
        {
            cells.RemoveAt(RequestedRefundColumn);
            cells.RemoveRange(FirstRefundColumn, LastRefundColumn - FirstRefundColumn + 1);
        }
        else if (kind == Kind.Refund)
        {
            cells.InsertRange(FirstRefundColumn, refundTimes);
        }

        return cells;
    }

    // There is no quoting in these files: a line end or the separator inside a text would break its row.
    private static string OneLine(string? text) => (text ?? "").ReplaceLineEndings(" ").Replace(",`", ", `", StringComparison.Ordinal);

    private static string Yuan(long fen) => string.Create(CultureInfo.InvariantCulture, $"{fen / 100}.{fen % 100:D2}");

    private static string Fee(long hundredThousandths) =>
        string.Create(CultureInfo.InvariantCulture, $"{(hundredThousandths < 0 ? "-" : "")}{Math.Abs(hundredThousandths) / 100_000}.{Math.Abs(hundredThousandths) % 100_000:D5}");

    private static byte[] Pack(byte[] file)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(file);
        }

        return packed.ToArray();
    }

    private static byte[] Unpack(byte[] file)
    {
        using var gzip = new GZipStream(new MemoryStream(file), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        gzip.CopyTo(plain);
        return plain.ToArray();
    }
}
