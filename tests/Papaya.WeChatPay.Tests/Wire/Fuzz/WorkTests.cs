using System.Globalization;
using System.Text;
using Papaya.WeChatPay.Notifications;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Tests.Wire.Fuzz;

/// <summary>Bodies made to be expensive. Memory is counted always; time is compared, sizes among themselves, in the long run only.</summary>
[Collection("alone")]
public sealed class WorkTests
{
    private static readonly Dictionary<string, Func<int, string>> Bodies = new(StringComparer.Ordinal)
    {
        ["many short elements"] = n => "<xml>" + Repeat(n / 12, i => $"<e{i:x}/>") + "</xml>",
        ["many names alike"] = n => "<xml>" + Repeat(n / 60, i => $"<coupon_fee_of_the_merchant_{i}>1</coupon_fee_of_the_merchant_{i}>") + "</xml>",
        ["names in falling order"] = n => "<xml>" + Repeat(n / 30, i => $"<name{999_999 - i}>1</name{999_999 - i}>") + "</xml>",
        ["one name many times"] = n => "<xml>" + Repeat(n / 8, _ => "<a>1</a>") + "</xml>",
        ["long names alike"] = n => "<xml>" + Repeat(40, i => new string('n', n / 90) + i is var name ? $"<{name}>1</{name}>" : "") + "</xml>",
        ["coupons"] = n => "<xml><mch_id>1</mch_id><out_trade_no>1</out_trade_no>" + Repeat(n / 36, i => $"<coupon_fee_{i}>1</coupon_fee_{i}>") + "</xml>",
        ["comments between"] = n => "<xml>" + Repeat(n / 7, _ => "<!---->") + "<a>1</a></xml>",
        ["comments in a value"] = n => "<xml><a>" + Repeat(n / 7, _ => "<!---->") + "<![CDATA[1]]></a></xml>",
        ["sections"] = n => "<xml><a>" + Repeat(n / 13, _ => " <![CDATA[]]>") + "</a></xml>",
        ["sections that nearly end"] = n => "<xml><a><![CDATA[" + Repeat(n / 2, _ => "]]") + "]]></a></xml>",
        ["sections that never end"] = n => "<xml>" + Repeat(n / 20, i => $"<a{i}>1</a{i}>") + "<a><![CDATA[" + new string(']', n / 2),
        ["references"] = n => "<xml><a>" + Repeat(n / 5, _ => "&amp;") + "</a></xml>",
        ["ampersands"] = n => "<xml><a>" + new string('&', n) + "</a></xml>",
        ["references without an end"] = n => "<xml>" + Repeat(n / 20, i => $"<a{i}>&lt;</a{i}>") + "<a>&" + new string('a', n / 2),
        ["nesting"] = n => "<xml>" + Repeat(n / 7, _ => "<a>") + Repeat(n / 7, _ => "</a>") + "</xml>",
        ["open elements"] = n => "<xml>" + Repeat(n / 3, _ => "<a>"),
        ["open brackets"] = n => "<xml><a>" + new string('<', n),
        ["open comments"] = n => "<xml>" + Repeat(n / 4, _ => "<!--"),
        ["square brackets"] = n => "<xml><a>" + new string(']', n) + "</a></xml>",
        ["blanks"] = n => "<xml>" + new string(' ', n) + "</xml>",
        ["blanks in a tag"] = n => "<xml><a" + new string(' ', n) + "></a></xml>",
        ["characters next to U+FFFE"] = n => "<xml><a>" + new string('\uFFFD', n / 3) + "</a></xml>",
        ["names outside ASCII"] = n => "<xml>" + Repeat(n / 30, i => $"<名字{i}>1</名字{i}>") + "</xml>",
        ["a long declaration"] = n => "<?xml version='1.0'" + new string(' ', n) + "?><xml/>",
        ["attributes"] = n => "<xml><a " + Repeat(n / 9, i => $"a{i}='1' ") + "/></xml>",
        ["entities"] = n => "<!DOCTYPE xml [" + Repeat(n / 30, i => $"<!ENTITY e{i} \"&e{i - 1};&e{i - 1};\">") + "]><xml><a>&e9;</a></xml>",
        ["a long sign"] = n => "<xml><sign>" + new string('A', n) + "</sign></xml>",
        ["a long secret"] = n => "<xml><return_code>SUCCESS</return_code><mch_id>1</mch_id><req_info>" + new string('A', n / 64 * 64) + "</req_info></xml>",
    };

