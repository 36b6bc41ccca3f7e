namespace Papaya.Simulator.Tests.Errors;

/// <summary>pappayapply and the debit notification.</summary>
internal static class V2DebitRows
{
    public static IEnumerable<ErrorRow> All => [];
}
