using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;

namespace Papaya.Simulator.Tests.Bills;

public sealed class BillTests
{
    [Fact]
    public async Task A_day_s_bill_is_the_ledger_s_day_to_the_fen()
    {
        await using var world = await World.StartAsync();
        await TradeAsync(world);
        await world.AdvanceAsync(TimeSpan.FromHours(24));

        var text = Text(await world.BillAsync("20260115"));
        Assert.StartsWith("\uFEFF交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注\r\n`", text, StringComparison.Ordinal);
        var lines = text.TrimEnd().Split("\r\n");
        var rows = lines[1..^2].Select(l => l[1..].Split(",`")).ToArray();
        var ledger = (await world.LedgerAsync()).ToArray();
        Assert.Equal(ledger.Length, rows.Length);
        foreach (var (row, entry) in rows.Zip(ledger))
        {
            Assert.Equal(27, row.Length);
            var amount = (long)entry!["amount"]! / 100m;
            var isRefund = (string?)entry["kind"] == "refund";
            Assert.Equal((string?)entry["out_trade_no"], row[6]);
            Assert.Equal((string?)entry["transaction_id"], row[5]);
            Assert.Equal((string?)entry["openid"], row[7]);
            Assert.Equal((string?)entry["out_trade_no"] == "D1" ? "PAP" : "JSAPI", row[8]);
            Assert.Equal(isRefund ? "REFUND" : "SUCCESS", row[9]);
            Assert.Equal(isRefund ? 0 : amount, decimal.Parse(row[24], CultureInfo.InvariantCulture));
            Assert.Equal(isRefund ? amount : 0, decimal.Parse(row[25], CultureInfo.InvariantCulture));
            Assert.Equal(isRefund ? (string?)entry["out_refund_no"] : "0", row[15]);
            Assert.Equal((isRefund ? -1 : 1) * (long)entry["fee"]! / 100m, decimal.Parse(row[22], CultureInfo.InvariantCulture));
        }

        Assert.Equal("会员 & <月卡>", rows[0][20]);
        Assert.Equal("总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额", lines[^2]);
        Assert.Equal("`3.0,`50.00,`10.01,`0.00,`0.24000,`50.00,`10.01", lines[^1]);
    }

