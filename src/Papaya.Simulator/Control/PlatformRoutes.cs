using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Control;

/// <summary>A key of the platform as everybody may see it.</summary>
internal sealed record PlatformView(string Serial, DateTimeOffset EffectiveAt, DateTimeOffset? ExpiresAt, DateTimeOffset SignsFrom, DateTimeOffset? RetiresAt, string Pem)
{
    public static PlatformView Of(PlatformIdentity key) => new(key.Id, key.EffectiveAt, key.ExpiresAt, key.SignsFrom, key.RetiredAt, key.CertificatePem ?? key.PublicKeyPem);
}

internal sealed record RotateRequest
{
    /// <summary>How long both certificates are handed out, in seconds; 10 days if null.</summary>
    public double? OverlapSeconds { get; init; }
}

/// <summary>Nothing to say but that another certificate is wanted.</summary>
internal sealed record RenewRequest;

internal sealed record CertificateView(string MchId, string CertificateSerial, string CertificatePem, string PrivateKeyPem);

/// <summary>WeChat's own keys, and the certificates that it gives to merchants.</summary>
internal sealed class PlatformRoutes(ControlApi api, SimulatorState state)
{
    private static readonly ControlJson Json = ControlJson.Default;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/_sim/platform", http => api.ListAsync(http, Json.ListingPlatformView, () => state.Identities.Shown(state.Now).Select(PlatformView.Of)));
        routes.MapPost("/_sim/platform/rotate", http => api.ChangeAsync(http, Json.RotateRequest, Json.PlatformView, Rotate, new()));
        routes.MapPost("/_sim/merchants/{mch_id}/certificate", http => api.ChangeAsync(
            http, Json.RenewRequest, Json.CertificateView, (_, _) => Renew(ControlApi.Route(http, "mch_id")), new()));
    }

    private Outcome<CertificateView> Renew(string mchId)
    {
        if (state.FindMerchant(mchId) is null)
        {
            return new(404, $"There is no merchant {mchId}.");
        }

        var keys = state.Identities.Renew(mchId);
        return new(new CertificateView(mchId, keys.CertificateSerial, keys.CertificatePem, keys.PrivateKeyPem));
    }

    private Outcome<PlatformView> Rotate(RotateRequest request, DateTimeOffset now) =>
        request.OverlapSeconds is < 0 or > 31_536_000 or double.NaN
            ? new(400, "overlap_seconds is between 0 and 31536000 (a year).")
            : new(PlatformView.Of(state.Identities.Rotate(now, request.OverlapSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null)));
}
