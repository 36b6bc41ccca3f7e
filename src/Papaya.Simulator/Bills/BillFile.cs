using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Bills;

/// <summary>What every bill file has in common: how it writes money and texts, when it is made, how it is packed.</summary>
internal static class BillFile
{
    public const int MonthsKept = 3;

    /// <summary>When the bill of a day is made: in the morning of the next.</summary>
    public static DateTimeOffset MadeAt(DateOnly day, Switches switches) =>
        new(day.AddDays(1).ToDateTime(TimeOnly.ParseExact(switches["bill_ready"], "HH:mm", CultureInfo.InvariantCulture)), BeijingTime.Offset);

    public static string Yuan(long fen) => string.Create(CultureInfo.InvariantCulture, $"{(fen < 0 ? "-" : "")}{Math.Abs(fen) / 100}.{Math.Abs(fen) % 100:D2}");

    /// <summary>Fees have five decimals, of which real files use two.</summary>
    public static string Fee(long fen) => Yuan(fen) + "000";

    /// <summary>A rate in hundredths of a percent, such as <c>0.60%</c>.</summary>
    public static string Rate(int rate) => string.Create(CultureInfo.InvariantCulture, $"{rate / 100}.{rate % 100:D2}%");

    /// <summary>A merchant's text. Nothing is quoted in these files: the separator inside a text breaks its row, as it does in WeChat's.</summary>
    public static string Text(string? text, Switches switches) => switches.Is("bill_escape", "on")
        ? (text ?? "").ReplaceLineEndings("\\n").Replace(",", "\\ ", StringComparison.Ordinal)
        : (text ?? "").ReplaceLineEndings(" ");

    /// <summary>The file: lines, with or without a byte order mark and a last line end.</summary>
    public static byte[] Write(IReadOnlyList<string> lines, Switches switches)
    {
        var text = new StringBuilder(256 * lines.Count);
        text.Append(switches.Is("bill_bom", "yes") ? "\uFEFF" : "").AppendJoin("\r\n", lines).Append(switches.Is("bill_last_line_end", "yes") ? "\r\n" : "");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    public static string Row(IEnumerable<string> cells) => "`" + string.Join(",`", cells);

    /// <summary>Lower-case SHA-1 of the unpacked file, as WeChat gives it with fund-flow and V3 bills.</summary>
    public static string Digest(byte[] file)
    {
#pragma warning disable CA5350 // WeChat chose SHA-1; it guards against a broken transfer, not against forgery.
        return Convert.ToHexStringLower(SHA1.HashData(file));
#pragma warning restore CA5350
    }

    public static byte[] Pack(byte[] file)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(file);
        }

        return packed.ToArray();
    }

    /// <summary>The same file with one amount one fen off: what a reconciliation must find.</summary>
    public static byte[] Spoil(byte[] file)
    {
        var isPacked = file is [0x1F, 0x8B, ..];
        var lines = Encoding.UTF8.GetString(isPacked ? Unpack(file) : file).Split("\r\n");
        var cells = lines[1].Split(",`");
        // Texts of the merchant stand side by side and may hold the separator; what is right of them is found from the end.
        var surplus = cells.Length - lines[0].Count(c => c == ',') - 1;
        // The order's amount; on a refund row the refund's; in a fund flow the movement's.
        var columns = lines[0].TrimStart('\uFEFF').Split(',').ToList();
        foreach (var (name, other) in (ValueTuple<string, string>[])[("订单金额", "申请退款金额"), ("应结订单金额", "退款金额"), ("总金额", "退款金额"), ("收支金额(元)", "")])
        {
            var (at, otherwise) = (columns.IndexOf(name), columns.IndexOf(other));
            if (at >= 0 && decimal.Parse(cells[Cell(at)].TrimStart('`'), CultureInfo.InvariantCulture) > 0)
            {
                Add(at);
            }
            else if (at >= 0 && otherwise >= 0)
            {
                Add(otherwise);
            }
        }

        lines[1] = string.Join(",`", cells);
        var spoilt = Encoding.UTF8.GetBytes(string.Join("\r\n", lines));
        return isPacked ? Pack(spoilt) : spoilt;

        int Cell(int column) => columns.IndexOf("商品名称") is >= 0 and var text && column > text ? column + surplus : column;

        void Add(int at) => cells[Cell(at)] = (decimal.Parse(cells[Cell(at)], CultureInfo.InvariantCulture) + 0.01m).ToString("0.00", CultureInfo.InvariantCulture);
    }

    private static byte[] Unpack(byte[] file)
    {
        using var gzip = new GZipStream(new MemoryStream(file), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        gzip.CopyTo(plain);
        return plain.ToArray();
    }
}
