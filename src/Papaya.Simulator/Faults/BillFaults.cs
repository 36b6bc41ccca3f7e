using System.Globalization;
using System.IO.Compression;
using System.Text;
using Papaya.Simulator.Bills;
using Papaya.Simulator.Wire;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Faults;

/// <summary>A bill that a reconciliation must not believe, and days without one.</summary>
internal static class BillFaults
{
    private const string Separator = ",`";

    static BillFaults() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>True when the call has been answered: the bill is not there.</summary>
    public static bool Withholds(Call call, FaultRule rule)
    {
        var isMaking = IsMaking(rule, call.Now);
        if (!isMaking && rule.Kind != FaultKind.Empty)
        {
            return false;
        }

        if (call.Path == BillCalls.FundFlow.Path)
        {
            call.Fail(isMaking ? "BILL_CREATING" : "NO_BILL_EXIST", isMaking ? "账单生成中" : "账单不存在");
        }
        else
        {
            call.Refuse(isMaking ? "Bill Creating" : "No Bill Exist", "20002");
        }

        return true;
    }

    /// <summary>The same of V3.</summary>
    public static bool Withholds(V3.V3Call call, FaultRule rule)
    {
        var isMaking = IsMaking(rule, call.Now);
        if (!isMaking && rule.Kind != FaultKind.Empty)
        {
            return false;
        }

        call.Refuse(400, isMaking ? "STATEMENT_CREATING" : "NO_STATEMENT_EXIST", isMaking ? "账单生成中" : "请求的账单文件不存在");
        return true;
    }

    /// <summary>Whether the kind is about a file that is there.</summary>
    public static bool IsOfFile(FaultKind kind) => (FaultCatalogue.Of(kind).Places & FaultPlaces.Bill) != 0 && kind is not (FaultKind.NotReady or FaultKind.Empty);

    private static bool IsMaking(FaultRule rule, DateTimeOffset now) =>
        rule.Kind == FaultKind.NotReady
        && TimeOnly.FromDateTime(now.ToOffset(BeijingTime.Offset).DateTime) < TimeOnly.ParseExact(rule.At!, "HH:mm", CultureInfo.InvariantCulture);

    /// <summary>The file as the rule spoils it.</summary>
    public static byte[] Spoil(FaultRule rule, byte[] file) => rule switch
    {
        { Kind: FaultKind.Rewrite, How: "bom" } => Reform(file, static plain => [0xEF, 0xBB, 0xBF, .. plain]),
        { Kind: FaultKind.Rewrite, How: "gbk" } => Reform(file, static plain => Encoding.GetEncoding("GBK").GetBytes(Encoding.UTF8.GetString(plain).TrimStart('\uFEFF'))),
        { Kind: FaultKind.Long } => file,
        _ => IsOfFile(rule.Kind) ? Spoil(rule.Kind, file) : file,
    };

    /// <summary>The same, changed on its way by one line end: the digest does not fit any more.</summary>
    public static byte[] Damage(byte[] file) => Reform(file, static plain => [.. plain, (byte)'\r', (byte)'\n']);

    /// <summary>Other bytes, packed if they were.</summary>
    private static byte[] Reform(byte[] file, Func<byte[], byte[]> change) =>
        IsPacked(file) ? BillFile.Pack(change(Unpack(file))) : change(file);

    /// <summary>The file with one kind of fault.</summary>
    public static byte[] Spoil(FaultKind kind, byte[] file)
    {
        if (kind == FaultKind.AmountOffByOneFen)
        {
            return BillFile.Spoil(file);
        }

        if (kind == FaultKind.Truncated)
        {
            return file[..(file.Length / 2)];
        }

        var isPacked = IsPacked(file);
        var lines = Encoding.UTF8.GetString(Unpacked(file)).Split("\r\n").ToList();
        // One line of names, the rows, one line of the sums' names, the sums.
        var rows = lines.FindIndex(1, line => !line.StartsWith('`')) - 1;
        if (rows < 1)
        {
            return file;
        }

        Change(kind, lines, rows);
        var spoilt = Encoding.UTF8.GetBytes(string.Join("\r\n", lines));
        return isPacked ? BillFile.Pack(spoilt) : spoilt;
    }

    private static void Change(FaultKind kind, List<string> lines, int rows)
    {
        switch (kind)
        {
            case FaultKind.MissingLine:
                lines.RemoveAt(1);
                break;
            case FaultKind.ExtraLine:
                lines.Insert(1 + rows, Edit(
                    lines, 1,
                    ("商户订单号", number => number + "X"), ("微信订单号", Backwards), ("微信支付业务单号", Backwards), ("资金流水单号", Backwards), ("业务凭证号", number => number + "X")));
                break;
            case FaultKind.WrongTotals:
                var sums = lines[rows + 2].Split(Separator);
                sums[1] = Plus(sums[1], 0.01m);
                lines[rows + 2] = string.Join(Separator, sums);
                break;
            case FaultKind.NextDayRow:
                lines[rows] = Edit(lines, rows, ("交易时间", NextDay), ("记账时间", NextDay));
                break;
            case FaultKind.DuplicateRows:
                lines.InsertRange(1 + rows, lines.GetRange(1, rows));
                break;
            case FaultKind.ChangedFile:
                lines[1] = Edit(lines, 1, ("商品名称", name => name + "."), ("备注", remark => remark + "."));
                break;
            case FaultKind.FeeRounding:
                lines[1] = Edit(lines, 1, ("手续费", fee => Plus(fee, 0.01m)));
                break;
        }
    }

    /// <summary>A row with some of its cells changed.</summary>
    private static string Edit(List<string> lines, int row, params (string Column, Func<string, string> Change)[] changes)
    {
        var columns = lines[0].TrimStart('\uFEFF').Split(',').ToList();
        var cells = lines[row].Split(Separator);
        foreach (var (column, change) in changes)
        {
            if (columns.IndexOf(column) is >= 0 and var at)
            {
                cells[at] = change(cells[at]);
            }
        }

        return string.Join(Separator, cells);
    }

    private static string Backwards(string number) => new([.. number.Reverse()]);

    private static string NextDay(string at) =>
        DateTime.ParseExact(at.TrimStart('`'), "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture).AddDays(1).ToString("'`'yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Plus(string amount, decimal by) => (decimal.Parse(amount, CultureInfo.InvariantCulture) + by).ToString(CultureInfo.InvariantCulture);

    public static bool IsPacked(byte[] file) => file is [0x1F, 0x8B, ..];

    public static byte[] Unpacked(byte[] file) => IsPacked(file) ? Unpack(file) : file;

    private static byte[] Unpack(byte[] file)
    {
        using var gzip = new GZipStream(new MemoryStream(file), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        gzip.CopyTo(plain);
        return plain.ToArray();
    }
}
