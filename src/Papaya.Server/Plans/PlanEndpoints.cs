using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Papaya.Billing;
using Papaya.Billing.Calendar;
using Papaya.Server.Hosting;
using Papaya.Server.Merchants;
using Papaya.Server.Storage;

namespace Papaya.Server.Plans;

/// <summary>The body of <c>POST /v1/plans</c>; money in fen.</summary>
internal sealed record NewPlan
{
    public string? Code { get; init; }

    public string? Name { get; init; }

    public long? TemplateId { get; init; }

    public string? Mode { get; init; }

    public long? Amount { get; init; }

    public long? FirstAmount { get; init; }

    public string? Fee { get; init; }

    public IntervalView? Interval { get; init; }

    public PlanPolicies? Policies { get; init; }
}

internal sealed record IntervalView(string? Unit, int? Count);

internal sealed record PlanView(
    string Id, string Code, string Name, long TemplateId, string Mode, long Amount, long? FirstAmount, string Fee, IntervalView Interval,
    PlanPolicies? Policies, DateTimeOffset CreatedAt)
{
    public static PlanView From(Plan plan) => new(
        plan.Id,
        plan.Code,
        plan.Name,
        plan.TemplateId,
        PlanWords.Of(plan.Mode),
        plan.Amount.Value,
        plan.FirstAmount?.Value,
        plan.IsFixed ? "fixed" : "capped",
        new IntervalView(plan.Interval.ToApiUnit(), plan.Interval.Count),
        plan.Policies,
        plan.CreatedAt);
}

[JsonSerializable(typeof(NewPlan))]
[JsonSerializable(typeof(PlanView))]
[JsonSerializable(typeof(Page<PlanView>))]
internal sealed partial class PlanJson : JsonSerializerContext;

internal static class PlanEndpoints
{
    public static IServiceCollection AddPlans(this IServiceCollection services) => services.AddSingleton<PlanBook>().AddJson(PlanJson.Default);

    public static void MapPlans(this IEndpointRouteBuilder routes)
    {
        var plans = routes.MapGroup("/v1/plans").WithTags("Plans");
        plans.MapPost("", CreateAsync)
            .WithSummary("Offer something at a price every interval")
            .Produces<PlanView>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        plans.MapGet("", ListAsync).WithSummary("List the plans, oldest first");
        plans.MapGet("/{code}", FindAsync).WithSummary("Read one plan");
    }

    private static async Task<IResult> CreateAsync(
        NewPlan body, IdempotentRequest idem, Database db, MerchantDirectory merchants, Ids ids, TimeProvider clock, CancellationToken ct)
    {
        if (PlanRules.Check(body, merchants, out var plan, ids, clock) is { } problem)
        {
            return problem.ToResult();
        }

        return await db.WriteAsync(
            async tx => await PlanBook.TryInsertAsync(tx, plan)
                ? await idem.CompleteAsync(tx, StatusCodes.Status201Created, PlanView.From(plan), $"/v1/plans/{plan.Code}")
                : PlanRules.CodeTaken(plan.Code).ToResult() as IResult,
            ct);
    }

    private static async Task<Ok<Page<PlanView>>> ListAsync(PageQuery page, Database db, CancellationToken ct)
    {
        var rows = await db.ReadAsync(reader => PlanBook.ListAsync(reader, page), ct);
        return TypedResults.Ok(Page<PlanView>.From(page, rows, row => PlanView.From(row.ToDomain()), row => new Cursor(row.CreatedAt, row.Id)));
    }

    private static async Task<Results<Ok<PlanView>, ProblemHttpResult>> FindAsync(string code, PlanBook plans, Database db, CancellationToken ct) =>
        await db.ReadAsync(reader => plans.FindByCodeAsync(reader, code), ct) is { } plan
            ? TypedResults.Ok(PlanView.From(plan))
            : Problem.NotFound("plan", code).ToResult();
}

/// <summary>What a plan must obey; each refusal names the member, the rule and the cure.</summary>
internal static class PlanRules
{
    public static Problem CodeTaken(string code) => new(
        "plan_exists", StatusCodes.Status409Conflict, $"There is a plan '{code}' already.", "code", "Read it with GET /v1/plans/{code}, or choose another code.");

