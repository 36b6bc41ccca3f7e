using System.Net;

namespace Papaya.WeChatPay.Tests;

/// <summary>A handler that records what was sent and answers from a function. The function may throw.</summary>
internal sealed class Answering(Func<int, byte[]> answer, HttpStatusCode status = HttpStatusCode.OK) : HttpMessageHandler
{
    public List<(string Path, byte[] Body, string? ContentType, string? Certificate)> Requests { get; } = [];

    public PapayClient Client(MerchantCredentials? credentials = null, PapayClientOptions? options = null) =>
        new(new HttpClient(this), credentials ?? Some.Credentials(), new Uri("http://127.0.0.1:8090"), TimeProvider.System, options);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
        Requests.Add((
            request.RequestUri!.AbsolutePath, body, request.Content.Headers.ContentType?.ToString(),
            request.Headers.TryGetValues("X-Client-Cert", out var values) ? values.Single() : null));
        return new HttpResponseMessage(status) { Content = new ByteArrayContent(answer(Requests.Count)) };
    }
}
