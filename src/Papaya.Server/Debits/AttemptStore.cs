using Papaya.Billing.Contracts;
using Papaya.Billing.Subscriptions;
using Papaya.Server.Storage;

namespace Papaya.Server.Debits;

/// <summary>A due charge with all that its guard looks at, read in the transaction that claims it.</summary>
internal sealed class Candidate
{
    public string ChargeId { get; set; } = "";

    public string ContractStatus { get; set; } = "";

    /// <summary>WeChat's.</summary>
    public string WeChatContractId { get; set; } = "";

    public string AppId { get; set; } = "";

    public long Template { get; set; }

    public string? SubscriptionStatus { get; set; }

    /// <summary>Where the contract's plan departs from the server's policies.</summary>
    public string? Policies { get; set; }

    /// <summary>A number of this contract that is out in 24-hour mode.</summary>
    public string? Waiting { get; set; }

    public long Day { get; set; }

    public long SentToday { get; set; }

    public long SucceededToday { get; set; }

    public long CollectedToday { get; set; }

    public long Successes { get; set; }

    public long Collected { get; set; }

    public long FailuresInARow { get; set; }

    public long? LastExecutionAt { get; set; }

    public ContractState Contract => StateName<ContractState>.Parse(ContractStatus);

    public SubscriptionState? Subscription => SubscriptionStatus is { } status ? StateName<SubscriptionState>.Parse(status) : null;

    public ContractDebitRow History => new()
    {
        Day = Day, SentToday = SentToday, SucceededToday = SucceededToday, CollectedToday = CollectedToday,
        Successes = Successes, Collected = Collected, FailuresInARow = FailuresInARow, LastExecutionAt = LastExecutionAt,
    };
}

internal static class AttemptStore
{
    internal const string Columns = """
        merchant, number, charge_id, contract_id, attempt, mode, amount, state, excess, code, reported_code, transaction_id, sender, sent_at,
        accepted, asked, not_found, first_not_found_at, undecided, ask_since, executed_at, ended_at, next_at, created_at, version
        """;

    // Written out wherever a partial index is to be used: SQLite compares the text.
    private const string Open = "state in ('planned', 'sending', 'accepted', 'unknown', 'closing')";

    /// <summary>Without the merchants that are not served now; usually there are none, and the statement stays the same.</summary>
    internal static string Except(string[] paused) => paused.Length == 0 ? "" : " and not merchant in @Paused";

    extension(Reader reader)
    {
        public Task<AttemptRow?> FindAttemptAsync(string merchant, string number) => reader.SingleOrDefaultAsync<AttemptRow>(
            $"select {Columns} from charge_attempt where merchant = @Merchant and number = @Number", new { Merchant = merchant, Number = number });

        public Task<IReadOnlyList<AttemptRow>> AttemptsOfAsync(string chargeId) => reader.QueryAsync<AttemptRow>(
            $"select {Columns} from charge_attempt where charge_id = @ChargeId order by attempt", new { ChargeId = chargeId });

        public Task<IReadOnlyList<AttemptRow>> AttemptsOfAsync(IReadOnlyList<string> chargeIds) => chargeIds.Count == 0
            ? Task.FromResult<IReadOnlyList<AttemptRow>>([])
            : reader.QueryAsync<AttemptRow>(
                $"select {Columns} from charge_attempt where charge_id in @ChargeIds order by charge_id, attempt", new { ChargeIds = chargeIds });

        public Task<IReadOnlyList<AttemptRow>> QuestionsAsync(long now, int limit) => reader.QueryAsync<AttemptRow>(
            $"""
            select {Columns} from charge_attempt
             where state in ('accepted', 'unknown', 'closing') and next_at <= @Now order by next_at, number limit @Limit
            """,
            new { Now = now, Limit = (long)limit });

        public Task<long?> NextResendAsync(string[] paused) => reader.ScalarAsync<long?>(
            $"select min(next_at) from charge_attempt where state = 'planned' and next_at is not null{Except(paused)}", new { Paused = paused });

