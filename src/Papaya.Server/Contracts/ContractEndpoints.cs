using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Papaya.Billing.Contracts;
using Papaya.Server.Hosting;
using Papaya.Server.Storage;

namespace Papaya.Server.Contracts;

internal sealed record ContractView
{
    public required string Id { get; init; }

    /// <summary>active, suspended, terminating, terminated, pending or refused.</summary>
    public required string Status { get; init; }

    /// <summary>WeChat's number of it.</summary>
    public required string ContractId { get; init; }

    public required string ContractCode { get; init; }

    public required long TemplateId { get; init; }

    public required string Plan { get; init; }

    public required string Customer { get; init; }

    public required string DisplayName { get; init; }

    public required string Openid { get; init; }

    public required string Checkout { get; init; }

    public string? PreviousId { get; init; }

    public DateTimeOffset? SignedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? TerminatedAt { get; init; }

    /// <summary>WeChat's integer: 2 the user in WeChat, 3 by our call, 4 merchant platform, 5 account closed, 7 customer service.</summary>
    public long? TerminationMode { get; init; }

    /// <summary>Why it is held or was ended, in the words of whoever asked.</summary>
    public string? Reason { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public static ContractView From(Contract contract) => new()
    {
        Id = contract.Id,
        Status = contract.State.ToApi(),
        ContractId = contract.ContractId,
        ContractCode = contract.ContractCode,
        TemplateId = contract.Template,
        Plan = contract.Plan,
        Customer = contract.Customer,
        DisplayName = contract.DisplayName,
        Openid = contract.OpenId,
        Checkout = contract.CheckoutId,
        PreviousId = contract.PreviousId,
        SignedAt = Instant.FromMicros(contract.SignedAt),
        ExpiresAt = Instant.FromMicros(contract.ExpiresAt),
        TerminatedAt = Instant.FromMicros(contract.TerminatedAt),
        TerminationMode = contract.TerminationMode,
        Reason = contract.Reason,
        CreatedAt = Instant.FromMicros(contract.CreatedAt),
    };
}

/// <summary>The body of terminate and suspend.</summary>
internal sealed record WithReason(string? Reason);

[JsonSerializable(typeof(ContractView))]
[JsonSerializable(typeof(Page<ContractView>))]
[JsonSerializable(typeof(WithReason))]
internal sealed partial class ContractJson : JsonSerializerContext;

internal static class ContractEndpoints
{
    public static IServiceCollection AddContracts(this IServiceCollection services) => services
        .AddSingleton<ContractFlow>()
        .AddSingleton<ISigningGateway, WeChatSigning>()
        .AddSingleton<ILoop, ContractLoop>()
        .AddJson(ContractJson.Default);

    public static void MapContracts(this IEndpointRouteBuilder routes)
    {
        var contracts = routes.MapGroup("/v1/contracts").WithTags("Contracts");
        contracts.MapGet("", ListAsync).WithSummary("List contracts, oldest first; by customer, plan, status");
        contracts.MapGet("/{id}", FindAsync).WithSummary("Read one contract");
        contracts.MapPost("/{id}/terminate", TerminateAsync)
            .WithSummary("End it, here and at WeChat; after the answer no new debit leaves")
            .Produces<ContractView>().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        contracts.MapPost("/{id}/suspend", SuspendAsync)
            .WithSummary("Hold it: nothing is debited until it is resumed")
            .Produces<ContractView>().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        contracts.MapPost("/{id}/resume", ResumeAsync)
            .WithSummary("Lift the hold")
            .Produces<ContractView>().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    private static async Task<Results<Ok<ContractView>, ProblemHttpResult>> FindAsync(string id, Database db, CancellationToken ct) =>
        await db.ReadAsync(reader => reader.FindContractAsync(id), ct) is { } contract
            ? TypedResults.Ok(ContractView.From(contract))
            : Problem.NotFound("contract", id).ToResult();

    private static async Task<Results<Ok<Page<ContractView>>, ProblemHttpResult>> ListAsync(
        PageQuery page, Database db, string? customer, string? plan, string? status, CancellationToken ct)
    {
        IReadOnlyList<string>? statuses = status is null ? null : StateName<ContractState>.WithApiName(status, state => state.ToApi());
        if (statuses is { Count: 0 })
        {
            return Problem.Invalid("status", $"'{status}' is not a contract's status.", "It is pending, active, suspended, terminating, terminated or refused.").ToResult();
        }

        var rows = await db.ReadAsync(reader => reader.ListContractsAsync(new ContractFilter(customer, plan, statuses), page), ct);
        return TypedResults.Ok(Page<ContractView>.From(page, rows, ContractView.From, row => new Cursor(row.CreatedAt, row.Id)));
    }

    private static Task<IResult> TerminateAsync(string id, WithReason body, IdempotentRequest request, ContractFlow flow, Database db, CancellationToken ct) =>
        Words(body, isRequired: true) is { } wrong
            ? Task.FromResult<IResult>(wrong.ToResult())
            : ActAsync(id, request, db, tx => flow.TerminateAsync(tx, id, body.Reason!), ct);

    private static Task<IResult> SuspendAsync(string id, WithReason? body, IdempotentRequest request, ContractFlow flow, Database db, CancellationToken ct) =>
        Words(body, isRequired: false) is { } wrong
            ? Task.FromResult<IResult>(wrong.ToResult())
            : ActAsync(id, request, db, tx => flow.SuspendAsync(tx, id, body?.Reason ?? "held by the merchant"), ct);

    private static Task<IResult> ResumeAsync(string id, WithReason? body, IdempotentRequest request, ContractFlow flow, Database db, CancellationToken ct) =>
        Words(body, isRequired: false) is { } wrong
            ? Task.FromResult<IResult>(wrong.ToResult())
            : ActAsync(id, request, db, tx => flow.ResumeAsync(tx, id, body?.Reason), ct);

    /// <summary>WeChat takes 256 characters of one to three bytes as the remark of a termination.</summary>
    private static Problem? Words(WithReason? body, bool isRequired) =>
        string.IsNullOrWhiteSpace(body?.Reason)
            ? isRequired || body?.Reason is not null ? Problem.Invalid("reason", "reason is missing or blank.", "Say who wanted it and why; WeChat stores it with a termination.") : null
        : body.Reason.Length > 256 || body.Reason.Any(c => char.IsSurrogate(c) || char.IsControl(c))
            ? Problem.Invalid("reason", "reason must be at most 256 characters, without emoji and control characters.", "Shorten it.")
        : null;

    private static async Task<IResult> ActAsync(string id, IdempotentRequest request, Database db, Func<Transaction, Task<string?>> act, CancellationToken ct) =>
        await db.WriteAsync<IResult>(
            async tx =>
            {
                if (await tx.FindContractAsync(id) is null)
                {
                    return Problem.NotFound("contract", id).ToResult();
                }

                if (await act(tx) is { } why)
                {
                    return new Problem("contract_state", StatusCodes.Status409Conflict, $"The contract does not allow this: {why}.", Cure: "Read it with GET /v1/contracts/{id}.").ToResult();
                }

                return await request.CompleteAsync(tx, StatusCodes.Status200OK, ContractView.From((await tx.FindContractAsync(id))!)); // Found above.
            },
            ct);
}
