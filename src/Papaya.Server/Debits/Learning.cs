using Papaya.Billing.Calendar;
using Papaya.Billing.Debits;
using Papaya.Server.Storage;

namespace Papaya.Server.Debits;

/// <summary>What an attempt's news means for its charge.</summary>
internal enum Consequence
{
    /// <summary>A duplicate or an echo: not even a field changed.</summary>
    Nothing,

    /// <summary>The attempt goes on waiting, in this state or another.</summary>
    Waiting,
    Settled,
    Failed,

    /// <summary>It can never be sent as it is: nothing left, a person has to look at the charge.</summary>
    Held,
    Contradiction,

    /// <summary>Nobody can say what became of it: a person takes over.</summary>
    Unresolved,
}

internal readonly record struct Learned(Consequence Consequence, string? Why = null);

/// <summary>Writes a finding into an attempt: the state by the machine, and when to send or ask next by the ladder. Touches nothing else.</summary>
internal static class Learning
{
    /// <summary>A fault of our own set-up is looked at again after this.</summary>
    public static readonly TimeSpan ConfigFaultPause = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan ThrottlePause = TimeSpan.FromSeconds(5);

    // closeorder refuses younger orders (docs/reference/wechat-rules.md §7).
    private static readonly TimeSpan CloseableAfter = TimeSpan.FromMinutes(5);

    public static Learned Note(AttemptRow attempt, Finding finding, DateTimeOffset now)
    {
        var evidence = finding.Evidence switch
        {
            AttemptEvidence.NotFoundYet => CountNotFound(attempt, isWholeAnswer: true, now),
            AttemptEvidence.NotVisible => CountNotFound(attempt, isWholeAnswer: false, now),

            // It may refuse only the repetition: the earlier send is asked about.
            AttemptEvidence.Refused or AttemptEvidence.Unsendable when attempt.Undecided == 1 => AttemptEvidence.NoAnswer,
            _ => finding.Evidence,
        };
        if (evidence == AttemptEvidence.StillOpen && MustClose(attempt, now))
        {
            evidence = AttemptEvidence.CloseBegun;
        }

        var wasOpen = Attempt.IsOpen(attempt.Status);
        var step = Attempt.After(attempt.Status, evidence);
        attempt.Status = step.State;
        if (evidence == AttemptEvidence.FailureReported && wasOpen)
        {
            attempt.ReportedCode = finding.Code ?? attempt.ReportedCode;
        }

        if (step.IsContradiction)
        {
            return Contradict(attempt, evidence, step.Why!);
        }

        if (!Attempt.IsOpen(step.State))
        {
            return step.IsMoved ? End(attempt, finding, evidence, now) : new(Consequence.Nothing);
        }

        if (evidence is AttemptEvidence.Accepted or AttemptEvidence.StillOpen)
        {
            (attempt.Accepted, attempt.Undecided) = (1, 0);
        }

        attempt.Code = finding.Code ?? attempt.Code;
        if (step.State == AttemptState.Sending)
        {
            return new(Consequence.Waiting); // Its answer is still to come and sets the next hour.
        }

        var next = step.State == AttemptState.Planned ? NextSend(attempt, finding, evidence, now) : NextQuestion(attempt, finding, evidence, now);
        attempt.NextAt = Instant.ToMicros(next);
        return next is null ? new(Consequence.Unresolved, "Three days of questions brought no answer.") : new(Consequence.Waiting);
    }

    private static Learned Contradict(AttemptRow attempt, AttemptEvidence evidence, string why)
    {
        if (evidence != AttemptEvidence.PaidOtherAmount || !Attempt.IsOpen(attempt.Status))
        {
            return new(Consequence.Contradiction, why);
        }

        attempt.NextAt = null; // Asking again would only bring the same amount.
        return new(Consequence.Unresolved, why);
    }

    private static Learned End(AttemptRow attempt, Finding finding, AttemptEvidence evidence, DateTimeOffset now)
    {
        attempt.NextAt = null;
        attempt.EndedAt = Instant.ToMicros(now);
        if (evidence == AttemptEvidence.Paid)
        {
            attempt.TransactionId = finding.TransactionId;
            attempt.ExecutedAt = Instant.ToMicros(finding.PaidAt ?? now);
            attempt.Code = null;
            return new(Consequence.Settled);
        }

        if (evidence == AttemptEvidence.Unsendable)
        {
            attempt.Code = finding.Code;
            return new(Consequence.Held);
        }

        var code = evidence switch
        {
            AttemptEvidence.ClosedAtWeChat when attempt.Status == AttemptState.Failed => DebitCode.OfClosed(attempt.ReportedCode ?? finding.Code),
            AttemptEvidence.Refused => DebitCode.Of(finding.Code),
            _ => DebitCode.Of("ORDERCLOSED"), // By us: nobody's account was tried.
        };
        attempt.Code = code.Code;
        attempt.ExecutedAt = code.Executed ? attempt.EndedAt : null;
        return new(Consequence.Failed);
    }

