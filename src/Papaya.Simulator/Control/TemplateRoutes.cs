using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Control;

/// <summary>
/// A whole template, when it has name, kind, fee and amount; else what changes of a known one: members that are left out stay as they are, and null takes one away.
/// </summary>
internal sealed record TemplateRequest
{
    private readonly HashSet<string> _cleared = [];

    public required string MchId { get; init; }

    public required long PlanId { get; init; }

    public string? Name { get; init; }

    public TemplateKind? Kind { get; init; }

    public string? Cycle { get; set => field = Said(value); }

    public FeeRule? Fee { get; init; }

    public long? Amount { get; init; }

    public long? FirstAmount { get; set => field = Said(value); }

    public NoticeMode? Mode { get; set => field = Said(value); }

    public string? TerminateNotifyUrl { get; set => field = Said(value); }

    /// <summary>For ever: a disabled template is never enabled again.</summary>
    public bool? Disabled { get; init; }

    public bool? SigningBlocked { get; set => field = Said(value); }

    public long? SingleLimit { get; set => field = Said(value); }

    public long? DailyLimit { get; set => field = Said(value); }

    public long? MonthlyLimit { get; set => field = Said(value); }

    public int? SuccessesPerCycle { get; set => field = Said(value); }

    public bool? IsTest { get; init; }

    public string? Currency { get; set => field = Said(value); }

    public int? ValidDays { get; set => field = Said(value); }

    [JsonIgnore]
    public bool IsWhole => Name is not null && Kind is not null && Fee is not null && Amount is not null;

    /// <summary>Whether a member was sent as null.</summary>
    public bool Clears(string member) => _cleared.Contains(member);

    private T Said<T>(T value, [CallerMemberName] string member = "")
    {
        if (value is null)
        {
            _cleared.Add(member);
        }

        return value;
    }
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

        var template = Make(request, known);
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

    /// <summary>The whole template, or the known one with what the request says; what a request clears is as it was at first.</summary>
    private Template Make(TemplateRequest request, Template? known)
    {
        var first = First(request, known);
        var rest = known is null || request.IsWhole ? first : known;
        return new()
        {
            MchId = request.MchId,
            PlanId = request.PlanId,
            Name = request.Name ?? rest.Name,
            Kind = request.Kind ?? rest.Kind,
            Fee = request.Fee ?? rest.Fee,
            Amount = request.Amount ?? rest.Amount,
            Cycle = request.Cycle ?? Rest(nameof(request.Cycle)).Cycle,
            FirstAmount = request.FirstAmount ?? Rest(nameof(request.FirstAmount)).FirstAmount,
            Mode = request.Mode ?? Rest(nameof(request.Mode)).Mode,
            TerminateNotifyUrl = request.Clears(nameof(request.TerminateNotifyUrl)) ? null : request.TerminateNotifyUrl ?? Rest(nameof(request.TerminateNotifyUrl)).TerminateNotifyUrl,
            SigningBlocked = request.SigningBlocked ?? Rest(nameof(request.SigningBlocked)).SigningBlocked,
            // A price above WeChat's first limits has been granted with them.
            SingleLimit = request.SingleLimit ?? Math.Max(Rest(nameof(request.SingleLimit)).SingleLimit, request.Amount ?? 0),
            DailyLimit = request.DailyLimit ?? Math.Max(Rest(nameof(request.DailyLimit)).DailyLimit, 5 * (request.Amount ?? 0)),
            MonthlyLimit = request.MonthlyLimit ?? Rest(nameof(request.MonthlyLimit)).MonthlyLimit,
            SuccessesPerCycle = request.SuccessesPerCycle ?? Rest(nameof(request.SuccessesPerCycle)).SuccessesPerCycle,
            Currency = request.Currency ?? Rest(nameof(request.Currency)).Currency,
            ValidDays = request.ValidDays ?? Rest(nameof(request.ValidDays)).ValidDays,
            // A disabled template stays so, and a test template keeps its name.
            Disabled = request.Disabled ?? known?.Disabled ?? false,
            IsTest = request.IsTest ?? known?.IsTest ?? false,
        };

        Template Rest(string member) => request.Clears(member) ? first : rest;
    }

    /// <summary>A template of which nothing is known but its name and price.</summary>
    private Template First(TemplateRequest request, Template? known)
    {
        var template = new Template
        {
            MchId = request.MchId,
            PlanId = request.PlanId,
            Name = request.Name ?? known!.Name,
            Amount = request.Amount ?? known!.Amount,
            TerminateNotifyUrl = request.MchId == Presets.MchId ? state.Options.TerminateNotifyUrl : null,
        };
        Presets.Limits(template);
        return template;
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
