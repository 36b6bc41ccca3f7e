using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Papaya.WeChatPay.Wire;

/// <summary>A V3 call with the client's request type: path, query, JSON and validation follow from the one table.</summary>
internal sealed class V3Endpoint<TRequest> : V3Endpoint
    where TRequest : class
{
    // Chinese stays readable; the reader is WeChat, not a browser.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly Member[] _members;
    private readonly Field<TRequest>[] _query;
    private readonly Field<TRequest>[] _sent;

    public V3Endpoint(HttpMethod method, string name, string path, string title, string document, IReadOnlyList<Field> fields)
        : base(method, name, path, title, document, fields)
    {
        _sent = [.. fields.OfType<Field<TRequest>>()];
        _query = [.. _sent.Where(f => f.Place == FieldPlace.Query)];
        _members = [.. _sent.Where(f => f.Place == FieldPlace.Body).Select(f => new Member(f))];
    }

    /// <summary>The partner variant's own table.</summary>
    public V3Endpoint<TRequest>? PartnerTable
    {
        get => (V3Endpoint<TRequest>?)Partner;
        init => Partner = value;
    }

    /// <summary>A rule over several fields.</summary>
    public Func<TRequest, FieldProblem?>? Combination { get; init; }

    /// <summary>The table for a direct merchant or for a sub-merchant.</summary>
    public V3Endpoint<TRequest> For(SubMerchant? sub) => sub is null ? this : PartnerTable ?? throw new InvalidOperationException($"{Name} has no partner variant.");

    /// <summary>Checks the request and makes path with query and body; the body is empty when the call has none.</summary>
    /// <exception cref="PapayException">A rule is broken; nothing was sent.</exception>
    public (string Target, byte[] Body) Write(TRequest request, Call call)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in _sent)
        {
            if (Value(field, request, call) is { Length: > 0 } value)
            {
                values.Add(field.Name, value);
            }
        }

        if ((Check(Limits.Own, field => values.GetValueOrDefault(field.Name)) ?? Combination?.Invoke(request)) is { } problem)
        {
            throw PapayException.Invalid(this, problem);
        }

        return (Target(values), _members.Length == 0 ? [] : Body(values));
    }

    /// <summary>The request's own value; null when it has none.</summary>
    public string? ValueOf(string name, TRequest request, Call call) =>
        Array.Find(_sent, f => f.Name == name) is { } field ? Value(field, request, call) : null;

    private static string? Value(Field<TRequest> field, TRequest request, Call call) =>
        field.Text is { } text ? text(request, call)
        : field.Number is { } number ? number(request, call)?.ToString(CultureInfo.InvariantCulture)
        : field.Flag!(request, call) is { } flag ? flag ? "true" : "false"
        : null;

    private string Target(Dictionary<string, string> values)
    {
        var target = Path;
        foreach (var field in _sent)
        {
            if (field.Place == FieldPlace.Path)
            {
                target = target.Replace("{" + field.Name + "}", Uri.EscapeDataString(values[field.Name]), StringComparison.Ordinal);
            }
        }

        var mark = '?';
        foreach (var field in _query)
        {
            if (values.TryGetValue(field.Name, out var value))
            {
                target = $"{target}{mark}{field.Name}={Uri.EscapeDataString(value)}";
                mark = '&';
            }
        }

        return target;
    }

    private byte[] Body(Dictionary<string, string> values)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            writer.WriteStartObject();
            JsonEncodedText[] open = [];
            foreach (var member in _members)
            {
                if (values.TryGetValue(member.Field.Name, out var value))
                {
                    open = Enter(writer, open, member.Objects);
                    Write(writer, member, value);
                }
            }

            Enter(writer, open, []);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static JsonEncodedText[] Enter(Utf8JsonWriter writer, JsonEncodedText[] open, JsonEncodedText[] wanted)
    {
        var shared = 0;
        while (shared < open.Length && shared < wanted.Length && open[shared].Equals(wanted[shared]))
        {
            shared++;
        }

        for (var i = open.Length; i > shared; i--)
        {
            writer.WriteEndObject();
        }

        for (var i = shared; i < wanted.Length; i++)
        {
            writer.WriteStartObject(wanted[i]);
        }

        return wanted;
    }

    private static void Write(Utf8JsonWriter writer, Member member, string value)
    {
        if (IsJsonNumber(member.Field))
        {
            writer.WriteNumber(member.Name, long.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture));
        }
        else if (member.Field.Form == FieldForm.Flag)
        {
            writer.WriteBoolean(member.Name, value == "true");
        }
        else
        {
            writer.WriteString(member.Name, value);
        }
    }

    /// <summary>A member of the body with the objects around it.</summary>
    private sealed class Member
    {
        public Member(Field<TRequest> field)
        {
            var parts = field.Name.Split('.');
            Field = field;
            Objects = [.. parts[..^1].Select(part => JsonEncodedText.Encode(part))];
            Name = JsonEncodedText.Encode(parts[^1]);
        }

        public Field<TRequest> Field { get; }

        public JsonEncodedText[] Objects { get; }

        public JsonEncodedText Name { get; }
    }
}
