using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Papaya.Billing.Debits;
using Papaya.Server.Hosting;
using Papaya.Server.Merchants;
using Papaya.Server.Storage;

namespace Papaya.Server.Debits;

/// <summary>The body of <c>POST /v1/charges</c>: one use to be debited under a contract.</summary>
internal sealed record NewCharge
{
    /// <summary>Our id of the contract, <c>ctr_…</c>.</summary>
    public string? Contract { get; init; }

    /// <summary>Fen.</summary>
    public long? Amount { get; init; }

    /// <summary>The customer reads it on the receipt.</summary>
    public string? Description { get; init; }
}

/// <summary>The body of the acts on a charge: a reason for the record.</summary>
internal sealed record ChargeAct
{
    public string? Reason { get; init; }
}

internal sealed record AttemptView(
    string OutTradeNo, string Status, long Amount, string? Code, string? TransactionId, DateTimeOffset? SentAt, DateTimeOffset? ExecutedAt, DateTimeOffset? EndedAt,
    DateTimeOffset? NextCheckAt)
{
    public static AttemptView From(AttemptRow attempt) => new(
        attempt.Number, Attempt.Name(attempt.Status), attempt.Amount, attempt.Code ?? attempt.ReportedCode, attempt.TransactionId,
        Instant.FromMicros(attempt.SentAt), Instant.FromMicros(attempt.ExecutedAt), Instant.FromMicros(attempt.EndedAt), Instant.FromMicros(attempt.NextAt));
}

internal sealed record ChargePeriod(DateTimeOffset Start, DateTimeOffset End);

internal sealed record ChargeView(
    string Id, string Status, string Kind, long Amount, string Description, string Contract, string? Subscription, ChargePeriod? Period, DateTimeOffset DueAt,
    DateTimeOffset? NoticedAt, DateTimeOffset? NextAt, string? Code, string? Reason, string? OutTradeNo, DateTimeOffset? SettledAt, DateTimeOffset CreatedAt,
    IReadOnlyList<AttemptView> Attempts)
{
    public static ChargeView From(ChargeRow charge, IReadOnlyList<AttemptRow> attempts) => new(
        charge.Id, Charge.ApiName(charge.Status), charge.Kind, charge.Amount, charge.Description, charge.ContractId, charge.SubscriptionId,
        charge is { PeriodStart: { } start, PeriodEnd: { } end } ? new ChargePeriod(Instant.FromMicros(start), Instant.FromMicros(end)) : null,
        Instant.FromMicros(charge.DueAt), Instant.FromMicros(charge.NoticedAt), Instant.FromMicros(charge.NextAt), charge.Code, charge.Reason, charge.PaidNumber,
        Instant.FromMicros(charge.SettledAt), Instant.FromMicros(charge.CreatedAt), [.. attempts.Select(AttemptView.From)]);
}

[JsonSerializable(typeof(NewCharge))]
[JsonSerializable(typeof(ChargeAct))]
[JsonSerializable(typeof(ChargeView))]
[JsonSerializable(typeof(Page<ChargeView>))]
internal sealed partial class ChargeJson : JsonSerializerContext;

internal static class ChargeEndpoints
{
    public static IServiceCollection AddDebits(this IServiceCollection services, DebitOptions options)
    {
        if (new DebitOptionsValidator().Validate(null, options) is { Failed: true } invalid)
        {
            throw new SettingException("debits", invalid.FailureMessage ?? "a value is out of range.");
        }

        services.AddSingleton(options);
        services.AddSingleton<IDebitGateway, DebitGateway>();
        services.AddSingleton<ChargeBook>();
        services.AddSingleton<DebitFlow>();
        services.AddSingleton<ChargeDesk>();
        services.AddSingleton<ILoop, ChargeLoop>();
        services.AddSingleton<ILoop, DebitLoop>();
        services.AddSingleton<ILoop, QuestionLoop>();
        return services.AddJson(ChargeJson.Default);
    }

