namespace Papaya.WeChatPay.Wire;

/// <summary>Answers to WeChat's notifications. Always the same bytes: blank lines or a byte order mark make WeChat send again.</summary>
public static class Acknowledgement
{
    private static readonly byte[] SuccessBytes =
        "<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[OK]]></return_msg></xml>"u8.ToArray();

    /// <summary>Content type to send the answer with.</summary>
    public const string ContentType = "text/xml; charset=utf-8";

    /// <summary>"Received and safely stored"; to be sent with HTTP 200 within 5 seconds.</summary>
    public static ReadOnlyMemory<byte> Success => SuccessBytes;

    /// <summary>"Not accepted", with a reason of at most 128 characters.</summary>
    public static ReadOnlyMemory<byte> Fail(string reason)
    {
        using var writer = new V2Writer(XmlText.CData);
        return writer.Add("return_code"u8, "FAIL").Add("return_msg"u8, reason).Unsigned().ToArray();
    }
}
