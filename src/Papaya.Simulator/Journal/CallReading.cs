using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Papaya.Simulator.Faults;
using Papaya.Simulator.V3;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Journal;

/// <summary>Makes records of calls: what is in the request and in the answer as it was really sent, whatever a fault made of it.</summary>
internal static class CallReading
{
    private static readonly string[] OfRequests =
    [
        "Content-Type", "Accept", "User-Agent", "Referer", "Origin", "Connection", "Authorization", "Wechatpay-Serial", "X-Client-Cert", "Idempotency-Key",
    ];

    private static readonly string[] OfAnswers =
    [
        "Content-Type", "Content-Encoding", "Location", "Request-ID", "Wechatpay-Serial", "Wechatpay-Timestamp", "Wechatpay-Nonce", "Wechatpay-Signature",
    ];

    extension(CallJournal journal)
    {
        /// <summary>A V2 call that was answered, or cut off (status 0).</summary>
        /// <param name="http">The exchange.</param>
        /// <param name="state">The world.</param>
        /// <param name="path">The path of the call.</param>
        /// <param name="request">Its body.</param>
        /// <param name="message">What was read of it; null when it is no message.</param>
        /// <param name="status">HTTP status; 0 when the connection was cut.</param>
        /// <param name="response">The answer as it was sent.</param>
        /// <param name="fault">What a fault did.</param>
        /// <param name="began">The machine's timestamp when the request had been taken in.</param>
        /// <param name="hungUp">Whether the caller hung up while the answer was on its way.</param>
        public void NoteV2(
            HttpContext http, SimulatorState state, string path, byte[] request, V2Message? message, int status, ReadOnlyMemory<byte> response, FaultHit? fault, long began,
            bool hungUp = false)
        {
            if (!journal.IsKept)
            {
                return;
            }

            var answer = status == 200 && V2Message.TryParse(response, out var read, out _) ? read : null;
            journal.Note(new()
            {
                At = state.Now,
                Method = http.Request.Method,
                Path = path,
                MchId = Text(message, "mch_id"),
                OutTradeNo = Text(message, "out_trade_no"),
                OutRefundNo = Text(message, "out_refund_no"),
                ContractId = Text(message, "contract_id"),
                ContractCode = Text(message, "contract_code"),
                Openid = Text(message, "openid"),
                Status = status,
                ErrCode = answer is null ? null
                    : answer.Is("return_code"u8, "FAIL"u8) ? Text(answer, "return_msg") ?? "FAIL"
                    : answer.Is("result_code"u8, "FAIL"u8) ? Text(answer, "err_code") ?? "FAIL" : null,
                Verdict = Verdict(state, message),
                Fault = fault?.Kind,
                DurationMs = state.MillisecondsSince(began),
                HungUp = hungUp,
                Connection = http.Connection.Id,
                Headers = Chosen(http.Request.Headers, OfRequests),
                AnswerHeaders = status == 0 ? [] : Chosen(http.Response.Headers, OfAnswers),
                Request = request,
                Response = status == 0 ? null : response.ToArray(),
            }, message, answer);
        }

        /// <summary>A signing call by GET: what is asked stands in the query.</summary>
        /// <param name="http">The exchange.</param>
        /// <param name="state">The world.</param>
        /// <param name="status">HTTP status; 0 when the connection was cut.</param>
        /// <param name="response">The answer as it was sent.</param>
        /// <param name="fault">What a fault did.</param>
        /// <param name="session">The session that a page is about, when the query names no merchant.</param>
        /// <param name="began">The machine's timestamp when the request had been taken in; null where nobody asks how long it took.</param>
        /// <param name="hungUp">Whether the caller hung up while the answer was on its way.</param>
        public void NoteQuery(
            HttpContext http, SimulatorState state, int status, ReadOnlyMemory<byte> response, FaultHit? fault, SigningSession? session = null, long? began = null,
            bool hungUp = false)
        {
            if (!journal.IsKept)
            {
                return;
            }

            string? Asked(string name) => http.Request.Query[name] is [{ Length: > 0 } value, ..] ? value : null;
            journal.Note(new()
            {
                At = state.Now,
                Method = http.Request.Method,
                Path = http.Request.Path,
                MchId = session?.MchId ?? Asked("mch_id"),
                ContractCode = session?.ContractCode ?? Asked("contract_code"),
                Openid = Asked("openid"),
                Status = status,
                Fault = fault?.Kind,
                DurationMs = began is { } since ? state.MillisecondsSince(since) : 0,
                HungUp = hungUp,
                Connection = http.Connection.Id,
                Headers = Chosen(http.Request.Headers, OfRequests),
                AnswerHeaders = status == 0 ? [] : Chosen(http.Response.Headers, OfAnswers),
                Request = Encoding.UTF8.GetBytes(http.Request.QueryString.ToString()),
                Response = status == 0 ? null : response.ToArray(),
            });
        }

