using System.Globalization;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.World;

/// <summary>
/// Numbers in WeChat's shapes, from one counter that the world remembers: repeatable with a seed, never given twice.
/// </summary>
internal sealed class Numbers(int? seed, NonceSource nonces)
{
    private const ulong TenDigits = 10_000_000_000;

    // Odd and not divisible by 5: multiplying permutes the ten-digit numbers, so consecutive numbers look unrelated and stay unique.
    private const ulong Step = 7_368_787_619;

    /// <summary>Where this world's numbers begin.</summary>
    public long Offset { get; set; } = seed is { } s ? (long)((ulong)(uint)s * 2_654_435_761 % TenDigits) : Drawn(nonces);

    /// <summary>How many numbers were given.</summary>
    public long Given { get; set; }

    /// <summary>28 digits beginning with 42000.</summary>
    public string TransactionId(DateTimeOffset now) => $"4200000{Seal(3)}{Day(now)}{Next()}";

    /// <summary>18 digits: the day of signing and ten more.</summary>
    public string ContractId(DateTimeOffset now) => Day(now) + Next();

    /// <summary>29 digits beginning with 50000.</summary>
    public string RefundId(DateTimeOffset now) => $"50000{Seal(6)}{Day(now)}{Next()}";

    /// <summary>36 characters: wx, the time, and a hexadecimal tail.</summary>
    public string PrepayId(DateTimeOffset now)
    {
        var tail = ulong.Parse(Next(), CultureInfo.InvariantCulture);
        return $"wx{BeijingTime.Compact(now)}{tail:x9}{tail * 0x9E3779B97F4A7C15 >> 20:x11}"[..36];
    }

    /// <summary>29 characters: a signing session.</summary>
    public string SessionId(DateTimeOffset now)
    {
        var tail = ulong.Parse(Next(), CultureInfo.InvariantCulture);
        return $"{tail:x9}{tail * 0x9E3779B97F4A7C15:x16}{now.ToUnixTimeSeconds() & 0xFFFF:x4}";
    }

    /// <summary>12 digits: a coupon or its batch.</summary>
    public string CouponId() => "10" + Next();

    public long Plain() => ++Given;

    /// <summary>Six characters of a nonce are thirty random bits.</summary>
    private static long Drawn(NonceSource nonces) => nonces.Next()[..6].Aggregate(0L, (drawn, character) => drawn * 256 + character) % (long)TenDigits;

    private static string Day(DateTimeOffset now) => BeijingTime.Day(now).ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    private string Next() => (((ulong)(++Given) * Step + (ulong)Offset) % TenDigits).ToString("D10", CultureInfo.InvariantCulture);

    private string Seal(int digits) => ((ulong)Offset % (ulong)Math.Pow(10, digits)).ToString("D" + digits, CultureInfo.InvariantCulture);
}
