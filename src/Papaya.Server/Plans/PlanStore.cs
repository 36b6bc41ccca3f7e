using Papaya.Billing;
using Papaya.Billing.Calendar;
using Papaya.Server.Hosting;
using Papaya.Server.Storage;

namespace Papaya.Server.Plans;

internal sealed class PlanRow
{
    public string Id { get; set; } = "";

    public string Code { get; set; } = "";

    public string Name { get; set; } = "";

    public string Merchant { get; set; } = "";

    public long TemplateId { get; set; }

    public string Mode { get; set; } = "";

    public string Fee { get; set; } = "";

    public long Amount { get; set; }

    public long? FirstAmount { get; set; }

    public string IntervalUnit { get; set; } = "";

    public long IntervalCount { get; set; }

    public string? Policies { get; set; }

    public long CreatedAt { get; set; }

    public static PlanRow From(Plan plan) => new()
    {
        Id = plan.Id,
        Code = plan.Code,
        Name = plan.Name,
        Merchant = plan.MerchantNumber,
        TemplateId = plan.TemplateId,
        Mode = PlanWords.Of(plan.Mode),
        Fee = plan.IsFixed ? "fixed" : "capped",
        Amount = plan.Amount.Value,
        FirstAmount = plan.FirstAmount?.Value,
        IntervalUnit = plan.Interval.ToApiUnit(),
        IntervalCount = plan.Interval.Count,
        Policies = plan.Policies?.Store(),
        CreatedAt = Instant.ToMicros(plan.CreatedAt),
    };

    public Plan ToDomain() => new()
    {
        Id = Id,
        Code = Code,
        Name = Name,
        MerchantNumber = Merchant,
        TemplateId = TemplateId,
        Mode = Mode == "pay_later" ? PlanMode.PayLater : PlanMode.Delay24H,
        IsFixed = Fee == "fixed",
        Amount = new Fen(Amount),
        FirstAmount = FirstAmount is { } first ? new Fen(first) : null,
        Interval = new Interval(Interval.UnitFromApi(IntervalUnit) ?? throw new InvalidOperationException($"Plan {Id} has the interval unit '{IntervalUnit}'."), (int)IntervalCount),
        Policies = PlanPolicies.Parse(Policies),
        CreatedAt = Instant.FromMicros(CreatedAt),
    };
}

internal static class PlanWords
{
    public static string Of(PlanMode mode) => mode switch
    {
        PlanMode.Delay24H => "delay_24h",
        PlanMode.PayLater => "pay_later",
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "A mode without a word."),
    };
}

/// <summary>Finds plans for other slices.</summary>
public sealed class PlanBook
{
    private const string Columns = "id, code, name, merchant, template_id, mode, fee, amount, first_amount, interval_unit, interval_count, policies, created_at";

    public async Task<Plan?> FindByCodeAsync(Reader reader, string code) =>
        (await reader.SingleOrDefaultAsync<PlanRow>($"select {Columns} from plan where code = @Code", new { Code = code }))?.ToDomain();

    public async Task<Plan?> FindAsync(Reader reader, string id) =>
        (await reader.SingleOrDefaultAsync<PlanRow>($"select {Columns} from plan where id = @Id", new { Id = id }))?.ToDomain();

    /// <summary>Plans that can be offered to somebody who has signed this template already; ten at most.</summary>
    public async Task<IReadOnlyList<Plan>> OfOtherTemplatesAsync(Reader reader, string merchant, long templateId) =>
        [.. (await reader.QueryAsync<PlanRow>(
            $"select {Columns} from plan where merchant = @Merchant and template_id <> @TemplateId order by created_at, id limit 10",
            new { Merchant = merchant, TemplateId = templateId })).Select(row => row.ToDomain())];

    internal static Task<IReadOnlyList<PlanRow>> ListAsync(Reader reader, PageQuery page) =>
        reader.QueryAsync<PlanRow>(
            $"select {Columns} from plan where created_at > @At or (created_at = @At and id > @Id) order by created_at, id limit @Fetch",
            new { page.At, page.Id, page.Fetch });

    /// <summary>False when the code is taken.</summary>
    internal static async Task<bool> TryInsertAsync(Transaction tx, Plan plan) =>
        await tx.ExecuteAsync(
            $"""
            insert into plan ({Columns})
            values (@Id, @Code, @Name, @Merchant, @TemplateId, @Mode, @Fee, @Amount, @FirstAmount, @IntervalUnit, @IntervalCount, @Policies, @CreatedAt)
            on conflict (code) do nothing
            """,
            PlanRow.From(plan)) == 1;
}
