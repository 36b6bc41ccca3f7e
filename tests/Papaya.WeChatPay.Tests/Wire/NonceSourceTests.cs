using System.Text;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Tests.Wire;

/// <summary>A nonce is 32 characters that no reader confuses, five random bits each.</summary>
public sealed class NonceSourceTests
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    [Fact]
    public void Every_byte_chooses_its_character()
    {
        var random = new byte[128 * NonceSource.Length];
        new Random(7).NextBytes(random);
        var expected = random.Select(b => Alphabet[b & 31]).ToArray();
        var nonces = NonceSource.Seeded(7);
        for (var at = 0; at < random.Length; at += NonceSource.Length)
        {
            Assert.Equal(new string(expected, at, NonceSource.Length), nonces.Next());
        }

        Assert.Equal(Alphabet.Length, expected.Distinct().Count());
    }

    [Fact]
    public void A_nonce_fills_its_place_and_no_more()
    {
        var place = new byte[NonceSource.Length + 1];
        new NonceSource().Write(place);
        Assert.Equal(0, place[^1]);
        Assert.All(Encoding.ASCII.GetString(place, 0, NonceSource.Length), c => Assert.Contains(c, Alphabet));
    }
}
