using Papaya.Billing.Calendar;

namespace Papaya.Billing.Debits;

/// <summary>When to ask about a number again, and what "no such order" proves.</summary>
public static class Asking
{
    /// <summary>In 24-hour mode the order may not exist before it is executed, and asking earlier proves no more than acceptance.</summary>
    public static TimeSpan Delay { get; } = TimeSpan.FromHours(24) + TimeSpan.FromMinutes(5);

    private static readonly TimeSpan NotFoundFor = TimeSpan.FromMinutes(5);

    /// <summary>The first question about a number that WeChat has taken.</summary>
    public static DateTimeOffset First(DebitMode mode, DateTimeOffset sent) =>
        mode == DebitMode.Delay24H ? sent + Delay : sent + AskLadder.WaitAfter(0);

    /// <param name="asked">Questions asked so far.</param>
    /// <param name="since">When an answer could first be expected.</param>
    /// <param name="now">The present.</param>
    /// <returns>Null when 72 hours of questions brought nothing: a person takes over.</returns>
    public static DateTimeOffset? Next(int asked, DateTimeOffset since, DateTimeOffset now) =>
        now - since >= AskLadder.GivesUpAfter ? null : now + AskLadder.WaitAfter(asked);

    /// <summary>Asked twice at least, over five minutes at least; a number that had been accepted not before its day is over.</summary>
    public static bool ProvesAbsence(DebitMode mode, DateTimeOffset sent, bool wasAccepted, int notFound, DateTimeOffset firstNotFound, DateTimeOffset now)
    {
        var counts = mode == DebitMode.Delay24H && wasAccepted ? sent + Delay : sent;
        return notFound >= 2 && firstNotFound >= counts && now - firstNotFound >= NotFoundFor;
    }
}

/// <summary>《网络交易监督管理办法》 art. 18 asks for a notice five days before each renewal.</summary>
public static class NoticeRule
{
    public static TimeSpan Lead { get; } = TimeSpan.FromDays(5);

    /// <summary>A late notice delays the debit until five days after it.</summary>
    public static DateTimeOffset DueAfter(DateTimeOffset due, DateTimeOffset noticedAt) =>
        noticedAt + Lead <= due ? due : DebitWindow.NextOpen(noticedAt + Lead);
}
