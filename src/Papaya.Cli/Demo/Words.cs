using System.Globalization;

namespace Papaya.Cli.Demo;

/// <summary>How the story writes money and time.</summary>
internal static class Words
{
    /// <summary>China has no daylight saving time.</summary>
    public static readonly TimeSpan Beijing = TimeSpan.FromHours(8);

    public static string Yuan(long fen) => string.Create(CultureInfo.InvariantCulture, $"{fen / 100}.{Math.Abs(fen % 100):00} yuan");

    public static string Date(DateTimeOffset at) => at.ToOffset(Beijing).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static string Time(DateTimeOffset at) => at.ToOffset(Beijing).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
