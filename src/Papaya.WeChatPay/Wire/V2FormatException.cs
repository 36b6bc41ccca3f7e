namespace Papaya.WeChatPay.Wire;

/// <summary>Why a body is not a V2 message.</summary>
public enum V2Fault
{
    /// <summary>No bytes, or only blanks.</summary>
    Empty,

    /// <summary>Longer than the limit.</summary>
    TooLarge,

    /// <summary>Not UTF-8, or declared in another encoding.</summary>
    Encoding,

    /// <summary>A control character that XML does not allow.</summary>
    IllegalCharacter,

    /// <summary>A document type declaration; refused because it may name external entities.</summary>
    Doctype,

    /// <summary>A processing instruction other than the XML declaration.</summary>
    ProcessingInstruction,

    /// <summary>The root element is neither <c>xml</c> nor <c>root</c>, or there is none.</summary>
    Root,

    /// <summary>An element carries attributes; WeChat's never do.</summary>
    Attribute,

    /// <summary>An element stands where a value belongs.</summary>
    NestedElement,

    /// <summary>Two elements have the same name.</summary>
    DuplicateElement,

    /// <summary>Text between the elements.</summary>
    StrayText,

    /// <summary>A reference that is neither one of the five entities nor an allowed character number.</summary>
    Reference,

    /// <summary>An end tag does not match its start tag.</summary>
    MismatchedTag,

    /// <summary>The text ends too early.</summary>
    Unclosed,

    /// <summary>Something else that is not XML.</summary>
    Syntax,

    /// <summary>Something follows the root element.</summary>
    TrailingContent,
}

/// <summary>A precise description of what is wrong with a body: what, and at which byte.</summary>
/// <param name="Fault">What is wrong.</param>
/// <param name="Offset">Position in bytes from the start of the body.</param>
/// <param name="Element">The element concerned, where there is one (at most 64 characters).</param>
public sealed record V2Error(V2Fault Fault, int Offset, string? Element)
{
    /// <summary>One sentence, without any of the values.</summary>
    public override string ToString() =>
        Element is null ? $"{Describe(Fault)} at byte {Offset}." : $"{Describe(Fault)} at byte {Offset}, element '{Element}'.";

    private static string Describe(V2Fault fault) => fault switch
    {
        V2Fault.Empty => "The body is empty",
        V2Fault.TooLarge => "The body is longer than the limit",
        V2Fault.Encoding => "The body is not UTF-8",
        V2Fault.IllegalCharacter => "A control character that XML does not allow",
        V2Fault.Doctype => "A document type declaration is refused",
        V2Fault.ProcessingInstruction => "A processing instruction is refused",
        V2Fault.Root => "The root element must be <xml> or <root>",
        V2Fault.Attribute => "Attributes are refused",
        V2Fault.NestedElement => "An element stands where a value belongs",
        V2Fault.DuplicateElement => "The same element appears twice",
        V2Fault.StrayText => "Text stands between the elements",
        V2Fault.Reference => "An unknown entity or character reference",
        V2Fault.MismatchedTag => "An end tag does not match its start tag",
        V2Fault.Unclosed => "The text ends too early",
        V2Fault.TrailingContent => "Something follows the root element",
        V2Fault.Syntax => "This is not XML",
        _ => throw new ArgumentOutOfRangeException(nameof(fault)),
    };
}

/// <summary>A body is not a V2 message. The only exception that parsing throws.</summary>
public sealed class V2FormatException : FormatException
{
    /// <summary>Wraps a parse error.</summary>
    public V2FormatException(V2Error error)
        : base(error?.ToString()) => Error = error ?? throw new ArgumentNullException(nameof(error));

    /// <summary>What is wrong, and where.</summary>
    public V2Error Error { get; }
}
