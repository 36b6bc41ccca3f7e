using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Papaya.Simulator.Faults;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.V3;

/// <summary>Where a parameter is wrong; members that are null are left out.</summary>
internal sealed record V3Detail(string? Field, string? Issue, string? Location)
{
    public string? Value { get; init; }
}

/// <summary>One V3 request whose sender is known and whose signature holds, and the answer that is being written.</summary>
internal sealed class V3Call(
    SimulatorState state, V3Rule rule, Merchant merchant, MerchantKeys keys, V3Values values, DateTimeOffset now, string address, string? platformSerial)
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public SimulatorState State => state;

    public V3Rule Rule => rule;

    public Merchant Merchant => merchant;

    public MerchantKeys Keys => keys;

    public DateTimeOffset Now => now;

    /// <summary>Scheme and host that the caller used.</summary>
    public string Address => address;

    /// <summary>The header <c>Wechatpay-Serial</c> of the request: which key sensitive fields are encrypted with, and which the reply shall bear.</summary>
    public string? PlatformSerial => platformSerial;

    /// <summary>The merchant's app, or the service provider's.</summary>
    public string? AppId => Text("appid") ?? Text("sp_appid");

    public string? SubMchId => Text("sub_mchid");

    public string? SubAppId => Text("sub_appid");

    /// <summary>The whole body; lists are read from here.</summary>
    public JsonElement? Body => values.Body;

    /// <summary>0 until answered.</summary>
    public int Status { get; private set; }

    /// <summary>The error code answered; null on success.</summary>
    public string? ErrCode { get; private set; }

    /// <summary>The JSON answered; empty for 204.</summary>
    public ReadOnlyMemory<byte> Answer { get; private set; }

    /// <summary>What a fault does to the bill that is asked for; null when it is as it should be.</summary>
    public FaultRule? BillFault { get; init; }

    /// <summary>A file that is made while it is sent, and whether it is packed.</summary>
    public (LongBill Bill, bool IsPacked)? LongFile { get; set; }

    /// <summary>A file instead of JSON, and its type; WeChat does not sign these.</summary>
    public (byte[] Bytes, string ContentType)? File { get; private set; }

    /// <summary>A parameter of the path, the query or the body (dotted); absent or empty is null.</summary>
    public string? Text(string name) => values[name] is { Length: > 0 } value ? value : null;

    public long? Long(string name) => long.TryParse(values[name], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    public bool Flag(string name) => values[name] == "true";

    public DateOnly? Day(string name) =>
        DateOnly.TryParseExact(values[name], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    /// <summary>A success without a body.</summary>
    public void Succeed()
    {
        (Status, ErrCode, Answer, File) = ((int)rule.SuccessStatus, null, default, null);
    }

    /// <summary>A success; the writer stands inside the one object of the reply.</summary>
    public void Succeed(Action<Utf8JsonWriter> write)
    {
        Succeed();
        Answer = Write(write);
    }

    public void Succeed(byte[] file, string contentType)
    {
        Succeed();
        File = (file, contentType);
    }

    public void Refuse(int status, string code, string message, V3Detail? detail = null)
    {
        (Status, ErrCode, File) = (status, code, null);
        Answer = Refusal(code, message, detail);
    }

    /// <summary>One JSON object without blanks and without escaped Chinese: clients that write it again before they verify get the same bytes.</summary>
    public static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    public static byte[] Refusal(string code, string message, V3Detail? detail) => Write(json =>
    {
        json.WriteString("code", code);
        if (detail is not null)
        {
            json.WriteStartObject("detail");
            if (detail.Field is null)
            {
                json.WriteNull("location");
                json.WriteStartArray("value");
                json.WriteStringValue(detail.Value);
                json.WriteEndArray();
            }
            else
            {
                json.WriteString("field", detail.Field);
                json.WriteText("issue", detail.Issue);
                json.WriteText("location", detail.Location);
                json.WriteText("value", detail.Value);
            }

            json.WriteEndObject();
        }

        json.WriteString("message", message);
    });
}

/// <summary>The values of a request by their dotted names.</summary>
internal sealed class V3Values(IReadOnlyDictionary<string, string> path, IReadOnlyDictionary<string, string> query, JsonElement? body)
{
    public JsonElement? Body => body;

    /// <summary>The same about numbers that nobody has.</summary>
    public V3Values OfNobody()
    {
        return new(Strange(path), Strange(query), body);

        static Dictionary<string, string> Strange(IReadOnlyDictionary<string, string> known) => new(known.Select(v =>
            KeyValuePair.Create(v.Key, v.Key is "out_trade_no" or "transaction_id" or "contract_id" or "out_contract_code" or "out_refund_no" or "refund_id" ? "nobody" : v.Value)));
    }

    public string? this[string name] => path.GetValueOrDefault(name) ?? query.GetValueOrDefault(name) ?? InBody(name);

    private string? InBody(string name)
    {
        if (body is not { } element)
        {
            return null;
        }

        foreach (var part in name.Split('.'))
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(part, out element))
            {
                return null;
            }
        }

        return element.ValueKind switch
        {
            JsonValueKind.String => element.GetString(),
            JsonValueKind.Null => null,
            _ => element.GetRawText(),
        };
    }
}

/// <summary>Writing V3 members.</summary>
internal static class V3Writing
{
    extension(Utf8JsonWriter json)
    {
        /// <summary>The member, unless there is nothing to say.</summary>
        public void WriteText(string name, string? value)
        {
            if (value is { Length: > 0 })
            {
                json.WriteString(name, value);
            }
        }

        /// <summary>RFC 3339 in Beijing time, to the second.</summary>
        public void WriteTime(string name, DateTimeOffset? at)
        {
            if (at is { } instant)
            {
                json.WriteString(name, instant.ToOffset(BeijingTime.Offset).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture));
            }
        }

        public void WriteDay(string name, DateOnly? day)
        {
            if (day is { } date)
            {
                json.WriteString(name, date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            }
        }

        /// <summary><c>{total, currency}</c>.</summary>
        public void WriteAmount(string name, long? fen, string currency = "CNY")
        {
            if (fen is { } total)
            {
                json.WriteStartObject(name);
                json.WriteNumber("total", total);
                json.WriteString("currency", currency);
                json.WriteEndObject();
            }
        }
    }
}
