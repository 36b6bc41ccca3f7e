namespace Papaya.Simulator.Tests.Pages;

/// <summary>Each page is looked at on a phone and on a desk, in both languages and both lights.</summary>
public static class Looks
{
    internal static readonly (int Width, string Language, bool IsDark)[] Each =
        [(Browser.Phone, "zh", false), (Browser.Phone, "en", true), (Browser.Desk, "zh", true), (Browser.Desk, "en", false)];

    /// <summary>The control room is for a desk first, and must work on a phone.</summary>
    internal static readonly (int Width, string Language, bool IsDark)[] Room = [(Browser.Desk, "en", false), (Browser.Phone, "zh", false), (Browser.Desk, "zh", true)];

    public static IEnumerable<object[]> All => Each.Select(e => new object[] { e.Width, e.Language, e.IsDark });
}
