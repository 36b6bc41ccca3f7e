using System.IO.Compression;
using System.Text;
using Papaya.WeChatPay.Bills;

namespace Papaya.WeChatPay.Tests;

[Collection("alone")]
public sealed class BillTests
{
    public const string Sample = """
        交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注
        `2026-01-03 09:12:44,`wx8888888888888888,`1900000109,`0,`,`4200002600202601031234567890,`PAP20260103000001,`oUpF8uMuAJO_M2pxb1Q9zNjWeS6o,`PAP,`SUCCESS,`CMB_DEBIT,`CNY,`25.00,`0.00,`0,`0,`0.00,`0.00,`,`,`连续包月, 标准版,`{"sub":"S-1001"},`0.15000,`0.60%,`25.00,`0.00,`
        `2026-01-03 10:05:31,`wx8888888888888888,`1900000109,`0,`WEB,`4200002601202601031234567891,`SIGN20260103000002,`oUpF8uMuAJO_M2pxb1Q9zNjWeS7p,`JSAPI,`SUCCESS,`OTHERS,`CNY,`15.00,`0.00,`0,`0,`0.00,`0.00,`,`,`连续包月首月,`,`0.09000,`0.60%,`15.00,`0.00,`
        `2026-01-03 16:40:02,`wx8888888888888888,`1900000109,`0,`,`4200002600202512031234567880,`PAP20251203000001,`oUpF8uMuAJO_M2pxb1Q9zNjWeS6o,`PAP,`REFUND,`CMB_DEBIT,`CNY,`0.00,`0.00,`50000000012026010300000000001,`RF20260103000001,`25.00,`0.00,`ORIGINAL,`PROCESSING,`连续包月, 标准版,`,`-0.15000,`0.60%,`0.00,`25.00,`
        总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额
        `3.0,`40.00,`25.00,`0.00,`0.09000,`40.00,`25.00
        """;

    private const string OldLayout = """
        交易时间,公众账号ID,商户号,子商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,总金额,代金券或立减优惠金额,微信退款单号,商户退款单号,退款金额,代金券或立减优惠退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率
        `2014-11-10 16:33:45,`wx2421b1c4370ec43b,`10000100,`0,`1000,`1001690740201411100005734289,`1415640626,`085e9858e3ba5186aafcbaed1,`MICROPAY,`SUCCESS,`CFT,`CNY,`0.01,`0.0,`0,`0,`0,`0,`,`,`被扫支付测试,`订单额外描述,`0,`0.60%
        总交易单数,总交易额,总退款金额,总代金券或立减优惠退款金额,手续费总金额
        `1,`0.01,`0.0,`0.0,`0
        """;

    public static (List<BillRow> Rows, BillSummary? Summary) Read(byte[] bytes, int chunk = int.MaxValue) =>
        ReadAsync(bytes, chunk).GetAwaiter().GetResult();

    [Theory]
    [InlineData("\n", "", false, int.MaxValue)]
    [InlineData("\r\n", "\uFEFF", false, int.MaxValue)]
    [InlineData("\r\n", "\uFEFF", true, int.MaxValue)]
    [InlineData("\n", "", true, 7)]
    [InlineData("\r\n", "\uFEFF", false, 1)]
    [InlineData("\r\n", "\uFEFF", true, 1)]
    public void Rows_are_the_same_whatever_the_wrapping(string lineEnd, string mark, bool isPacked, int chunk)
    {
        var bytes = Some.Utf8(mark + Sample.ReplaceLineEndings(lineEnd));
        var (rows, summary) = Read(isPacked ? Pack(bytes) : bytes, chunk);

        Assert.Equal(["PAP20260103000001", "SIGN20260103000002", "PAP20251203000001"], rows.Select(r => r.OrderNumber));
        Assert.Equal([2500L, 1500, 0], rows.Select(r => r.AmountFen));
        Assert.Equal([2500L, 1500, 0], rows.Select(r => r.SettlementFen!.Value));
        Assert.Equal([0L, 0, 2500], rows.Select(r => r.RefundFen!.Value));
        Assert.Equal([15000L, 9000, -15000], rows.Select(r => r.FeeMilliFen));
        Assert.Equal([null, null, "RF20260103000001"], rows.Select(r => r.RefundNumber));
        Assert.Equal([true, true, false], rows.Select(r => r.IsPayment));
        Assert.Equal([false, false, true], rows.Select(r => r.IsRefund));

        var debit = rows[0];
        Assert.Equal(new DateTimeOffset(2026, 1, 3, 9, 12, 44, TimeSpan.FromHours(8)), debit.At);
        Assert.Equal(("wx8888888888888888", "1900000109", "0", (string?)null), (debit.AppId, debit.MerchantNumber, debit.SubMerchantNumber, debit.DeviceInfo));
        Assert.Equal(("4200002600202601031234567890", "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", "PAP", "SUCCESS"), (debit.WeChatTransactionId, debit.OpenId, debit.TradeType, debit.State));
        Assert.Equal(("CMB_DEBIT", "CNY", 0L, "0.60%"), (debit.BankType, debit.Currency, debit.CouponFen, debit.Rate));
        Assert.Equal(("连续包月, 标准版", "{\"sub\":\"S-1001\"}"), (debit.Body, debit.Attach));
        Assert.Equal("WEB", rows[1].DeviceInfo);
        Assert.Equal(("50000000012026010300000000001", "ORIGINAL", "PROCESSING", 2500L), (rows[2].WeChatRefundId, rows[2].RefundKind, rows[2].RefundStatus, rows[2].RequestedRefundFen));
        Assert.Equal(new BillSummary { Lines = 3, AmountFen = 4000, SettlementFen = 4000, RefundFen = 2500, RefundCouponFen = 0, RequestedRefundFen = 2500, FeeMilliFen = 9000 }, summary);
    }

