using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Papaya.Simulator.Faults;
using Papaya.Simulator.Journal;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Notifications;

/// <summary>Sends what is due, a bounded number at once, and makes the next appointment when nobody acknowledged.</summary>
internal sealed class Courier(SimulatorState state, FaultRules faults, CallJournal journal) : IDisposable
{
    /// <summary>WeChat waits so long for an answer. It is the network's time, not the test clock's.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LongestWaitForAnother = TimeSpan.FromMinutes(1);

    private const int LongestAnswer = 16 * 1024;

    // The bare invoker: what HttpClient adds (base address, buffering, a timer each) is a tenth of a send's cost.
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        UseProxy = false, AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = Patience, ActivityHeadersPropagator = null,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
    });

    private readonly PlainHttp _plain = new(TimeProvider.System);

    private readonly ConcurrentQueue<(Delivery Delivery, IDisposable Work)> _waiting = new();
    // Under the world's lock. After a restart these follow when their minute is over.
    private readonly List<Delivery> _overtaken = [];
    private int _couriers;
    private volatile bool _disposed;

    /// <summary>The headers of a V3 message, signed at the moment of a send over the body that is sent; set by the host.</summary>
    public Func<Delivery, ReadOnlyMemory<byte>, DateTimeOffset, FaultHit?, KeyValuePair<string, string>[]>? HeadersOfV3 { get; set; }

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

    /// <summary>The world is another one now. Under no lock; nothing is under way.</summary>
    public void Forget() => _overtaken.Clear();

    public void Dispose()
    {
        _disposed = true;
        _http.Dispose();
        _plain.Dispose();
    }

    /// <summary>Sends at once, whatever waits; returns when it is over.</summary>
    public async Task SendNowAsync(Delivery delivery)
    {
#pragma warning disable RS0030 // How long a merchant may take is real time.
        using var patience = new CancellationTokenSource(Patience);
#pragma warning restore RS0030
        using var work = state.EnterClock();
        await SendAsync(delivery, new byte[LongestAnswer], patience.Token);
    }

    private async Task CarryAsync()
    {
        var patience = new CancellationTokenSource();
        var answer = new byte[LongestAnswer];
        while (true)
        {
            while (_waiting.TryDequeue(out var next))
            {
                using (next.Work)
                {
                    if (!patience.TryReset())
                    {
                        patience.Dispose();
                        patience = new();
                    }

#pragma warning disable RS0030 // How long a merchant may take is real time, and one source serves many sends.
                    patience.CancelAfter(Patience);
#pragma warning restore RS0030
                    await SendAsync(next.Delivery, answer, patience.Token);
                }
            }

            Interlocked.Decrement(ref _couriers);
            // Somebody may have queued after the last look and have seen a full house.
            if (_waiting.IsEmpty || Interlocked.Increment(ref _couriers) > state.Options.NotificationConcurrency)
            {
                patience.Dispose();
                return;
            }
        }
    }

    /// <summary>A send whose making fails here, whatever the reason, is one that nobody acknowledged: the next follows, and the courier goes on.</summary>
    private async Task SendAsync(Delivery delivery, byte[] answer, CancellationToken patience)
    {
        var appointment = delivery.DueNumber;
        try
        {
            await AttemptAsync(delivery, answer, patience);
        }
#pragma warning disable CA1031 // Nobody waits for a courier: what he does not catch is lost, and he with it.
        catch (Exception)
#pragma warning restore CA1031
        {
            try
            {
                using var op = state.Begin();
                // After a failure to write, memory already knows what follows.
                if (Stands(delivery) && delivery.DueNumber == appointment)
                {
                    Conclude(delivery, op.Now, op.Now, acknowledged: false);
                }
            }
            catch (IOException)
            {
                // The disk is full: memory has it, and whatever is written next writes this as well.
            }

            state.Arm();
        }
    }

    private async Task AttemptAsync(Delivery delivery, byte[] answer, CancellationToken patience)
    {
        // Whoever made the courier's task may have acted for another merchant.
        state.Switches.ActFor(delivery.MchId);
        FaultHit? fault;
        DateTimeOffset sentAt;
        using (var op = state.Begin())
        {
            if (!Stands(delivery))
            {
                return;
            }

            sentAt = op.Now;
            fault = faults.Any ? faults.Hit(FaultCatalogue.PointOf(delivery), op.Now) : null;
            if (fault is { Kind: FaultKind.Delay or FaultKind.Reorder })
            {
                delivery.HeldBack = true;
                state.Schedule(delivery, op.Now + (fault.Kind == FaultKind.Delay ? fault.Delay : LongestWaitForAnother));
                if (fault.Kind == FaultKind.Reorder)
                {
                    _overtaken.Add(delivery);
                }

                state.PutSent(delivery);
            }
        }

        if (fault is { Kind: FaultKind.Delay or FaultKind.Reorder })
        {
            Note(delivery, sentAt, delivery.Body, [], CallVerdict.NotSent, 0, default, fault, state.Stamp());
            state.Arm();
            return;
        }

        if (IsProbed(delivery, fault))
        {
            // Whatever the merchant answers to a fake, the real message follows: a probe uses up no send.
            await PostAsync(delivery, sentAt, new(new() { On = "probe", Kind = FaultKind.Probe }), answer, patience);
        }

        var acknowledged = false;
        if (fault is { Kind: FaultKind.Drop })
        {
            Note(delivery, sentAt, delivery.Body, [], CallVerdict.NotSent, 0, default, fault, state.Stamp());
        }
        else
        {
            var copies = fault is { Kind: FaultKind.Duplicate } ? fault.Rule.Copies ?? 2 : 1;
            if (fault?.Rule.How == "concurrent")
            {
                // As from two machines of WeChat's: each copy with a buffer of its own.
                var sends = await Task.WhenAll(Enumerable.Range(0, copies).Select(_ => PostAsync(delivery, sentAt, fault, new byte[LongestAnswer], patience)));
                acknowledged = sends.Contains(true);
            }
            else
            {
                for (; copies > 0; copies--)
                {
                    acknowledged |= await PostAsync(delivery, sentAt, fault is { Kind: FaultKind.Probe } ? null : fault, answer, patience);
                }
            }
        }

        using (var op = state.Begin())
        {
            Conclude(delivery, sentAt, op.Now, acknowledged);
        }

        state.Arm();
    }

    /// <summary>A send is over: none follows, or the next has its appointment. Under the world's lock.</summary>
    private void Conclude(Delivery delivery, DateTimeOffset sentAt, DateTimeOffset now, bool acknowledged)
    {
        delivery.Sends++;
        delivery.HeldBack = false;
        state.Tallies.CountSend(now, acknowledged);
        LetGo(delivery, now);
        if (acknowledged || Schedules.WaitAfter(delivery, delivery.Sends) is not { } wait)
        {
            state.End(delivery);
        }
        else if (Stands(delivery))
        {
            state.Schedule(delivery, sentAt + wait);
            state.PutSent(delivery);
        }
    }

    /// <summary>Whether it was neither dropped since it fell due nor left behind with another world.</summary>
    private bool Stands(Delivery delivery) => state.FindDelivery(delivery.Id) == delivery;

    /// <summary>Repeats are not probed again.</summary>
    private bool IsProbed(Delivery delivery, FaultHit? fault) =>
        delivery.Format != DeliveryFormat.V2
        && (fault is { Kind: FaultKind.Probe } || (delivery.Sends == 0 && state.Switches["v3_probes"] is "callbacks" or "both"));

    /// <summary>A message has gone: what waited to be overtaken by it follows now.</summary>
    private void LetGo(Delivery gone, DateTimeOffset now)
    {
        _overtaken.Remove(gone);
        foreach (var behind in _overtaken.Where(d => d.MchId == gone.MchId).ToArray())
        {
            _overtaken.Remove(behind);
            if (Stands(behind))
            {
                state.Schedule(behind, now);
                state.PutSent(behind);
            }
        }
    }

    private async Task<bool> PostAsync(Delivery delivery, DateTimeOffset sentAt, FaultHit? fault, byte[] buffer, CancellationToken patience)
    {
        var began = state.Stamp();
        var body = fault is null ? delivery.Body : Rewritten(delivery, fault);
        KeyValuePair<string, string>[] headers = [];
        if (delivery.Format != DeliveryFormat.V2)
        {
            headers = HeadersOfV3?.Invoke(delivery, body, sentAt, fault) ?? [];
            body = fault is null ? body : V3Rewriting.AfterSigning(fault.Rule, body).ToArray();
        }

        var got = default(PostAnswer);
        string? why = null;
        try
        {
            got = PlainHttp.Serves(delivery.Url)
                ? await _plain.PostAsync(delivery.Url, TypeOf(delivery), headers, body, buffer, patience)
                : await PostSecurelyAsync(delivery.Url, TypeOf(delivery), headers, body, buffer, patience);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException or OperationCanceledException or InvalidOperationException
            or UriFormatException or NotSupportedException)
        {
            // Nobody there, too slow, or no address at all: not acknowledged, like any other failure.
            why = Failure.Of(e);
        }

        var (status, answer) = got;
        var verdict = status == 0 ? CallVerdict.NoAnswer
            : Acknowledges(delivery, status, answer) ? CallVerdict.Acknowledged
            : CallVerdict.NotAcknowledged;
        why ??= verdict != CallVerdict.NotAcknowledged ? null : status is >= 200 and < 300 ? Failure.Body : Failure.HttpStatus;
        Note(delivery, sentAt, body, headers, verdict, status, answer, fault, began, why);
        return verdict == CallVerdict.Acknowledged;
    }

    private static string TypeOf(Delivery delivery) => delivery.Format == DeliveryFormat.V2 ? "text/xml; charset=utf-8" : "application/json";

    private async Task<PostAnswer> PostSecurelyAsync(
        string url, string contentType, KeyValuePair<string, string>[] headers, byte[] body, byte[] buffer, CancellationToken patience)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await _http.SendAsync(request, patience);
        await using var stream = await response.Content.ReadAsStreamAsync(patience);
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, patience);
        return new((int)response.StatusCode, buffer.AsMemory(0, length));
    }

    private bool Acknowledges(Delivery delivery, int status, ReadOnlyMemory<byte> answer) =>
        status is >= 200 and < 300
        && (delivery.Format != DeliveryFormat.V2
            || answer.Span.SequenceEqual(Acknowledgement.Success.Span)
            || (V2Message.TryParse(answer, out var message, out _) && message!.Is("return_code"u8, "SUCCESS"u8)
                && (state.Switches.Is("ack_strictness", "parsed") || answer.Span is [(byte)'<', .., (byte)'>'])));

    /// <summary>What a fault makes of the message.</summary>
    private byte[] Rewritten(Delivery delivery, FaultHit fault)
    {
        using var op = state.Begin();
        return delivery.Format != DeliveryFormat.V2 ? V3Rewriting.Message(state, fault.Rule, delivery)
            : state.FindMerchant(delivery.MchId) is { } merchant ? Rewriting.Apply(state, fault.Rule, delivery.Body, merchant).ToArray() : delivery.Body;
    }

    private void Note(
        Delivery delivery, DateTimeOffset at, byte[] body, KeyValuePair<string, string>[] headers, CallVerdict verdict, int status,
        ReadOnlyMemory<byte> answer, FaultHit? fault, long began, string? why = null)
    {
        if (journal.IsKept)
        {
            var message = delivery.Format == DeliveryFormat.V2 && V2Message.TryParse(body, out var parsed, out _) ? parsed : null;
            journal.Note(new()
            {
                At = at,
                Kind = delivery.Kind,
                Path = delivery.Url,
                MchId = delivery.MchId,
                OutTradeNo = delivery.OutTradeNo,
                OutRefundNo = delivery.OutRefundNo,
                ContractId = delivery.ContractId,
                ContractCode = message?["contract_code"],
                Openid = message?["openid"],
                Status = status,
                Verdict = verdict,
                Why = why,
                Fault = fault?.Kind,
                DurationMs = state.MillisecondsSince(began),
                Delivery = delivery.Id,
                Send = delivery.Sends + 1,
                Of = Schedules.SendsOf(delivery),
                Headers = headers,
                Request = body,
                Response = status == 0 ? null : answer.ToArray(),
            }, message);
        }
    }
}