    public static Problem? Check(NewPlan body, MerchantDirectory merchants, out Plan plan, Ids ids, TimeProvider clock)
    {
        plan = null!; // Read by the caller only when there is no problem.
        if (CheckWords(body) is { } wrong)
        {
            return wrong;
        }

        if (merchants.FindTemplate(body.TemplateId!.Value) is not var (merchant, template))
        {
            return Problem.Invalid("template_id", $"No merchant here has a template {body.TemplateId}.", "Use the plan_id of a template in the server's merchants section.");
        }

        if (CheckAgainst(template, body) is { } mismatch)
        {
            return mismatch;
        }

        plan = new Plan
        {
            Id = ids.New("pln"),
            Code = body.Code!,
            Name = body.Name!,
            MerchantNumber = merchant.Number,
            TemplateId = template.PlanId,
            Mode = template.PayLater ? PlanMode.PayLater : PlanMode.Delay24H,
            IsFixed = template.Fixed,
            Amount = new Fen(body.Amount!.Value),
            FirstAmount = body.FirstAmount is { } first ? new Fen(first) : null,
            Interval = new Interval(Interval.UnitFromApi(body.Interval!.Unit)!.Value, body.Interval.Count!.Value),
            Policies = body.Policies,
            CreatedAt = clock.GetUtcNow(),
        };
        return null;
    }

    private static Problem? CheckWords(NewPlan body)
    {
        if (body.Code is not { Length: >= 1 and <= 64 } code || !code.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
        {
            return Problem.Invalid("code", "code must be 1 to 64 letters, digits, '-', '_' or '.'.", "It is the plan's name in URLs, e.g. vip-monthly.");
        }

        if (string.IsNullOrWhiteSpace(body.Name) || body.Name.Length > 64)
        {
            return Problem.Invalid("name", "name must be 1 to 64 characters.", "Customers read it, e.g. 月度会员.");
        }

        if (body.Name.Any(c => char.IsSurrogate(c) || char.IsControl(c)))
        {
            return Problem.Invalid("name", "name has a character that WeChat refuses.", "Leave out emoji, control characters and rare characters beyond the basic plane.");
        }

        if (body.TemplateId is null)
        {
            return Problem.Invalid("template_id", "template_id is missing.", "Use the plan_id of a template in the server's merchants section.");
        }

        if (body.Mode is not ("delay_24h" or "pay_later"))
        {
            return Problem.Invalid("mode", "mode must be delay_24h or pay_later.", "It is the mode of the template.");
        }

        if (body.Fee is not ("fixed" or "capped"))
        {
            return Problem.Invalid("fee", "fee must be fixed or capped.", "It is the kind of fee of the template.");
        }

        return CheckMoney(body) ?? CheckInterval(body.Interval) ?? body.Policies?.Check();
    }

    private static Problem? CheckMoney(NewPlan body) =>
        body.Amount is not > 0 ? Problem.Invalid("amount", "amount must be a whole number of fen from 1.", "1 yuan is 100 fen.")
        : body.FirstAmount is <= 0 ? Problem.Invalid("first_amount", "first_amount must be a whole number of fen from 1.", "WeChat takes no order of 0 fen; leave it out to charge amount.")
        : null;

    private static Problem? CheckInterval(IntervalView? interval)
    {
        if (Interval.UnitFromApi(interval?.Unit) is not { } unit)
        {
            return Problem.Invalid("interval.unit", "interval.unit must be day, week, month, quarter or year.", "E.g. {\"unit\":\"month\",\"count\":1}.");
        }

        var most = unit switch
        {
            IntervalUnit.Day => 365,
            IntervalUnit.Week => 52,
            IntervalUnit.Month => 24,
            IntervalUnit.Quarter => 8,
            IntervalUnit.Year => 2,
            _ => throw new ArgumentOutOfRangeException(nameof(interval), unit, "A unit without a limit."),
        };
        return interval!.Count is { } count && count >= 1 && count <= most
            ? null
            : Problem.Invalid("interval.count", $"interval.count must be 1 to {most} for {interval.Unit}.", "A renewal lies at most two years ahead.");
    }

    private static Problem? CheckAgainst(Template template, NewPlan body)
    {
        if (body.Mode != template.Mode)
        {
            return template.Mode == "pre_notice"
                ? Problem.Invalid("template_id", $"Template {template.PlanId} is in mode pre_notice.", "Plans exist for templates in mode delay_24h or pay_later; use one of those.")
                : Problem.Invalid("mode", $"Template {template.PlanId} is in mode {template.Mode}.", $"Send \"mode\":\"{template.Mode}\", or use another template.");
        }

        if ((body.Fee == "fixed") != template.Fixed)
        {
            return Problem.Invalid("fee", $"Template {template.PlanId} has a {(template.Fixed ? "fixed" : "capped")} fee.", "Send the template's kind of fee, or use another template.");
        }

        if (template.Fixed && body.Amount != template.Amount)
        {
            return Problem.Invalid("amount", $"Template {template.PlanId} debits exactly {template.Amount} fen.", "Send that amount, or use a capped template.");
        }

        return body.Amount > template.Amount
            ? Problem.Invalid("amount", $"Template {template.PlanId} is capped at {template.Amount} fen.", "Send at most that, or use another template.")
            : null;
    }
}