    [Fact]
    public void The_old_layout_is_read_by_its_own_names()
    {
        var (rows, summary) = Read(Some.Utf8(OldLayout));
        var row = Assert.Single(rows);
        Assert.Equal((1L, 0L, "0", (long?)null), (row.AmountFen, row.CouponFen!.Value, row.SubMerchantNumber, row.SettlementFen));
        Assert.Equal(("被扫支付测试", "订单额外描述", (string?)null), (row.Body, row.Attach, row.RateRemark));
        Assert.Equal(new BillSummary { Lines = 1, AmountFen = 1, RefundFen = 0, RefundCouponFen = 0, FeeMilliFen = 0 }, summary);
    }

    [Fact]
    public void Refund_bills_have_two_more_times_and_payment_bills_fewer_columns()
    {
        var refunds = Sample.Replace("微信退款单号", "退款申请时间,退款成功时间,微信退款单号", StringComparison.Ordinal).Split('\n').Where((_, i) => i is 0 or 3 or 4 or 5)
            .Select(l => l.Replace("`50000000012026010300000000001", "`2026-01-03 16:40:02,`2026-01-03 16:41:00,`50000000012026010300000000001", StringComparison.Ordinal));
        var row = Assert.Single(Read(Some.Utf8(string.Join('\n', refunds))).Rows);
        Assert.Equal(new DateTimeOffset(2026, 1, 3, 16, 41, 0, TimeSpan.FromHours(8)), row.RefundSucceededAt);
        Assert.Equal(row.At, row.RefundRequestedAt);
        Assert.Equal("RF20260103000001", row.RefundNumber);

        int[] kept = [.. Enumerable.Range(0, 14), 20, 21, 22, 23, 24, 26];
        var payments = Sample.Split('\n').Take(2).Select((l, i) => i == 0
            ? string.Join(',', kept.Select(k => l.Split(',')[k]))
            : "`" + string.Join(",`", kept.Select(k => l[1..].Split(",`")[k])));
        row = Assert.Single(Read(Some.Utf8(string.Join('\n', payments) + "\n总交易单数,手续费总金额,订单总金额\n`1,`0.15,`25")).Rows);
        Assert.Equal(("PAP20260103000001", 2500L, (string?)null, (long?)null), (row.OrderNumber, row.AmountFen, row.RefundNumber, row.RefundFen));
    }

