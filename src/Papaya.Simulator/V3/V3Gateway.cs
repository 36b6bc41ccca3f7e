using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Papaya.Simulator.Faults;
using Papaya.Simulator.Journal;
using Papaya.Simulator.Notifications;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.V3;

/// <summary>
/// WeChat's V3 door: finds the rule, checks headers, time and signature, then the parameters, lets the rule answer under the world's lock, and signs
/// the answer with a platform key. What falls due at once begins when the answer has left.
/// </summary>
internal sealed class V3Gateway(SimulatorState state, FaultRules faults, Courier courier, CallJournal journal)
{
    private const int LongestBody = 1 << 20;

    /// <summary>What a fault's <c>number</c> may name.</summary>
    private static readonly string[] Numbers =
        ["out_trade_no", "out_refund_no", "contract_id", "out_contract_code", "contract_info.contract_code", "transaction_id", "refund_id"];

    /// <summary>Whether the path is V3's business at all.</summary>
    public static bool Owns(PathString path) => path.StartsWithSegments("/v3");

    public async Task AnswerAsync(HttpContext http)
    {
        var began = state.Stamp();
        var body = await ReadAsync(http.Request);
        var request = new V3Request(
            http.Request.Method, TargetOf(http), http.Request.Headers.Accept.ToString(), http.Request.Headers.UserAgent.ToString(),
            http.Request.Headers.Authorization.ToString(), http.Request.Headers["Wechatpay-Serial"].ToString(), body)
        {
            Began = began,
        };
        state.Switches.ActFor(MchIdOf(request));
        try
        {
            if (Find(http.Request, body, out var rule, out var path) is { } status)
            {
                await UnknownAsync(http, request, status);
                return;
            }

            foreach (var (name, value) in path!)
            {
                http.Request.RouteValues[name] = value;
            }

            await AnswerAsync(http, request, rule!, path);
        }
        finally
        {
            state.Arm();
        }
    }

    /// <summary>Path and query exactly as they came: the server's own reading of a path decodes it.</summary>
    private static string TargetOf(HttpContext http) =>
        http.Features.Get<IHttpRequestFeature>()?.RawTarget is ['/', ..] raw ? raw : http.Request.Path + http.Request.QueryString;

    private static async Task<byte[]> ReadAsync(HttpRequest request)
    {
        using var buffer = new MemoryStream();
        var block = new byte[16 * 1024];
        int got;
        while (buffer.Length <= LongestBody && (got = await request.Body.ReadAsync(block)) > 0)
        {
            buffer.Write(block, 0, got);
        }

        return buffer.ToArray();
    }

    /// <summary>404 or 405, or null and the rule. Where a merchant and a service provider share a path, the members tell who calls.</summary>
    private static int? Find(HttpRequest request, byte[] body, out V3Rule? rule, out Dictionary<string, string>? path)
    {
        rule = null;
        path = null;
        var segments = request.Path.Value!.Split('/');
        var isKnown = false;
        foreach (var candidate in V3Rules.All)
        {
            if (candidate.Match(segments) is not { } values)
            {
                continue;
            }

            isKnown = true;
            if (candidate.Method == request.Method && (rule is null || (candidate.IsPartner && !rule.IsPartner && IsProvider(request, body))))
            {
                (rule, path) = (candidate, values);
            }
        }

        return rule is not null ? null : isKnown ? 405 : 404;
    }

    private static bool IsProvider(HttpRequest request, byte[] body) =>
        request.Query.ContainsKey("sub_mchid") || body.AsSpan().IndexOf("\"sub_mchid\""u8) >= 0;

