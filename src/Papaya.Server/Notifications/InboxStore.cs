using Papaya.Server.Storage;

namespace Papaya.Server.Notifications;

internal sealed class InboxRow
{
    public string Id { get; set; } = "";

    public string Merchant { get; set; } = "";

    public string Kind { get; set; } = "";

    public string BodyHash { get; set; } = "";

    /// <summary>The raw bytes in base64, exactly as they were verified.</summary>
    public string Body { get; set; } = "";

    public long ReceivedAt { get; set; }

    public string State { get; set; } = "waiting";

    public long Tries { get; set; }

    /// <summary>When it is to be applied (again); null when nothing more is going to happen by itself.</summary>
    public long? DueAt { get; set; }

    public long? AppliedAt { get; set; }

    public string? Error { get; set; }
}

internal static class InboxStore
{
    /// <summary>False when the very same message is there already.</summary>
    public static async Task<bool> TryInsertAsync(Transaction tx, InboxRow row) =>
        await tx.ExecuteAsync(
            """
            insert into notification_inbox (id, merchant, kind, body_hash, body, received_at, state, tries, due_at)
            values (@Id, @Merchant, @Kind, @BodyHash, @Body, @ReceivedAt, 'waiting', 0, @ReceivedAt)
            on conflict (merchant, kind, body_hash) do nothing
            """,
            row) == 1;

    /// <summary>The oldest that are due, held by this transaction.</summary>
    public static Task<IReadOnlyList<InboxRow>> TakeDueAsync(Transaction tx, long now, int most) =>
        tx.QueryAsync<InboxRow>(
            $"""
            select id, merchant, kind, body_hash, body, received_at, state, tries, due_at, applied_at, error
              from notification_inbox
             where due_at <= @Now
             order by due_at, received_at, id
             limit @Most {tx.Dialect.SkipLocked}
            """,
            new { Now = now, Most = (long)most });

    public static Task<int> SaveAsync(Transaction tx, InboxRow row) =>
        tx.ExecuteAsync(
            "update notification_inbox set state = @State, tries = @Tries, due_at = @DueAt, applied_at = @AppliedAt, error = @Error where id = @Id",
            row);

    public static Task<long?> NextDueAsync(Reader reader) =>
        reader.ScalarAsync<long?>("select min(due_at) from notification_inbox where due_at is not null");
}
