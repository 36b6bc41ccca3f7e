using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Control;

/// <summary>A new template, or what changes of a known one: members that are left out stay as they are.</summary>
internal sealed record TemplateRequest
{
    public required string MchId { get; init; }

    public required long PlanId { get; init; }

    public string? Name { get; init; }

    public TemplateKind? Kind { get; init; }

    public string? Cycle { get; init; }

    public FeeRule? Fee { get; init; }

    public long? Amount { get; init; }

    public long? FirstAmount { get; init; }

    public NoticeMode? Mode { get; init; }

    public string? TerminateNotifyUrl { get; init; }

    /// <summary>For ever: a disabled template is never enabled again.</summary>
    public bool? Disabled { get; init; }

    public bool? SigningBlocked { get; init; }

    public long? SingleLimit { get; init; }

    public long? DailyLimit { get; init; }

    public long? MonthlyLimit { get; init; }

    public int? SuccessesPerCycle { get; init; }

    public bool? IsTest { get; init; }

    public string? Currency { get; init; }

    public int? ValidDays { get; init; }
}

/// <summary>Which merchant's template; needed when several have one of this number.</summary>
internal sealed record DisableRequest
{
    public string? MchId { get; init; }
}

/// <summary>Templates, as a merchant would have them reviewed.</summary>
internal sealed class TemplateRoutes(ControlApi api, SimulatorState state)
{
    private static readonly ControlJson Json = ControlJson.Default;

    private static readonly string[] Cycles = ["day", "week", "month", "quarter", "half_year", "year", "use"];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/_sim/templates", http => api.ChangeAsync(http, Json.TemplateRequest, Json.Template, Put));
        routes.MapGet("/_sim/templates", http => api.ListAsync(http, Json.ListingTemplate, () => state.Templates.Where(t => ControlApi.Query(http, "mch_id") is not { } mchId || t.MchId == mchId)));
        routes.MapPost("/_sim/templates/{plan_id}/disable",
            http => api.ChangeAsync(http, Json.DisableRequest, Json.Template, (r, _) => Disable(ControlApi.Route(http, "plan_id"), r), new()));
    }

    private Outcome<Template> Put(TemplateRequest request, DateTimeOffset now)
    {
        if (state.FindMerchant(request.MchId) is null)
        {
            return new(404, $"There is no merchant {request.MchId}.");
        }

        var known = state.FindTemplate(request.MchId, request.PlanId);
        if (WhyNot(request, known) is { } reason)
        {
            return new(400, reason);
        }

        if (known is not null && Frozen(request, known) is { } conflict)
        {
            return new(409, conflict);
        }

        var template = known ?? Fresh(request);
        Change(template, request);
        // A price above WeChat's first limits has been granted with them.
        template.SingleLimit = request.SingleLimit ?? Math.Max(template.SingleLimit, request.Amount ?? 0);
        template.DailyLimit = request.DailyLimit ?? Math.Max(template.DailyLimit, 5 * (request.Amount ?? 0));

        state.Put(template);
        return new(template);
    }

    private static string? WhyNot(TemplateRequest request, Template? known)
    {
        if (request.PlanId < 1 || request.Amount is < 1 || request.FirstAmount is < 1 || request.ValidDays is < 1 || request.Name is "")
        {
            return "plan_id, amount, first_amount and valid_days are at least 1; name is not empty.";
        }

        if (request.SingleLimit is < 1 || request.DailyLimit is < 1 || request.MonthlyLimit is < 1 || request.SuccessesPerCycle is < 1)
        {
            return "single_limit, daily_limit, monthly_limit and successes_per_cycle are at least 1.";
        }

        if (request.Cycle is { } cycle && !Cycles.Contains(cycle))
        {
            return $"cycle is one of {string.Join(", ", Cycles)}.";
        }

        if (request.TerminateNotifyUrl is { } url && (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https")))
        {
            return "terminate_notify_url is an absolute http or https address.";
        }

        if (known is null && (request.Name is null || request.Kind is null || request.Fee is null || request.Amount is null))
        {
            return "A new template needs name, kind, fee and amount.";
        }

        var isImmediate = (request.Kind ?? known!.Kind) is TemplateKind.PayLater or TemplateKind.Authorised or TemplateKind.PasswordFree;
        return isImmediate && (request.Mode ?? known?.Mode) == NoticeMode.PreNotice
            ? "A template that is debited at once has no notice: leave mode out, or take kind periodic."
            : null;
    }

    private static string? Frozen(TemplateRequest request, Template known) =>
        known.Disabled && request.Disabled == false ? "A disabled template is never enabled again; make another plan_id."
        : known.IsTest && request.Name is { } name && name != known.Name ? "A test template cannot be renamed."
        : null;

    private Template Fresh(TemplateRequest request)
    {
        var template = new Template
        {
            MchId = request.MchId,
            PlanId = request.PlanId,
            Name = request.Name!,
            Amount = request.Amount!.Value,
            TerminateNotifyUrl = request.MchId == Presets.MchId ? state.Options.TerminateNotifyUrl : null,
        };
        Presets.Limits(template);
        return template;
    }

    private static void Change(Template template, TemplateRequest request)
    {
        template.Name = request.Name ?? template.Name;
        template.Kind = request.Kind ?? template.Kind;
        template.Cycle = request.Cycle ?? template.Cycle;
        template.Fee = request.Fee ?? template.Fee;
        template.Amount = request.Amount ?? template.Amount;
        template.FirstAmount = request.FirstAmount ?? template.FirstAmount;
        template.Mode = request.Mode ?? template.Mode;
        template.TerminateNotifyUrl = request.TerminateNotifyUrl ?? template.TerminateNotifyUrl;
        template.Disabled = request.Disabled ?? template.Disabled;
        template.SigningBlocked = request.SigningBlocked ?? template.SigningBlocked;
        template.MonthlyLimit = request.MonthlyLimit ?? template.MonthlyLimit;
        template.SuccessesPerCycle = request.SuccessesPerCycle ?? template.SuccessesPerCycle;
        template.IsTest = request.IsTest ?? template.IsTest;
        template.Currency = request.Currency ?? template.Currency;
        template.ValidDays = request.ValidDays ?? template.ValidDays;
    }

    private Outcome<Template> Disable(string planId, DisableRequest request)
    {
        var found = state.Templates.Where(t => t.PlanId.ToString(CultureInfo.InvariantCulture) == planId && (request.MchId is null || t.MchId == request.MchId)).Take(2).ToList();
        switch (found)
        {
            case []:
                return new(404, "There is no such template.");
            case [_, _]:
                return new(400, "Several merchants have a template of this number: name mch_id.");
            case [{ Disabled: true }]:
                return new(409, "The template is already disabled.");
            default:
                found[0].Disabled = true;
                state.Put(found[0]);
                return new(found[0]);
        }
    }
}
