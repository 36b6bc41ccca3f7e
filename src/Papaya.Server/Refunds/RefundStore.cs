using Papaya.Server.Hosting;
using Papaya.Server.Storage;

namespace Papaya.Server.Refunds;

/// <summary>What a list is narrowed to; states are stored names.</summary>
internal sealed record RefundFilter(string? Charge, string? Checkout, IReadOnlyList<string>? States);

internal static class RefundStore
{
    /// <summary>WeChat's limit of partial refunds of one order (docs/reference/wechat-rules.md §9).</summary>
    public const int MostPerPayment = 50;

    private const string Columns = """
        id, merchant, app_id, refund_number, charge_id, checkout_id, order_number, transaction_id, order_amount, amount, reason, state, code,
        wechat_refund_id, received_by, sent_at, asked, settled_at, next_at, created_at, version
        """;

    extension(Reader reader)
    {
        public Task<RefundRow?> FindRefundAsync(string id) =>
            reader.SingleOrDefaultAsync<RefundRow>($"select {Columns} from refund where id = @Id", new { Id = id });

        public Task<IReadOnlyList<RefundRow>> ListRefundsAsync(RefundFilter filter, PageQuery page)
        {
            var where = "(created_at > @At or (created_at = @At and id > @Id))"
                + (filter.Charge is null ? "" : " and charge_id = @Charge")
                + (filter.Checkout is null ? "" : " and checkout_id = @Checkout")
                + (filter.States is null ? "" : " and state in (@State1, @State2, @State3, @State4)");
            return reader.QueryAsync<RefundRow>(
                $"select {Columns} from refund where {where} order by created_at, id limit @Fetch",
                new
                {
                    page.At, page.Id, page.Fetch, filter.Charge, filter.Checkout,
                    State1 = StateAt(filter, 0), State2 = StateAt(filter, 1), State3 = StateAt(filter, 2), State4 = StateAt(filter, 3),
                });
        }

        public Task<IReadOnlyList<RefundRow>> RefundQuestionsAsync(long now, int limit) => reader.QueryAsync<RefundRow>(
            $"""
            select {Columns} from refund
             where next_at <= @Now and state in ('unknown', 'processing', 'abnormal') order by next_at, id limit @Limit
            """,
            new { Now = now, Limit = (long)limit });

        public Task<long?> NextRefundAsync() => reader.ScalarAsync<long?>("select min(next_at) from refund where next_at is not null");

        /// <summary>What may still be refunded of a payment; null when nothing has been asked of it yet.</summary>
        public Task<long?> LeftOfAsync(string merchant, string number) => reader.ScalarAsync<long?>(
            "select paid - reserved from refundable where merchant = @Merchant and number = @Number", new { Merchant = merchant, Number = number });
    }

    extension(Transaction tx)
    {
        public Task<RefundRow?> TakeRefundAsync(string id) =>
            tx.SingleOrDefaultAsync<RefundRow>($"select {Columns} from refund where id = @Id {tx.Dialect.ForUpdate}", new { Id = id });

        public Task<RefundRow?> TakeRefundByNumberAsync(string merchant, string refundNumber) => tx.SingleOrDefaultAsync<RefundRow>(
            $"select {Columns} from refund where merchant = @Merchant and refund_number = @RefundNumber {tx.Dialect.ForUpdate}",
            new { Merchant = merchant, RefundNumber = refundNumber });

        /// <summary>Takes the amount off what is left of the payment, in one statement. False when not enough is left.</summary>
        public async Task<bool> TryReserveAsync(string merchant, string number, long paid, long amount)
        {
            await tx.ExecuteAsync(
                "insert into refundable (merchant, number, paid, reserved, refunds) values (@Merchant, @Number, @Paid, 0, 0) on conflict do nothing",
                new { Merchant = merchant, Number = number, Paid = paid });
            return await tx.ExecuteAsync(
                """
                update refundable set reserved = reserved + @Amount, refunds = refunds + 1
                 where merchant = @Merchant and number = @Number and reserved + @Amount <= paid and refunds < @Most
                """,
                new { Merchant = merchant, Number = number, Amount = amount, Most = (long)MostPerPayment }) == 1;
        }

        /// <summary>The refund came to nothing: its amount may be refunded under another number. With a negative amount, money that moved all the same.</summary>
        public Task<int> ReleaseAsync(string merchant, string number, long amount) => tx.ExecuteAsync(
            "update refundable set reserved = reserved - @Amount where merchant = @Merchant and number = @Number",
            new { Merchant = merchant, Number = number, Amount = amount });

        public Task<int> InsertAsync(RefundRow refund) => tx.ExecuteAsync(
            """
            insert into refund (
                id, merchant, app_id, refund_number, charge_id, checkout_id, order_number, transaction_id, order_amount, amount, reason, state, code,
                wechat_refund_id, received_by, sent_at, asked, settled_at, next_at, created_at, version)
            values (
                @Id, @Merchant, @AppId, @RefundNumber, @ChargeId, @CheckoutId, @OrderNumber, @TransactionId, @OrderAmount, @Amount, @Reason, @State, null,
                null, null, null, 0, null, @NextAt, @CreatedAt, 1)
            """,
            refund);

        /// <summary>Saves a row that this transaction read for changing; nobody else can have.</summary>
        public async Task SaveAsync(RefundRow refund)
        {
            var saved = await tx.ExecuteAsync(
                """
                update refund
                   set state = @State, code = @Code, wechat_refund_id = @WechatRefundId, received_by = @ReceivedBy, sent_at = @SentAt, asked = @Asked,
                       settled_at = @SettledAt, next_at = @NextAt, version = version + 1
                 where id = @Id and version = @Version
                """,
                refund);
            if (saved != 1)
            {
                throw new InvalidOperationException($"{refund.Id} was changed in the middle of a transaction that holds it.");
            }

            refund.Version++;
        }

        public Task<IReadOnlyList<RefundRow>> TakeRefundsToSendAsync(long now, int limit) => tx.QueryAsync<RefundRow>(
            $"""
            select {Columns} from refund
             where id in (
                select id from refund where next_at <= @Now and state in ('requested', 'waiting_funds')
                 order by next_at, id limit @Limit {tx.Dialect.SkipLocked})
             order by next_at, id
            """,
            new { Now = now, Limit = (long)limit });

        public Task<IReadOnlyList<RefundRow>> TakeInterruptedRefundsAsync() =>
            tx.QueryAsync<RefundRow>($"select {Columns} from refund where state = 'submitting' order by sent_at, id {tx.Dialect.ForUpdate}");
    }

    private static string? StateAt(RefundFilter filter, int index) => filter.States is { } states ? states[Math.Min(index, states.Count - 1)] : null;
}
