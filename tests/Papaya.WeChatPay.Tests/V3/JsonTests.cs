using System.Text;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Tests.V3;

/// <summary>A body that two readers could see differently is refused, however large it is and however its names are written.</summary>
public sealed class JsonTests
{
    private const string Twice = "A member stands twice in one object.";

    [Theory]
    [InlineData("""{"a":1,"b":{"a":1},"c":[{"a":1},{"a":2}],"d":{"a":{"a":1}}}""", null)]
    [InlineData("""{"a":1,"b":2,"a":3}""", Twice)]
    [InlineData("""{"x":{"a":1,"b":{"q":1},"a":3}}""", Twice)]
    [InlineData("""{"x":[{"a":1},{"b":1,"b":2}]}""", Twice)]
    [InlineData("""{"a":1,"\u0061":2}""", Twice)]
    [InlineData("""{"\u0061":1,"a":2}""", Twice)]
    [InlineData("""{"a":1,"A":2,"aa":3,"":4}""", null)]
    [InlineData("""{"":1,"":2}""", Twice)]
    [InlineData("""[1]""", "The body is not a JSON object.")]
    [InlineData("""{"a":1}x""", "The body is not JSON.")]
    [InlineData("""{"a":1,}""", "The body is not JSON.")]
    [InlineData("""{"a":01}""", "The body is not JSON.")]
    [InlineData("""{"a":1/**/}""", "The body is not JSON.")]
    [InlineData("""{"a":"\udc00"}""", "The body is not JSON.")]
    [InlineData("", "The body is not JSON.")]
    public void Duplicates_are_found_at_every_level(string json, string? expected)
    {
        var isRead = V3Json.TryParse(Encoding.UTF8.GetBytes(json), 1 << 20, out _, out var problem);

        Assert.Equal(expected, problem);
        Assert.Equal(expected is null, isRead);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(200)]
    [InlineData(5000)]
    public void Size_does_not_hide_them(int members)
    {
        var names = Enumerable.Range(0, members).Select(i => $"\"m{i}\":{i}").ToList();

        Assert.True(V3Json.TryParse(Encoding.UTF8.GetBytes($"{{{string.Join(',', names)}}}"), 1 << 20, out _, out _));
        Assert.False(V3Json.TryParse(Encoding.UTF8.GetBytes($"{{{string.Join(',', names)},\"m0\":1}}"), 1 << 20, out _, out var problem));
        Assert.Equal(Twice, problem);
    }

    [Fact]
    public void Neither_broken_UTF8_nor_too_much_of_it_is_read()
    {
        Assert.False(V3Json.TryParse([.. "{\"a\":\""u8, 0xC3, .. "\"}"u8], 100, out _, out var broken));
        Assert.False(V3Json.TryParse("{\"a\":\"bcd\"}"u8, 8, out _, out var large));
        Assert.Equal(("The body is not UTF-8.", "The body is longer than 8 bytes."), (broken, large));
    }

    [Theory]
    [InlineData("2026-01-03T09:12:44+08:00", true)]
    [InlineData("2026-01-03T01:12:44Z", true)]
    [InlineData("2026-01-03T09:12:44.123+08:00", true)]
    [InlineData("2026-01-03T09:12:44", false)]
    [InlineData("2026-01-03 09:12:44+08:00", false)]
    [InlineData("2026-02-30T09:12:44+08:00", false)]
    [InlineData("20260103091244", false)]
    [InlineData("", false)]
    public void A_time_names_its_offset(string text, bool isTime)
    {
        Assert.Equal(isTime, V3Json.TryReadTime(text, out var time));
        Assert.Equal(isTime, time != default);
    }
}
