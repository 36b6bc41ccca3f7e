using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Papaya.WeChatPay;
using Papaya.WeChatPay.Notifications;

namespace Papaya.Simulator.Tests.V3;

/// <summary>A merchant's address for V3 callbacks: writes down what arrives, and acknowledges by an empty 204 unless told otherwise.</summary>
internal sealed class V3Listener : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Queue<int> _script = new();
    private readonly List<(byte[] Body, NotificationHeaders Headers)> _got = [];

    private V3Listener(WebApplication app) => _app = app;

    public string Url => _app.Urls.First() + "/v3";

    public IReadOnlyList<(byte[] Body, NotificationHeaders Headers)> Got
    {
        get
        {
            lock (_got)
            {
                return [.. _got];
            }
        }
    }

    public static async Task<V3Listener> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var listener = new V3Listener(app);
        app.Run(async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            var headers = NotificationHeaders.From(name => http.Request.Headers[name] is [{ } value, ..] ? value : null);
            lock (listener._got)
            {
                listener._got.Add((body.ToArray(), headers));
                http.Response.StatusCode = listener._script.TryDequeue(out var status) ? status : StatusCodes.Status204NoContent;
            }
        });
        await app.StartAsync();
        return listener;
    }

    /// <summary>The status of the next answer.</summary>
    public void Next(params int[] statuses) => Array.ForEach(statuses, _script.Enqueue);

    public Task<Notification> ReadAsync(PapayClient client, int index) => client.ReadNotificationAsync(Got[index].Body, Got[index].Headers);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
