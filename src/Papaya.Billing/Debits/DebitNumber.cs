using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Papaya.Billing.Debits;

/// <summary>
/// Numbers that are pure functions of what they stand for: a database that forgot a send repeats the same number, and WeChat debits a
/// number once.
/// </summary>
public static class DebitNumber
{
    /// <summary>Numbers that one charge can have.</summary>
    public const int MostAttempts = 99;

    private const string Base32 = "abcdefghijklmnopqrstuvwxyz234567";
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    /// <summary>A subscription's period is owed once.</summary>
    public static string ChargeOfPeriod(string subscriptionId, int period) =>
        "chg_" + Hash($"period|{subscriptionId}|{period.ToString(CultureInfo.InvariantCulture)}", 20);

    /// <summary>A use is owed once however often the merchant's request is repeated.</summary>
    public static string ChargeOfUse(string contractId, string idempotencyKey) => "chg_" + Hash($"use|{contractId}|{idempotencyKey}", 20);

    /// <summary>P, the due day, 16 characters of the charge, the attempt's number, a check character: 26 letters and digits.</summary>
    /// <param name="chargeId">The charge.</param>
    /// <param name="dueDay">The Beijing day on which the charge was first planned to be sent (a function of its period).</param>
    /// <param name="attempt">1 for the first number.</param>
    public static string OfPeriod(string chargeId, DateOnly dueDay, int attempt) =>
        Finish("P" + dueDay.ToString("yyMMdd", CultureInfo.InvariantCulture) + Hash(chargeId, 16).ToUpperInvariant(), attempt);

    /// <summary>A use has no day of its own that could be derived again, so more of its hash takes the day's place.</summary>
    public static string OfUse(string chargeId, int attempt) => Finish("U" + Hash(chargeId, 22).ToUpperInvariant(), attempt);

    /// <summary>Whether a number has our form and an intact check character; anything else was never ours.</summary>
    public static bool IsOurs(string number) =>
        number is ['P' or 'U', ..] && number.Length == 26 && !number.AsSpan().ContainsAnyExcept(Alphabet)
        && Check(number.AsSpan(0, 25)) == number[25];

    private static string Finish(string stem, int attempt)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempt, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(attempt, MostAttempts);
        var body = stem + attempt.ToString("00", CultureInfo.InvariantCulture);
        return body + Check(body);
    }

    /// <summary>ISO 7064 MOD 37,36: finds every single wrong character and every swapped pair.</summary>
    private static char Check(ReadOnlySpan<char> body)
    {
        var sum = 36;
        foreach (var c in body)
        {
            sum += Alphabet.IndexOf(c, StringComparison.Ordinal);
            sum = (sum > 36 ? sum - 36 : sum) * 2;
            sum = sum >= 37 ? sum - 37 : sum;
        }

        return Alphabet[(37 - sum) % 36];
    }

    private static string Hash(string text, int characters)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        Span<char> result = stackalloc char[characters];
        for (var i = 0; i < characters; i++)
        {
            var bit = i * 5;
            var pair = (hash[bit / 8] << 8) | hash[(bit / 8) + 1];
            result[i] = Base32[(pair >> (11 - (bit % 8))) & 31];
        }

        return new string(result);
    }
}
