using System.Text;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Bills;

/// <summary>Where each column stands. Read from the header, because layouts and names differ between pages and real files.</summary>
internal sealed class BillColumns
{
    private static readonly byte[] Separator = ",`"u8.ToArray();

    private readonly Dictionary<string, int> _places;
    private readonly Endpoint _endpoint;

    public BillColumns(string header, Endpoint endpoint)
    {
        var names = header.Split(',');
        Count = names.Length;
        _endpoint = endpoint;
        _places = new(names.Length, StringComparer.Ordinal);
        for (var i = 0; i < names.Length; i++)
        {
            _places.TryAdd(names[i].Trim(), i);
        }
    }

    public int Count { get; }

    public bool Has(string name) => _places.ContainsKey(name);

    /// <summary>Refuses a header without these columns.</summary>
    public void Need(params ReadOnlySpan<string> names)
    {
        foreach (var needed in names)
        {
            if (!Has(needed))
            {
                throw PapayException.BadBill($"The header has no column '{needed}'.", endpoint: _endpoint);
            }
        }
    }

    /// <summary>Cuts a line; <paramref name="parts"/> has one place more than there are columns.</summary>
    public Cells Cut(ReadOnlySpan<byte> line, Span<Range> parts, long number)
    {
        var text = line.StartsWith("`"u8) ? line[1..] : line;
        return new Cells(this, text, parts[..Split(text, parts, number)], number);
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

    // Values are parted by comma and backtick; a bare comma belongs to a value.
    private int Split(ReadOnlySpan<byte> line, Span<Range> parts, long number)
    {
        var count = 0;
        var start = 0;
        while (count < parts.Length)
        {
            var next = line[start..].IndexOf(Separator);
            parts[count++] = start..(next < 0 ? line.Length : start + next);
            if (next < 0)
            {
                break;
            }

            start += next + Separator.Length;
        }

        return count == Count ? count : throw PapayException.BadBill($"Line {number} has not {Count} columns.", endpoint: _endpoint);
    }

    /// <summary>The values of one line by the names of their columns.</summary>
    internal readonly ref struct Cells(BillColumns columns, ReadOnlySpan<byte> line, ReadOnlySpan<Range> parts, long number)
    {
        private readonly ReadOnlySpan<byte> _line = line;
        private readonly ReadOnlySpan<Range> _parts = parts;

        public PapayException Missing(string name) => Bad(name, "is missing or empty");

        public string? Text(string name, string? synonym = null) =>
            TryFind(name, synonym, out var cell) && cell.Length > 0 ? Shared(cell) : null;

        public string? Reference(string name) => Text(name) is { } value && value != "0" ? value : null;

        public DateTimeOffset? Time(string name) =>
            !TryFind(name, null, out var cell) || cell.IsEmpty ? null
            : BeijingTime.Parse(cell) ?? throw Bad(name, "is not a time");

        public long? Scaled(string name, string? synonym, int decimals) =>
            !TryFind(name, synonym, out var cell) || cell.IsEmpty ? null
            : TryScale(cell, decimals, out var value) ? value
            : throw Bad(name, $"is not a number with at most {decimals} decimals");

        private PapayException Bad(string name, string what) => PapayException.BadBill($"Line {number}: the column '{name}' {what}.", endpoint: columns._endpoint);

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