    [Fact]
    public async Task Gzip_packs_the_same_bytes()
    {
        await using var world = await World.StartAsync();
        await TradeAsync(world);
        await world.AdvanceAsync(TimeSpan.FromHours(24));
        var packed = await world.BillAsync("20260115", tar: "GZIP");
        await using var gzip = new GZipStream(new MemoryStream(packed.Bytes), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        await gzip.CopyToAsync(plain);
        Assert.Equal((await world.BillAsync("20260115")).Bytes, plain.ToArray());
    }

    [Fact]
    public async Task Success_and_refund_bills_have_their_own_rows_and_columns()
    {
        await using var world = await World.StartAsync();
        await TradeAsync(world);
        await world.AdvanceAsync(TimeSpan.FromHours(24));
        var success = Text(await world.BillAsync("20260115", "SUCCESS")).TrimEnd().Split("\r\n");
        Assert.EndsWith("应结订单金额,代金券金额,商品名称,商户数据包,手续费,费率,订单金额,费率备注", success[0], StringComparison.Ordinal);
        Assert.Equal((5, 20), (success.Length, success[1].Split(",`").Length));
        var refund = Text(await world.BillAsync("20260115", "REFUND")).TrimEnd().Split("\r\n");
        Assert.Contains("代金券金额,退款申请时间,退款成功时间,微信退款单号", refund[0], StringComparison.Ordinal);
        var cells = refund[1][1..].Split(",`");
        Assert.Equal((4, 29, "2026-01-15 10:00:00", "SUCCESS"), (refund.Length, cells.Length, cells[14], cells[21]));
    }

    [Theory]
    [InlineData("27", "ALL", "25.00 15.00 15.00 0.00 0.00 0.00 0.09000|0.00 0.00 0.00 7.50 2.50 12.50 -0.05000", "`2.0,`15.00,`7.50,`2.50,`0.04000,`25.00,`12.50")]
    [InlineData("24", "ALL", "25.00 15.00 0.00 0.00 0.09000|0.00 0.00 12.50 7.50 -0.05000", "`2.0,`25.00,`12.50,`7.50,`0.04000")]
    [InlineData("27", "RECHARGE_REFUND", "0.00 0.00 0.00 7.50 2.50 12.50 -0.05000", "`1.0,`0.00,`7.50,`2.50,`-0.05000,`0.00,`12.50")]
    [InlineData("27", "SUCCESS", "25.00 15.00 15.00 0.09000", "`1.0,`15.00,`0.09000,`25.00")]
    public async Task Coupons_have_their_columns(string layout, string type, string rows, string sums)
    {
        await using var world = await World.StartAsync(switches: ("bill_layout", layout));
        var openid = await world.UserAsync();
        foreach (var (amount, kind) in new[] { (500, "CASH"), (1_000, "NO_CASH") })
        {
            await world.DoAsync($"/users/{openid}/coupons", new JsonObject { ["amount"] = amount, ["type"] = kind });
        }

        await world.SignedAsync(openid, changes: ("out_trade_no", "P1"));
        await world.RefundAsync("P1", "R1", 1_250);
        await world.AdvanceAsync(TimeSpan.FromDays(1));
        var lines = Text(await world.BillAsync("20260115", type)).TrimEnd().Split("\r\n");
        var names = lines[0].TrimStart('\uFEFF').Split(',');
        string[] wanted = layout == "24"
            ? ["总金额", "代金券或立减优惠金额", "退款金额", "代金券或立减优惠退款金额", "手续费"]
            : ["订单金额", "应结订单金额", "代金券金额", "退款金额", "充值券退款金额", "申请退款金额", "手续费"];
        var cells = lines[1..^2].Select(l => l[1..].Split(",`")).Select(row => string.Join(' ', wanted.Select(n => Array.IndexOf(names, n)).Where(n => n >= 0).Select(n => row[n])));
        Assert.Equal(rows, string.Join('|', cells));
        Assert.Equal(sums, lines[^1]);
    }

    [Theory]
    [InlineData("27", "SUCCESS", 20, "总交易单数,应结订单总金额,手续费总金额,订单总金额", "`2.0,`50.00,`0.30000,`50.00")]
    [InlineData("27", "REFUND", 29, "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额", "`1.0,`0.00,`10.01,`0.00,`-0.06000,`0.00,`10.01")]
    [InlineData("24", "ALL", 24, "总交易单数,总交易额,总退款金额,总代金券或立减优惠退款金额,手续费总金额", "`3.0,`50.00,`10.01,`0.00,`0.24000")]
    [InlineData("24", "SUCCESS", 18, "总交易单数,总交易额,总退款金额,总代金券或立减优惠退款金额,手续费总金额", "`2.0,`50.00,`0.00,`0.00,`0.30000")]
    [InlineData("24", "REFUND", 26, "总交易单数,总交易额,总退款金额,总代金券或立减优惠退款金额,手续费总金额", "`1.0,`0.00,`10.01,`0.00,`-0.06000")]
    public async Task Each_layout_has_its_columns_and_its_sums(string layout, string type, int columns, string names, string sums)
    {
        await using var world = await World.StartAsync(switches: ("bill_layout", layout));
        await TradeAsync(world);
        await world.AdvanceAsync(TimeSpan.FromHours(24));
        var lines = Text(await world.BillAsync("20260115", type)).TrimEnd().Split("\r\n");
        Assert.Equal((columns, names, sums), (lines[0].Split(',').Length, lines[^2], lines[^1]));
        Assert.All(lines[1..^2], line => Assert.Equal(columns, line.Split(",`").Length));
        Assert.Contains(layout == "24" ? "子商户号" : "特约商户号", lines[0], StringComparison.Ordinal);
        Assert.Equal(type == "REFUND", lines[0].Contains("退款成功时间", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, "a, b,c d")]
    [InlineData("off", "a, b,c d")]
    [InlineData("on", "a\\  b\\ c\\nd")]
    public async Task A_merchant_s_text_keeps_its_commas_unless_the_switch_says_otherwise(string? escape, string expected)
    {
        (string, string)[] escapes = escape is null ? [] : [("bill_escape", escape)];
        await using var world = await World.StartAsync(switches: [("bill_bom", "no"), ("bill_last_line_end", "no"), .. escapes]);
        await world.SignedAsync(changes: [("out_trade_no", "P1"), ("attach", "a, b,c\nd")]);
        await world.AdvanceAsync(TimeSpan.FromHours(24));
        var text = Text(await world.BillAsync("20260115"));
        var lines = text.Split("\r\n");
        Assert.Equal((4, 27, expected), (lines.Length, lines[1].Split(",`").Length, lines[1].Split(",`")[21]));
        Assert.StartsWith("交易时间", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_state_of_a_refund_is_the_one_of_the_morning_and_has_the_bill_s_own_word()
    {
        await using var world = await World.StartAsync();
        for (var n = 1; n <= 4; n++)
        {
            await world.SignedAsync(changes: ("out_trade_no", "P" + n));
            await world.RefundAsync("P" + n, "R" + n, 100);
        }

        await world.DoAsync("/refunds/R2", new JsonObject { ["outcome"] = "abnormal" });
        await world.DoAsync("/refunds/R3", new JsonObject { ["outcome"] = "closed" });
        await world.DoAsync("/refunds/R4", new JsonObject { ["outcome"] = "abnormal" });
        await world.AdvanceAsync(TimeSpan.FromDays(2));
        await world.DoAsync("/refunds/R4", new JsonObject { ["outcome"] = "success" });
        var rows = Text(await world.BillAsync("20260115", "REFUND")).TrimEnd().Split("\r\n")[1..^2];
        Assert.Equal(["SUCCESS", "CHANGE", "FAIL", "CHANGE"], rows.Select(r => r.Split(",`")[21]));
    }

    [Fact]
    public async Task A_refund_still_under_way_when_the_bill_is_made_stays_PROCESSING_in_it()
    {
        await using var world = await World.StartAsync(start: new(2026, 1, 15, 15, 59, 0, TimeSpan.Zero));
        await world.SignedAsync(changes: ("out_trade_no", "P1"));
        await world.RefundAsync("P1", "R1", 100);
        await world.AdvanceAsync(TimeSpan.FromDays(2));
        // Accepted at 23:59, done minutes later: by nine in the morning it had succeeded.
        Assert.Contains("`ORIGINAL,`SUCCESS", Text(await world.BillAsync("20260115")), StringComparison.Ordinal);
        Assert.Equal("FAIL No Bill Exist", (await world.BillAsync("20260116")).Outcome);
    }

    [Theory]
    [InlineData(0, "No Bill Exist")]
    [InlineData(14, "Bill Creating")]
    [InlineData(22, "Bill Creating")]
    [InlineData(23, null)]
    [InlineData(24 * 80, null)]
    [InlineData(24 * 100, "No Bill Exist")]
    public async Task A_bill_exists_from_nine_of_the_next_day_for_three_months(int hours, string? refusal)
    {
        await using var world = await World.StartAsync();
        await TradeAsync(world);
        await world.AdvanceAsync(TimeSpan.FromHours(hours));
        var bill = await world.BillAsync("20260115");
        if (refusal is null)
        {
            Assert.Contains("总交易单数", Text(bill), StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(("FAIL", refusal, "20002", null), (bill["return_code"], bill["return_msg"], bill["error_code"], bill["sign"]));
        }
    }

    [Theory]
    [InlineData("bill_type", "EVERYTHING", "invalid bill_type")]
    [InlineData("bill_date", "2026-1-5", "data format error")]
    [InlineData("bill_date", "20261315", "data format error")]
    [InlineData("bill_date", null, "missing parameter")]
    [InlineData("tar_type", "ZIP", "data format error")]
    [InlineData("sub_mch_id", "1", "data format error")]
    public async Task A_wrong_request_is_refused_with_the_bill_s_own_codes(string name, string? value, string text)
    {
        await using var world = await World.StartAsync();
        var reply = await world.PostAsync("/pay/downloadbill", World.With(
            [("appid", World.AppId), ("mch_id", World.MchId), ("nonce_str", "n"), ("bill_date", "20260114"), ("bill_type", "ALL")], (name, value)));
        Assert.Equal(("FAIL", text, "20001"), (reply["return_code"], reply["return_msg"], reply["error_code"]));
    }

    [Fact]
    public async Task A_wrong_key_gets_the_bill_s_own_text()
    {
        await using var world = await World.StartAsync();
        var reply = await world.PostAsync("/pay/downloadbill",
            [("appid", World.AppId), ("mch_id", World.MchId), ("nonce_str", "n"), ("bill_date", "20260114")], key: new(new string('0', 32)));
        Assert.Equal(("SIGN ERROR", "20001"), (reply["return_msg"], reply["error_code"]));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("GZIP")]
    public async Task One_fen_can_be_altered_in_one_row(string? tar)
    {
        await using var world = await World.StartAsync();
        await TradeAsync(world);
        await world.AdvanceAsync(TimeSpan.FromHours(24));
        var right = Text(await world.BillAsync("20260115")).Split("\r\n");
        await world.FaultAsync("/pay/downloadbill", "amount_off_by_one_fen", times: 1);
        var bytes = (await world.BillAsync("20260115", tar: tar)).Bytes;
        using var plain = new MemoryStream();
        if (tar is null)
        {
            plain.Write(bytes);
        }
        else
        {
            await using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
            await gzip.CopyToAsync(plain);
        }

        var wrong = Encoding.UTF8.GetString(plain.ToArray()).Split("\r\n");
        Assert.Equal(right.Length, wrong.Length);
        Assert.Equal([1], Enumerable.Range(0, right.Length).Where(i => right[i] != wrong[i]));
        Assert.Equal((25.00m, 25.01m), (Amount(right[1]), Amount(wrong[1])));
        Assert.Equal(right, Text(await world.BillAsync("20260115")).Split("\r\n"));

        static decimal Amount(string row) => decimal.Parse(row.Split(",`")[24], CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task The_fen_is_altered_in_its_column_although_the_merchant_s_texts_hold_the_separator()
    {
        await using var world = await World.StartAsync();
        await world.SignedAsync(changes: [("body", "会员,`月卡"), ("attach", "a,`b,`c")]);
        await world.AdvanceAsync(TimeSpan.FromDays(1));
        var right = Text(await world.BillAsync("20260115")).Split("\r\n")[1].Split(",`");
        await world.FaultAsync("/pay/downloadbill", "amount_off_by_one_fen", times: 1);
        var wrong = Text(await world.BillAsync("20260115")).Split("\r\n")[1].Split(",`");
        Assert.Equal((27 + 3, "25.00", "25.01"), (wrong.Length, right[^3], wrong[^3]));
        Assert.Equal(right[13..^3], wrong[13..^3]);
    }

    private static async Task TradeAsync(World world)
    {
        var contract = await world.SignedAsync(changes: ("out_trade_no", "P1"));
        await world.ApplyAsync(contract, "D1");
        await world.SettleAsync();
        Assert.Equal("SUCCESS", (await world.RefundAsync("D1", "R1", 1_001)).Outcome);
    }

    private static string Text(Reply reply) => Encoding.UTF8.GetString(reply.Bytes);
}
