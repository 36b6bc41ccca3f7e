using System.Net;

namespace Papaya.WeChatPay.Tests;

/// <summary>A handler that records what was sent and answers from a function. The function may throw.</summary>
internal sealed class Answering(Func<int, byte[]> answer, HttpStatusCode status = HttpStatusCode.OK) : HttpMessageHandler
{
    public List<(string Path, byte[] Body, string? ContentType, string? Certificate)> Requests { get; } = [];

    /// <summary>Method and address of each request, as it goes over the wire.</summary>
    public List<(HttpMethod Method, string Address)> Calls { get; } = [];

    /// <summary>Headers of every answer.</summary>
    public Dictionary<string, string> Headers { get; } = [];

    public PapayClient Client(MerchantCredentials? credentials = null, PapayClientOptions? options = null) =>
        new(new HttpClient(this), credentials ?? Some.Credentials(), new Uri("http://127.0.0.1:8090"), TimeProvider.System, options);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        Calls.Add((request.Method, request.RequestUri!.GetLeftPart(UriPartial.Authority) + request.RequestUri.PathAndQuery));
        Requests.Add((
            request.RequestUri!.AbsolutePath, body, request.Content?.Headers.ContentType?.ToString(),
            request.Headers.TryGetValues("X-Client-Cert", out var values) ? values.Single() : null));
        var response = new HttpResponseMessage(status) { Content = new ByteArrayContent(answer(Requests.Count)) };
        foreach (var (name, value) in Headers)
        {
            response.Headers.Add(name, value);
        }

        return response;
    }
}
