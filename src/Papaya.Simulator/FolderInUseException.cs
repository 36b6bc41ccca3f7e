namespace Papaya.Simulator;

/// <summary>The folder of a world belongs to a simulator that is running; the message names it and the cure.</summary>
public sealed class FolderInUseException : IOException
{
    internal FolderInUseException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
