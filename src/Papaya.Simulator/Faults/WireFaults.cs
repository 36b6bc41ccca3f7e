using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Faults;

/// <summary>Answers that break on their way, and answers that are none.</summary>
internal static class WireFaults
{
    private const int Pieces = 20;

    /// <summary>Whether the rule's own answer is not sent at all.</summary>
    public static bool Replaces(FaultKind kind) =>
        kind is FaultKind.TimeoutBefore or FaultKind.TimeoutAfter or FaultKind.ResetBefore or FaultKind.ResetAfter or FaultKind.Http or FaultKind.Http500 or FaultKind.Html or FaultKind.BadGzip;

    public static byte[] Page { get; } =
        "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>"u8.ToArray();

    /// <summary>The HTTP status of what is sent instead; 0 when the connection is cut.</summary>
    public static int StatusOf(FaultRule rule) => rule.Kind switch
    {
        FaultKind.TimeoutBefore or FaultKind.TimeoutAfter or FaultKind.ResetBefore or FaultKind.ResetAfter => 0,
        FaultKind.Http => rule.Status!.Value,
        FaultKind.Http500 => 500,
        _ => 200,
    };

    /// <summary>Which of the two listeners the request came to, as a rule's <c>site</c> names them.</summary>
    public static string SiteOf(SimulatorState state, HttpContext http) => state.BackupPort is { } port && port == http.Connection.LocalPort ? "backup" : "main";

    /// <summary>Sends what comes instead of an answer.</summary>
    public static async Task ReplaceAsync(HttpContext http, FaultRule rule)
    {
        if (StatusOf(rule) is not (> 0 and var status))
        {
            // Never a hang: it would stall the clock. To the caller it is the same: no answer.
            if (rule.Kind is FaultKind.ResetBefore or FaultKind.ResetAfter && http.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket)
            {
                // Closing without lingering is what makes TCP send a reset.
                socket.LingerState = new(enable: true, seconds: 0);
                socket.Close();
            }

            http.Abort();
            return;
        }

        http.Response.StatusCode = status;
        http.Response.ContentType = rule.Kind == FaultKind.BadGzip ? "text/xml" : "text/html";
        if (rule.Kind == FaultKind.BadGzip)
        {
            http.Response.Headers.ContentEncoding = "gzip";
        }

        await http.Response.Body.WriteAsync(Page);
        await http.Response.CompleteAsync();
    }

    /// <summary>Sends an answer that breaks on its way; false when the rule does no such thing.</summary>
    public static async Task<bool> TryBreakAsync(HttpContext http, SimulatorState state, FaultHit fault, ReadOnlyMemory<byte> answer)
    {
        switch (fault.Kind)
        {
            case FaultKind.AfterClose:
                await OutwaitAsync(http, state);
                return true;
            case FaultKind.HalfBody or FaultKind.WrongLength when answer.IsEmpty:
                // 204: there is nothing to shorten.
                http.Abort();
                return true;
            case FaultKind.HalfBody:
                http.Response.ContentLength = answer.Length;
                await http.Response.Body.WriteAsync(answer[..(answer.Length / 2)]);
                await http.Response.Body.FlushAsync();
                http.Abort();
                return true;
            case FaultKind.WrongLength:
                http.Response.ContentLength = answer.Length + 64;
                await http.Response.Body.WriteAsync(answer);
                await http.Response.Body.FlushAsync();
                http.Abort();
                return true;
            case FaultKind.Drip when !answer.IsEmpty:
                http.Response.ContentLength = answer.Length;
                var piece = Math.Max(1, (answer.Length + Pieces - 1) / Pieces);
                try
                {
                    for (var at = 0; at < answer.Length; at += piece)
                    {
                        await http.Response.Body.WriteAsync(answer.Slice(at, Math.Min(piece, answer.Length - at)));
                        await http.Response.Body.FlushAsync();
                        await Task.Delay(fault.Delay / Pieces, TimeProvider.System, http.RequestAborted);
                    }

                    await http.Response.CompleteAsync();
                }
                catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
                {
                    // The caller would not wait.
                }

                return true;
            default:
                return false;
        }
    }

    /// <summary>Ends when the caller has gone, or when the simulator stops. What was done takes its course, and the clock may go on: it is the caller's time-out that decides.</summary>
    private static async Task OutwaitAsync(HttpContext http, SimulatorState state)
    {
        state.Arm();
        using var pause = state.LeaveClock();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(
            http.RequestAborted, http.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var _ = end.Token.Register(gone.SetResult);
        await gone.Task;
        http.Abort();
    }
}
