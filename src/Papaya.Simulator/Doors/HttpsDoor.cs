using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace Papaya.Simulator.Doors;

/// <summary>https under the simulator's own authority. A client certificate is asked for and never demanded: the calls that need one say so themselves.</summary>
internal static class HttpsDoor
{
    public static void Add(WebApplicationBuilder builder, SimulatorOptions options, string[] urls)
    {
        // Made when somebody first needs it: a start without https stays as quick as it was.
        builder.Services.AddSingleton(_ => Authority.Open(options.KeysFolder is { } folder ? new KeyFolder(folder) : null, TimeProvider.System));
        builder.Services.AddSingleton<Handshakes>();
        if (!Array.Exists(urls, static url => url.StartsWith("https://", StringComparison.OrdinalIgnoreCase)))
        {
            return;
        }

        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.ConfigureHttpsDefaults(https =>
        {
            var services = kestrel.ApplicationServices;
            https.ServerCertificateSelector = (connection, host) => services.GetRequiredService<Handshakes>().Choose(connection, host);
            https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;

            // Whose it is and whether it is still good decides the call: WeChat answers that in XML or JSON, not by ending the handshake.
            https.ClientCertificateValidation = static (_, _, _) => true;
        }));
    }
}