    private async Task AnswerAsync(HttpContext http, V3Request request, V3Rule rule, Dictionary<string, string> path)
    {
        var parsed = TryParse(request.Body, out var json);
        var values = new V3Values(path, http.Request.Query.ToDictionary(q => q.Key, q => q.Value.ToString(), StringComparer.Ordinal), json);
        var fault = FaultOf(http, rule, request, values);
        if (fault is { IsProcessed: false } && WireFaults.Replaces(fault.Kind))
        {
            await MisbehaveAsync(http, rule, request, fault);
            return;
        }

        var address = $"{http.Request.Scheme}://{http.Request.Host}";
        var reply = Process(request, rule, path, http.Request.Query, parsed, json, values, fault, address);
        if (fault is not null && WireFaults.Replaces(fault.Kind))
        {
            await MisbehaveAsync(http, rule, request, fault);
            return;
        }

        await SendAsync(http, rule, request, reply, fault);
    }

    /// <summary>What cannot be read matches a rule by its path only.</summary>
    private FaultHit? FaultOf(HttpContext http, V3Rule rule, V3Request request, V3Values values)
    {
        if (!faults.Any)
        {
            return null;
        }

        var numbers = Numbers.Select(name => values[name]).OfType<string>().Where(n => n.Length > 0).ToArray();
        using var op = state.Begin();
        return faults.Hit(new(rule.Path, MchIdOf(request), numbers, Site: WireFaults.SiteOf(state, http)), op.Now);
    }

    private static string? MchIdOf(V3Request request) =>
        request.Authorization.Split(' ', 2) is [_, var value] ? V3Authorization.Parse(value)?.MchId : null;

    private Reply Process(
        V3Request request, V3Rule rule, Dictionary<string, string> path, IQueryCollection query, bool parsed, JsonElement? json, V3Values values,
        FaultHit? fault, string address)
    {
        var caller = V3Door.Look(state, rule, request);
        if (caller.Who is not { } who)
        {
            return new(caller.Status, caller.Refusal) { Verdict = CallVerdict.Unsigned };
        }

        Merchant? merchant;
        MerchantKeys? keys = null;
        using (state.Begin())
        {
            merchant = state.FindMerchant(who.MchId);
            keys = merchant is null ? null : state.Identities.Of(who.MchId);
        }

        // RSA outside the lock: nobody else waits for it.
        if (V3Door.WhyNot(keys, who, request) is { } mismatch)
        {
            return new(401, mismatch) { Verdict = CallVerdict.BadSignature };
        }

        using var op = state.Begin();
        if (V3Door.WhyNotAnyMore(state, ref merchant, ref keys, who, request) is { } outdated)
        {
            return new(401, outdated) { Verdict = CallVerdict.BadSignature };
        }

        Remember(keys!, caller.KeepsMachineTime, request.PlatformSerial);
        var now = op.Now;
        var call = Ask(values);
        if (fault is { Kind: FaultKind.Meanwhile, IsProcessed: false })
        {
            Meanwhile.Happen(state, who.MchId, fault.Rule.Do!.Value, now);
        }

        var isRefused = fault is { Kind: FaultKind.FrequencyLimited or FaultKind.Refuse or FaultKind.SystemError };
        if ((!isRefused || fault!.IsProcessed) && V3Refusals.MayRun(call, path, query, parsed, json, who))
        {
            call = Answer(call, Ask, values, fault);
        }

        if (isRefused)
        {
            Refuse(call, fault!.Rule);
        }
        else if (fault is { Kind: FaultKind.Meanwhile, IsProcessed: true })
        {
            Meanwhile.Happen(state, who.MchId, fault.Rule.Do!.Value, now);
        }

        if (call.Status == 0)
        {
            throw new InvalidOperationException($"{rule.Name} was not answered.");
        }

        return call.File is { } file
            ? new(call.Status, fault is { Kind: FaultKind.BadSignature } ? BillFaults.Damage(file.Bytes) : fault is null ? file.Bytes : BillFaults.Spoil(fault.Rule, file.Bytes))
            {
                ContentType = file.ContentType, LongFile = call.LongFile,
            }
            : new(call.Status, fault is null ? call.Answer : V3Rewriting.Answer(fault.Rule, call.Answer))
            {
                SignedBy = SignerOf(call) is not { } signer ? null : fault is { Kind: FaultKind.OldKey } ? state.Identities.OutOfUse(now) : signer,
                KeepsMachineTime = caller.KeepsMachineTime,
            };

        V3Call Ask(V3Values about) => new(state, rule, merchant!, keys!, about, now, address, request.PlatformSerial is { Length: > 0 } serial ? serial : null)
        {
            BillFault = fault is { Rule.On: var on } && on.StartsWith("/v3/bill/", StringComparison.Ordinal) && BillFaults.IsOfFile(fault.Kind) ? fault.Rule : null,
        };
    }