        public Task<long?> NextQuestionAsync() =>
            reader.ScalarAsync<long?>("select min(next_at) from charge_attempt where state in ('accepted', 'unknown', 'closing') and next_at is not null");
    }

    extension(Transaction tx)
    {
        /// <summary>Reads a row that this transaction is about to change.</summary>
        public Task<AttemptRow?> TakeAttemptAsync(string merchant, string number) => tx.SingleOrDefaultAsync<AttemptRow>(
            $"select {Columns} from charge_attempt where merchant = @Merchant and number = @Number {tx.Dialect.ForUpdate}",
            new { Merchant = merchant, Number = number });

        public Task<AttemptRow?> TakeOpenAttemptAsync(string chargeId) => tx.SingleOrDefaultAsync<AttemptRow>(
            $"select {Columns} from charge_attempt where charge_id = @ChargeId and {Open} {tx.Dialect.ForUpdate}", new { ChargeId = chargeId });

        /// <summary>0 when the number exists, or an index forbids another attempt at this charge or contract.</summary>
        public Task<int> InsertAsync(AttemptRow attempt) => tx.ExecuteAsync(
            """
            insert into charge_attempt (
                merchant, number, charge_id, contract_id, attempt, mode, amount, state, excess, code, reported_code, transaction_id, sender, sent_at,
                accepted, asked, not_found, first_not_found_at, executed_at, ended_at, next_at, created_at, version)
            values (
                @Merchant, @Number, @ChargeId, @ContractId, @Attempt, @Mode, @Amount, @State, 0, null, null, null, @Sender, @SentAt,
                0, 0, 0, null, null, null, @NextAt, @CreatedAt, 1)
            on conflict do nothing
            """,
            attempt);

        /// <summary>False when somebody else changed the row first.</summary>
        public async Task<bool> TrySaveAsync(AttemptRow attempt)
        {
            var saved = await tx.ExecuteAsync(
                """
                update charge_attempt
                   set state = @State, excess = @Excess, code = @Code, reported_code = @ReportedCode, transaction_id = @TransactionId, sender = @Sender,
                       sent_at = @SentAt, accepted = @Accepted, asked = @Asked, not_found = @NotFound, first_not_found_at = @FirstNotFoundAt,
                       undecided = @Undecided, ask_since = @AskSince,
                       executed_at = @ExecutedAt, ended_at = @EndedAt, next_at = @NextAt, version = version + 1
                 where merchant = @Merchant and number = @Number and version = @Version
                """,
                attempt) == 1;
            attempt.Version += saved ? 1 : 0;
            return saved;
        }

        /// <summary>Saves a row that this transaction read for changing; nobody else can have.</summary>
        public async Task SaveAsync(AttemptRow attempt)
        {
            if (!await tx.TrySaveAsync(attempt))
            {
                throw new InvalidOperationException($"{attempt.Number} was changed in the middle of a transaction that holds it.");
            }
        }

        public async Task SaveAsync(ChargeRow charge)
        {
            if (!await tx.TrySaveAsync(charge))
            {
                throw new InvalidOperationException($"{charge.Id} was changed in the middle of a transaction that holds it.");
            }
        }

        /// <summary>A planned number that stood aside while its contract was held may go out again.</summary>
        public Task<int> UnparkAttemptAsync(string contractId, long now) => tx.ExecuteAsync(
            $"update charge_attempt set next_at = @Now, version = version + 1 where contract_id = @ContractId and {Open} and state = 'planned'",
            new { ContractId = contractId, Now = now });

        public Task<int> AskLaterAsync(string merchant, string number, long at) => tx.ExecuteAsync(
            "update charge_attempt set asked = asked + 1, next_at = @At, version = version + 1 where merchant = @Merchant and number = @Number",
            new { Merchant = merchant, Number = number, At = at });

