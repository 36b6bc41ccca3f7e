using Microsoft.AspNetCore.Http;

namespace Papaya.Simulator.Doors;

/// <summary>Whose certificate a caller shows. Over plain http a header stands for it.</summary>
internal sealed class ClientCertificates(Visitor visitor)
{
    public const string Header = "X-Client-Cert";

    /// <summary>The merchant number that is proven; empty if none is.</summary>
    public string MchIdOf(HttpContext http) => !http.Request.IsHttps && visitor.IsTrusted(http) ? http.Request.Headers[Header].ToString() : "";
}
