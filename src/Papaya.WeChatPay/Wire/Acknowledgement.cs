namespace Papaya.WeChatPay.Wire;

/// <summary>Answers to WeChat's notifications. Always the same bytes: blank lines or a byte order mark make WeChat send again.</summary>
public static class Acknowledgement
{
    private const int LongestReason = 128;

    private static readonly byte[] SuccessBytes =
        "<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[OK]]></return_msg></xml>"u8.ToArray();

    /// <summary>Content type to send the answer with.</summary>
    public const string ContentType = "text/xml; charset=utf-8";

    /// <summary>"Received and safely stored"; to be sent with HTTP 200 within 5 seconds.</summary>
    public static ReadOnlyMemory<byte> Success => SuccessBytes;

    /// <summary>Content type of <see cref="V3Fail"/>.</summary>
    public const string V3ContentType = "application/json";

    /// <summary>HTTP status that accepts a V3 callback, with an empty body; to be sent within 5 seconds.</summary>
    public const int V3SuccessStatus = 204;

    /// <summary>
    /// "Not accepted" for V3, to be sent with a status of 4xx or 5xx; a probe is answered just like a bad signature. Of the reason the
    /// first 128 characters are sent.
    /// </summary>
    public static ReadOnlyMemory<byte> V3Fail(string reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(64 + reason.Length);
        using (var json = new System.Text.Json.Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("code"u8, "FAIL"u8);
            json.WriteString("message"u8, Cut(reason));
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    /// <summary>"Not accepted"; of the reason the first 128 characters are sent (<c>return_msg</c>).</summary>
    public static ReadOnlyMemory<byte> Fail(string reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        using var writer = new V2Writer(XmlText.CData);
        return writer.Add("return_code"u8, "FAIL").Add("return_msg"u8, Cut(reason)).Unsigned().ToArray();
    }

    // Half a surrogate pair could not be written.
    private static string Cut(string reason) =>
        reason.Length <= LongestReason ? reason : reason[..(char.IsHighSurrogate(reason[LongestReason - 1]) ? LongestReason - 1 : LongestReason)];
}
