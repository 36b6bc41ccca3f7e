using Papaya.Server.Hosting;
using Papaya.Server.Storage;

namespace Papaya.Server.Contracts;

internal static class ContractStore
{
    private const string Columns = """
        id, merchant, app_id, contract_id, contract_code, template, plan, customer, display_name, openid as open_id, checkout_id, previous_id,
        status, signed_at, expires_at, terminated_at, termination_mode, termination_remark, reason, end_at, asked, ask_since, next_at,
        created_at, version
        """;

    extension(Reader reader)
    {
        public Task<Contract?> FindContractAsync(string id) =>
            reader.SingleOrDefaultAsync<Contract>($"select {Columns} from contract where id = @Id", new { Id = id });

        public Task<Contract?> FindWeChatContractAsync(string merchant, string contractId) =>
            reader.SingleOrDefaultAsync<Contract>(
                $"select {Columns} from contract where merchant = @Merchant and contract_id = @ContractId",
                new { Merchant = merchant, ContractId = contractId });

        /// <summary>The one contract in force of this user under this template.</summary>
        public Task<Contract?> FindLiveContractAsync(string merchant, long template, string openId) =>
            reader.SingleOrDefaultAsync<Contract>(
                $"""
                select {Columns} from contract
                 where merchant = @Merchant and template = @Template and openid = @OpenId
                   and status in ('active', 'suspended', 'in_doubt', 'terminating')
                """,
                new { Merchant = merchant, Template = template, OpenId = openId });

        public Task<IReadOnlyList<string>> DueContractsAsync(long now, int limit) =>
            reader.QueryAsync<string>("select id from contract where next_at <= @Now order by next_at, id limit @Limit", new { Now = now, Limit = (long)limit });

        public Task<long?> NextContractInstantAsync() => reader.ScalarAsync<long?>("select min(next_at) from contract where next_at is not null");

        public Task<IReadOnlyList<Contract>> ListContractsAsync(ContractFilter filter, PageQuery page)
        {
            var where = "(created_at > @At or (created_at = @At and id > @Id))"
                + (filter.Customer is null ? "" : " and customer = @Customer")
                + (filter.Plan is null ? "" : " and plan = @Plan")
                + (filter.Statuses is null ? "" : " and status in (@Status1, @Status2)");
            return reader.QueryAsync<Contract>(
                $"select {Columns} from contract where {where} order by created_at, id limit @Fetch",
                new { page.At, page.Id, page.Fetch, filter.Customer, filter.Plan, Status1 = filter.Statuses?[0], Status2 = filter.Statuses?[^1] });
        }
    }

    extension(Transaction tx)
    {
        /// <summary>Reads a row that this transaction is about to change.</summary>
        public Task<Contract?> TakeContractAsync(string id) =>
            tx.SingleOrDefaultAsync<Contract>($"select {Columns} from contract where id = @Id {tx.Dialect.ForUpdate}", new { Id = id });

        /// <summary>0 when WeChat's contract_id is known already, or the user has another one in force under the same template.</summary>
        public Task<int> InsertAsync(Contract contract) => tx.ExecuteAsync(
            """
            insert into contract (
                id, merchant, app_id, contract_id, contract_code, template, plan, customer, display_name, openid, checkout_id, previous_id,
                status, signed_at, expires_at, terminated_at, termination_mode, termination_remark, reason, end_at, asked, ask_since, next_at,
                created_at, version)
            values (
                @Id, @Merchant, @AppId, @ContractId, @ContractCode, @Template, @Plan, @Customer, @DisplayName, @OpenId, @CheckoutId, @PreviousId,
                @Status, @SignedAt, @ExpiresAt, @TerminatedAt, @TerminationMode, @TerminationRemark, @Reason, @EndAt, @Asked, @AskSince, @NextAt,
                @CreatedAt, 1)
            on conflict do nothing
            """,
            contract);

        /// <summary>False when somebody else changed the row first.</summary>
        public async Task<bool> TrySaveAsync(Contract contract)
        {
            var saved = await tx.ExecuteAsync(
                """
                update contract
                   set status = @Status, signed_at = @SignedAt, expires_at = @ExpiresAt,
                       terminated_at = @TerminatedAt, termination_mode = @TerminationMode, termination_remark = @TerminationRemark,
                       reason = @Reason, end_at = @EndAt, asked = @Asked, ask_since = @AskSince, next_at = @NextAt, version = version + 1
                 where id = @Id and version = @Version
                """,
                contract) == 1;
            contract.Version += saved ? 1 : 0;
            return saved;
        }
    }
}

/// <summary>What a list is narrowed to; statuses are stored names.</summary>
internal sealed record ContractFilter(string? Customer, string? Plan, IReadOnlyList<string>? Statuses);
