using Papaya.Server.Storage;

namespace Papaya.Server.Hosting;

/// <summary>Before anything else starts: the schema is current and the engine as durable as promised.</summary>
internal sealed class StorageStart(Database db, TimeProvider clock) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await Migrations.ApplyAsync(db, clock, cancellationToken);
        await db.CheckDurabilityAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
