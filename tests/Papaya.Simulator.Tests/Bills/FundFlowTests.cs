using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Papaya.WeChatPay.Bills;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Tests.Bills;

/// <summary>Bills of trades and of money, read back by the client's own readers and added up against the truth ledger.</summary>
public sealed class FundFlowTests
{
    private const string Funds = "/merchants/10000100/funds";

    [Theory]
    [InlineData(1, "27")]
    [InlineData(2, "24")]
    [InlineData(3, "27")]
    [InlineData(4, "27")]
    public async Task Bills_of_random_days_add_up_to_the_ledger_to_the_fen(int seed, string layout)
    {
        await using var world = await World.StartAsync(switches: ("bill_layout", layout));
        var random = new Random(seed);
        await world.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["fees_apart"] = seed % 2 == 0, ["settles_to_bank"] = seed > 2 });
        await world.DoAsync(Funds, new JsonObject { ["set"] = new JsonObject { ["fees"] = 300, ["operation"] = 5 } });
        await TradeAsync(world, random, days: 6);
        await world.AdvanceAsync(TimeSpan.FromDays(4));

        var ledger = await world.SeeAsync("/ledger");
        var (basic, fees) = (0L, 0L);
        for (var day = new DateOnly(2026, 1, 15); day < BeijingTime.Day(world.Now).AddDays(-1); day = day.AddDays(1))
        {
            var entries = ledger["entries"]!.AsArray().Where(e => DayOf(e!) == day).Select(e => e!).ToArray();
            await CheckTradeBillAsync(world, day, entries);
            basic += await CheckFlowAsync(world, day, "Basic", random.Next(2) == 0);
            fees += await CheckFlowAsync(world, day, "Fees", false);
        }

        // All that the bills of money say is all that the accounts know.
        var closing = await world.SeeAsync(Funds);
        Assert.Equal((long)closing["basic"]!, basic + (long)(await OpeningAsync(world)));
        Assert.Equal((long)closing["fees"]!, fees);
        JsonNode[] trades = [.. ledger["entries"]!.AsArray().Concat(ledger["funds"]!.AsArray().Where(f => (string?)f!["kind"] == "refund_closed"))!];
        long Sum(string kind, string member) => trades.Where(e => (string?)e!["kind"] == kind).Sum(e => (long)e![member]!);
        long Settled(string kind) => trades.Where(e => (string?)e!["kind"] == kind).Sum(SettledOf);
        var taken = Settled("payment") + Settled("debit") - Settled("refund") + Settled("refund_closed");
        var cost = Sum("payment", "fee") + Sum("debit", "fee") - Sum("refund", "fee") + Sum("refund_closed", "fee");
        long Moved(string kind) => ledger["funds"]!.AsArray().Where(f => (string?)f!["kind"] == kind && (string?)f["account"] != "operation").Sum(f => (long)f!["amount"]!);
        Assert.Equal(Moved("opening") + Moved("top_up") - Moved("withdrawal") + taken - cost, (long)closing["basic"]! + (long)closing["fees"]!);
        Assert.True(taken > 0 && cost > 0 && trades.Count(e => e["cash_amount"] is not null) > 5);
    }

    [Fact]
    public async Task The_flow_of_a_payment_a_refund_and_its_closing()
    {
        await using var world = await World.StartAsync();
        await world.DoAsync(Funds, new JsonObject { ["set"] = new JsonObject { ["available"] = 10_000 } });
        await world.SignedAsync(changes: ("out_trade_no", "P1"));
        await world.RefundAsync("P1", "R1", 1_000, changes: ("refund_desc", "缺货, 下次"));
        await world.DoAsync("/refunds/R1", new JsonObject { ["outcome"] = "closed" });
        await world.AdvanceAsync(TimeSpan.FromDays(1));
        var reply = await FlowAsync(world, "20260115", "Basic");
        var lines = reply.Text.TrimEnd().Split("\r\n");
        Assert.Equal("\uFEFF记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,业务凭证号", lines[0]);
        var rows = lines[2..^2].Select(l => l[1..].Split(",`")).ToArray();
        Assert.Equal(
            ["交易/交易/收入/25.00/125.00", "交易/扣除交易手续费/支出/0.15/124.85", "退款/退款/支出/10.00/114.85", "退款/退还交易手续费/收入/0.06/114.91",
                "退款/退款关闭/收入/10.00/124.91", "交易/扣除交易手续费/支出/0.06/124.85"],
            rows.Select(r => string.Join('/', r[3..8])));
        Assert.Equal(("10000100API", "缺货, 下次", "R1", "10000100202601150000000004"), (rows[2][8], rows[2][9], rows[2][10], rows[2][2]));
        Assert.Equal("资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额", lines[^2]);
        Assert.Equal("`7.0,`3.0,`35.06,`4.0,`99910.21", lines[^1]);
    }

    [Fact]
    public async Task The_digest_is_of_the_unpacked_file()
    {
        await using var world = await World.StartAsync();
        await world.SignedAsync(changes: ("out_trade_no", "P1"));
        await world.AdvanceAsync(TimeSpan.FromDays(1));
        var plain = await FlowAsync(world, "20260115", "Basic");
        var packed = await FlowAsync(world, "20260115", "Basic", "GZIP");
        Assert.Equal([0x1F, 0x8B], packed.Bytes[..2]);
#pragma warning disable CA5350 // WeChat's own digest of a file.
        Assert.Equal("SHA=" + Convert.ToHexStringLower(SHA1.HashData(plain.Bytes)), packed.Digest);
#pragma warning restore CA5350
        Assert.Equal(packed.Digest, plain.Digest);
    }

    [Theory]
    [InlineData(0, "Basic", "NO_BILL_EXIST")]
    [InlineData(22, "Basic", "BILL_CREATING")]
    [InlineData(24, "Operation", "NO_BILL_EXIST")]
    [InlineData(24, "Pocket", "PARAM_ERROR")]
    [InlineData(24, "Basic", null)]
    public async Task It_exists_from_nine_of_the_next_day_for_accounts_that_moved(int hours, string account, string? refusal)
    {
        await using var world = await World.StartAsync();
        await world.SignedAsync(changes: ("out_trade_no", "P1"));
        await world.AdvanceAsync(TimeSpan.FromHours(hours));
        var reply = await FlowAsync(world, "20260115", account);
        Assert.Equal((refusal, refusal is null ? null : "FAIL", null), (reply["err_code"], reply["result_code"], reply["sign"]));
        Assert.Equal(refusal is null, reply.Digest is not null);
    }

    [Fact]
    public async Task Only_hmac_and_only_with_the_merchant_s_certificate()
    {
        await using var world = await World.StartAsync();
        Assert.Equal("PARAM_ERROR", (await world.PostAsync("/pay/downloadfundflow", [.. Fields("20260114", "Basic", null), ("sign_type", "MD5")]))["err_code"]);
        Assert.Equal("CERT_ERROR", (await world.PostAsync("/pay/downloadfundflow", Fields("20260114", "Basic", null), SignType.HmacSha256))["err_code"]);
        Assert.Equal("PARAM_ERROR", (await FlowAsync(world, "20170531", "Basic"))["err_code"]);
        Assert.Equal("NO_BILL_EXIST", (await FlowAsync(world, "20170601", "Basic"))["err_code"]);
    }

    private static async Task TradeAsync(World world, Random random, int days)
    {
        List<(string Number, long Amount, long Left)> paid = [];
        List<string> refunds = [];
        for (var day = 0; day < days; day++)
        {
            for (var n = random.Next(4, 9); n > 0; n--)
            {
                await world.AdvanceAsync(TimeSpan.FromMinutes(random.Next(3, 240)));
                switch (random.Next(6))
                {
                    case 0 or 1:
                        var amount = random.Next(1, 40_000);
                        var number = world.Unique("P");
                        var openid = await world.UserAsync();
                        await GiveCouponsAsync(world, random, openid);
                        var contract = await world.SignedAsync(openid, changes: [("out_trade_no", number), ("total_fee", amount.ToString()), ("attach", "a, b\r\nc,d")]);
                        paid.Add((number, amount, amount));
                        var debit = world.Unique("D");
                        await world.ApplyAsync(contract, debit, ("total_fee", "4999"));
                        await world.SettleAsync();
                        paid.Add((debit, 4_999, 4_999));
                        break;
                    case 2:
                        await world.DoAsync(Funds, new JsonObject { ["add"] = new JsonObject { [random.Next(2) == 0 ? "available" : "fees"] = random.Next(1, 500) } });
                        break;
                    case 3 when refunds.Count > 0:
                        await world.ControlAsync(HttpMethod.Post, "/refunds/" + refunds[random.Next(refunds.Count)], new JsonObject { ["outcome"] = "closed" });
                        break;
                    default:
                        if (paid.FindIndex(p => p.Left > 0) is >= 0 and var at)
                        {
                            var part = random.Next(3) == 0 ? paid[at].Left : random.Next(1, (int)paid[at].Left + 1);
                            var refund = world.Unique("R");
                            if ((await world.RefundAsync(paid[at].Number, refund, part, paid[at].Amount)).Outcome == "SUCCESS")
                            {
                                paid[at] = paid[at] with { Left = paid[at].Left - part };
                                refunds.Add(refund);
                            }
                        }

                        break;
                }
            }
        }
    }

    private static async Task GiveCouponsAsync(World world, Random random, string openid)
    {
        for (var n = random.Next(4); n > 0; n--)
        {
            await world.DoAsync($"/users/{openid}/coupons", new JsonObject
            {
                ["amount"] = random.Next(1, 3_000), ["type"] = random.Next(2) == 0 ? "CASH" : "NO_CASH", ["minimum"] = random.Next(6_000),
            });
        }
    }

    private static async Task CheckTradeBillAsync(World world, DateOnly day, JsonNode[] entries)
    {
        var rows = new List<BillRow>();
        var summary = (BillSummary?)null;
        var bytes = (await world.BillAsync(day.ToString("yyyyMMdd"), tar: day.Day % 2 == 0 ? "GZIP" : null)).Bytes;
        if (entries.Length == 0)
        {
            Assert.Contains("No Bill Exist", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
            return;
        }

        await using var reader = await BillReader.OpenAsync(new MemoryStream(bytes));
        await foreach (var row in reader.ReadRowsAsync())
        {
            rows.Add(row);
        }

        summary = reader.Summary!;
        Assert.Equal(
            entries.Select(e => ((string?)e["out_trade_no"], (string?)e["out_refund_no"], (long)e["amount"]!, ((string?)e["kind"] == "refund" ? -1_000 : 1_000) * (long)e["fee"]!)),
            rows.Select(r => ((string?)r.OrderNumber, r.RefundNumber, r.IsRefund ? r.RequestedRefundFen ?? r.RefundFen!.Value : r.AmountFen, r.FeeMilliFen)));
        // 24 columns know only whole amounts; 27 have what was settled.
        var isOld = rows[0].SettlementFen is null;
        Assert.Equal(
            entries.Select(e => (isOld ? (long)e["amount"]! : SettledOf(e), (long)e["amount"]! - (long)(e["cash_amount"] ?? e["amount"])!)),
            rows.Select(r => (
                r.IsRefund ? r.RefundFen!.Value : r.SettlementFen ?? r.AmountFen,
                r.IsRefund ? r.RefundCouponFen!.Value + (isOld ? 0 : r.RequestedRefundFen!.Value - r.RefundFen!.Value) : r.CouponFen!.Value)));
        Assert.Equal(rows.Count, summary.Lines);
        Assert.Equal(rows.Sum(r => r.AmountFen), summary.AmountFen);
        Assert.Equal(rows.Sum(r => r.RefundFen), summary.RefundFen);
        Assert.Equal(rows.Sum(r => r.RefundCouponFen), summary.RefundCouponFen);
        Assert.Equal(isOld ? null : rows.Sum(r => r.SettlementFen), summary.SettlementFen);
        Assert.Equal(isOld ? null : rows.Sum(r => r.RequestedRefundFen), summary.RequestedRefundFen);
        Assert.Equal(rows.Sum(r => r.FeeMilliFen), summary.FeeMilliFen);
    }

    /// <summary>What the account gained on the day, by its bill.</summary>
    private static async Task<long> CheckFlowAsync(World world, DateOnly day, string account, bool packed)
    {
        var reply = await FlowAsync(world, day.ToString("yyyyMMdd"), account, packed ? "GZIP" : null);
        if (reply["err_code"] is { } code)
        {
            Assert.Equal("NO_BILL_EXIST", code);
            return 0;
        }

        await using var reader = await FundFlowReader.OpenAsync(new MemoryStream(reply.Bytes), reply.Digest!["SHA=".Length..]);
        long? balance = null;
        long gained = 0, income = 0, expense = 0, count = 0;
        var numbers = new HashSet<string>();
        await foreach (var row in reader.ReadRowsAsync())
        {
            var fen = row.Direction == FundDirection.In ? row.AmountFen : -row.AmountFen;
            Assert.Equal((balance ?? row.BalanceFen - fen) + fen, row.BalanceFen);
            Assert.True(row.AmountFen > 0 && row.BalanceFen >= 0 && numbers.Add(row.FlowNumber), row.ToString());
            balance = row.BalanceFen;
            gained += fen;
            income += Math.Max(fen, 0);
            expense += Math.Max(-fen, 0);
            count++;
        }

        Assert.Equal((count, income, expense), (reader.Summary!.Lines, reader.Summary.FenIn, reader.Summary.FenOut));
        return gained;
    }

    private static long SettledOf(JsonNode entry) => (long)(entry["settlement_amount"] ?? entry["amount"])!;

    private static async Task<long> OpeningAsync(World world) =>
        (await world.SeeAsync("/ledger"))["funds"]!.AsArray().Where(f => (string?)f!["kind"] == "opening").Sum(f => (long)f!["amount"]!);

    private static DateOnly DayOf(JsonNode entry) => BeijingTime.Day(DateTimeOffset.Parse((string)entry["at"]!));

    private static List<(string Name, string? Value)> Fields(string day, string account, string? tar) =>
        [("appid", World.AppId), ("mch_id", World.MchId), ("nonce_str", "n"), ("bill_date", day), ("account_type", account), ("tar_type", tar)];

    private static Task<Reply> FlowAsync(World world, string day, string account, string? tar = null) =>
        world.PostAsync("/pay/downloadfundflow", Fields(day, account, tar), SignType.HmacSha256, certificate: World.MchId);
}
