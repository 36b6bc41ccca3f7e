using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Papaya.Simulator.Control;

internal static class HttpJson
{
    extension(HttpContext http)
    {
        public async Task AnswerAsync<T>(T value, JsonTypeInfo<T> type, int status = 200)
        {
            http.Response.StatusCode = status;
            http.Response.ContentType = "application/json; charset=utf-8";
            var body = JsonSerializer.SerializeToUtf8Bytes(value, type);
            http.Response.ContentLength = body.Length;
            await http.Response.Body.WriteAsync(body, http.RequestAborted);
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
                return (null, e.Message);
            }
        }
    }
}
