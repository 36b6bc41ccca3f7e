using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using Papaya.Simulator.Faults;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Notifications;

/// <summary>Sends what is due, a bounded number at once, and makes the next appointment when nobody acknowledged.</summary>
internal sealed class Courier(SimulatorState state, FaultRules faults, Traffic traffic) : IDisposable
{
    /// <summary>WeChat waits so long for an answer. It is the network's time, not the test clock's.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private const int LongestAnswer = 64 * 1024;

    private static readonly MediaTypeHeaderValue Xml = new("text/xml", "utf-8");

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        UseProxy = false, AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = Patience, ActivityHeadersPropagator = null,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
    })
    {
        Timeout = Patience, MaxResponseContentBufferSize = LongestAnswer,
    };

    private readonly ConcurrentQueue<(Delivery Delivery, IDisposable Work)> _waiting = new();
    private int _couriers;
    private volatile bool _disposed;

    /// <summary>Called when a delivery falls due; counted as work from here on until its send is over.</summary>
    public void Take(Delivery delivery)
    {
        if (_disposed)
        {
            return;
        }

        _waiting.Enqueue((delivery, state.EnterClock()));
        if (Interlocked.Increment(ref _couriers) > state.Options.NotificationConcurrency)
        {
            Interlocked.Decrement(ref _couriers);
            return;
        }

        _ = Task.Run(CarryAsync);
    }

    public void Dispose()
    {
        _disposed = true;
        _http.Dispose();
    }

    private async Task CarryAsync()
    {
        while (true)
        {
            while (_waiting.TryDequeue(out var next))
            {
                using (next.Work)
                {
                    await SendAsync(next.Delivery);
                }
            }

            Interlocked.Decrement(ref _couriers);
            // Somebody may have queued after the last look and have seen a full house.
            if (_waiting.IsEmpty || Interlocked.Increment(ref _couriers) > state.Options.NotificationConcurrency)
            {
                return;
            }
        }
    }

    private async Task SendAsync(Delivery delivery)
    {
        FaultHit? fault;
        DateTimeOffset sentAt;
        using (var op = state.Begin())
        {
            sentAt = op.Now;
            fault = faults.Hit(delivery.Kind, delivery.HeldBack);
            if (fault is { Kind: FaultKind.Delay })
            {
                delivery.HeldBack = true;
                state.Schedule(delivery, op.Now + fault.Delay);
                state.PutSent(delivery);
            }
        }

        if (fault is { Kind: FaultKind.Delay })
        {
            Note(delivery, sentAt, 0, false, null, fault);
            state.Arm();
            return;
        }

        var acknowledged = false;
        if (fault is { Kind: FaultKind.Drop })
        {
            Note(delivery, sentAt, 0, false, null, fault);
        }
        else
        {
            for (var copies = fault is { Kind: FaultKind.Duplicate } ? 2 : 1; copies > 0; copies--)
            {
                acknowledged |= await PostAsync(delivery, sentAt, fault);
            }
        }

        using (var op = state.Begin())
        {
            delivery.Sends++;
            delivery.HeldBack = false;
            if (acknowledged || Schedules.WaitAfter(delivery.Kind, delivery.Sends) is not { } wait)
            {
                state.End(delivery);
            }
            else
            {
                state.Schedule(delivery, sentAt + wait);
                state.PutSent(delivery);
            }
        }

        state.Arm();
    }

    private async Task<bool> PostAsync(Delivery delivery, DateTimeOffset sentAt, FaultHit? fault)
    {
        var status = 0;
        byte[]? answer = null;
        try
        {
            var body = fault is { Kind: FaultKind.BadSignature } ? FaultRules.Spoil(delivery.Body) : delivery.Body;
            using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            content.Headers.ContentType = Xml;
            using var response = await _http.PostAsync(delivery.Url, content);
            status = (int)response.StatusCode;
            answer = await response.Content.ReadAsByteArrayAsync();
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or InvalidOperationException or UriFormatException or ObjectDisposedException)
        {
            // Nobody there, too slow, or no address at all: not acknowledged, like any other failure.
        }

        var acknowledged = status is >= 200 and < 300 && answer is not null
            && V2Message.TryParse(answer, out var message, out _) && message!.Is("return_code"u8, "SUCCESS"u8);
        Note(delivery, sentAt, status, acknowledged, answer, fault);
        return acknowledged;
    }

    private void Note(Delivery delivery, DateTimeOffset at, int status, bool acknowledged, byte[]? answer, FaultHit? fault)
    {
        if (traffic.IsKept)
        {
            traffic.Add(new SendRecord(at, delivery.Kind, delivery.Url, delivery.OutTradeNo, delivery.ContractId, delivery.Sends + 1, status, acknowledged,
                delivery.Body, answer is null ? null : Encoding.UTF8.GetString(answer), fault?.Name));
        }
    }
}
