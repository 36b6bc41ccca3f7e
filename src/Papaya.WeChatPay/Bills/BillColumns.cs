using System.Text;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Bills;

/// <summary>Where each column stands. Read from the header, because layouts and names differ between pages and real files.</summary>
internal sealed class BillColumns
{
    private static readonly byte[] Separator = ",`"u8.ToArray();

    private readonly Dictionary<string, int> _places;
    private readonly int _count;

    private BillColumns(string[] names)
    {
        _count = names.Length;
        _places = new(names.Length, StringComparer.Ordinal);
        for (var i = 0; i < names.Length; i++)
        {
            _places.TryAdd(names[i].Trim(), i);
        }
    }

    public static BillColumns Read(string header)
    {
        var columns = new BillColumns(header.Split(','));
        foreach (var needed in (string[])["交易时间", "公众账号ID", "商户号", "微信订单号", "商户订单号", "交易类型", "交易状态", "手续费"])
        {
            if (!columns._places.ContainsKey(needed))
            {
                throw PapayException.BadBill($"The header has no column '{needed}'.");
            }
        }

        return columns._places.ContainsKey("订单金额") || columns._places.ContainsKey("总金额")
            ? columns
            : throw PapayException.BadBill("The header has neither '订单金额' nor '总金额'.");
    }

    public static BillSummary Summary(string[] names, ReadOnlySpan<byte> line, long number)
    {
        var columns = new BillColumns(names);
        Span<Range> parts = stackalloc Range[names.Length + 1];
        var cells = new Cells(columns, Strip(line), parts, columns.Split(Strip(line), parts, number), number);
        return new BillSummary
        {
            Lines = cells.Scaled("总交易单数", null, 0) ?? throw cells.Missing("总交易单数"),
            AmountFen = cells.Scaled("订单总金额", "总交易额", 2) ?? throw cells.Missing("订单总金额"),
            SettlementFen = cells.Scaled("应结订单总金额", null, 2),
            RefundFen = cells.Scaled("退款总金额", "总退款金额", 2),
            RefundCouponFen = cells.Scaled("充值券退款总金额", "总代金券或立减优惠退款金额", 2),
            RequestedRefundFen = cells.Scaled("申请退款总金额", null, 2),
            FeeMilliFen = cells.Scaled("手续费总金额", null, 5) ?? throw cells.Missing("手续费总金额"),
        };
    }

    public BillRow Row(ReadOnlySpan<byte> line, long number)
    {
        Span<Range> parts = stackalloc Range[_count + 1];
        var text = Strip(line);
        var cells = new Cells(this, text, parts, Split(text, parts, number), number);
        return new BillRow
        {
            At = cells.Time("交易时间") ?? throw cells.Missing("交易时间"),
            AppId = cells.Text("公众账号ID") ?? "",
            MerchantNumber = cells.Text("商户号") ?? "",
            SubMerchantNumber = cells.Text("特约商户号", "子商户号"),
            DeviceInfo = cells.Text("设备号"),
            WeChatTransactionId = cells.Text("微信订单号") ?? throw cells.Missing("微信订单号"),
            OrderNumber = cells.Text("商户订单号") ?? throw cells.Missing("商户订单号"),
            OpenId = cells.Text("用户标识"),
            TradeType = cells.Text("交易类型") ?? "",
            State = cells.Text("交易状态") ?? throw cells.Missing("交易状态"),
            BankType = cells.Text("付款银行"),
            Currency = cells.Text("货币种类"),
            AmountFen = cells.Scaled("订单金额", "总金额", 2) ?? throw cells.Missing("订单金额"),
            SettlementFen = cells.Scaled("应结订单金额", null, 2),
            CouponFen = cells.Scaled("代金券金额", "代金券或立减优惠金额", 2),
            WeChatRefundId = cells.Reference("微信退款单号"),
            RefundNumber = cells.Reference("商户退款单号"),
            RefundFen = cells.Scaled("退款金额", null, 2),
            RefundCouponFen = cells.Scaled("充值券退款金额", "代金券或立减优惠退款金额", 2),
            RequestedRefundFen = cells.Scaled("申请退款金额", null, 2),
            RefundKind = cells.Text("退款类型"),
            RefundStatus = cells.Text("退款状态"),
            RefundRequestedAt = cells.Time("退款申请时间"),
            RefundSucceededAt = cells.Time("退款成功时间"),
            Body = cells.Text("商品名称"),
            Attach = cells.Text("商户数据包"),
            FeeMilliFen = cells.Scaled("手续费", null, 5) ?? throw cells.Missing("手续费"),
            Rate = cells.Text("费率"),
            RateRemark = cells.Text("费率备注"),
        };
    }