    private static readonly bool IsLong = Environment.GetEnvironmentVariable("PAPAYA_TEST_LONG") == "1";

    public static TheoryData<string> Names => [.. Bodies.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Memory_grows_with_the_bytes_and_no_faster(string name)
    {
        long small = Allocated(Body(name, 30_000)), large = Allocated(Body(name, 120_000));
        Assert.True(large <= (40 * 120_000) + 16_384, $"{large} bytes were allocated.");
        Assert.True(large <= (6 * small) + 65_536, $"Four times the bytes took {small}, then {large} bytes of memory.");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Ten_megabytes_are_refused_for_their_length_alone(string name)
    {
        var body = Body(name, 10_000_000);
        Judge(body);
        Assert.True(body.Length > V2Message.DefaultLimit);
        Assert.True(Allocated(body) < 2_048);
        Assert.False(V2Message.TryParse(body, out _, out var error));
        Assert.Equal(V2Fault.TooLarge, error.Fault);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Ten_megabytes_take_memory_in_proportion_where_they_are_allowed(string name)
    {
        var body = Body(name, 10_000_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        if (V2Message.TryParse(body, out var message, out _, limit: 20_000_000))
        {
            _ = V2Signature.Verify(message, Some.Key);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (40L * body.Length) + 16_384);
    }

    /// <summary>Nine entities in one another, eight times each: 167 million characters for a reader that expands them.</summary>
    [Fact]
    public void Entities_within_entities_are_refused_at_their_first_byte()
    {
        var body = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Cases", "entities-in-entities.refused.xml"));
        Assert.Equal(463, body.Length);
        Assert.False(V2Message.TryParse(body, out _, out var error));
        Assert.Equal(new V2Error(V2Fault.Doctype, 0, null), error);
        Judge(body);
        Assert.InRange(Allocated(body), 0, 1_024);
    }

    // Sizes are compared among themselves, by the quickest of many tries, and judged only in the long run: the short one sees no
    // more than that every size is got through.
    [Fact]
    public void Time_grows_with_the_bytes_and_hardly_faster()
    {
        var slow = new List<string>();
        foreach (var name in Bodies.Keys)
        {
            var times = Times(name);
            if (IsLong && IsSlow(times) && IsSlow(times = Times(name)))
            {
                // A machine that is busy with something else may disturb one look, hardly two.
                slow.Add(string.Create(CultureInfo.InvariantCulture, $"{name}: {times[0]:N0}, {times[1]:N0}, {times[2]:N0} µs"));
            }
        }

        Assert.True(slow.Count == 0, "Four times the bytes took more than sixteen times the time: " + string.Join("; ", slow));
    }

    private static bool IsSlow(double[] times) => times[2] > 16 * (times[0] + 20);

    private static double[] Times(string name) => [.. new[] { 100_000, 200_000, 400_000 }.Select(size => Quickest(Body(name, size)))];

    private static double Quickest(byte[] body)
    {
        var best = double.MaxValue;
        for (var i = 0; i < (IsLong ? 60 : 1); i++)
        {
            var start = TimeProvider.System.GetTimestamp();
            Judge(body);
            best = Math.Min(best, TimeProvider.System.GetElapsedTime(start).TotalMicroseconds);
        }

        return best;
    }

    private static long Allocated(byte[] body)
    {
        Judge(body);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Judge(body);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void Judge(byte[] body) => NotificationReader.TryRead(body, Some.Credentials(), out _, out _);

    private static byte[] Body(string name, int size) => Encoding.UTF8.GetBytes(Bodies[name](size));

    private static string Repeat(int count, Func<int, string> piece)
    {
        var text = new StringBuilder();
        for (var i = 0; i < count; i++)
        {
            text.Append(piece(i));
        }

        return text.ToString();
    }
}
