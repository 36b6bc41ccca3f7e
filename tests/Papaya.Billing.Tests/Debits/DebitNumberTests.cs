using Papaya.Billing.Debits;

namespace Papaya.Billing.Tests.Debits;

public sealed class DebitNumberTests
{
    private static readonly DateOnly Day = new(2026, 2, 28);

    [Fact]
    public void Numbers_are_the_same_for_ever()
    {
        // Pinned: a release that changes one of these would debit a customer twice after a restore.
        var charge = DebitNumber.ChargeOfPeriod("sub_aaaaaaaaaaaaaaaaaaaa", 3);
        Assert.Equal("chg_uyyhnee2h43pijtqqkcs", charge);
        Assert.Equal("P260228QRVBW2QW3622XQK501F", DebitNumber.OfPeriod(charge, Day, 1));
        Assert.Equal("chg_5iokij2k7ozr7g2hkjbf", DebitNumber.ChargeOfUse("ctr_aaaaaaaaaaaaaaaaaaaa", "ride-1"));
        Assert.Equal("UBFRRQYMW2JNBJ7KU452YKO029", DebitNumber.OfUse(DebitNumber.ChargeOfUse("ctr_aaaaaaaaaaaaaaaaaaaa", "ride-1"), 2));
    }

    [Fact]
    public void Numbers_are_letters_and_digits_that_fit_and_are_recognised()
    {
        for (var attempt = 1; attempt <= 99; attempt++)
        {
            foreach (var number in new[] { DebitNumber.OfPeriod("chg_x", Day, attempt), DebitNumber.OfUse("chg_x", attempt) })
            {
                Assert.Matches("^[0-9A-Z]{26}$", number);
                Assert.True(DebitNumber.IsOurs(number), number);
            }
        }
    }

    [Fact]
    public void No_two_charges_or_attempts_share_a_number()
    {
        var numbers = new HashSet<string>(StringComparer.Ordinal);
        for (var n = 0; n < 20_000; n++)
        {
            var subscription = $"sub_{n % 2_000}";
            Assert.True(numbers.Add(DebitNumber.OfPeriod(DebitNumber.ChargeOfPeriod(subscription, n / 2_000), Day, 1)));
            Assert.True(numbers.Add(DebitNumber.OfPeriod(DebitNumber.ChargeOfPeriod(subscription, n / 2_000), Day, 2)));
            Assert.True(numbers.Add(DebitNumber.OfUse(DebitNumber.ChargeOfUse("ctr_1", $"use-{n}"), 1)));
        }
    }

    [Fact]
    public void A_wrong_or_swapped_character_is_noticed()
    {
        var number = DebitNumber.OfPeriod("chg_x", Day, 1);
        for (var i = 1; i < number.Length; i++)
        {
            var other = number[i] == 'K' ? 'L' : 'K';
            Assert.False(DebitNumber.IsOurs(number[..i] + other + number[(i + 1)..]));
            if (i + 1 < number.Length && number[i] != number[i + 1])
            {
                Assert.False(DebitNumber.IsOurs(number[..i] + number[i + 1] + number[i] + number[(i + 2)..]));
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("1415757673")]
    [InlineData("20250101chk0000000000000001")]
    [InlineData("P260228aaaaaaaaaaaaaaaa010")]
    public void Foreign_numbers_are_not_ours(string number) => Assert.False(DebitNumber.IsOurs(number));

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public void There_are_99_attempts_at_most(int attempt) => Assert.Throws<ArgumentOutOfRangeException>(() => DebitNumber.OfUse("chg_x", attempt));
}
