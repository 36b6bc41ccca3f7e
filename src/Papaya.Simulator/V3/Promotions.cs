using System.Text.Json;
using Papaya.Simulator.World;

namespace Papaya.Simulator.V3;

/// <summary>promotion_detail: the coupons of a payment, and what came back of them with a refund. V3 has other words for their kinds in each.</summary>
internal static class Promotions
{
    /// <summary>Of a transaction. Nothing when no coupon was spent.</summary>
    public static void WriteSpent(Utf8JsonWriter json, List<CouponPart>? coupons)
    {
        if (coupons is null)
        {
            return;
        }

        json.WriteStartArray("promotion_detail");
        foreach (var coupon in coupons)
        {
            json.WriteStartObject();
            json.WriteString("coupon_id", coupon.Id);
            json.WriteString("name", coupon.Name);
            json.WriteString("scope", "GLOBAL");
            json.WriteString("type", coupon.Type == CouponType.Cash ? "CASH" : "NOCASH");
            json.WriteNumber("amount", coupon.Amount);
            json.WriteString("stock_id", coupon.StockId);
            json.WriteNumber("wechatpay_contribute", coupon.IsWeChats ? coupon.Amount : 0);
            json.WriteNumber("merchant_contribute", coupon.IsWeChats ? 0 : coupon.Amount);
            json.WriteNumber("other_contribute", 0);
            json.WriteString("currency", "CNY");
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Of a refund: each coupon that paid the order, its face and what came back of it.</summary>
    public static void WriteRefunded(Utf8JsonWriter json, Order order, Refund refund)
    {
        if (refund.Coupons is null)
        {
            return;
        }

        json.WriteStartArray("promotion_detail");
        foreach (var coupon in refund.Coupons)
        {
            json.WriteStartObject();
            json.WriteString("promotion_id", coupon.Id);
            json.WriteString("scope", "GLOBAL");
            json.WriteString("type", coupon.Type == CouponType.Cash ? "COUPON" : "DISCOUNT");
            json.WriteNumber("amount", order.Coupons!.Find(c => c.Id == coupon.Id)!.Amount);
            json.WriteNumber("refund_amount", coupon.Amount);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
