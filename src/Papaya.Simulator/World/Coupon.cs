using System.Text.Json.Serialization;

namespace Papaya.Simulator.World;

/// <summary>Whose money a coupon is when it pays.</summary>
internal enum CouponType
{
    /// <summary>Paid in beforehand (充值): it reaches the merchant like the user's own money.</summary>
    [JsonStringEnumMemberName("CASH")]
    Cash,

    /// <summary>A discount (免充值): nobody pays it, and it is not settled.</summary>
    [JsonStringEnumMemberName("NO_CASH")]
    NoCash,
}

/// <summary>A coupon (代金券) of a user. WeChat chooses which ones a payment spends.</summary>
internal sealed class Coupon
{
    /// <summary>coupon_id, at most 20 characters; a user's coupons have different ones.</summary>
    public required string Id { get; set; }

    /// <summary>Fen that it pays, all of them or none.</summary>
    public required long Amount { get; set; }

    public CouponType Type { get; set; }

    /// <summary>The least total of an order that it pays for, in fen.</summary>
    public long Minimum { get; set; }

    /// <summary>The merchant or sub-merchant whose orders it pays for; null: everybody's, and WeChat's own money.</summary>
    public string? MchId { get; set; }

    /// <summary>It pays only for orders with this goods_tag; null: for all.</summary>
    public string? GoodsTag { get; set; }

    public string? Name { get; set; }

    /// <summary>The batch that it comes from.</summary>
    public string? StockId { get; set; }

    /// <summary>The order that it paid for; null: it can be spent.</summary>
    public string? SpentOn { get; set; }
}

/// <summary>A coupon's part in a payment or in a refund.</summary>
internal sealed record CouponPart
{
    public required string Id { get; init; }

    /// <summary>Fen that it paid, or that came back of it.</summary>
    public required long Amount { get; init; }

    public CouponType Type { get; init; }

    public string? Name { get; init; }

    public string? StockId { get; init; }

    /// <summary>WeChat gave it, not the merchant.</summary>
    public bool IsWeChats { get; init; }
}

internal static class CouponParts
{
    extension(List<CouponPart>? parts)
    {
        /// <summary>All coupons together, in fen.</summary>
        public long Total()
        {
            var total = 0L;
            for (var n = 0; n < parts?.Count; n++)
            {
                total += parts[n].Amount;
            }

            return total;
        }

        /// <summary>What nobody paid in: it is not settled.</summary>
        public long Free()
        {
            var total = 0L;
            for (var n = 0; n < parts?.Count; n++)
            {
                total += parts[n].Type == CouponType.NoCash ? parts[n].Amount : 0;
            }

            return total;
        }
    }
}
