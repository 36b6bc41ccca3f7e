namespace Papaya.Server.Debits;

/// <summary>The loops of this slice, by the names under which they are woken.</summary>
internal static class DebitLoops
{
    /// <summary>Opens charges and tells the customers.</summary>
    public const string Charges = "charges";

    /// <summary>Sends what is due.</summary>
    public const string Debits = "debits";

    /// <summary>Asks about what waits.</summary>
    public const string Questions = "debit_questions";
}