        /// <summary>A row that cannot be handled stands aside.</summary>
        public Task<int> PushAttemptAsync(string merchant, string number, long until) => tx.ExecuteAsync(
            "update charge_attempt set next_at = @Until, version = version + 1 where merchant = @Merchant and number = @Number",
            new { Merchant = merchant, Number = number, Until = until });

        public Task<int> PushChargeAsync(string id, long until) => tx.ExecuteAsync(
            "update charge set next_at = @Until, version = version + 1 where id = @Id", new { Id = id, Until = until });

        /// <summary>Numbers on their way that nobody in this process is sending: their answers are lost.</summary>
        public Task<IReadOnlyList<AttemptRow>> TakeInterruptedAsync() =>
            tx.QueryAsync<AttemptRow>($"select {Columns} from charge_attempt where state = 'sending' order by sent_at, number {tx.Dialect.ForUpdate}");

        /// <summary>Charges that may be due to send, oldest first.</summary>
        public Task<IReadOnlyList<ChargeRow>> TakeDueChargesAsync(long now, int limit, string[] paused) => tx.QueryAsync<ChargeRow>(
            $"""
            select {ChargeStore.Columns} from charge
             where id in (
                select id from charge where state in ('noticed', 'due', 'retry_wait') and next_at <= @Now{Except(paused)}
                 order by next_at, id limit @Limit {tx.Dialect.SkipLocked})
             order by next_at, id
            """,
            new { Now = now, Limit = (long)limit, Paused = paused });

        /// <summary>Numbers to send (again) unchanged.</summary>
        public Task<IReadOnlyList<AttemptRow>> TakeResendsAsync(long now, int limit, string[] paused) => tx.QueryAsync<AttemptRow>(
            $"""
            select {Columns} from charge_attempt
             where number in (
                select number from charge_attempt where state = 'planned' and next_at <= @Now{Except(paused)}
                 order by next_at, number limit @Limit {tx.Dialect.SkipLocked})
             order by next_at, number
            """,
            new { Now = now, Limit = (long)limit, Paused = paused });

        /// <summary>
        /// What the guard looks at. On PostgreSQL the contracts are locked against being ended until this transaction commits: after an acknowledged
        /// cancel nothing is sent.
        /// </summary>
        public async Task<Dictionary<string, Candidate>> CandidatesAsync(IReadOnlyList<string> chargeIds)
        {
            if (chargeIds.Count == 0)
            {
                return [];
            }

            if (!tx.Dialect.IsSqlite)
            {
                await tx.QueryAsync<string>(
                    "select id from contract where id in (select contract_id from charge where id in @ChargeIds) order by id for share", new { ChargeIds = chargeIds });
            }

            var found = await tx.QueryAsync<Candidate>(
                """
                select c.id as charge_id, k.status as contract_status, k.contract_id as we_chat_contract_id, k.app_id, k.template, s.status as subscription_status, p.policies,
                       (select a.number from charge_attempt a
                         where a.contract_id = c.contract_id and a.mode = 'delay_24h'
                           and a.state in ('planned', 'sending', 'accepted', 'unknown', 'closing')) as waiting,
                       coalesce(d.day, 0) as day, coalesce(d.sent_today, 0) as sent_today, coalesce(d.succeeded_today, 0) as succeeded_today,
                       coalesce(d.collected_today, 0) as collected_today, coalesce(d.successes, 0) as successes, coalesce(d.collected, 0) as collected,
                       coalesce(d.failures_in_a_row, 0) as failures_in_a_row, d.last_execution_at
                  from charge c
                  join contract k on k.id = c.contract_id
                  left join subscription s on s.id = c.subscription_id
                  left join plan p on p.code = k.plan
                  left join contract_debit d on d.contract_id = c.contract_id
                 where c.id in @ChargeIds
                """,
                new { ChargeIds = chargeIds });
            return found.ToDictionary(candidate => candidate.ChargeId, StringComparer.Ordinal);
        }

