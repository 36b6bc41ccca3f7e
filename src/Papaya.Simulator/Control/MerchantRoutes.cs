using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Control;

/// <summary>Merchants: their keys, apps, permissions and limits.</summary>
internal sealed class MerchantRoutes(ControlApi api, SimulatorState state)
{
    private static readonly ControlJson Json = ControlJson.Default;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/_sim/merchants", http => api.ChangeAsync(http, Json.MerchantRequest, Json.MerchantView, PutMerchant));
        routes.MapGet("/_sim/merchants/{mch_id}", http => api.ShowAsync(http, Json.MerchantView, "merchant", () => WithKeys(View(state.FindMerchant(ControlApi.Route(http, "mch_id"))))));
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

        if (request.Limits is { } limits && limits.Least < 1)
        {
            return new(400, "Every limit is at least 1.");
        }

        if (request.Apiv3Key is { } secret && (secret.Length != WeChatPay.Wire.ApiV3Key.Length || !secret.All(char.IsAsciiLetterOrDigit)))
        {
            return new(400, "apiv3_key is 32 letters and digits.");
        }

        var known = state.FindMerchant(request.MchId);
        var merchant = known ?? new Merchant { MchId = request.MchId, Name = $"商户{request.MchId}", Key = request.Key ?? state.Nonces.Next() };
        Change(merchant, request, now);
        state.Put(merchant);
        if (request.Apiv3Key is { } chosen)
        {
            state.Identities.SetSecret(merchant.MchId, chosen);
        }

        if (known is null)
        {
            Presets.Open(state, merchant.MchId, now);
        }

        return new(View(merchant)!);
    }

    /// <summary>Members that are left out stay as they are.</summary>
    private static void Change(Merchant merchant, MerchantRequest request, DateTimeOffset now)
    {
        if (request.Key is { } key && key != merchant.Key)
        {
            // As at WeChat's: the key before goes on for 15 days.
            (merchant.PreviousKey, merchant.KeyResetAt, merchant.Key) = (merchant.Key, now, key);
        }

        if (request.PreviousKey is { } previous)
        {
            (merchant.PreviousKey, merchant.KeyResetAt) = (previous, now);
        }

        merchant.KeyResetAt = request.KeyResetAt ?? merchant.KeyResetAt;
        merchant.Name = request.Name ?? merchant.Name;
        merchant.Apps = request.Apps is { } apps ? [.. apps.Select(a => new App { AppId = a.AppId, Kind = a.Kind })] : merchant.Apps;
        merchant.Permissions = request.Permissions?.ToList() ?? (request.MayDebit switch
        {
            null => merchant.Permissions,
            true => null,
            false => [.. Enum.GetValues<Permission>().Where(p => p != Permission.Papay)],
        });
        merchant.SubMerchants = request.SubMerchants?.ToList() ?? merchant.SubMerchants;
        merchant.Penalised = request.Penalised ?? merchant.Penalised;
        merchant.SigningDomains = request.SigningDomains?.ToList() ?? merchant.SigningDomains;
        merchant.Limits = request.Limits ?? merchant.Limits;
        merchant.RefundNotifyUrl = request.RefundNotifyUrl ?? merchant.RefundNotifyUrl;
        merchant.FeeRate = request.FeeRate is { } percent ? (int)(100 * percent) : merchant.FeeRate;
        merchant.FeesApart = request.FeesApart ?? merchant.FeesApart;
        merchant.SettlesAfterDays = request.SettlesAfterDays ?? merchant.SettlesAfterDays;
        merchant.SettlesToBank = request.SettlesToBank ?? merchant.SettlesToBank;
        merchant.FundFlow = request.FundFlow ?? merchant.FundFlow;
    }
}
