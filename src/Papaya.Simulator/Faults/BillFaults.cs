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

    /// <summary>True when the call has been answered: the bill is not there.</summary>
    public static bool Withholds(Call call, FaultRule rule)
    {
        var text = rule.Kind switch
        {
            FaultKind.NotReady when TimeOnly.FromDateTime(call.Now.ToOffset(BeijingTime.Offset).DateTime) < TimeOnly.ParseExact(rule.At!, "HH:mm", CultureInfo.InvariantCulture)
                => "Bill Creating",
            FaultKind.Empty => "No Bill Exist",
            _ => null,
        };
        if (text is not null)
        {
            call.Refuse(text, "20002");
        }

        return text is not null;
    }

    /// <summary>The file as the rule spoils it.</summary>
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

        var isPacked = file is [0x1F, 0x8B, ..];
        var lines = Encoding.UTF8.GetString(isPacked ? Unpack(file) : file).Split("\r\n").ToList();
        // One line of names, the rows, one line of the sums' names, the sums.
        var rows = lines.FindIndex(1, line => !line.StartsWith('`')) - 1;
        if (rows < 1)
        {
            return file;
        }

        Change(kind, lines, rows);
        var spoilt = Encoding.UTF8.GetBytes(string.Join("\r\n", lines));
        return isPacked ? Pack(spoilt) : spoilt;
    }

    private static void Change(FaultKind kind, List<string> lines, int rows)
    {
        switch (kind)
        {
            case FaultKind.MissingLine:
                lines.RemoveAt(1);
                break;
            case FaultKind.ExtraLine:
                lines.Insert(1 + rows, Edit(lines, 1, ("商户订单号", number => number + "X"), ("微信订单号", number => new string([.. number.Reverse()]))));
                break;
            case FaultKind.WrongTotals:
                var sums = lines[rows + 2].Split(Separator);
                sums[1] = Plus(sums[1], 0.01m);
                lines[rows + 2] = string.Join(Separator, sums);
                break;
            case FaultKind.NextDayRow:
                lines[rows] = Edit(lines, rows, ("交易时间", at =>
                    DateTime.ParseExact(at.TrimStart('`'), "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture).AddDays(1)
                        .ToString("'`'yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)));
                break;
            case FaultKind.DuplicateRows:
                lines.InsertRange(1 + rows, lines.GetRange(1, rows));
                break;
            case FaultKind.ChangedFile:
                lines[1] = Edit(lines, 1, ("商品名称", name => name + "."));
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

    private static string Plus(string amount, decimal by) => (decimal.Parse(amount, CultureInfo.InvariantCulture) + by).ToString(CultureInfo.InvariantCulture);

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
