using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Papaya.Simulator.Control;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Doors;

/// <summary>Certificates to take away, for callers that do not share a folder with the simulator.</summary>
internal sealed class KeyRoutes(SimulatorState state, IServiceProvider services)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/_sim/ca.pem", http => SendAsync(http, "application/x-pem-file", System.Text.Encoding.ASCII.GetBytes(services.GetRequiredService<Authority>().CertificatePem)));
        routes.MapGet("/_sim/merchants/{mch_id}/" + KeyFiles.P12, http => SendP12Async(http, KeyFiles.Form.Usual));
        routes.MapGet("/_sim/merchants/{mch_id}/" + KeyFiles.P12For3Des, http => SendP12Async(http, KeyFiles.Form.TripleDes));
    }

    private Task SendP12Async(HttpContext http, KeyFiles.Form form)
    {
        MerchantKeys? keys;
        using (state.Begin())
        {
            var mchId = ControlApi.Route(http, "mch_id");
            keys = state.FindMerchant(mchId) is null ? null : state.Identities.Of(mchId);
        }

        return keys is null
            ? http.RefuseAsync(StatusCodes.Status404NotFound, "There is no such merchant.")
            : SendAsync(http, "application/x-pkcs12", KeyFiles.Pkcs12(keys, form));
    }

    private static Task SendAsync(HttpContext http, string type, byte[] bytes)
    {
        http.Response.ContentType = type;
        http.Response.ContentLength = bytes.Length;
        return http.Response.Body.WriteAsync(bytes, http.RequestAborted).AsTask();
    }
}
