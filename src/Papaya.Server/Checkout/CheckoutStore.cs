using Papaya.Server.Storage;

namespace Papaya.Server.Checkout;

internal static class CheckoutStore
{
    private const string Columns = """
        id, merchant, app_id, channel, plan, template, title, amount, customer, display_name, openid as open_id, ip, device_id, return_url,
        metadata, options, out_trade_no, contract_code, request_serial, payment_leg, contract_leg, prepay_id, code_url, mweb_url, prepared_at,
        transaction_id, paid_at, payer, payment_code, payment_reason, contract_reason_code, contract_reason, contract_id, subscription_id,
        created_at, expires_at, closed_at, payment_asked, payment_ask_at, contract_asked, contract_ask_at, asked_at, version
        """;

    extension(Reader reader)
    {
        public Task<CheckoutVisit?> FindCheckoutAsync(string id) =>
            reader.SingleOrDefaultAsync<CheckoutVisit>($"select {Columns} from checkout where id = @Id", new { Id = id });

        public Task<IReadOnlyList<string>> DueCheckoutsAsync(long now, int limit) =>
            reader.QueryAsync<string>("select id from checkout where next_at <= @Now order by next_at, id limit @Limit", new { Now = now, Limit = (long)limit });

        public Task<long?> NextCheckoutInstantAsync() => reader.ScalarAsync<long?>("select min(next_at) from checkout where next_at is not null");
    }

    extension(Transaction tx)
    {
        /// <summary>Reads a row that this transaction is about to change.</summary>
        public Task<CheckoutVisit?> TakeCheckoutAsync(string id) =>
            tx.SingleOrDefaultAsync<CheckoutVisit>($"select {Columns} from checkout where id = @Id {tx.Dialect.ForUpdate}", new { Id = id });

        public Task<CheckoutVisit?> TakeCheckoutOfOrderAsync(string merchant, string outTradeNo) =>
            tx.SingleOrDefaultAsync<CheckoutVisit>(
                $"select {Columns} from checkout where merchant = @Merchant and out_trade_no = @OutTradeNo {tx.Dialect.ForUpdate}",
                new { Merchant = merchant, OutTradeNo = outTradeNo });

        public Task<CheckoutVisit?> TakeCheckoutOfContractAsync(string merchant, string contractCode) =>
            tx.SingleOrDefaultAsync<CheckoutVisit>(
                $"select {Columns} from checkout where merchant = @Merchant and contract_code = @ContractCode {tx.Dialect.ForUpdate}",
                new { Merchant = merchant, ContractCode = contractCode });

        public Task<int> InsertAsync(CheckoutVisit visit) => tx.ExecuteAsync(
            """
            insert into checkout (
                id, merchant, app_id, channel, plan, template, title, amount, customer, display_name, openid, ip, device_id, return_url,
                metadata, options, out_trade_no, contract_code, request_serial, payment_leg, contract_leg, subscription_id,
                created_at, expires_at, payment_asked, payment_ask_at, contract_asked, contract_ask_at, next_at, version)
            values (
                @Id, @Merchant, @AppId, @Channel, @Plan, @Template, @Title, @Amount, @Customer, @DisplayName, @OpenId, @Ip, @DeviceId, @ReturnUrl,
                @Metadata, @Options, @OutTradeNo, @ContractCode, @RequestSerial, @PaymentLeg, @ContractLeg, @SubscriptionId,
                @CreatedAt, @ExpiresAt, @PaymentAsked, @PaymentAskAt, @ContractAsked, @ContractAskAt, @NextAt, 1)
            on conflict do nothing
            """,
            visit);

        /// <summary>False when somebody else changed the row first.</summary>
        public async Task<bool> TrySaveAsync(CheckoutVisit visit)
        {
            var saved = await tx.ExecuteAsync(
                """
                update checkout
                   set payment_leg = @PaymentLeg, contract_leg = @ContractLeg, prepay_id = @PrepayId, code_url = @CodeUrl, mweb_url = @MwebUrl,
                       prepared_at = @PreparedAt, transaction_id = @TransactionId, paid_at = @PaidAt, payer = @Payer,
                       payment_code = @PaymentCode, payment_reason = @PaymentReason,
                       contract_reason_code = @ContractReasonCode, contract_reason = @ContractReason, contract_id = @ContractId,
                       closed_at = @ClosedAt, payment_asked = @PaymentAsked, payment_ask_at = @PaymentAskAt,
                       contract_asked = @ContractAsked, contract_ask_at = @ContractAskAt, asked_at = @AskedAt, next_at = @NextAt,
                       version = version + 1
                 where id = @Id and version = @Version
                """,
                visit) == 1;
            visit.Version += saved ? 1 : 0;
            return saved;
        }
    }
}
