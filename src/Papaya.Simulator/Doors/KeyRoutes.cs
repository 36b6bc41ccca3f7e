using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Papaya.Simulator.Doors;

/// <summary>Certificates to take away, for callers that do not share a folder with the simulator.</summary>
internal sealed class KeyRoutes(IServiceProvider services)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/_sim/ca.pem", http => SendAsync(http, services.GetRequiredService<Authority>().CertificatePem));
    }

    private static Task SendAsync(HttpContext http, string pem)
    {
        http.Response.ContentType = "application/x-pem-file";
        return http.Response.WriteAsync(pem, http.RequestAborted);
    }
}
