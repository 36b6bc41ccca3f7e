namespace Papaya.Benchmarks;

/// <summary>One thing to measure.</summary>
/// <param name="Task">What is done; items of one task are compared with each other.</param>
/// <param name="Way">How it is done: ours, a baseline, or the bare hash.</param>
/// <param name="Run">Does it once and returns something that depends on the result.</param>
internal sealed record Measured(string Task, string Way, Func<int> Run)
{
    /// <summary>The way that is the floor of a task.</summary>
    public const string Bare = "bare hash";
}
