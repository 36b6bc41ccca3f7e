using System.Buffers.Binary;
using System.Globalization;
using Papaya.WeChatPay.Bills;
using Papaya.WeChatPay.Notifications;
using Papaya.WeChatPay.Tests.Wire;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Tests;

/// <summary>
/// Neither the culture nor the time zone of the machine has a say. Our build runs with InvariantGlobalization, where a named
/// culture carries no data; so these are given what such cultures bring elsewhere: other signs, separators and date patterns.
/// </summary>
[Collection("alone")]
public sealed class MachineTests
{
    private const string Debit = "appid=wx2421b1c4370ec43b|mch_id=10000100|out_trade_no=1|result_code=SUCCESS|return_code=SUCCESS|time_end=20140903131540|total_fee=1234567|transaction_id=1|contract_id=Wx1|coupon_fee_0=-5|coupon_id_0=i";

    public static TheoryData<string> Cultures => ["tr-TR", "az-Latn-AZ", "th-TH", "ar-SA", "fa-IR", "de-DE", "sv-SE", "lt-LT", "da-DK"];

    [Theory]
    [MemberData(nameof(Cultures))]
    public async Task The_culture_changes_no_byte(string name)
    {
        var expected = await EverythingAsync();
        var before = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = Culture(name);
            Assert.Equal("~1·234,50", (-1234.5m).ToString("N2", CultureInfo.CurrentCulture));
            Assert.Equal(expected, await EverythingAsync());
            foreach (var row in SignatureVectorTests.Vectors)
            {
                new SignatureVectorTests().Loose_fields_give_the_published_sign((string)row[0], (string)row[1], (string)row[2], (SignType)row[3], (string)row[4]);
                new SignatureVectorTests().A_written_message_carries_the_published_sign_and_verifies((string)row[0], (string)row[1], (string)row[2], (SignType)row[3], (string)row[4]);
            }
        }
        finally
        {
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = before;
        }
    }

    /// <summary>Digits, upper case, underscore, lower case: a culture would put I beside i and leave hyphens and underscores out.</summary>
    [Theory]
    [MemberData(nameof(Cultures))]
    public void Names_are_sorted_by_their_bytes(string name)
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = Culture(name);
            const string Fields = "i=1|I=2|_=3|a_b=4|ab=5|a-b=6|aB=7|A=8|x0=9|coupon_fee_10=10|coupon_fee_2=11|coupon_fee=12|couponFee=13|ı=14|İ=15|z=16|é=17";
            Assert.Equal(
                "A=8&I=2&_=3&a-b=6&aB=7&a_b=4&ab=5&couponFee=13&coupon_fee=12&coupon_fee_10=10&coupon_fee_2=11&i=1&x0=9&z=16&é=17&İ=15&ı=14&key=***",
                V2Signature.CanonicalText(V2Message.Parse(Some.Unsigned(Fields))));
            Assert.True(V2Signature.Verify(V2Message.Parse(Some.Signed(Fields)), Some.Key).IsValid);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData(-11 * 3600)]
    [InlineData((14 * 3600) - 900)]
    [InlineData((5 * 3600) + 1800)]
    public async Task The_time_zone_changes_no_byte(int seconds)
    {
        var expected = await EverythingAsync();
        var file = Path.GetTempFileName();
        var before = Environment.GetEnvironmentVariable("TZ");
        try
        {
            File.WriteAllBytes(file, ZoneFile(seconds));
            Environment.SetEnvironmentVariable("TZ", file);
            TimeZoneInfo.ClearCachedData();
            Assert.Equal(seconds, TimeZoneInfo.Local.BaseUtcOffset.TotalSeconds);
            Assert.Equal(expected, await EverythingAsync());
        }
        finally
        {
            Environment.SetEnvironmentVariable("TZ", before);
            TimeZoneInfo.ClearCachedData();
            File.Delete(file);
        }
    }

    // What is sent, what is read, what is said: as text, with every number and every instant in it.
    private static async Task<List<string>> EverythingAsync()
    {
        var wechat = new Answering(_ => "<xml><return_code>FAIL</return_code><return_msg>签名错误</return_msg></xml>"u8.ToArray());
        var client = wechat.Client(options: new PapayClientOptions { Nonces = NonceSource.Seeded(1) });
        var starts = new DateTimeOffset(2026, 1, 31, 16, 30, 5, TimeSpan.Zero);
        var lines = new List<string>();
        foreach (var call in (Func<Task>[])
            [() => client.Contracts.PayAndSignAsync(Some.PayAndSign() with { StartsAt = starts, ExpiresAt = starts.AddHours(1) }), () => client.Debits.ApplyAsync(Some.Debit() with { AmountFen = 1_234_567 }), () => client.Bills.OpenAsync(Some.Bill())])
        {
            lines.Add((await Assert.ThrowsAsync<PapayException>(call)).Message);
        }

        lines.AddRange(wechat.Requests.Select(r => System.Text.Encoding.UTF8.GetString(r.Body)));
        var debit = (DebitNotification)NotificationReader.Read(Some.Signed(Debit), Some.Credentials());
        lines.Add(FormattableString.Invariant($"{debit.EndedAt:O} {debit.AmountFen} {debit.Coupons[0].AmountFen} {debit.IsPaid(1_234_567)} {debit}"));
        lines.AddRange(((string[])["20140903131540", "2015-07-01 10:00:00", "1438141845"]).Select(time => FormattableString.Invariant($"{BeijingTime.Parse(time):O}")));
        lines.Add(BeijingTime.Compact(starts) + BeijingTime.Spaced(starts) + BeijingTime.UnixSeconds(starts));
        var (rows, summary) = BillTests.Read(Some.Utf8(BillTests.Sample));
        lines.AddRange(rows.Select(row => FormattableString.Invariant($"{row}")));
        lines.Add(FormattableString.Invariant($"{summary}"));
        return lines;
    }

    private static CultureInfo Culture(string name)
    {
        var culture = (CultureInfo)new CultureInfo(name).Clone();
        culture.NumberFormat = new NumberFormatInfo { NegativeSign = "~", PositiveSign = "^", NumberGroupSeparator = "·", NumberDecimalSeparator = ",", CurrencyDecimalSeparator = ",", NumberNegativePattern = 1 };
        culture.DateTimeFormat = new DateTimeFormatInfo { DateSeparator = "·", TimeSeparator = "·", ShortDatePattern = "d/M/yy", LongTimePattern = "h.m.s" };
        return culture;
    }

    /// <summary>A zone of one offset, without daylight saving, in the format of tzfile(5).</summary>
    private static byte[] ZoneFile(int seconds)
    {
        var file = new byte[44 + 6 + 4];
        "TZif"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(36), 1); // typecnt
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(40), 4); // charcnt
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(44), seconds);
        "XXX\0"u8.CopyTo(file.AsSpan(50));
        return file;
    }
}
