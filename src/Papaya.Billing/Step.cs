namespace Papaya.Billing;

/// <summary>The three things that a piece of evidence can do to a state.</summary>
public enum StepKind
{
    /// <summary>The state changes (or its cycle turns): store it and say so in an event.</summary>
    Moved,

    /// <summary>A duplicate, an echo or something that does not matter here: nothing changes.</summary>
    Ignored,

    /// <summary>The evidence cannot be true together with the state: nothing changes, a person is told, WeChat is asked again.</summary>
    Contradiction,
}

/// <summary>The answer of a state machine. <see cref="State"/> is always the state to hold from now on.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="State">The new state when moved, else the old one.</param>
/// <param name="Why">For a contradiction: what contradicts what, in one sentence.</param>
public readonly record struct Step<TState>(StepKind Kind, TState State, string? Why = null)
    where TState : struct, Enum
{
    public bool IsMoved => Kind == StepKind.Moved;

    public bool IsIgnored => Kind == StepKind.Ignored;

    public bool IsContradiction => Kind == StepKind.Contradiction;

    /// <summary>As the tables of expected results write it: the new state's name, <c>-</c> or <c>!</c>.</summary>
    public override string ToString() => Kind switch
    {
        StepKind.Moved => State.ToString(),
        StepKind.Ignored => "-",
        StepKind.Contradiction => "!",
    };
}

/// <summary>Makes steps; the type of the state is inferred.</summary>
public static class Step
{
    public static Step<TState> MoveTo<TState>(TState next)
        where TState : struct, Enum => new(StepKind.Moved, next);

    public static Step<TState> Ignore<TState>(TState current)
        where TState : struct, Enum => new(StepKind.Ignored, current);

    public static Step<TState> Contradict<TState>(TState current, string why)
        where TState : struct, Enum => new(StepKind.Contradiction, current, why);
}
