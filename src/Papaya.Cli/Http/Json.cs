using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Papaya.Cli.Http;

/// <summary>One HTTP answer of either host: its status and its JSON.</summary>
internal sealed record Answer(int Status, JsonNode? Body, string Text)
{
    public bool IsSuccess => Status is >= 200 and < 300;
}

/// <summary>An answer that the story did not expect; the message carries what a person needs to look into it.</summary>
internal sealed class UnexpectedAnswerException(string method, string path, int status, string text)
    : Exception($"{method} {path} answered {status}: {(text.Length > 600 ? text[..600] + "…" : text)}")
{
    public int Status { get; } = status;
}

/// <summary>Reading members of a JSON answer by path, as "payment.status".</summary>
internal static class JsonReading
{
    extension(JsonNode? node)
    {
        public JsonNode? At(string path)
        {
            var current = node;
            foreach (var name in path.Split('.'))
            {
                current = (current as JsonObject)?[name];
            }

            return current;
        }

        /// <summary>Empty when the member is absent: the contract leaves absent members out.</summary>
        public string Text(string path) => node.At(path) switch
        {
            null => "",
            JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
            var other => other.ToJsonString(),
        };

        public long Number(string path) =>
            long.Parse(node.At(path)?.ToJsonString() ?? throw new FormatException($"The answer has no {path}."), CultureInfo.InvariantCulture);

        public bool Flag(string path) => node.At(path)?.GetValue<bool>() ?? false;

        public DateTimeOffset Instant(string path) =>
            DateTimeOffset.Parse(node.Text(path), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

        public IReadOnlyList<JsonNode> List(string path) => node.At(path) is JsonArray array ? [.. array.Select(item => item!)] : [];
    }
}

/// <summary>Sends JSON and reads JSON; knows nothing of either host's paths.</summary>
internal sealed class JsonHttp(HttpClient http, Action<HttpRequestMessage>? decorate = null)
{
    public async Task<Answer> SendAsync(HttpMethod method, string path, JsonNode? body, CancellationToken ct, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        decorate?.Invoke(request);
        using var response = await http.SendAsync(request, ct);
        var text = await response.Content.ReadAsStringAsync(ct);
        return new Answer((int)response.StatusCode, Parse(text), text);
    }

    public async Task<JsonNode?> RequireAsync(HttpMethod method, string path, JsonNode? body, CancellationToken ct, string? idempotencyKey = null)
    {
        var answer = await SendAsync(method, path, body, ct, idempotencyKey);
        return answer.IsSuccess ? answer.Body : throw new UnexpectedAnswerException(method.Method, path, answer.Status, answer.Text);
    }

    private static JsonNode? Parse(string text)
    {
        try
        {
            return string.IsNullOrWhiteSpace(text) ? null : JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null; // Not JSON: the caller sees the text.
        }
    }
}
