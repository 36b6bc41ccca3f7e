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

        /// <summary>The body, or null and why it cannot be read.</summary>
        public async Task<(T? Value, string Reason)> ReadAsync<T>(JsonTypeInfo<T> type)
            where T : class
        {
            try
            {
                return (await JsonSerializer.DeserializeAsync(http.Request.Body, type, http.RequestAborted), "The body must be a JSON object.");
            }
            catch (JsonException e)
            {
                return (null, e.Message);
            }
        }
    }
}