    public static void MapCharges(this IEndpointRouteBuilder routes)
    {
        var charges = routes.MapGroup("/v1/charges").WithTags("Charges");
        charges.MapPost("", CreateAsync)
            .WithSummary("Debit a use or an event under an active contract")
            .Produces<ChargeView>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        charges.MapGet("", ListAsync).WithSummary("List charges with their attempts, oldest first").Produces<Page<ChargeView>>();
        charges.MapGet("/{id}", FindAsync).WithSummary("Read one charge with its attempts");
        Act(charges.MapPost("/{id}/retry", (string id, ChargeAct? body, IdempotentRequest idem, ChargeDesk desk, CancellationToken ct) =>
            desk.RetryAsync(id, idem, ct)), "Try a charge again now, within the debit hours");
        Act(charges.MapPost("/{id}/cancel", (string id, ChargeAct? body, IdempotentRequest idem, ChargeDesk desk, CancellationToken ct) =>
            desk.CancelAsync(id, body?.Reason, idem, ct)), "Waive a charge; a debit under way is canceled if it brings no money");
        Act(charges.MapPost("/{id}/settle-offline", (string id, ChargeAct? body, IdempotentRequest idem, ChargeDesk desk, CancellationToken ct) =>
            desk.SettleOfflineAsync(id, body?.Reason, idem, ct)), "Mark a charge as paid by other means");
    }

    private static void Act(RouteHandlerBuilder route, string summary) => route
        .WithSummary(summary)
        .Produces<ChargeView>()
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<IResult> CreateAsync(NewCharge body, IdempotentRequest idem, ChargeDesk desk, CancellationToken ct) =>
        Check(body) is { } problem ? problem.ToResult() : await desk.CreateAsync(body.Contract!, body.Amount!.Value, body.Description!, idem, ct);

    private static Problem? Check(NewCharge body) =>
        string.IsNullOrEmpty(body.Contract) ? Problem.Invalid("contract", "contract is missing.", "Give the id (ctr_…) of an active contract.")
        : body.Amount is not > 0 ? Problem.Invalid("amount", "amount must be a whole number of fen above zero.", "Give the amount of this one debit.")
        : string.IsNullOrWhiteSpace(body.Description) || System.Text.Encoding.UTF8.GetByteCount(body.Description) > 127
            ? Problem.Invalid("description", "description must be 1 to 127 bytes of UTF-8.", "The customer reads it on the receipt, e.g. 骑行 12 分钟.")
        : body.Description.Any(c => char.IsSurrogate(c) || char.IsControl(c)) ? Problem.Invalid("description", "description has a character that WeChat refuses.", "Leave out emoji, control characters and rare characters beyond the basic plane.")
        : null;

    private static async Task<IResult> ListAsync(PageQuery page, Database db, CancellationToken ct, string? subscription = null, string? contract = null, string? status = null)
    {
        IReadOnlyList<string>? states = status is null
            ? null
            : [.. Enum.GetValues<ChargeState>().Where(state => Charge.ApiName(state) == status).Select(Charge.Name)];
        if (states is { Count: 0 })
        {
            return Problem.Invalid("status", "There is no such status of a charge.",
                "Use planned, noticed, due, in_attempt, retry_wait, succeeded, exhausted, canceled, skipped, settled_offline or manual_review.").ToResult();
        }

        var (rows, attempts) = await db.ReadAsync(
            async reader =>
            {
                var found = await reader.ListChargesAsync(new ChargeFilter(subscription, contract, states), page);
                return (found, await reader.AttemptsOfAsync([.. found.Select(charge => charge.Id)]));
            },
            ct);
        var byCharge = attempts.ToLookup(attempt => attempt.ChargeId, StringComparer.Ordinal);
        return TypedResults.Ok(Page<ChargeView>.From(page, rows, charge => ChargeView.From(charge, [.. byCharge[charge.Id]]), charge => new Cursor(charge.CreatedAt, charge.Id)));
    }

    private static async Task<Results<Ok<ChargeView>, ProblemHttpResult>> FindAsync(string id, Database db, CancellationToken ct) =>
        await db.ReadAsync(async reader => await reader.FindChargeAsync(id) is { } charge ? ChargeView.From(charge, await reader.AttemptsOfAsync(id)) : null, ct) is { } view
            ? TypedResults.Ok(view)
            : Problem.NotFound("charge", id).ToResult();
}
