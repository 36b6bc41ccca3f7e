using Papaya.Server.Hosting;
using Papaya.Server.Storage;

namespace Papaya.Server.Subscriptions;

internal static class SubscriptionStore
{
    private const string Columns = """
        id, merchant, plan, customer, checkout_id, contract_id, status, auto_renew, amount, interval_unit, interval_count,
        anchor_at, period_number, period_start, period_end, canceled_at, cancel_reason, next_at, created_at, version
        """;

    extension(Reader reader)
    {
        public Task<Subscription?> FindSubscriptionAsync(string id) =>
            reader.SingleOrDefaultAsync<Subscription>($"select {Columns} from subscription where id = @Id", new { Id = id });

        public Task<IReadOnlyList<Subscription>> SubscriptionsOfContractAsync(string contractId) =>
            reader.QueryAsync<Subscription>($"select {Columns} from subscription where contract_id = @ContractId order by created_at, id", new { ContractId = contractId });

        public Task<IReadOnlyList<string>> DueSubscriptionsAsync(long now, int limit) =>
            reader.QueryAsync<string>("select id from subscription where next_at <= @Now order by next_at, id limit @Limit", new { Now = now, Limit = (long)limit });

        public Task<long?> NextSubscriptionInstantAsync() =>
            reader.ScalarAsync<long?>("select min(next_at) from subscription where next_at is not null");

        public Task<IReadOnlyList<Subscription>> ListSubscriptionsAsync(SubscriptionFilter filter, PageQuery page)
        {
            var where = "(created_at > @At or (created_at = @At and id > @Id))"
                + (filter.Customer is null ? "" : " and customer = @Customer")
                + (filter.Plan is null ? "" : " and plan = @Plan")
                + (filter.Contract is null ? "" : " and contract_id = @Contract")
                + (filter.Statuses is null ? "" : " and status in (@Status1, @Status2)");
            return reader.QueryAsync<Subscription>(
                $"select {Columns} from subscription where {where} order by created_at, id limit @Fetch",
                new
                {
                    page.At, page.Id, page.Fetch, filter.Customer, filter.Plan, filter.Contract,
                    Status1 = filter.Statuses?[0], Status2 = filter.Statuses?[^1],
                });
        }
    }

    extension(Transaction tx)
    {
        /// <summary>Reads a row that this transaction is about to change.</summary>
        public Task<Subscription?> TakeSubscriptionAsync(string id) =>
            tx.SingleOrDefaultAsync<Subscription>($"select {Columns} from subscription where id = @Id {tx.Dialect.ForUpdate}", new { Id = id });

        public Task<int> InsertAsync(Subscription subscription) => tx.ExecuteAsync(
            """
            insert into subscription (
                id, merchant, plan, customer, checkout_id, contract_id, status, auto_renew, amount, interval_unit, interval_count,
                anchor_at, period_number, period_start, period_end, canceled_at, cancel_reason, next_at, created_at, version)
            values (
                @Id, @Merchant, @Plan, @Customer, @CheckoutId, @ContractId, @Status, @AutoRenew, @Amount, @IntervalUnit, @IntervalCount,
                @AnchorAt, @PeriodNumber, @PeriodStart, @PeriodEnd, @CanceledAt, @CancelReason, @NextAt, @CreatedAt, 1)
            on conflict do nothing
            """,
            subscription);

        /// <summary>False when somebody else changed the row first.</summary>
        public async Task<bool> TrySaveAsync(Subscription subscription)
        {
            var saved = await tx.ExecuteAsync(
                """
                update subscription
                   set contract_id = @ContractId, status = @Status, auto_renew = @AutoRenew, anchor_at = @AnchorAt,
                       period_number = @PeriodNumber, period_start = @PeriodStart, period_end = @PeriodEnd,
                       canceled_at = @CanceledAt, cancel_reason = @CancelReason, next_at = @NextAt, version = version + 1
                 where id = @Id and version = @Version
                """,
                subscription) == 1;
            subscription.Version += saved ? 1 : 0;
            return saved;
        }
    }
}

/// <summary>What a list is narrowed to; statuses are stored names.</summary>
internal sealed record SubscriptionFilter(string? Customer, string? Plan, string? Contract, IReadOnlyList<string>? Statuses);
