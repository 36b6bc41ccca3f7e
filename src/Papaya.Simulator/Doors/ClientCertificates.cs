using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Doors;

/// <summary>Whose certificate a caller shows. Over https it is a real one; over plain http a header stands for it.</summary>
internal sealed class ClientCertificates(SimulatorState state, Visitor visitor)
{
    public const string Header = "X-Client-Cert";

    /// <summary>The merchant number that is proven; empty if none is.</summary>
    public string MchIdOf(HttpContext http)
    {
        if (http.Request.IsHttps)
        {
            return http.Connection.ClientCertificate is { } shown ? MchIdOf(shown) : "";
        }

        return visitor.IsTrusted(http) ? http.Request.Headers[Header].ToString() : "";
    }

    /// <summary>The handshake has proven that the caller holds the key; what is left is whether this certificate is the merchant's present one.</summary>
    private string MchIdOf(X509Certificate2 shown)
    {
        var name = shown.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        using var op = state.Begin();
        return op.Now.UtcDateTime >= shown.NotBefore.ToUniversalTime() && op.Now.UtcDateTime < shown.NotAfter.ToUniversalTime() && state.FindMerchant(name) is not null
            && state.Identities.Of(name).CertificatePem == shown.ExportCertificatePem()
            ? name
            : "";
    }
}
