using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Papaya.Simulator.Faults;
using Papaya.Simulator.Tests.V3;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Tests.Faults;

/// <summary>Fund-flow bills and V3's bills go wrong like the trade bill of V2, and digests tell what they can.</summary>
public sealed class BillFaultTests
{
    private const string Flow = "/pay/downloadfundflow";
    private const string TradeOffer = "/v3/bill/tradebill";
    private const string FlowOffer = "/v3/bill/fundflowbill";
    private const string V3File = "/v3/billdownload/file";

    [Theory]
    [InlineData("amount_off_by_one_fen", 4, true)]
    [InlineData("missing_line", 3, true)]
    [InlineData("extra_line", 5, true)]
    [InlineData("duplicate_rows", 8, true)]
    [InlineData("next_day_row", 4, true)]
    [InlineData("changed_file", 4, true)]
    [InlineData("wrong_totals", 4, true)]
    [InlineData("bad_signature", 4, false)]
    public async Task A_fund_flow_bill_goes_wrong_and_its_digest_fits_unless_that_is_the_fault(string kind, int rows, bool fits)
    {
        await using var world = await DayAsync();
        var right = await FlowAsync(world);
        await world.FaultAsync(Flow, kind);
        var wrong = await FlowAsync(world);
        Assert.Equal(kind != "bad_signature", right.Text != wrong.Text);
        Assert.Equal(rows, Rows(wrong.Bytes).Length - 1);
        Assert.Equal(fits, wrong.Digest == "SHA=" + Digest(wrong.Bytes));
        Assert.Equal("SHA=" + Digest(right.Bytes), right.Digest);
    }

    [Fact]
    public async Task A_fund_flow_bill_may_be_late_empty_or_cut_off()
    {
        await using var world = await DayAsync();
        var whole = (await FlowAsync(world)).Bytes.Length;
        await AddAsync(world, Flow, "not_ready", ("at", "11:00"), ("times", 1));
        Assert.Equal("BILL_CREATING", (await FlowAsync(world))["err_code"]);
        await AddAsync(world, Flow, "empty", ("times", 1));
        Assert.Equal("NO_BILL_EXIST", (await FlowAsync(world))["err_code"]);
        await AddAsync(world, Flow, "truncated", ("times", 1));
        var cut = await FlowAsync(world);
        Assert.Equal(whole / 2, cut.Bytes.Length);
        Assert.NotEqual("SHA=" + Digest(cut.Bytes), cut.Digest);
    }

    [Theory]
    [InlineData(TradeOffer, "missing_line")]
    [InlineData(TradeOffer, "fee_rounding")]
    [InlineData(FlowOffer, "extra_line")]
    [InlineData(FlowOffer, "amount_off_by_one_fen")]
    public async Task A_wrong_bill_of_V3_has_a_digest_that_fits(string path, string kind)
    {
        await using var world = await DayAsync();
        using var shop = await Shop.OpenAsync(world);
        var right = await FetchAsync(world, shop, path);
        await world.FaultAsync(path, kind);
        var wrong = await FetchAsync(world, shop, path);
        Assert.NotEqual(right.File, wrong.File);
        Assert.True(wrong.Fits);
        Assert.True(right.Fits);
    }

    [Theory]
    [InlineData("bad_signature")]
    [InlineData("changed_file")]
    [InlineData("truncated")]
    public async Task A_file_that_is_changed_on_its_way_does_not_fit_its_digest(string kind)
    {
        await using var world = await DayAsync();
        using var shop = await Shop.OpenAsync(world);
        await world.FaultAsync(V3File, kind, times: 1);
        Assert.False((await FetchAsync(world, shop, TradeOffer)).Fits);
        Assert.True((await FetchAsync(world, shop, TradeOffer)).Fits);
    }

    [Fact]
    public async Task A_bill_of_V3_may_be_late_or_empty()
    {
        await using var world = await DayAsync();
        using var shop = await Shop.OpenAsync(world);
        await AddAsync(world, TradeOffer, "not_ready", ("at", "11:00"), ("times", 1));
        Assert.Equal("STATEMENT_CREATING", (await shop.GetAsync(TradeOffer + "?bill_date=2026-01-15")).Outcome);
        await AddAsync(world, FlowOffer, "empty");
        Assert.Equal("NO_STATEMENT_EXIST", (await shop.GetAsync(FlowOffer + "?bill_date=2026-01-15")).Outcome);
    }

