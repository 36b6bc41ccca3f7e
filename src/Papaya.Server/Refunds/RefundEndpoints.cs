using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Papaya.Billing.Refunds;
using Papaya.Server.Hosting;
using Papaya.Server.Storage;

namespace Papaya.Server.Refunds;

/// <summary>The body of <c>POST /v1/refunds</c>.</summary>
internal sealed record NewRefund
{
    /// <summary>The charge to refund; either this or <see cref="Checkout"/>.</summary>
    public string? Charge { get; init; }

    /// <summary>The checkout whose first payment to refund.</summary>
    public string? Checkout { get; init; }

    /// <summary>Fen.</summary>
    public long? Amount { get; init; }

    /// <summary>The customer reads it in WeChat.</summary>
    public string? Reason { get; init; }
}

internal sealed record RefundView(
    string Id, string Status, string OutRefundNo, long Amount, string? Charge, string? Checkout, string OutTradeNo, string TransactionId, string Reason, string? Code,
    string? RefundId, string? ReceivedBy, DateTimeOffset CreatedAt, DateTimeOffset? SettledAt)
{
    public static RefundView From(RefundRow refund) => new(
        refund.Id, Refund.ApiName(refund.Status), refund.RefundNumber, refund.Amount, refund.ChargeId, refund.CheckoutId, refund.OrderNumber, refund.TransactionId,
        refund.Reason, refund.Code, refund.WechatRefundId, refund.ReceivedBy, Instant.FromMicros(refund.CreatedAt), Instant.FromMicros(refund.SettledAt));
}

[JsonSerializable(typeof(NewRefund))]
[JsonSerializable(typeof(RefundView))]
[JsonSerializable(typeof(Page<RefundView>))]
internal sealed partial class RefundJson : JsonSerializerContext;

internal static class RefundEndpoints
{
    public static IServiceCollection AddRefunds(this IServiceCollection services)
    {
        services.AddSingleton<IRefundGateway, RefundGateway>();
        services.AddSingleton<RefundFlow>();
        services.AddSingleton<ILoop>(provider => provider.GetRequiredService<RefundFlow>());
        return services.AddJson(RefundJson.Default);
    }

    public static void MapRefunds(this IEndpointRouteBuilder routes)
    {
        var refunds = routes.MapGroup("/v1/refunds").WithTags("Refunds");
        refunds.MapPost("", CreateAsync)
            .WithSummary("Give money back, in whole or in part")
            .Produces<RefundView>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        refunds.MapGet("", ListAsync).WithSummary("List refunds, oldest first").Produces<Page<RefundView>>();
        refunds.MapGet("/{id}", FindAsync).WithSummary("Read one refund");
    }

    private static async Task<IResult> CreateAsync(NewRefund body, IdempotentRequest idem, RefundFlow refunds, Database db, CancellationToken ct)
    {
        if (Check(body) is { } problem)
        {
            return problem.ToResult();
        }

        return await db.WriteAsync(
            async tx =>
            {
                var (refund, refusal) = await refunds.RequestAsync(tx, body.Charge, body.Checkout, body.Amount!.Value, body.Reason!);
                return refusal is not null
                    ? refusal.ToResult()
                    : await idem.CompleteAsync(tx, StatusCodes.Status201Created, RefundView.From(refund!), $"/v1/refunds/{refund!.Id}") as IResult;
            },
            ct);
    }

    private static Problem? Check(NewRefund body) =>
        (body.Charge is null) == (body.Checkout is null)
            ? Problem.Invalid(body.Charge is null ? "charge" : "checkout", "Give either charge or checkout.", "A refund gives back one payment: a renewal's (charge) or the first one's (checkout).")
        : body.Amount is not > 0 ? Problem.Invalid("amount", "amount must be a whole number of fen above zero.", "Give the part to refund in fen.")
        : string.IsNullOrWhiteSpace(body.Reason) || body.Reason.Length > 80 ? Problem.Invalid("reason", "reason must be 1 to 80 characters.", "The customer reads it in WeChat.")
        : body.Reason.Any(c => char.IsSurrogate(c) || char.IsControl(c)) ? Problem.Invalid("reason", "reason has a character that WeChat refuses.", "Leave out emoji, control characters and rare characters beyond the basic plane.")
        : null;

    private static async Task<IResult> ListAsync(PageQuery page, Database db, CancellationToken ct, string? charge = null, string? checkout = null, string? status = null)
    {
        IReadOnlyList<string>? states = status is null
            ? null
            : [.. Enum.GetValues<RefundState>().Where(state => Refund.ApiName(state) == status).Select(Refund.Name)];
        if (states is { Count: 0 })
        {
            return Problem.Invalid("status", "There is no such status of a refund.", "Use processing, succeeded, abnormal, closed, refused or waiting_funds.").ToResult();
        }

        var rows = await db.ReadAsync(reader => reader.ListRefundsAsync(new RefundFilter(charge, checkout, states), page), ct);
        return TypedResults.Ok(Page<RefundView>.From(page, rows, RefundView.From, row => new Cursor(row.CreatedAt, row.Id)));
    }

    private static async Task<Results<Ok<RefundView>, ProblemHttpResult>> FindAsync(string id, Database db, CancellationToken ct) =>
        await db.ReadAsync(reader => reader.FindRefundAsync(id), ct) is { } refund ? TypedResults.Ok(RefundView.From(refund)) : Problem.NotFound("refund", id).ToResult();
}
