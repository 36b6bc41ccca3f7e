using Papaya.Server.Hosting;

namespace Papaya.Server.Debits;

/// <summary>Sends what is due.</summary>
internal sealed class DebitLoop(DebitFlow debits) : ILoop
{
    public string Name => DebitLoops.Debits;

    public Task<DateTimeOffset?> RunOnceAsync(CancellationToken ct) => debits.SendDueAsync(ct);
}

/// <summary>Asks about what waits.</summary>
internal sealed class QuestionLoop(DebitFlow debits) : ILoop
{
    public string Name => DebitLoops.Questions;

    public Task<DateTimeOffset?> RunOnceAsync(CancellationToken ct) => debits.AskDueAsync(ct);
}