    [Fact]
    public void The_old_layout_has_its_payment_and_refund_kinds_too()
    {
        int[] kept = [.. Enumerable.Range(0, 14), 20, 21, 22, 23];
        var lines = OldLayout.Split('\n');
        var payments = lines.Take(2).Select((l, i) => i == 0
            ? string.Join(',', kept.Select(k => l.Split(',')[k]))
            : "`" + string.Join(",`", kept.Select(k => l[1..].Split(",`")[k])));
        var row = Assert.Single(Read(Some.Utf8(string.Join('\n', payments) + "\n" + lines[2] + "\n" + lines[3])).Rows);
        Assert.Equal(("1415640626", 1L, (string?)null, (long?)null, "0.60%"), (row.OrderNumber, row.AmountFen, row.RefundNumber, row.RefundFen, row.Rate));

        var refunds = OldLayout.Replace("微信退款单号", "退款申请时间,退款成功时间,微信退款单号", StringComparison.Ordinal)
            .Replace("`SUCCESS,`CFT,`CNY,`0.01,`0.0,`0,`0,`0,`0,`,`,", "`REFUND,`CFT,`CNY,`0.00,`0.0,`2014-11-10 16:40:00,`2014-11-10 16:41:00,`2008450740201411110000174436,`1415701182,`0.01,`0,`ORIGINAL,`SUCCESS,", StringComparison.Ordinal);
        row = Assert.Single(Read(Some.Utf8(refunds)).Rows);
        Assert.Equal((true, "1415701182", 1L, "ORIGINAL", "SUCCESS"), (row.IsRefund, row.RefundNumber, row.RefundFen!.Value, row.RefundKind, row.RefundStatus));
        Assert.Equal(new DateTimeOffset(2014, 11, 10, 16, 41, 0, TimeSpan.FromHours(8)), row.RefundSucceededAt);
    }

    [Fact]
    public void The_number_of_an_error_has_two_spellings()
    {
        foreach (var name in new[] { "error_code", "err_code" })
        {
            var error = Assert.Throws<PapayException>(() => Read(Some.Unsigned($"return_code=FAIL|return_msg=something new|{name}=20009")));
            Assert.Equal(("20009", ErrorKind.Ask), (error.Code, error.Kind));
        }
    }

    [Theory]
    [InlineData("No Bill Exist", "20002", ErrorKind.Refused, NextStep.NothingThere, "No Bill Exist")]
    [InlineData("NO Bill Exist", "20002", ErrorKind.Refused, NextStep.NothingThere, "No Bill Exist")]
    [InlineData("Bill Creating", "20002", ErrorKind.Throttled, NextStep.SameNumberLater, "Bill Creating")]
    [InlineData("SIGN ERROR", "20001", ErrorKind.Refused, NextStep.FixSetup, "SIGN ERROR")]
    [InlineData("something new", "20003", ErrorKind.Ask, NextStep.QueryThenSameNumber, "20003")]
    public void An_error_reply_inside_is_told_by_its_text(string text, string number, ErrorKind kind, NextStep next, string code)
    {
        var bytes = Some.Utf8($"<xml><return_code><![CDATA[FAIL]]></return_code><return_msg><![CDATA[{text}]]></return_msg><error_code><![CDATA[{number}]]></error_code></xml>");
        foreach (var body in new[] { bytes, Pack(bytes), [0xEF, 0xBB, 0xBF, .. bytes] })
        {
            var error = Assert.Throws<PapayException>(() => Read(body, 3));
            Assert.Equal((kind, next, code), (error.Kind, error.Next, error.Code));
        }
    }

    [Theory]
    [InlineData("", "The bill is empty.")]
    [InlineData("hello", "The header has no column '交易时间'.")]
    public void What_is_no_bill_is_refused(string text, string message) =>
        Assert.EndsWith(message, Assert.Throws<PapayException>(() => Read(Some.Utf8(text))).Message, StringComparison.Ordinal);

    [Fact]
    public void Damaged_lines_are_refused_with_their_number()
    {
        AssertRefused(Sample.Replace("`25.00,`0.00,`\n", "`25.001,`0.00,`\n", StringComparison.Ordinal), "Line 2: the column '订单金额' is not a number with at most 2 decimals.");
        AssertRefused(Sample.Replace("2026-01-03 10:05:31", "2026-01-03", StringComparison.Ordinal), "Line 3: the column '交易时间' is not a time.");
        AssertRefused(Sample.Replace("`WEB,", "", StringComparison.Ordinal), "Line 3 has not 27 columns.");
        AssertRefused(Sample.Replace("`WEB,", "`WEB,`x,", StringComparison.Ordinal), "Line 3 has not 27 columns.");
        AssertRefused(Sample.Replace("总交易单数", "合计", StringComparison.Ordinal), "Line 5 starts neither a row nor the summary.");
        AssertRefused(Sample[..Sample.IndexOf("总交易单数", StringComparison.Ordinal)], "The bill ends after line 4 without its summary.");
        AssertRefused(Sample.Replace("WEB", new string('x', 70_000), StringComparison.Ordinal), "Line 3 is longer than 65536 bytes.");
        AssertRefused(Sample + "\n`1,`2", "Line 7 follows the summary.");
    }