        /// <summary>A V3 call; <paramref name="path"/> is the template, so that calls of one kind are found together.</summary>
        public void NoteV3(
            HttpContext http, SimulatorState state, string path, string? mchId, CallVerdict verdict, byte[] request, int status, ReadOnlyMemory<byte> response,
            FaultHit? fault, long began, bool hungUp = false)
        {
            if (!journal.IsKept)
            {
                return;
            }

            using var body = Json(request);
            using var answer = status == 0 ? null : Json(response);
            journal.Note(new()
            {
                At = state.Now,
                Method = http.Request.Method,
                Path = path,
                Target = http.Request.Path + http.Request.QueryString.ToString(),
                MchId = mchId,
                OutTradeNo = Find(http, body, "out_trade_no"),
                OutRefundNo = Find(http, body, "out_refund_no"),
                ContractId = Find(http, body, "contract_id"),
                ContractCode = Find(http, body, "out_contract_code") ?? Find(http, body, "contract_code"),
                Openid = Find(http, body, "openid"),
                Status = status,
                ErrCode = status >= 400 ? Member(answer, "code") : null,
                Verdict = verdict,
                SkewSeconds = verdict == CallVerdict.Valid ? Skew(http, state) : null,
                Fault = fault?.Kind,
                DurationMs = state.MillisecondsSince(began),
                HungUp = hungUp,
                Connection = http.Connection.Id,
                Headers = Chosen(http.Request.Headers, OfRequests),
                AnswerHeaders = status == 0 ? [] : Chosen(http.Response.Headers, OfAnswers),
                Request = request,
                Response = status == 0 ? null : response.ToArray(),
            });
        }
    }

    private static CallVerdict Verdict(SimulatorState state, V2Message? message)
    {
        if (message is null || state.FindMerchant(message["mch_id"]) is not { } merchant)
        {
            return CallVerdict.Unreadable;
        }

        var check = V2Signature.Verify(message, merchant.SecretsAt(state.Now));
        return check switch
        {
            { Verdict: SignatureVerdict.Missing } => CallVerdict.Unsigned,
            { IsValid: true, KeyIndex: > 0 } => CallVerdict.PreviousKey,
            { IsValid: true } => CallVerdict.Valid,
            _ => CallVerdict.BadSignature,
        };
    }

    /// <summary>A caller may keep the test clock's time or the machine's.</summary>
    private static double? Skew(HttpContext http, SimulatorState state)
    {
        if (http.Request.Headers.Authorization.ToString().Split(' ', 2) is not [_, var values] || V3Authorization.Parse(values) is not { } given)
        {
            return null;
        }

        var at = DateTimeOffset.FromUnixTimeSeconds(given.Timestamp);
        return Math.Floor(Math.Min((at - state.Now).Duration().TotalSeconds, (at - state.MachineNow).Duration().TotalSeconds));
    }

    private static string? Text(V2Message? message, string name) => message?[name] is { Length: > 0 } value ? value : null;

    private static string? Find(HttpContext http, JsonDocument? body, string name) =>
        Member(body, name) ?? (http.Request.RouteValues.TryGetValue(name, out var value) ? value as string : null)
        ?? (http.Request.Query[name] is [{ Length: > 0 } asked, ..] ? asked : null);

    private static string? Member(JsonDocument? json, string name)
    {
        if (json?.RootElement is not { ValueKind: JsonValueKind.Object } root)
        {
            return null;
        }

        foreach (var member in root.EnumerateObject())
        {
            if (member.NameEquals(name) && member.Value.ValueKind == JsonValueKind.String)
            {
                return member.Value.GetString();
            }

            // The payer's openid and the like stand one level down.
            if (member.Value.ValueKind == JsonValueKind.Object && member.Value.TryGetProperty(name, out var inner) && inner.ValueKind == JsonValueKind.String)
            {
                return inner.GetString();
            }
        }

        return null;
    }

    private static JsonDocument? Json(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return bytes.Length == 0 ? null : JsonDocument.Parse(bytes);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static KeyValuePair<string, string>[] Chosen(IHeaderDictionary headers, string[] names) =>
        [.. names.Where(headers.ContainsKey).Select(name => KeyValuePair.Create(name, headers[name].ToString()))];
}
