using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Control;

/// <summary>Merchants and their templates.</summary>
internal sealed class MerchantRoutes(ControlApi api, SimulatorState state)
{
    private static readonly ControlJson Json = ControlJson.Default;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/_sim/merchants", http => api.ChangeAsync(http, Json.MerchantRequest, Json.MerchantView, PutMerchant));
        routes.MapGet("/_sim/merchants/{mch_id}", http => api.ShowAsync(http, Json.MerchantView, "merchant", () => WithKeys(View(state.FindMerchant(ControlApi.Route(http, "mch_id"))))));
        routes.MapPost("/_sim/templates", http => api.ChangeAsync(http, Json.TemplateRequest, Json.Template, PutTemplate));
        routes.MapGet("/_sim/templates", http => api.ListAsync(http, Json.ListingTemplate, () => state.Templates));
    }

    private MerchantView? View(Merchant? m) => m is null
        ? null
        : new(
            m.MchId, m.Name, m.Key, m.PreviousKey, m.KeyResetAt, [.. m.Apps.Select(a => new AppView(a.AppId, a.Kind))], m.May(Permission.Papay), m.RefundNotifyUrl,
            [.. m.Permissions ?? [.. Enum.GetValues<Permission>()]], [.. m.SubMerchants ?? []], m.Penalised, m.SigningDomains?.ToArray(), m.Limits,
            m.FeeRate / 100m, m.FeesApart, m.SettlesAfterDays, m.SettlesToBank, m.FundFlow, FundsView.Of(m.MchId, state.AccountsOf(m.MchId)));

    /// <summary>Making keys takes a moment, so only who asks about one merchant gets them.</summary>
    private MerchantView? WithKeys(MerchantView? view) =>
        view?.With(state.Identities.Of(view.MchId), state.Identities.PublicKey, state.Identities.Shown(state.Now));

    private Outcome<MerchantView> PutMerchant(MerchantRequest request, DateTimeOffset now)
    {
        if (request.MchId.Length is < 1 or > 32 || !request.MchId.All(char.IsAsciiDigit))
        {
            return new(400, "mch_id is 1 to 32 digits.");
        }

        if (request.Key is { } key && (key.Length is < 1 or > 64 || !key.All(char.IsAsciiLetterOrDigit)))
        {
            return new(400, "key is letters and digits (32 at the real one).");
        }

        if (request.FeeRate is { } rate && (rate is < 0 or > 10 || (100 * rate) % 1 != 0))
        {
            return new(400, "fee_rate is a percentage from 0 to 10 with at most two decimals; 0.6 is usual.");
        }

        if (request.SettlesAfterDays is < 1 or > 30)
        {
            return new(400, "settles_after_days is 1 to 30; 1 is T+1.");
        }

        var known = state.FindMerchant(request.MchId);
        var isReset = known is not null && request.Key is not null && request.Key != known.Key;
        var merchant = new Merchant
        {
            MchId = request.MchId,
            Name = request.Name ?? known?.Name ?? $"商户{request.MchId}",
            Key = request.Key ?? known?.Key ?? state.Nonces.Next(),
            PreviousKey = request.PreviousKey ?? (isReset ? known!.Key : known?.PreviousKey),
            KeyResetAt = request.KeyResetAt ?? (isReset || request.PreviousKey is not null ? now : known?.KeyResetAt),
            Apps = request.Apps is { } apps ? [.. apps.Select(a => new App { AppId = a.AppId, Kind = a.Kind })] : known?.Apps ?? [],
            Permissions = request.Permissions?.ToList() ?? (request.MayDebit switch
            {
                null => known?.Permissions,
                true => null,
                false => [.. Enum.GetValues<Permission>().Where(p => p != Permission.Papay)],
            }),
            SubMerchants = request.SubMerchants?.ToList() ?? known?.SubMerchants,
            Penalised = request.Penalised ?? known?.Penalised ?? false,
            SigningDomains = request.SigningDomains?.ToList() ?? known?.SigningDomains,
            Limits = request.Limits ?? known?.Limits ?? new(),
            RefundNotifyUrl = request.RefundNotifyUrl ?? known?.RefundNotifyUrl,
            FeeRate = request.FeeRate is { } percent ? (int)(100 * percent) : known?.FeeRate ?? new Merchant { MchId = "", Key = "" }.FeeRate,
            FeesApart = request.FeesApart ?? known?.FeesApart ?? false,
            SettlesAfterDays = request.SettlesAfterDays ?? known?.SettlesAfterDays ?? 1,
            SettlesToBank = request.SettlesToBank ?? known?.SettlesToBank ?? false,
            FundFlow = request.FundFlow ?? known?.FundFlow ?? FundFlow.New,
        };
        state.Put(merchant);
        if (known is null)
        {
            Presets.Open(state, merchant.MchId, now);
        }

        return new(View(merchant)!);
    }

    private Outcome<Template> PutTemplate(TemplateRequest request, DateTimeOffset now)
    {
        if (state.FindMerchant(request.MchId) is null)
        {
            return new(404, $"There is no merchant {request.MchId}.");
        }

        if (request.PlanId < 1 || request.Amount < 1 || request.FirstAmount is < 1 || request.ValidDays is < 1 || request.Name.Length == 0)
        {
            return new(400, "plan_id, amount, first_amount and valid_days are at least 1; name is not empty.");
        }

        var template = new Template
        {
            MchId = request.MchId,
            PlanId = request.PlanId,
            Name = request.Name,
            Kind = request.Kind,
            Cycle = request.Cycle,
            Fee = request.Fee,
            Amount = request.Amount,
            FirstAmount = request.FirstAmount,
            Mode = request.Mode,
            TerminateNotifyUrl = request.TerminateNotifyUrl ?? state.FindTemplate(request.MchId, request.PlanId)?.TerminateNotifyUrl
                ?? (request.MchId == Presets.MchId ? state.Options.TerminateNotifyUrl : null),
            Disabled = request.Disabled,
            SigningBlocked = request.SigningBlocked,
        };
        Presets.Limits(template);
        template.SingleLimit = request.SingleLimit ?? template.SingleLimit;
        template.DailyLimit = request.DailyLimit ?? template.DailyLimit;
        template.ValidDays = request.ValidDays ?? template.ValidDays;
        state.Put(template);
        return new(template);
    }
}
