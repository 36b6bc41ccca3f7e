using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Papaya.Simulator.Faults;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Doors;

/// <summary>Which certificate a caller is shown at the https port, and whether he is shown one at all.</summary>
internal sealed class Handshakes(SimulatorState state, FaultRules faults, Authority authority)
{
    /// <summary>The certificate; null breaks the handshake.</summary>
    /// <param name="connection">Tells which of the two listeners it is.</param>
    /// <param name="host">The name that the caller asks for (SNI); null when he names an address.</param>
    public X509Certificate2? Choose(ConnectionContext? connection, string? host)
    {
        if (!faults.Any)
        {
            return authority.ServerCertificate;
        }

        FaultHit? fault;
        using (var op = state.Begin())
        {
            var site = state.BackupPort is { } port && (connection?.LocalEndPoint as IPEndPoint)?.Port == port ? "backup" : "main";
            fault = faults.Hit(new(FaultCatalogue.Handshake, null, [], Site: site) { Host = host }, op.Now);
        }

        return fault?.Kind switch
        {
            FaultKind.TlsFailure => null,
            FaultKind.WrongCertificate => authority.WrongCertificate(fault.Rule.How!),
            _ => authority.ServerCertificate,
        };
    }
}
