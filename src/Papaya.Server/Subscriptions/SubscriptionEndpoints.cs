using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Papaya.Billing.Subscriptions;
using Papaya.Server.Hosting;
using Papaya.Server.Storage;

namespace Papaya.Server.Subscriptions;

internal sealed record PeriodView(DateTimeOffset Start, DateTimeOffset End);

internal sealed record NextChargeView(DateTimeOffset At, long Amount);

internal sealed record SubscriptionView
{
    public required string Id { get; init; }

    /// <summary>incomplete, active, past_due, on_hold or canceled.</summary>
    public required string Status { get; init; }

    public required string Plan { get; init; }

    public required string Customer { get; init; }

    public required string Checkout { get; init; }

    /// <summary>From start up to, not including, end; absent before the first payment.</summary>
    public PeriodView? CurrentPeriod { get; init; }

    public required bool AutoRenew { get; init; }

    /// <summary>When WeChat will be asked for the next debit, and for how much; absent when nothing renews.</summary>
    public NextChargeView? NextCharge { get; init; }

    public string? ContractId { get; init; }

    public DateTimeOffset? CanceledAt { get; init; }

    public string? Reason { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public static SubscriptionView From(Subscription subscription, NextChargeView? next) => new()
    {
        Id = subscription.Id,
        Status = subscription.State.ToApi(),
        Plan = subscription.Plan,
        Customer = subscription.Customer,
        Checkout = subscription.CheckoutId,
        CurrentPeriod = subscription is { PeriodStart: { } start, PeriodEnd: { } end }
            ? new PeriodView(Instant.FromMicros(start), Instant.FromMicros(end))
            : null,
        AutoRenew = subscription.Renews,
        NextCharge = next,
        ContractId = subscription.ContractId,
        CanceledAt = Instant.FromMicros(subscription.CanceledAt),
        Reason = subscription.CancelReason,
        CreatedAt = Instant.FromMicros(subscription.CreatedAt),
    };
}

/// <summary>The body of cancel.</summary>
internal sealed record CancelRequest
{
    /// <summary><c>period_end</c> (default): what is paid is kept; <c>now</c>: it ends at once. The contract ends at once either way.</summary>
    public string? When { get; init; }
}

[JsonSerializable(typeof(SubscriptionView))]
[JsonSerializable(typeof(Page<SubscriptionView>))]
[JsonSerializable(typeof(CancelRequest))]
internal sealed partial class SubscriptionJson : JsonSerializerContext;

internal static class SubscriptionEndpoints
{
    public static IServiceCollection AddSubscriptions(this IServiceCollection services) => services
        .AddSingleton<SubscriptionBook>()
        .AddSingleton<SubscriptionFlow>()
        .AddSingleton<ILoop>(provider => provider.GetRequiredService<SubscriptionFlow>())
        .AddJson(SubscriptionJson.Default);

    public static void MapSubscriptions(this IEndpointRouteBuilder routes)
    {
        var subscriptions = routes.MapGroup("/v1/subscriptions").WithTags("Subscriptions");
        subscriptions.MapGet("", ListAsync).WithSummary("List subscriptions, oldest first; by customer, plan, contract, status");
        subscriptions.MapGet("/{id}", FindAsync).WithSummary("Read one subscription");
        subscriptions.MapPost("/{id}/cancel", CancelAsync)
            .WithSummary("End it now or with its period; its contract ends at once")
            .Produces<SubscriptionView>().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    private static async Task<Results<Ok<SubscriptionView>, ProblemHttpResult>> FindAsync(string id, SubscriptionFlow flow, Database db, CancellationToken ct) =>
        await db.ReadAsync(reader => flow.ViewAsync(reader, id), ct) is { } view ? TypedResults.Ok(view) : Problem.NotFound("subscription", id).ToResult();

    private static async Task<Results<Ok<Page<SubscriptionView>>, ProblemHttpResult>> ListAsync(
        PageQuery page, SubscriptionFlow flow, Database db, string? customer, string? plan, string? contract, string? status, CancellationToken ct)
    {
        IReadOnlyList<string>? statuses = status is null ? null : StateName<SubscriptionState>.WithApiName(status, state => state.ToApi());
        if (statuses is { Count: 0 })
        {
            return Problem.Invalid("status", $"'{status}' is not a subscription's status.", "It is incomplete, active, past_due, on_hold or canceled.").ToResult();
        }

        return TypedResults.Ok(await db.ReadAsync(reader => flow.ListAsync(reader, new SubscriptionFilter(customer, plan, contract, statuses), page), ct));
    }

    private static async Task<IResult> CancelAsync(string id, CancelRequest? body, IdempotentRequest request, SubscriptionFlow flow, CancellationToken ct) =>
        (body?.When ?? "period_end") switch
        {
            "period_end" => await flow.CancelAsync(id, SubscriptionEvidence.CancelAtPeriodEnd, request, ct),
            "now" => await flow.CancelAsync(id, SubscriptionEvidence.CancelNow, request, ct),
            _ => Problem.Invalid("when", "when must be now or period_end.", "period_end keeps what is paid.").ToResult(),
        };
}