    /// <summary>Counts only answers that can prove something; enough of them prove that the number never arrived.</summary>
    private static AttemptEvidence CountNotFound(AttemptRow attempt, bool isWholeAnswer, DateTimeOffset now)
    {
        var sent = Sent(attempt);
        var waitsForItsDay = attempt.Accepted == 1 || attempt.Undecided == 1 || !isWholeAnswer;
        if (attempt.DebitMode == DebitMode.Delay24H && waitsForItsDay && now < sent + Asking.Delay)
        {
            return AttemptEvidence.NotFoundYet;
        }

        attempt.NotFound++;
        attempt.FirstNotFoundAt ??= Instant.ToMicros(now);
        return Asking.ProvesAbsence(attempt.DebitMode, sent, waitsForItsDay, (int)attempt.NotFound, Instant.FromMicros(attempt.FirstNotFoundAt.Value), now)
            ? AttemptEvidence.NeverArrived
            : AttemptEvidence.NotFoundYet;
    }

    /// <summary>WeChat reported SYSTEMERROR and leaves the order open: it is closed before a new number is taken.</summary>
    private static bool MustClose(AttemptRow attempt, DateTimeOffset now) =>
        attempt is { ReportedCode: { } reported, Status: AttemptState.Accepted or AttemptState.Unknown }
        && DebitCode.Of(reported).Class == CodeClass.Ask && now >= Created(attempt) + CloseableAfter;

    private static DateTimeOffset? NextSend(AttemptRow attempt, Finding finding, AttemptEvidence evidence, DateTimeOffset now)
    {
        if (evidence == AttemptEvidence.NeverArrived)
        {
            // Absence that is believed before the day is over, or once, allows the same number again and nothing else.
            attempt.Undecided = attempt.Accepted == 0 && attempt.Undecided == 0 ? 1 : 0;
            (attempt.NotFound, attempt.FirstNotFoundAt, attempt.Accepted, attempt.ReportedCode) = (0, null, 0, null);
        }

        if (now - Instant.FromMicros(attempt.AskSince ?? attempt.CreatedAt) >= AskLadder.GivesUpAfter + Asking.Delay)
        {
            return null;
        }

        attempt.Asked++; // A number that goes back and forth does so ever more slowly.
        return DebitWindow.NextOpen(
            evidence == AttemptEvidence.NotTaken ? now + (DebitCode.Of(finding.Code).Class == CodeClass.ConfigFault ? ConfigFaultPause : ThrottlePause)
            : evidence == AttemptEvidence.NeverArrived && attempt.Asked <= 8 ? now
            : now + AskLadder.WaitAfter((int)attempt.Asked - 1));
    }

    private static DateTimeOffset? NextQuestion(AttemptRow attempt, Finding finding, AttemptEvidence evidence, DateTimeOffset now)
    {
        var sent = Sent(attempt);
        var isDelayed = attempt.DebitMode == DebitMode.Delay24H && attempt.Accepted == 1 && now < sent + Asking.Delay;
        return evidence switch
        {
            AttemptEvidence.FailureReported or AttemptEvidence.Interrupted or AttemptEvidence.CloseBegun => now,
            AttemptEvidence.Accepted => attempt.ReportedCode is null ? Asking.First(attempt.DebitMode, sent) : now,
            AttemptEvidence.NoAnswer when finding.Code is "ORDERPAID" or "ORDER_ACCEPTED" or "OUT_TRADE_NO_USED" && attempt.Asked == 0 => now,
            AttemptEvidence.StillOpen when attempt.ReportedCode is { } reported && DebitCode.Of(reported).Class == CodeClass.Ask
                && now < Created(attempt) + CloseableAfter => Created(attempt) + CloseableAfter,
            _ when isDelayed && attempt.ReportedCode is null => sent + Asking.Delay,
            _ => Asking.Next((int)attempt.Asked, Later(isDelayed || attempt.DebitMode == DebitMode.PayLater ? sent : sent + Asking.Delay, attempt.AskSince), now),
        };
    }

    private static DateTimeOffset Later(DateTimeOffset a, long? b) => b is { } other && Instant.FromMicros(other) > a ? Instant.FromMicros(other) : a;

    /// <summary>A number that is not on its way is taken back; where an earlier send was never decided, that is asked about first.</summary>
    public static bool Withdraw(AttemptRow attempt, DateTimeOffset now)
    {
        var step = Attempt.After(attempt.Status, attempt.Undecided == 1 ? AttemptEvidence.AskedBack : AttemptEvidence.Withdrawn);
        if (!step.IsMoved)
        {
            return false;
        }

        attempt.Status = step.State;
        var isOver = !Attempt.IsOpen(step.State);
        attempt.NextAt = isOver ? null : Instant.ToMicros(now);
        attempt.EndedAt = isOver ? Instant.ToMicros(now) : null;
        return true;
    }

    /// <summary>A person asks for it: the questions (or the sending of the same number) start anew, now.</summary>
    public static void Rearm(AttemptRow attempt, DateTimeOffset now)
    {
        (attempt.Asked, attempt.NotFound, attempt.FirstNotFoundAt) = (0, 0, null);
        (attempt.AskSince, attempt.NextAt) = (Instant.ToMicros(now), Instant.ToMicros(now));
    }

    private static DateTimeOffset Sent(AttemptRow attempt) => Instant.FromMicros(attempt.SentAt ?? attempt.CreatedAt);

    // In 24-hour mode WeChat makes the order when it executes the debit.
    private static DateTimeOffset Created(AttemptRow attempt) =>
        attempt.DebitMode == DebitMode.Delay24H ? Sent(attempt) + TimeSpan.FromHours(24) : Sent(attempt);
}