    [Theory]
    [InlineData("bom")]
    [InlineData("gbk")]
    public async Task A_file_in_other_bytes(string how)
    {
        await using var world = await DayAsync();
        var right = await world.BillAsync("20260115");
        await AddAsync(world, "/pay/downloadbill", "rewrite", ("how", how));
        var odd = await world.BillAsync("20260115");
        Assert.NotEqual(right.Bytes, odd.Bytes);
        Assert.Equal(right.Text.TrimStart('\uFEFF'), how == "bom" ? Encoding.UTF8.GetString(odd.Bytes.AsSpan(3)).TrimStart('\uFEFF') : Encoding.GetEncoding("GBK").GetString(odd.Bytes));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("GZIP")]
    public async Task A_bill_may_be_long_and_its_sums_fit(string? packing)
    {
        const int Wanted = 5_000;
        await using var world = await DayAsync();
        using var shop = await Shop.OpenAsync(world);
        await AddAsync(world, "/pay/downloadbill", "long", ("rows", Wanted));
        await AddAsync(world, TradeOffer, "long", ("rows", Wanted));
        var v2 = Unpacked((await world.BillAsync("20260115", tar: packing)).Bytes);
        var rows = Rows(v2);
        Assert.Equal(Wanted + 1, rows.Length);
        Assert.Equal(Wanted, rows[..^1].Select(r => r.Split(",`")[6]).Distinct().Count());
        var sums = rows[^1].TrimStart('`').Split(",`");
        Assert.Equal($"{Wanted}.0", sums[0]);
        Assert.Equal(rows[..^1].Sum(r => Number(r.Split(",`")[24])), Number(sums[5]));
        Assert.Equal(rows[..^1].Sum(r => Number(r.Split(",`")[22])), Number(sums[4]));
        var v3 = await FetchAsync(world, shop, TradeOffer, packing is null ? "" : "&tar_type=" + packing);
        Assert.True(v3.Fits);
        Assert.Equal(v2, v3.File);
        static decimal Number(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task A_long_bill_needs_no_more_memory_than_a_short_one()
    {
        await using var world = await DayAsync();
        var bill = LongBill.Of((await world.BillAsync("20260115")).Bytes, 100_000)!;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var written = new Counting();
        var done = bill.WriteAsync(written, isPacked: false, default);
        Assert.True(done.IsCompletedSuccessfully); // All of it on this thread, so that the count is of all.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        Assert.True(written.Total > 20_000_000, written.Total.ToString(CultureInfo.InvariantCulture));
    }

    private static async Task<World> DayAsync()
    {
        var world = await World.StartAsync();
        await world.SignedAsync();
        await world.SignedAsync();
        await world.AdvanceAsync(TimeSpan.FromHours(24));
        return world;
    }

    private static Task<Reply> FlowAsync(World world) => world.PostAsync(
        Flow, [("appid", World.AppId), ("mch_id", World.MchId), ("nonce_str", "n"), ("bill_date", "20260115"), ("account_type", "Basic")], SignType.HmacSha256,
        certificate: World.MchId);

    private static async Task<(byte[] File, bool Fits)> FetchAsync(World world, Shop shop, string path, string more = "")
    {
        var offer = (await shop.GetAsync(path + "?bill_date=2026-01-15" + more)).Json!;
        var file = Unpacked((await shop.GetAsync(new Uri((string)offer["download_url"]!).PathAndQuery)).Bytes);
        return (file, (string)offer["hash_value"]! == Digest(file));
    }

    private static byte[] Unpacked(byte[] file)
    {
        if (file is not [0x1F, 0x8B, ..])
        {
            return file;
        }

        using var zip = new GZipStream(new MemoryStream(file), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        zip.CopyTo(plain);
        return plain.ToArray();
    }

    private static string[] Rows(byte[] file) => [.. Encoding.UTF8.GetString(file).Split("\r\n").Where(l => l.StartsWith('`'))];

#pragma warning disable CA5350 // As WeChat does.
    private static string Digest(byte[] file) => Convert.ToHexStringLower(SHA1.HashData(file));
#pragma warning restore CA5350

    private static Task AddAsync(World world, string on, string kind, params (string Name, JsonNode? Value)[] members)
    {
        var rule = new JsonObject { ["on"] = on, ["kind"] = kind };
        foreach (var (name, value) in members)
        {
            rule[name] = value;
        }

        return world.DoAsync("/faults", rule);
    }

    /// <summary>Counts and forgets.</summary>
    private sealed class Counting : Stream
    {
        public long Total { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => Total;

        public override long Position { get => Total; set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => Total += count;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Total += buffer.Length;
            return ValueTask.CompletedTask;
        }
    }
}