    [Fact]
    public void A_packed_bill_that_is_cut_or_altered_is_refused()
    {
        var packed = Pack(Some.Utf8(Sample));
        Assert.Equal(LocalCodes.Bill, Assert.Throws<PapayException>(() => Read(packed[..(packed.Length / 2)])).Code);
        packed[^6] ^= 1; // In the checksum.
        Assert.Equal(LocalCodes.Bill, Assert.Throws<PapayException>(() => Read(packed)).Code);
    }

    [Theory]
    [InlineData("0", 2, 0L)]
    [InlineData("0.1", 2, 10L)]
    [InlineData("45.0", 0, 45L)]
    [InlineData("25.000", 2, 2500L)]
    [InlineData("-0.15000", 5, -15000L)]
    [InlineData("0.08", 5, 8000L)]
    [InlineData("92233720368547758.07", 2, long.MaxValue)]
    public void Decimals_become_whole_numbers_exactly(string text, int decimals, long value)
    {
        Assert.True(BillColumns.TryScale(Encoding.ASCII.GetBytes(text), decimals, out var read));
        Assert.Equal(value, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".5")]
    [InlineData("1.005")]
    [InlineData("1.0.0")]
    [InlineData("1e3")]
    [InlineData("1,000.00")]
    [InlineData("99999999999999999999")]
    [InlineData("922337203685477580.00")]
    public void Other_texts_are_no_amounts(string text) => Assert.False(BillColumns.TryScale(Encoding.ASCII.GetBytes(text), 2, out _));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_long_bill_is_read_in_constant_memory(bool isPacked)
    {
        var lines = Sample.Split('\n');
        long before = 0, fen = 0;
        Stream bill = new Repeating(Some.Utf8(lines[0] + "\n"), Some.Utf8(lines[1] + "\n"), 20_000, Some.Utf8(lines[4] + "\n" + lines[5]));
        if (isPacked)
        {
            var packed = new MemoryStream();
            using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            {
                bill.CopyToAsync(gzip).GetAwaiter().GetResult();
            }

            packed.Position = 0;
            bill = packed;
        }

        var reader = BillReader.OpenAsync(bill).GetAwaiter().GetResult();
        Drain().GetAwaiter().GetResult();
        Assert.Equal(20_000 * 2500, fen);
        Assert.NotNull(reader.Summary);

        async Task Drain()
        {
            var count = 0;
            await foreach (var row in reader.ReadRowsAsync())
            {
                fen += row.AmountFen;
                if (++count == 1_000)
                {
                    before = GC.GetTotalMemory(forceFullCollection: true);
                }
                else if (count == 19_000)
                {
                    // 18,000 rows kept would be 25 MB and more; tests beside this one keep far less.
                    Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 12_000_000);
                }
            }

            await reader.DisposeAsync();
        }
    }

    private static void AssertRefused(string bill, string message)
    {
        var error = Assert.Throws<PapayException>(() => Read(Some.Utf8(bill)));
        Assert.Equal(LocalCodes.Bill, error.Code);
        Assert.EndsWith(message, error.Message, StringComparison.Ordinal);
    }

    private static byte[] Pack(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }

    private static async Task<(List<BillRow> Rows, BillSummary? Summary)> ReadAsync(byte[] bytes, int chunk)
    {
        await using var reader = await BillReader.OpenAsync(new Slow(bytes, chunk));
        var rows = new List<BillRow>();
        await foreach (var row in reader.ReadRowsAsync())
        {
            rows.Add(row);
        }

        return (rows, reader.Summary);
    }

    /// <summary>Gives at most so many bytes at a time.</summary>
    private sealed class Slow(byte[] bytes, int chunk) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(chunk, buffer.Length)], cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(chunk, count));
    }

    private sealed class Repeating(byte[] head, byte[] line, int times, byte[] tail) : Stream
    {
        private byte[] _current = head;
        private int _at;
        private int _index;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (_at == _current.Length && _index <= times)
            {
                _current = _index++ < times ? line : tail;
                _at = 0;
            }

            var read = Math.Min(count, _current.Length - _at);
            _current.AsSpan(_at, read).CopyTo(buffer.AsSpan(offset));
            _at += read;
            return read;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var copy = new byte[buffer.Length];
            var read = Read(copy, 0, copy.Length);
            copy.AsSpan(0, read).CopyTo(buffer.Span);
            return new(read);
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
