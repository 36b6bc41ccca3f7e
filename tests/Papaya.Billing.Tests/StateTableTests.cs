namespace Papaya.Billing.Tests;

public sealed class StateTableTests
{
    private enum Light { Red, Green }

    private enum Signal { Wait, Go }

    [Theory]
    [InlineData("x Red\nWait -\nGo Green")] // a state is missing
    [InlineData("x Red Green Red\nWait - - -\nGo Green - -")] // a state twice
    [InlineData("x Red Green\nGo Green -")] // a piece of evidence is missing
    [InlineData("x Red Green\nWait - -\nGo Green -\nGo Green -")] // one twice
    [InlineData("x Red Green\nWait -\nGo Green -")] // a cell is missing
    public void A_table_that_is_not_exactly_every_pair_is_refused(string table) =>
        Assert.ThrowsAny<Exception>(() => StateTable.Read<Light, Signal>(table));

    [Fact]
    public void A_whole_table_gives_every_pair() =>
        Assert.Equal(4, StateTable.Read<Light, Signal>("x Red Green\nWait - -\nGo Green -").Count);
}
