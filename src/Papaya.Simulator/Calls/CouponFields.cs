using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Calls;

/// <summary>Coupons as V2 writes them: families of numbered elements, or one JSON text.</summary>
internal static class CouponFields
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    extension(V2Writer message)
    {
        /// <summary>coupon_fee, coupon_count, and each coupon numbered from 0. Nothing when none was spent.</summary>
        public V2Writer AddCoupons(List<CouponPart>? coupons)
        {
            if (coupons is null)
            {
                return message;
            }

            message.Add("coupon_fee"u8, coupons.Total()).Add("coupon_count"u8, coupons.Count);
            for (var n = 0; n < coupons.Count; n++)
            {
                message.Add(Numbered("coupon_type", n), Name(coupons[n].Type)).Add(Numbered("coupon_id", n), coupons[n].Id).Add(Numbered("coupon_fee", n), coupons[n].Amount);
            }

            return message;
        }

        /// <summary>The same as the published sample of a payment notification has it: one coupon, without a number.</summary>
        public V2Writer AddOneCoupon(List<CouponPart> coupons) =>
            message.Add("coupon_fee"u8, coupons.Total()).Add("coupon_count"u8, coupons.Count).Add("coupon_type"u8, Name(coupons[0].Type)).Add("coupon_id"u8, coupons[0].Id);

        /// <summary>coupon_refund_fee, coupon_refund_count, and each coupon of which something came back.</summary>
        /// <param name="coupons">What came back.</param>
        /// <param name="row">The refund's number in an answer of many, such as <c>_0</c>; empty in an answer of one.</param>
        public V2Writer AddRefundedCoupons(List<CouponPart>? coupons, string row = "")
        {
            message.Add("coupon_refund_fee" + row, coupons.Total()).Add("coupon_refund_count" + row, coupons?.Count ?? 0);
            for (var m = 0; m < coupons?.Count; m++)
            {
                message.Add(Numbered("coupon_type" + row, m), Name(coupons[m].Type)).Add(Numbered("coupon_refund_id" + row, m), coupons[m].Id)
                    .Add(Numbered("coupon_refund_fee" + row, m), coupons[m].Amount);
            }

            return message;
        }
    }

    /// <summary>promotion_detail of a query with version 1.0; null when no coupon was spent.</summary>
    public static string? PromotionDetail(List<CouponPart>? coupons)
    {
        if (coupons is null)
        {
            return null;
        }

        var text = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(text, Plain))
        {
            json.WriteStartObject();
            json.WriteStartArray("promotion_detail");
            foreach (var coupon in coupons)
            {
                json.WriteStartObject();
                json.WriteString("promotion_id", coupon.Id);
                json.WriteString("name", coupon.Name);
                json.WriteString("scope", "GLOBAL");
                json.WriteString("type", coupon.Type == CouponType.Cash ? "COUPON" : "DISCOUNT");
                json.WriteNumber("amount", coupon.Amount);
                json.WriteString("activity_id", coupon.StockId);
                json.WriteNumber("wxpay_contribute", coupon.IsWeChats ? coupon.Amount : 0);
                json.WriteNumber("merchant_contribute", coupon.IsWeChats ? 0 : coupon.Amount);
                json.WriteNumber("other_contribute", 0);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(text.WrittenSpan);
    }

    private static string Name(CouponType type) => type == CouponType.Cash ? "CASH" : "NO_CASH";

    private static string Numbered(string name, int n) => name + "_" + n.ToString(CultureInfo.InvariantCulture);
}