        public Task<string?> PoliciesOfAsync(string contractId) => tx.SingleOrDefaultAsync<string>(
            "select p.policies from contract k join plan p on p.code = k.plan where k.id = @ContractId", new { ContractId = contractId });

        public async Task<ContractDebitRow> TakeContractDebitAsync(string contractId, long today)
        {
            var row = await tx.SingleOrDefaultAsync<ContractDebitRow>(
                $"""
                select contract_id, day, sent_today, succeeded_today, collected_today, successes, collected, failures_in_a_row, last_execution_at
                  from contract_debit where contract_id = @ContractId {tx.Dialect.ForUpdate}
                """,
                new { ContractId = contractId }) ?? new ContractDebitRow { ContractId = contractId };
            if (row.Day != today)
            {
                (row.Day, row.SentToday, row.SucceededToday, row.CollectedToday) = (today, 0, 0, 0);
            }

            return row;
        }

        /// <summary>One more debit of the contract left on this day.</summary>
        public Task<int> CountSentAsync(string contractId, long day) => tx.ExecuteAsync(
            """
            insert into contract_debit (
                contract_id, day, sent_today, succeeded_today, collected_today, successes, collected, failures_in_a_row, last_execution_at)
            values (@ContractId, @Day, 1, 0, 0, 0, 0, 0, null)
            on conflict (contract_id) do update
               set sent_today = case when contract_debit.day = excluded.day then contract_debit.sent_today + 1 else 1 end,
                   succeeded_today = case when contract_debit.day = excluded.day then contract_debit.succeeded_today else 0 end,
                   collected_today = case when contract_debit.day = excluded.day then contract_debit.collected_today else 0 end,
                   day = excluded.day
            """,
            new { ContractId = contractId, Day = day });

        /// <summary>A debit of the contract brought money; failures start to be counted anew.</summary>
        /// <param name="day">The present Beijing day.</param>
        /// <param name="ofToday">1 when it was executed on this day.</param>
        public Task<int> CountSuccessAsync(string contractId, long day, long ofToday, long amount, long executedAt) => tx.ExecuteAsync(
            """
            insert into contract_debit (
                contract_id, day, sent_today, succeeded_today, collected_today, successes, collected, failures_in_a_row, last_execution_at)
            values (@ContractId, @Day, 0, @OfToday, @OfToday * @Amount, 1, @Amount, 0, @ExecutedAt)
            on conflict (contract_id) do update
               set sent_today = case when contract_debit.day = excluded.day then contract_debit.sent_today else 0 end,
                   succeeded_today = case when contract_debit.day = excluded.day then contract_debit.succeeded_today else 0 end + excluded.succeeded_today,
                   collected_today = case when contract_debit.day = excluded.day then contract_debit.collected_today else 0 end + excluded.collected_today,
                   day = excluded.day, successes = contract_debit.successes + 1, collected = contract_debit.collected + excluded.collected, failures_in_a_row = 0,
                   last_execution_at = case when contract_debit.last_execution_at > excluded.last_execution_at
                                            then contract_debit.last_execution_at else excluded.last_execution_at end
            """,
            new { ContractId = contractId, Day = day, OfToday = ofToday, Amount = amount, ExecutedAt = executedAt });

        public Task<int> SaveAsync(ContractDebitRow row) => tx.ExecuteAsync(
            """
            insert into contract_debit (
                contract_id, day, sent_today, succeeded_today, collected_today, successes, collected, failures_in_a_row, last_execution_at)
            values (@ContractId, @Day, @SentToday, @SucceededToday, @CollectedToday, @Successes, @Collected, @FailuresInARow, @LastExecutionAt)
            on conflict (contract_id) do update
               set day = excluded.day, sent_today = excluded.sent_today, succeeded_today = excluded.succeeded_today,
                   collected_today = excluded.collected_today, successes = excluded.successes, collected = excluded.collected,
                   failures_in_a_row = excluded.failures_in_a_row, last_execution_at = excluded.last_execution_at
            """,
            row);
    }
}