    /// <summary>A decimal text times ten to the power of <paramref name="decimals"/>, exactly; false when it does not fit or is no number.</summary>
    internal static bool TryScale(ReadOnlySpan<byte> text, int decimals, out long value)
    {
        value = 0;
        var isNegative = text.Length > 0 && text[0] == (byte)'-';
        var digits = isNegative ? text[1..] : text;
        if (digits.IsEmpty || digits[0] == (byte)'.')
        {
            return false;
        }

        var places = -1;
        foreach (var c in digits)
        {
            if (c == (byte)'.' && places < 0)
            {
                places = 0;
            }
            else if (c is < (byte)'0' or > (byte)'9')
            {
                return false;
            }
            else if (places >= decimals)
            {
                // More decimals are fine while they are zeros: summaries print "45.0" lines.
                if (c != (byte)'0')
                {
                    return false;
                }
            }
            else
            {
                if (value > (long.MaxValue - (c - (byte)'0')) / 10)
                {
                    return false;
                }

                value = (10 * value) + c - '0';
                places += places < 0 ? 0 : 1;
            }
        }

        for (var missing = decimals - Math.Max(places, 0); missing > 0; missing--)
        {
            if (value > long.MaxValue / 10)
            {
                return false;
            }

            value *= 10;
        }

        value = isNegative ? -value : value;
        return true;
    }

    private static ReadOnlySpan<byte> Strip(ReadOnlySpan<byte> line) => line.StartsWith("`"u8) ? line[1..] : line;

    // Values are parted by comma and backtick; a bare comma belongs to a value.
    private int Split(ReadOnlySpan<byte> line, Span<Range> parts, long number)
    {
        var count = 0;
        var start = 0;
        while (true)
        {
            var next = line[start..].IndexOf(Separator);
            var end = next < 0 ? line.Length : start + next;
            if (count == parts.Length)
            {
                break;
            }

            parts[count++] = start..end;
            if (next < 0)
            {
                break;
            }

            start = end + Separator.Length;
        }

        return count == _count ? count : throw PapayException.BadBill($"Line {number} has not {_count} columns.");
    }

    private readonly ref struct Cells(BillColumns columns, ReadOnlySpan<byte> line, ReadOnlySpan<Range> parts, int count, long number)
    {
        private readonly ReadOnlySpan<byte> _line = line;
        private readonly ReadOnlySpan<Range> _parts = parts[..count];

        public PapayException Missing(string name) => PapayException.BadBill($"Line {number}: the column '{name}' is missing or empty.");

        public string? Text(string name, string? synonym = null) =>
            TryFind(name, synonym, out var cell) && cell.Length > 0 ? Shared(cell) : null;

        public string? Reference(string name) => Text(name) is { } value && value != "0" ? value : null;

        public DateTimeOffset? Time(string name) =>
            !TryFind(name, null, out var cell) || cell.IsEmpty ? null
            : BeijingTime.Parse(cell) ?? throw PapayException.BadBill($"Line {number}: the column '{name}' is not a time.");

        public long? Scaled(string name, string? synonym, int decimals) =>
            !TryFind(name, synonym, out var cell) || cell.IsEmpty ? null
            : TryScale(cell, decimals, out var value) ? value
            : throw PapayException.BadBill($"Line {number}: the column '{name}' is not a number with at most {decimals} decimals.");

        // A million lines repeat these.
        private static string Shared(ReadOnlySpan<byte> cell) =>
            cell.SequenceEqual("SUCCESS"u8) ? "SUCCESS"
            : cell.SequenceEqual("PAP"u8) ? "PAP"
            : cell.SequenceEqual("CNY"u8) ? "CNY"
            : cell.SequenceEqual("0"u8) ? "0"
            : cell.SequenceEqual("REFUND"u8) ? "REFUND"
            : Encoding.UTF8.GetString(cell);

        private bool TryFind(string name, string? synonym, out ReadOnlySpan<byte> cell)
        {
            var isFound = columns._places.TryGetValue(name, out var place) || (synonym is not null && columns._places.TryGetValue(synonym, out place));
            cell = isFound ? _line[_parts[place]] : default;
            return isFound;
        }
    }
}
