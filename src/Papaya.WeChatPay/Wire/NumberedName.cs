using System.Globalization;

namespace Papaya.WeChatPay.Wire;

/// <summary>Names that end in a number counted from 0, such as <c>coupon_fee_0</c>; the first ones are kept.</summary>
internal sealed class NumberedName(string beginning)
{
    private readonly WireName[] _first = [.. Enumerable.Range(0, 10).Select(n => Make(beginning, n))];

    /// <summary>The name with this number.</summary>
    public WireName this[int number] => (uint)number < (uint)_first.Length ? _first[number] : Make(beginning, number);

    private static WireName Make(string beginning, int number) => new(beginning + number.ToString(CultureInfo.InvariantCulture));
}
