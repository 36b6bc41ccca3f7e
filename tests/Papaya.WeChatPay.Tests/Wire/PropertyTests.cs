using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Papaya.WeChatPay.Bills;
using Papaya.WeChatPay.Notifications;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Tests.Wire;

/// <summary>Properties over arbitrary fields and arbitrary damage.</summary>
public sealed class PropertyTests
{
    private static readonly Gen<string> Names = Gen.Select(
        Gen.NonEmptyListOf(Gen.Elements("abAB09_".ToCharArray())), letters => "x" + string.Concat(letters.Take(12)));

    private static readonly Gen<string> Values = Gen.Select(
        Gen.ListOf(Gen.Elements(["a", "B", "0", " ", "&", "<", ">", "]]>", "\"", "'", "=", "&amp;", "\n", "\r", "\t", "中", "é", "😀", "<![CDATA[", "&#65;", "\uE000", "﷐"])),
        string.Concat);

    private static readonly Gen<(string Name, string Value)[]> Fields = Gen.Select(
        Gen.ArrayOf(Names.SelectMany(_ => Values, (name, value) => (name, value))),
        all => all.DistinctBy(f => f.Item1).ToArray());

    [Fact]
    public void Every_way_to_sign_equals_the_naive_reference() =>
        Prop.ForAll(Fields.ToArbitrary(), fields =>
        {
            foreach (var type in new[] { SignType.Md5, SignType.HmacSha256 })
            {
                var expected = Naive(fields, type);
                Assert.Equal(expected, V2Signature.Compute(fields.Select(f => KeyValuePair.Create(f.Name, (string?)f.Value)), Some.Key, type));
                foreach (var style in new[] { XmlText.Escaped, XmlText.CData })
                {
                    using var writer = new V2Writer(style);
                    foreach (var (name, value) in fields)
                    {
                        writer.Add(name, value);
                    }

                    var message = V2Message.Parse(writer.Sign(Some.Key, type));
                    Assert.Equal(expected, message["sign"]);
                    Assert.Equal(expected, V2Signature.Compute(message, Some.Key, type));
                    Assert.Equal(fields, message.Fields.SkipLast(1).Select(f => (f.Key, f.Value)));
                    Assert.Equal(NaiveText(fields) + "key=***", V2Signature.CanonicalText(message));
                    Assert.True(V2Signature.Verify(message, Some.Key).IsValid);
                }
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void A_damaged_body_never_throws_anything_but_the_documented_exception()
    {
        var bodies = new[]
        {
            Some.Signed("appid=wx2421b1c4370ec43b|attach=支付测试 ]]> <&|mch_id=10000100|out_trade_no=1409811653|result_code=SUCCESS|return_code=SUCCESS|total_fee=1|coupon_fee_0=1|coupon_id_0=2|time_end=20140903131540|contract_id=Wx1"),
            Some.Signed("return_code=SUCCESS|result_code=SUCCESS|mch_id=10000100|contract_code=1|openid=o|plan_id=123|change_type=ADD|operate_time=2015-07-01 10:00:00|contract_id=Wx1"),
            Some.Unsigned("return_code=SUCCESS|mch_id=10000100|req_info=" + RefundCipher.Encrypt(Some.Unsigned("out_refund_no=1|out_trade_no=2|refund_fee=3|refund_status=SUCCESS", "root"), Some.Key)),
            Some.Utf8("<?xml version=\"1.0\" encoding=\"utf-8\"?><!-- c --><xml>\n<a> <![CDATA[x]]> &#65;&amp;</a><b/></xml>"),
        };
        var damage = Gen.Elements(bodies).SelectMany(
            body => Gen.NonEmptyListOf(Gen.Choose(0, body.Length - 1).SelectMany(_ => Gen.Choose(0, 5), (at, kind) => (at, kind)).SelectMany(_ => Gen.Choose(0, 255), (x, b) => (x.at, x.kind, b))),
            (body, changes) => Damage(body, changes));
        Prop.ForAll(damage.ToArbitrary(), body =>
        {
            try
            {
                var message = V2Message.Parse(body);
                _ = message.Fields.Count();
                _ = V2Signature.Explain(message, Some.Key);
                foreach (var endpoint in Endpoints.All)
                {
                    _ = endpoint.Check(message);
                }
            }
            catch (V2FormatException)
            {
                // The one documented exception.
            }

            Assert.Equal(NotificationReader.TryRead(body, Some.Credentials(), out var read, out var refusal), refusal is null);
            Assert.True(read is null ^ refusal is null);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
    }

    [Fact]
    public void Changing_any_signed_character_breaks_the_sign()
    {
        var fields = "appid=wx2421b1c4370ec43b|contract_id=Wx15|mch_id=10000100|new_field=x y|out_trade_no=14|total_fee=1";
        var body = Encoding.UTF8.GetString(Some.Signed(fields));
        Assert.True(V2Signature.Verify(V2Message.Parse(Some.Utf8(body)), Some.Key).IsValid);
        foreach (var value in fields.Split('|').Select(f => f.Split('=')[1]))
        {
            var changed = body.Replace("[" + value + "]", "[" + value[..^1] + (value[^1] == '7' ? '8' : '7') + "]", StringComparison.Ordinal);
            Assert.NotEqual(body, changed);
            Assert.Equal(SignatureVerdict.Mismatch, V2Signature.Verify(V2Message.Parse(Some.Utf8(changed)), Some.Key).Verdict);
        }
    }

    [Fact]
    public void A_damaged_bill_never_throws_anything_but_the_documented_exception()
    {
        var damage = Gen.NonEmptyListOf(Gen.Choose(0, BillTests.Sample.Length - 1).SelectMany(_ => Gen.Choose(0, 5), (at, kind) => (at, kind)).SelectMany(_ => Gen.Choose(0, 255), (x, b) => (x.at, x.kind, b)))
            .Select(changes => Damage(Some.Utf8(BillTests.Sample), changes));
        Prop.ForAll(damage.ToArbitrary(), bytes =>
        {
            try
            {
                BillTests.Read(bytes);
            }
            catch (PapayException)
            {
                // The one documented exception.
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Fact]
    public void Yuan_become_fen_exactly() =>
        Prop.ForAll(Gen.Choose(int.MinValue + 1, int.MaxValue).ToArbitrary(), fen =>
        {
            var text = (fen / 100m).ToString("0.00", System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(BillColumns.TryScale(Encoding.ASCII.GetBytes(text), 2, out var read));
            Assert.Equal(fen, read);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    private static byte[] Damage(byte[] body, IEnumerable<(int At, int Kind, int Byte)> changes)
    {
        var bytes = body.ToList();
        foreach (var (at, kind, b) in changes)
        {
            var place = bytes.Count == 0 ? 0 : at % bytes.Count;
            switch (kind)
            {
                case 0 when bytes.Count > 0: bytes[place] = (byte)b; break;
                case 1 when bytes.Count > 0: bytes.RemoveAt(place); break;
                case 2: bytes.Insert(place, (byte)b); break;
                case 3: bytes.Insert(place, (byte)"<>&/![]?-;#x"[b % 12]); break;
                case 4 when b < 64: bytes.RemoveRange(place, bytes.Count - place); break;
                default: bytes.InsertRange(place, bytes.Skip(place).Take(b % 40).ToArray()); break;
            }
        }

        return [.. bytes];
    }

    private static string Naive((string Name, string Value)[] fields, SignType type)
    {
        var text = Encoding.UTF8.GetBytes(NaiveText(fields) + "key=" + Some.K);
        return Convert.ToHexString(type == SignType.Md5 ? MD5.HashData(text) : HMACSHA256.HashData(Encoding.ASCII.GetBytes(Some.K), text));
    }

    private static string NaiveText((string Name, string Value)[] fields) =>
        string.Concat(fields.Where(f => f.Value.Length > 0).OrderBy(f => f.Name, StringComparer.Ordinal).Select(f => $"{f.Name}={f.Value}&"));
}
