using System.Security.Cryptography;
using System.Text;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Tests.Wire;

public sealed class Md5Tests
{
    [Theory]
    [InlineData("", "d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("a", "0cc175b9c0f1b6a831c399e269772661")]
    [InlineData("abc", "900150983cd24fb0d6963f7d28e17f72")]
    [InlineData("message digest", "f96b697d7cb7938d525a2f31aaf161d0")]
    [InlineData("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b")]
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345678901234567890", "57edf4a22be3c955ac49da2e2107b67a")]
    public void The_examples_of_RFC_1321_come_out(string text, string expected) => Assert.Equal(expected, Of(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void Every_length_gives_what_the_platform_gives()
    {
        var random = new Random(1321);
        var bytes = new byte[4_200];
        random.NextBytes(bytes);
        foreach (var length in Enumerable.Range(0, 400).Concat(Enumerable.Range(4_000, 150)))
        {
            // Not always from the first byte: blocks are read wherever they lie.
            var text = bytes.AsSpan(length % 13, length);
            Assert.Equal(Convert.ToHexStringLower(MD5.HashData(text)), Of(text));
        }
    }

    private static string Of(ReadOnlySpan<byte> text)
    {
        Span<byte> hash = stackalloc byte[Md5.HashSizeInBytes];
        Md5.HashData(text, hash);
        return Convert.ToHexStringLower(hash);
    }
}
