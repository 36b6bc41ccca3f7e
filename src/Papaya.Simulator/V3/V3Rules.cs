namespace Papaya.Simulator.V3;

/// <summary>Every V3 call; each capability has its own list.</summary>
internal static class V3Rules
{
    public static readonly IReadOnlyList<V3Rule> All =
    [
        .. Certificates.Rules,
        .. NoticeCalls.Rules,
        .. SigningSessions.Rules,
        .. ScheduledContracts.Rules,
        .. Bookings.Rules,
        .. Transactions.Rules,
        .. OrdersWithContract.Rules,
        .. GlobalContracts.Rules,
        .. GlobalDebits.Rules,
        .. Refunds.Rules,
        .. Bills.Rules,
    ];
}
