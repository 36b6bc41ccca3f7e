using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Papaya.Simulator.Control;

internal static class HttpJson
{
    /// <summary>People read these answers in a shell: Chinese and XML stand in them as they are.</summary>
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    extension(HttpContext http)
    {
        public async Task AnswerAsync<T>(T value, JsonTypeInfo<T> type, int status = 200)
        {
            http.Response.StatusCode = status;
            http.Response.ContentType = "application/json; charset=utf-8";
            var body = new ArrayBufferWriter<byte>();
            await using (var json = new Utf8JsonWriter(body, Readable))
            {
                JsonSerializer.Serialize(json, value, type);
            }

            http.Response.ContentLength = body.WrittenCount;
            await http.Response.Body.WriteAsync(body.WrittenMemory, http.RequestAborted);
        }

        public Task RefuseAsync(int status, string reason) => http.AnswerAsync(new Refusal(reason), ControlJson.Default.Refusal, status);

        /// <summary>The body, or null and why it cannot be read. A body of no bytes, however it was sent, means <paramref name="whenEmpty"/>.</summary>
        public async Task<(T? Value, string Reason)> ReadAsync<T>(JsonTypeInfo<T> type, T? whenEmpty = null)
            where T : class
        {
            // Only the end of a chunked body tells how long it is, so all of it is read before anything is decided.
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body, http.RequestAborted);
            if (body.Length == 0 && whenEmpty is not null)
            {
                return (whenEmpty, "");
            }

            try
            {
                return (JsonSerializer.Deserialize(body.GetBuffer().AsSpan(0, (int)body.Length), type), "The body must be a JSON object.");
            }
            catch (JsonException e)
            {
                return (null, body.Length == 0 ? "The body is empty; a JSON object is wanted." : Reason(e, type));
            }
        }
    }

    /// <summary>Why a body cannot be read, in the words of the API: the serializer's own speak of .NET types.</summary>
    private static string Reason(JsonException e, JsonTypeInfo type)
    {
        if (e.Message.Contains("could not be mapped to any .NET member", StringComparison.Ordinal))
        {
            var unknown = e.Message.Split('\'')[1];
            var known = e.Message.Contains($"'{type.Type}'", StringComparison.Ordinal) ? $"; it may have {string.Join(", ", type.Properties.Select(p => p.Name))}" : "";
            return $"The body has no member '{unknown}'{known}.";
        }

        if (!e.Message.Contains("could not be converted", StringComparison.Ordinal))
        {
            return $"The body is not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.";
        }

        if (e.Path is not ['$', '.', .. var path])
        {
            return "The body must be a JSON object.";
        }

        var member = type.Properties.FirstOrDefault(p => p.Name == path)?.PropertyType;
        return (Nullable.GetUnderlyingType(member ?? typeof(object)) ?? member) is { IsEnum: true } words
            ? $"{path} is one of {string.Join(", ", Enum.GetValues(words).Cast<object>().Select(v => JsonSerializer.Serialize(v, type.Options.GetTypeInfo(words)).Trim('"')))}."
            : $"{path} has a value of the wrong kind, or out of its range.";
    }
}
