namespace Papaya.WeChatPay.Wire;

/// <summary>
/// Reads many fields of a message by walking once along its sorted names. Ask in byte order of the names: any other order finds the
/// same, but searches.
/// </summary>
internal struct FieldWalk(V2Message message, int start = 0)
{
    private int _at = start;

    /// <summary>True when the element is there, also when it is empty.</summary>
    public bool Has(scoped ReadOnlySpan<byte> name) => message.FindNext(name, FieldSlot.PrefixOf(name), ref _at) >= 0;

    /// <summary>The value's bytes; empty when the element is absent or empty.</summary>
    public ReadOnlySpan<byte> Bytes(scoped ReadOnlySpan<byte> name) =>
        At(message.FindNext(name, FieldSlot.PrefixOf(name), ref _at));

    /// <summary>The value; null when it is absent or empty.</summary>
    public string? Text(scoped ReadOnlySpan<byte> name) => TextOf(Bytes(name));

    /// <summary>The value; null when it is absent or empty.</summary>
    public string? Text(WireName name) => TextOf(Bytes(name));

    /// <summary>A whole number; null when absent or not a number.</summary>
    public long? Number(scoped ReadOnlySpan<byte> name) => V2Message.TryReadInt64(Bytes(name), out var number) ? number : null;

    /// <summary>A whole number; null when absent or not a number.</summary>
    public long? Number(WireName name) => V2Message.TryReadInt64(Bytes(name), out var number) ? number : null;

    /// <summary>An instant; null when absent or not a time.</summary>
    public DateTimeOffset? Time(scoped ReadOnlySpan<byte> name) => BeijingTime.Parse(Bytes(name));

    /// <summary>True when the value is <c>SUCCESS</c>.</summary>
    public bool IsSuccess(scoped ReadOnlySpan<byte> name) => Bytes(name).SequenceEqual("SUCCESS"u8);

    private static string? TextOf(ReadOnlySpan<byte> value) => value.IsEmpty ? null : V2Message.Text(value);

    private ReadOnlySpan<byte> Bytes(WireName name) => At(message.FindNext(name.Utf8, name.Prefix, ref _at));

    private readonly ReadOnlySpan<byte> At(int index) => index < 0 ? default : message.Value(message.Sorted[index]);
}
