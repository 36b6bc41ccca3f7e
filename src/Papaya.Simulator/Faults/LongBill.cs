using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Papaya.Simulator.Faults;

/// <summary>
/// A trade bill of any number of rows: the day's own, then made-up payments like its first one under numbers of their own, then sums that fit. It is made
/// while it is sent, in one buffer; the same bill gives the same bytes each time.
/// </summary>
internal sealed class LongBill
{
    private const string Separator = ",`";
    private const int Digits = 10;
    private const int BlockLength = 1 << 16;

    /// <summary>What is summed up, by the names that sums have in the layouts.</summary>
    private static readonly Dictionary<string, string> Summed = new(StringComparer.Ordinal)
    {
        ["应结订单总金额"] = "应结订单金额", ["总交易额"] = "总金额", ["退款总金额"] = "退款金额", ["总退款金额"] = "退款金额", ["手续费总金额"] = "手续费", ["订单总金额"] = "订单金额",
        ["申请退款总金额"] = "申请退款金额",
    };

    private readonly byte[] _before;
    private readonly byte[][] _pieces;
    private readonly byte[] _after;
    private readonly long _made;

    private LongBill(byte[] before, byte[][] pieces, byte[] after, long made) => (_before, _pieces, _after, _made) = (before, pieces, after, made);

    /// <summary>Null when the file has as many rows already, or none to be like.</summary>
    /// <param name="file">The day's bill, not packed.</param>
    /// <param name="rows">How many rows there shall be.</param>
    public static LongBill? Of(byte[] file, long rows)
    {
        var lines = Encoding.UTF8.GetString(file).Split("\r\n");
        var own = Array.FindIndex(lines, 1, line => !line.StartsWith('`')) - 1;
        if (own < 1 || rows <= own)
        {
            return null;
        }

        var columns = lines[0].TrimStart('\uFEFF').Split(',');
        var cells = lines[1].Split(Separator);
        foreach (var name in (string[])["微信订单号", "商户订单号"])
        {
            var cell = cells[Array.IndexOf(columns, name)];
            cells[Array.IndexOf(columns, name)] = cell[..Math.Min(cell.Length, 18)] + '\0';
        }

        return new(
            Encoding.UTF8.GetBytes(string.Join("\r\n", lines[..(own + 1)]) + "\r\n"),
            [.. (string.Join(Separator, cells) + "\r\n").Split('\0').Select(Encoding.UTF8.GetBytes)],
            Encoding.UTF8.GetBytes(string.Join("\r\n", [lines[own + 1], Sums(lines[own + 1], lines[own + 2], columns, lines[1].Split(Separator), rows - own), .. lines[(own + 3)..]])),
            rows - own);
    }

    /// <summary>The first part of the file, for the journal.</summary>
    public ReadOnlyMemory<byte> Beginning => _before;

    /// <summary>Lower-case SHA-1 of the unpacked file.</summary>
    public string Digest()
    {
#pragma warning disable CA5350 // WeChat chose SHA-1; it guards against a broken transfer, not against forgery.
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
#pragma warning restore CA5350
        foreach (var block in Blocks())
        {
            hash.AppendData(block.Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Writes the file block by block, as fast as the reader takes it.</summary>
    public async Task WriteAsync(Stream to, bool isPacked, CancellationToken ct)
    {
        await using var zip = isPacked ? new GZipStream(to, CompressionLevel.Fastest, leaveOpen: true) : null;
        foreach (var block in Blocks())
        {
            await (zip ?? to).WriteAsync(block, ct);
        }
    }

    /// <summary>One buffer, filled again and again.</summary>
    private IEnumerable<ReadOnlyMemory<byte>> Blocks()
    {
        yield return _before;
        var buffer = new byte[BlockLength];
        var length = 0;
        var longest = _pieces.Sum(p => p.Length) + (Digits * (_pieces.Length - 1));
        for (long n = 1; n <= _made; n++)
        {
            if (length + longest > buffer.Length)
            {
                yield return buffer.AsMemory(0, length);
                length = 0;
            }

            for (var piece = 0; piece < _pieces.Length; piece++)
            {
                if (piece > 0)
                {
                    n.TryFormat(buffer.AsSpan(length), out var written, "D10", CultureInfo.InvariantCulture);
                    length += written;
                }

                _pieces[piece].CopyTo(buffer, length);
                length += _pieces[piece].Length;
            }
        }

        yield return buffer.AsMemory(0, length);
        yield return _after;
    }

    /// <summary>The last line, with so many rows like the first one more.</summary>
    private static string Sums(string names, string sums, string[] columns, string[] first, long more)
    {
        var (heads, cells) = (names.Split(','), sums.Split(Separator));
        for (var n = 0; n < cells.Length; n++)
        {
            var cell = cells[n].TrimStart('`');
            var own = heads[n] == "总交易单数" ? 1
                : Summed.GetValueOrDefault(heads[n]) is { } column && Array.IndexOf(columns, column) is >= 0 and var at
                    ? decimal.Parse(first[at].TrimStart('`'), CultureInfo.InvariantCulture) : 0;
            var decimals = cell.Length - 1 - cell.IndexOf('.', StringComparison.Ordinal);
            cells[n] = (n == 0 ? "`" : "") + (decimal.Parse(cell, CultureInfo.InvariantCulture) + (own * more)).ToString("F" + decimals, CultureInfo.InvariantCulture);
        }

        return string.Join(Separator, cells);
    }
}
