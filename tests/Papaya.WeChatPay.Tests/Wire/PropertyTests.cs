using System.Text;
using FsCheck;
using FsCheck.Fluent;
using NaiveReference;
using Papaya.WeChatPay.Bills;
using Papaya.WeChatPay.Notifications;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Tests.Wire;

/// <summary>Properties over arbitrary fields and arbitrary damage. A failure prints the seed that repeats it.</summary>
public sealed class PropertyTests
{
    [Fact]
    public void Every_way_to_sign_equals_the_naive_reference() =>
        Prop.ForAll(Bodies.Fields.SelectMany(_ => Gen.Elements(Bodies.Keys), (fields, key) => (fields, key)).ToArbitrary(), x =>
        {
            var key = new ApiV2Key(x.key);
            foreach (var type in new[] { SignType.Md5, SignType.HmacSha256 })
            {
                var expected = NaiveMessage.SignOf(x.fields, x.key, type == SignType.HmacSha256);
                Assert.Equal(expected, V2Signature.Compute(x.fields.Select(f => KeyValuePair.Create(f.Name, (string?)f.Value)), key, type));
                foreach (var style in new[] { XmlText.Escaped, XmlText.CData })
                {
                    using var writer = Writer(x.fields, style);
                    var body = writer.Sign(key, type).ToArray();
                    var message = V2Message.Parse(body);
                    Assert.Equal(expected, message["sign"]);
                    Assert.Equal(expected, V2Signature.Compute(message, key, type));
                    Assert.Equal(NaiveMessage.TextOf(x.fields) + "key=***", V2Signature.CanonicalText(message));
                    Assert.True(V2Signature.Verify(message, key).IsValid);

                    // What the writer wrote is the same to us and to System.Xml, and is what was put in.
                    var naive = NaiveMessage.Read(body);
                    Assert.NotNull(naive);
                    Assert.True(naive.IsSignedBy(x.key));
                    Assert.Equal([.. x.fields, ("sign", expected)], naive.Fields);
                    Assert.Equal(naive.Fields, message.Fields.Select(f => (f.Key, f.Value)));
                }
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Whatever_way_a_message_is_written_its_canonical_text_equals_the_naive_reference() =>
        Prop.ForAll(Bodies.Documents.ToArbitrary(), text =>
        {
            var body = Bodies.Utf8(text);
            Assert.True(NaiveMessage.IsWellFormed(body));
            if (NaiveMessage.Read(body) is not { } naive)
            {
                // The only thing these documents do wrong.
                Assert.False(V2Message.TryParse(body, out _, out var error));
                Assert.Equal(V2Fault.DuplicateElement, error.Fault);
                return;
            }

            var message = V2Message.Parse(body);
            Assert.Equal(naive.Fields, message.Fields.Select(f => (f.Key, f.Value)));
            Assert.Equal(naive.CanonicalText + "key=***", V2Signature.CanonicalText(message));
            Assert.Equal(NaiveMessage.SignOf(naive.Fields, Some.K, isHmac: true), V2Signature.Compute(message, Some.Key, SignType.HmacSha256));
            Assert.Equal(NaiveMessage.SignOf(naive.Fields, Some.K, isHmac: false), V2Signature.Compute(message, Some.Key, SignType.Md5));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    [Fact]
    public void One_changed_byte_anywhere_breaks_the_sign_or_changes_no_signed_field()
    {
        var cases = Bodies.Fields.Resize(8).SelectMany(_ => Gen.Elements(Bodies.Keys), (fields, key) => (fields, key))
            .SelectMany(_ => Gen.Choose(0, 3), (x, kind) => (x.fields, x.key, kind)).SelectMany(_ => Gen.Choose(1, 255), (x, flip) => (x.fields, x.key, x.kind, flip));
        Prop.ForAll(cases.ToArbitrary(), x =>
        {
            var (key, type) = (new ApiV2Key(x.key), x.kind > 1 ? SignType.HmacSha256 : SignType.Md5);
            using var writer = Writer(x.fields, x.kind % 2 == 0 ? XmlText.Escaped : XmlText.CData);
            var body = writer.Sign(key, type).ToArray();
            var before = Signed(V2Message.Parse(body));
            for (var at = 0; at < body.Length; at++)
            {
                body[at] ^= (byte)x.flip;
                if (V2Message.TryParse(body, out var message, out _) && V2Signature.Verify(message, key).IsValid)
                {
                    // Then it was a digit of the sign in the other case, or blank space, or an empty element, which nobody signs:
                    // the x of <x--></x--> turned into ! makes a comment of it.
                    Assert.Equal(before, Signed(message));
                }

                body[at] ^= (byte)x.flip;
            }

            static (string, string)[] Signed(V2Message message) =>
                [.. message.Fields.Where(f => f.Key != "sign" && f.Value.Length > 0).Select(f => (f.Key, f.Value))];
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    [Fact]
    public void A_field_changed_added_removed_or_renamed_breaks_the_sign()
    {
        var cases = Bodies.Fields.Where(fields => fields.Any(f => f.Value.Length > 0)).SelectMany(_ => Gen.Choose(0, 1000), (fields, place) => (fields, place));
        Prop.ForAll(cases.ToArbitrary(), x =>
        {
            foreach (var type in new[] { SignType.Md5, SignType.HmacSha256 })
            {
                var sign = NaiveMessage.SignOf(x.fields, Some.K, type == SignType.HmacSha256);
                Assert.Equal(SignatureVerdict.Valid, Verify(x.fields));
                var signed = x.fields.Where(f => f.Value.Length > 0).ToArray();
                var (name, value) = signed[x.place % signed.Length];
                var others = x.fields.Where(f => f.Name != name).ToArray();
                Assert.Equal(SignatureVerdict.Mismatch, Verify([.. others, (name, value + "1")]));
                Assert.Equal(SignatureVerdict.Mismatch, Verify([.. others, (name, " " + value)]));
                Assert.Equal(SignatureVerdict.Mismatch, Verify([.. others, (name + "_renamed", value)]));
                Assert.Equal(SignatureVerdict.Mismatch, Verify(others));
                Assert.Equal(SignatureVerdict.Mismatch, Verify([.. x.fields, ("yet_unknown", "1")]));

                SignatureVerdict Verify((string Name, string Value)[] fields)
                {
                    using var writer = Writer([.. fields], XmlText.CData);
                    var body = Encoding.UTF8.GetString(writer.Unsigned().Span).Replace("</xml>", $"<sign>{sign}</sign></xml>", StringComparison.Ordinal);
                    return V2Signature.Verify(V2Message.Parse(Some.Utf8(body)), Some.Key).Verdict;
                }
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

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

    private static V2Writer Writer((string Name, string Value)[] fields, XmlText style)
    {
        var writer = new V2Writer(style);
        foreach (var (name, value) in fields)
        {
            writer.Add(name, value);
        }

        return writer;
    }
}