    /// <summary>The rule of the path, and what a fault puts in its way; the call that was answered. Under the world's lock.</summary>
    private static V3Call Answer(V3Call call, Func<V3Values, V3Call> ask, V3Values values, FaultHit? fault)
    {
        if (fault is { Kind: FaultKind.Lag })
        {
            return Lag.Run(call, ask(values.OfNobody()), fault.Delay);
        }

        if (fault is null || !BillFaults.Withholds(call, fault.Rule))
        {
            call.Rule.Run(call);
        }

        return call;
    }

    private static void Refuse(V3Call call, FaultRule told)
    {
        switch (told.Kind)
        {
            case FaultKind.FrequencyLimited:
                V3Refusals.TooFast(call);
                break;
            case FaultKind.Refuse:
                call.Refuse(told.Status ?? 400, told.Code!, told.Text ?? told.Code!);
                break;
            default:
                call.Refuse(500, "SYSTEM_ERROR", "系统异常，请稍后重试");
                break;
        }
    }

    private static bool TryParse(byte[] body, out JsonElement? json)
    {
        json = null;
        if (body.Length == 0)
        {
            return true;
        }

        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 16 });
            var element = JsonElement.ParseValue(ref reader);
            json = element;
            return !reader.Read() && element.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Callbacks follow the way in which the merchant calls.</summary>
    private void Remember(MerchantKeys keys, bool keepsMachineTime, string platformSerial)
    {
        var asksForPublicKey = platformSerial.StartsWith(PlatformKey.PublicKeyPrefix, StringComparison.OrdinalIgnoreCase);
        if (keys.KeepsMachineTime != keepsMachineTime || keys.AsksForPublicKey != asksForPublicKey)
        {
            (keys.KeepsMachineTime, keys.AsksForPublicKey) = (keepsMachineTime, asksForPublicKey);
            state.Identities.Put(keys);
        }
    }

    /// <summary>Successes are signed; errors only by switch. Null: not signed.</summary>
    private PlatformIdentity? SignerOf(V3Call call) =>
        call.ErrCode is not null && (state.Switches.Is("v3_error_signature", "off") || call.Status >= 500) ? null
        : state.Switches["v3_reply_key"] switch
        {
            "public_key" => state.Identities.PublicKey,
            "as_asked" when call.Keys.AsksForPublicKey => state.Identities.PublicKey,
            _ => state.Identities.Certificate(call.Now, call.Keys.MchId),
        };

    private async Task SendAsync(HttpContext http, V3Rule rule, V3Request request, Reply reply, FaultHit? fault)
    {
        var response = http.Response;
        response.StatusCode = reply.Status;
        response.Headers["Request-ID"] = RequestId(reply.Status < 400);
        response.Headers.ContentLanguage = "zh-CN";
        response.Headers.CacheControl = "no-cache, must-revalidate";
        response.Headers.XContentTypeOptions = "nosniff";
        if (reply.SignedBy is { } signer)
        {
            var at = (reply.KeepsMachineTime ? state.MachineNow : state.Now) + (fault?.Skew ?? TimeSpan.Zero);
            var headers = fault is { Kind: FaultKind.Probe } || (reply.Status < 400 && state.Switches["v3_probes"] is "replies" or "both")
                ? V3Headers.Probe(signer, at, state.Nonces.Next(), reply.Body.Span)
                : V3Headers.Sign(signer, at, state.Nonces.Next(), reply.Body.Span, fault is { Kind: FaultKind.BadSignature } or { Kind: FaultKind.Lie, Rule.How: null });
            foreach (var (name, value) in headers)
            {
                response.Headers[name] = value;
            }
        }

        response.ContentType = reply.Body.IsEmpty ? null : reply.ContentType;
        // Whether the caller waits for a slow answer is known afterwards.
        var isSlow = fault is { Kind: FaultKind.Drip } && !reply.Body.IsEmpty;
        if (!isSlow)
        {
            Note(hungUp: false);
        }

        if (fault is { Kind: FaultKind.Early })
        {
            // In the journal the call stands before what it causes.
            await Hurry.DoAsync(state, courier);
        }

        if (fault is not null && await WireFaults.TryBreakAsync(http, state, fault, reply.Body))
        {
            if (isSlow)
            {
                Note(http.RequestAborted.IsCancellationRequested);
            }

            return;
        }

        if (reply.LongFile is { } file)
        {
            await file.Bill.WriteAsync(response.Body, file.IsPacked, http.RequestAborted);
        }
        else if (!reply.Body.IsEmpty)
        {
            var leaving = V3Rewriting.AfterSigning(fault?.Rule, reply.Body);
            response.ContentLength = leaving.Length;
            await response.Body.WriteAsync(leaving);
        }

        await response.CompleteAsync();

        void Note(bool hungUp) => journal.NoteV3(
            http, state, rule.Path, MchIdOf(request), reply.Verdict, request.Body, reply.Status, reply.Body, fault, request.Began, hungUp);
    }

    private string RequestId(bool isSuccess)
    {
        var nonce = state.Nonces.Next();
        return $"{Convert.ToHexString(Encoding.ASCII.GetBytes(nonce[..18]))}-{(isSuccess ? "0" : (268_000_000 + (nonce[20] * 1000) + nonce[21]).ToString(CultureInfo.InvariantCulture))}";
    }

    private async Task UnknownAsync(HttpContext http, V3Request request, int status)
    {
        http.Response.StatusCode = status;
        http.Response.Headers["Request-ID"] = RequestId(false);
        byte[] body = [];
        if (status == StatusCodes.Status404NotFound && state.Switches.Is("v3_unknown_path", "RESOURCE_NOT_EXISTS"))
        {
            body = V3Call.Refusal("RESOURCE_NOT_EXISTS", "资源不存在，请检查请求的URL", null);
            http.Response.ContentType = Reply.Json;
            http.Response.ContentLength = body.Length;
            await http.Response.Body.WriteAsync(body);
        }

        journal.NoteV3(http, state, http.Request.Path, MchIdOf(request), CallVerdict.Unchecked, request.Body, status, body, null, request.Began);
        await http.Response.CompleteAsync();
    }

    private async Task MisbehaveAsync(HttpContext http, V3Rule rule, V3Request request, FaultHit fault)
    {
        var status = WireFaults.StatusOf(fault.Rule);
        journal.NoteV3(
            http, state, rule.Path, MchIdOf(request), CallVerdict.Unchecked, request.Body, status, status == 0 ? default : WireFaults.Page, fault, request.Began);
        await WireFaults.ReplaceAsync(http, fault.Rule);
    }

    private sealed record Reply(int Status, ReadOnlyMemory<byte> Body)
    {
        public const string Json = "application/json; charset=utf-8";

        public string ContentType { get; init; } = Json;

        public PlatformIdentity? SignedBy { get; init; }

        public bool KeepsMachineTime { get; init; }

        public (LongBill Bill, bool IsPacked)? LongFile { get; init; }

        public CallVerdict Verdict { get; init; } = CallVerdict.Valid;
    }
}
