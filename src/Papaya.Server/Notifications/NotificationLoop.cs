using Papaya.Server.Hosting;
using Papaya.Server.Storage;
using Papaya.Server.WeChat;
using Papaya.WeChatPay.Notifications;

namespace Papaya.Server.Notifications;

/// <summary>
/// Applies what the inbox holds, oldest first, many in one transaction. One bad message stops nobody else: when a batch fails it runs again
/// with a savepoint for each, which all the good days need not pay for. What failed is kept with its error and tried again; one whose number is unknown is tried again while it is young, then kept as an orphan.
/// </summary>
internal sealed partial class NotificationLoop(
    Database db, WeChatClients clients, NotificationConsumers consumers, TimeProvider clock, ILogger<NotificationLoop> log) : ILoop
{
    public const string LoopName = "notifications";

    private const int MostAtOnce = 200;

    /// <summary>Our own commit of a number takes seconds at most; ten minutes leave room for a restart.</summary>
    private static readonly TimeSpan YoungFor = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    /// <summary>After this a person has to look; by then every loop has asked WeChat itself.</summary>
    private static readonly TimeSpan TriedFor = TimeSpan.FromHours(72);

    public string Name => LoopName;

    public async Task<DateTimeOffset?> RunOnceAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        int applied;
        try
        {
            applied = await ApplyDueAsync(now, (tx, row) => ApplyAsync(tx, row, now), ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            LogApart(e);
            applied = await ApplyDueAsync(now, (tx, row) => ApplyApartAsync(tx, row, now), ct);
        }

        if (applied == MostAtOnce)
        {
            return now; // There may be more.
        }

        return Instant.FromMicros(await db.ReadAsync(InboxStore.NextDueAsync, ct));
    }

    private Task<int> ApplyDueAsync(DateTimeOffset now, Func<Transaction, InboxRow, Task> apply, CancellationToken ct) => db.WriteAsync(
        async tx =>
        {
            var due = await InboxStore.TakeDueAsync(tx, Instant.ToMicros(now), MostAtOnce);
            foreach (var row in due)
            {
                row.Tries++;
                await apply(tx, row);
            }

            return due.Count;
        },
        ct);

    private async Task ApplyAsync(Transaction tx, InboxRow row, DateTimeOffset now)
    {
        Settle(row, await consumers.ApplyAsync(tx, Read(row)), now);
        await InboxStore.SaveAsync(tx, row);
    }

    private async Task ApplyApartAsync(Transaction tx, InboxRow row, DateTimeOffset now)
    {
        var failure = await tx.TryAsync(() => ApplyAsync(tx, row, now));
        if (failure is null)
        {
            return;
        }

        LogFailed(failure, row.Kind, row.Id, row.Tries);
        (row.State, row.AppliedAt) = ("failed", null);
        row.Error = Shorten($"{failure.GetType().Name}: {failure.Message}");
        row.DueAt = NextTry(row, now, TriedFor);
        await InboxStore.SaveAsync(tx, row);
    }

    private Notification Read(InboxRow row)
    {
        var credentials = clients.CredentialsOf(row.Merchant)
            ?? throw new InvalidOperationException($"Merchant {row.Merchant} is no longer configured.");
        return NotificationReader.Read(Convert.FromBase64String(row.Body), credentials);
    }

    private static void Settle(InboxRow row, NotificationOutcome outcome, DateTimeOffset now)
    {
        row.Error = null;
        if (outcome == NotificationOutcome.Applied)
        {
            (row.State, row.DueAt, row.AppliedAt) = ("applied", null, Instant.ToMicros(now));
            return;
        }

        (row.State, row.DueAt) = ("orphan", NextTry(row, now, YoungFor));
    }

    /// <summary>5 s, 10 s, 20 s … up to an hour; null when it has been tried for long enough.</summary>
    private static long? NextTry(InboxRow row, DateTimeOffset now, TimeSpan longest)
    {
        if (now - Instant.FromMicros(row.ReceivedAt) >= longest)
        {
            return null;
        }

        var wait = FirstWait * Math.Pow(2, Math.Min(row.Tries - 1, 20));
        return Instant.ToMicros(now + (wait < LongestWait ? wait : LongestWait));
    }

    private static string Shorten(string text) => text.Length <= 500 ? text : text[..500];

    [LoggerMessage(1402, LogLevel.Debug, "A batch of notifications failed; each is applied apart")]
    private partial void LogApart(Exception e);

    [LoggerMessage(1401, LogLevel.Error, "The {Kind} notification {Id} could not be applied (try {Tries})")]
    private partial void LogFailed(Exception e, string kind, string id, long tries);
}
