namespace Papaya.Billing.Tests;

/// <summary>
/// A reviewed table of expected results: one column per state, one row per piece of evidence, each cell the new state,
/// <c>-</c> (ignored) or <c>!</c> (contradiction). Every pair must be there exactly once, and nothing else.
/// </summary>
public static class StateTable
{
    public static TheoryData<TState, TEvidence, string> Read<TState, TEvidence>(string text)
        where TState : struct, Enum
        where TEvidence : struct, Enum
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var states = Cells(lines[0]).Skip(1).Select(Enum.Parse<TState>).ToArray();
        Assert.Equal(Enum.GetValues<TState>().Order(), states.Order());

        var cells = new TheoryData<TState, TEvidence, string>();
        var rows = new List<TEvidence>();
        foreach (var line in lines.Skip(1))
        {
            var row = Cells(line);
            Assert.Equal(states.Length + 1, row.Length);
            rows.Add(Enum.Parse<TEvidence>(row[0]));
            for (var i = 0; i < states.Length; i++)
            {
                cells.Add(states[i], rows[^1], row[i + 1]);
            }
        }

        Assert.Equal(Enum.GetValues<TEvidence>().Order(), rows.Order());
        return cells;
    }

    private static string[] Cells(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
