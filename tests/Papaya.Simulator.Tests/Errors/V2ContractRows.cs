namespace Papaya.Simulator.Tests.Errors;

/// <summary>contractorder, querycontract, deletecontract.</summary>
internal static class V2ContractRows
{
    public static IEnumerable<ErrorRow> All => [];
}
