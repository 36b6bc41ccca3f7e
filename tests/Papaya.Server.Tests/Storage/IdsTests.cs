using System.Text.RegularExpressions;
using Papaya.Server.Storage;

namespace Papaya.Server.Tests.Storage;

public sealed partial class IdsTests
{
    [Fact]
    public void Every_kind_has_its_shape_and_none_comes_twice()
    {
        var ids = new Ids();
        var all = Enumerable.Range(0, 2_000).SelectMany(_ => new[] { ids.New("chk"), ids.OrderNumber(), ids.ContractCode(), ids.RefundNumber(), ids.Nonce() }).ToList();
        Assert.Equal(all.Count, all.Distinct().Count());
        Assert.All(all, id => Assert.Matches(Shape(), id));
    }

    [Fact]
    public void A_signing_sequence_has_twelve_digits_and_no_leading_zero()
    {
        var ids = new Ids();
        Assert.All(Enumerable.Range(0, 2_000), _ => Assert.InRange(ids.RequestSerial(), 100_000_000_000, 999_999_999_999));
    }

    [Fact]
    public void The_same_seed_repeats_itself_and_another_does_not()
    {
        var (one, same, other) = (new Ids(7), new Ids(7), new Ids(8));
        var first = Enumerable.Range(0, 50).Select(_ => one.New("x")).ToList();
        Assert.Equal(first, Enumerable.Range(0, 50).Select(_ => same.New("x")));
        Assert.Empty(first.Intersect(Enumerable.Range(0, 50).Select(_ => other.New("x"))));
    }

    [GeneratedRegex("^(chk_[a-z2-7]{20}|[CKR][A-HJ-NP-Z2-9]{27}|[a-z2-7]{32})$", RegexOptions.None, 1000)]
    private static partial Regex Shape();
}
