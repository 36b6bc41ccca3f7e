using Papaya.Simulator.World;

namespace Papaya.Simulator.Control;

/// <summary>What somebody asks for as the coupons that they become.</summary>
internal static class CouponBook
{
    private const int LongestId = 20;

    /// <summary>A user has no more than these.</summary>
    private const int Most = 1_000;

    private const long MostFen = 1_000_000_000_000;

    /// <summary>Null, or why a user with these coupons cannot get those.</summary>
    public static string? WhyNot(CouponRequest[] asked, List<Coupon> has)
    {
        // What JSON calls null is no coupon, whatever the type says.
        if (asked.Any(c => c is null))
        {
            return "coupons lists coupons; null is none.";
        }

        if (asked.Any(c => c.Amount is < 1 or > MostFen || c.Minimum is < 0 or > MostFen || c.Count is < 1 or > Most || !Enum.IsDefined(c.Type)))
        {
            return $"amount of a coupon is at least 1 fen, minimum not negative, type CASH or NO_CASH, count 1 to {Most}.";
        }

        if (asked.Any(c => c.Name is { Length: < 1 or > 64 } || c.GoodsTag is { Length: < 1 or > 32 } || c.StockId is { Length: < 1 or > 32 }))
        {
            return "name of a coupon has 1 to 64 characters, goods_tag and stock_id 1 to 32.";
        }

        if (asked.Sum(c => (long)(c.Count ?? 1)) + has.Count > Most)
        {
            return $"A user has at most {Most} coupons.";
        }

        var ids = asked.Where(c => c.Id is not null).SelectMany(Ids).Concat(has.Select(c => c.Id)).ToArray();
        return ids.Any(id => id.Length is < 1 or > LongestId) || ids.Distinct(StringComparer.Ordinal).Count() < ids.Length
            ? $"id of a coupon has 1 to {LongestId} characters, numbering included, and a user's coupons have different ones."
            : null;
    }

    /// <summary>Nothing is in their way.</summary>
    public static List<Coupon> Of(CouponRequest[] asked, Numbers numbers) => [.. asked.SelectMany(request =>
    {
        var stock = request.StockId ?? numbers.CouponId();
        return (request.Id is null ? Enumerable.Range(0, request.Count ?? 1).Select(_ => numbers.CouponId()) : Ids(request)).Select(id => new Coupon
        {
            Id = id, Amount = request.Amount, Type = request.Type, Minimum = request.Minimum, MchId = request.MchId, GoodsTag = request.GoodsTag,
            Name = request.Name ?? "代金券", StockId = stock, SpentOn = request.SpentOn,
        }).ToArray();
    })];

    private static IEnumerable<string> Ids(CouponRequest request) =>
        Enumerable.Range(1, request.Count ?? 1).Select(n => n == 1 ? request.Id! : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{request.Id}-{n}"));
}
