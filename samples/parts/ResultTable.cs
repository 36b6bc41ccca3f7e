namespace Papaya.Samples;

/// <summary>Calls, outcomes and times, printed under each other.</summary>
internal sealed class ResultTable(TextWriter output, TimeProvider clock)
{
    private int _failures;

    /// <summary>0 when every row is fine.</summary>
    public int ExitCode => _failures == 0 ? 0 : 1;

    /// <summary>Does something, prints a row, and gives back what it gave.</summary>
    public async Task<T> RowAsync<T>(string call, Func<Task<T>> act, Func<T, string> describe, Func<T, bool>? isRight = null)
    {
        var began = clock.GetTimestamp();
        var result = await act();
        var isFine = isRight?.Invoke(result) ?? true;
        _failures += isFine ? 0 : 1;
        output.WriteLine($"{(isFine ? "ok  " : "FAIL")}  {call,-22} {clock.GetElapsedTime(began).TotalMilliseconds,7:0.0} ms  {describe(result)}");
        return result;
    }
}
