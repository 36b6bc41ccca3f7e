using Papaya.Server.Hosting;
using Papaya.Server.Storage;

namespace Papaya.Server.Debits;

/// <summary>What a list is narrowed to; states are stored names.</summary>
internal sealed record ChargeFilter(string? Subscription, string? Contract, IReadOnlyList<string>? States);

internal static class ChargeStore
{
    internal const string Columns = """
        id, merchant, kind, subscription_id, period, contract_id, amount, description, mode, state, period_start, period_end, due_day, due_at,
        noticed_at, attempts, failures, refusals, first_execution_at, code, reason, paid_number, settled_at, next_at, parked, created_at, version
        """;

    extension(Reader reader)
    {
        public Task<ChargeRow?> FindChargeAsync(string id) =>
            reader.SingleOrDefaultAsync<ChargeRow>($"select {Columns} from charge where id = @Id", new { Id = id });

        public Task<IReadOnlyList<ChargeRow>> ListChargesAsync(ChargeFilter filter, PageQuery page)
        {
            var where = "(created_at > @At or (created_at = @At and id > @Id))"
                + (filter.Subscription is null ? "" : " and subscription_id = @Subscription")
                + (filter.Contract is null ? "" : " and contract_id = @Contract")
                + (filter.States is null ? "" : " and state in (@State1, @State2)");
            return reader.QueryAsync<ChargeRow>(
                $"select {Columns} from charge where {where} order by created_at, id limit @Fetch",
                new { page.At, page.Id, page.Fetch, filter.Subscription, filter.Contract, State1 = filter.States?[0], State2 = filter.States?[^1] });
        }

        /// <summary>The notice whose hour comes next.</summary>
        public Task<long?> NextNoticeAsync() => reader.ScalarAsync<long?>("select min(next_at) from charge where state = 'planned' and next_at is not null");

        public Task<long?> NextRenewalAsync() => reader.ScalarAsync<long?>("select min(opens_at) from renewal");

        public Task<long?> NextSendAsync(string[] paused) => reader.ScalarAsync<long?>(
            $"select min(next_at) from charge where state in ('noticed', 'due', 'retry_wait') and next_at is not null{AttemptStore.Except(paused)}", new { Paused = paused });
    }

    extension(Transaction tx)
    {
        /// <summary>Reads a row that this transaction is about to change.</summary>
        public Task<ChargeRow?> TakeChargeAsync(string id) =>
            tx.SingleOrDefaultAsync<ChargeRow>($"select {Columns} from charge where id = @Id {tx.Dialect.ForUpdate}", new { Id = id });

        /// <summary>0 when the period or the use is charged already.</summary>
        public Task<int> InsertAsync(ChargeRow charge) => tx.ExecuteAsync(
            """
            insert into charge (
                id, merchant, kind, subscription_id, period, contract_id, amount, description, mode, state, period_start, period_end, due_day, due_at,
                noticed_at, attempts, failures, refusals, first_execution_at, code, reason, paid_number, settled_at, next_at, created_at, version)
            values (
                @Id, @Merchant, @Kind, @SubscriptionId, @Period, @ContractId, @Amount, @Description, @Mode, @State, @PeriodStart, @PeriodEnd, @DueDay, @DueAt,
                @NoticedAt, 0, 0, 0, null, null, @Reason, null, null, @NextAt, @CreatedAt, 1)
            on conflict do nothing
            """,
            charge);

        /// <summary>False when somebody else changed the row first.</summary>
        public async Task<bool> TrySaveAsync(ChargeRow charge)
        {
            var saved = await tx.ExecuteAsync(
                """
                update charge
                   set state = @State, due_at = @DueAt, noticed_at = @NoticedAt, attempts = @Attempts, failures = @Failures, refusals = @Refusals,
                       first_execution_at = @FirstExecutionAt, code = @Code, reason = @Reason, paid_number = @PaidNumber, settled_at = @SettledAt,
                       next_at = @NextAt, parked = @Parked, version = version + 1
                 where id = @Id and version = @Version
                """,
                charge) == 1;
            charge.Version += saved ? 1 : 0;
            return saved;
        }

        public Task<int> ScheduleRenewalAsync(string subscriptionId, long opensAt) => tx.ExecuteAsync(
            """
            insert into renewal (subscription_id, opens_at) values (@SubscriptionId, @OpensAt)
            on conflict (subscription_id) do update set opens_at = excluded.opens_at
            """,
            new { SubscriptionId = subscriptionId, OpensAt = opensAt });

        /// <summary>Subscriptions whose next charge is to open now; they are no longer scheduled.</summary>
        public Task<IReadOnlyList<string>> TakeRenewalsAsync(long now, int limit) => tx.QueryAsync<string>(
            $"""
            delete from renewal
             where subscription_id in (select subscription_id from renewal where opens_at <= @Now order by opens_at, subscription_id limit @Limit {tx.Dialect.SkipLocked})
            returning subscription_id
            """,
            new { Now = now, Limit = (long)limit });

        public Task<int> AddNoticeAsync(string chargeId, string kind, long sentAt, string detail) => tx.ExecuteAsync(
            "insert into notice (charge_id, kind, sent_at, detail) values (@ChargeId, @Kind, @SentAt, @Detail) on conflict do nothing",
            new { ChargeId = chargeId, Kind = kind, SentAt = sentAt, Detail = detail });

        /// <summary>Planned charges whose customers are to be told now.</summary>
        public Task<IReadOnlyList<ChargeRow>> TakeToNoticeAsync(long now, int limit) => tx.QueryAsync<ChargeRow>(
            $"""
            select {Columns} from charge
             where id in (select id from charge where state = 'planned' and next_at <= @Now order by next_at, id limit @Limit {tx.Dialect.SkipLocked})
             order by next_at, id
            """,
            new { Now = now, Limit = (long)limit });

        /// <summary>Everything of a contract that has not ended.</summary>
        public Task<IReadOnlyList<ChargeRow>> TakeOpenChargesOfContractAsync(string contractId) => tx.QueryAsync<ChargeRow>(
            $"""
            select {Columns} from charge
             where contract_id = @ContractId and state in ('planned', 'noticed', 'due', 'in_attempt', 'unresolved', 'retry_wait', 'manual_review')
             order by created_at, id {tx.Dialect.ForUpdate}
            """,
            new { ContractId = contractId });

        /// <summary>Charges that stood aside for their contract (another debit of it was waiting, it was held) may be looked at again.</summary>
        /// <param name="except">The charge whose attempt has just ended; its own next hour is known.</param>
        public Task<int> UnparkAsync(string contractId, string except, long now) => tx.ExecuteAsync(
            """
            update charge set next_at = @Now, parked = 0, version = version + 1
             where contract_id = @ContractId and id <> @Except and parked = 1 and state in ('noticed', 'due', 'retry_wait')
            """,
            new { ContractId = contractId, Except = except, Now = now });
    }
}
