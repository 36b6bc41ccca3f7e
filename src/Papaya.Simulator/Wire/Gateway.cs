using System.Collections.Frozen;
using System.Text;
using Microsoft.AspNetCore.Http;
using Papaya.Simulator.Bills;
using Papaya.Simulator.Calls;
using Papaya.Simulator.Faults;
using Papaya.Simulator.Journal;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Wire;

/// <summary>
/// WeChat's V2 door: reads, verifies, lets the rule of the path answer under the world's lock, signs. What falls due at once
/// (an immediate debit, a notification) begins when the answer has left.
/// </summary>
internal sealed class Gateway(SimulatorState state, FaultRules faults, CallJournal journal)
{
    private const int LongestBody = 1 << 20;

    /// <summary>What a fault's <c>number</c> may name.</summary>
    private static readonly string[] Numbers = ["out_trade_no", "out_refund_no", "contract_id", "contract_code", "transaction_id", "refund_id"];

    private static readonly FrozenDictionary<string, CallRule> Calls = new[]
    {
        SignOnly.Reserve, SignOnly.PartnerReserve, PayAndSign.Order, Contracts.Query, Contracts.Delete, Debits.Apply, Orders.DebitQuery, Orders.Query, Orders.Close, Refunds.Apply, Refunds.Query,
        BillFile.Download,
    }.ToFrozenDictionary(c => c.Path, StringComparer.Ordinal);

    public static bool Knows(string path) => Calls.ContainsKey(path);

    public static CallRule? Find(string path) => Calls.GetValueOrDefault(path);

    /// <param name="certificate">The merchant number that a client certificate proves; empty if none does.</param>
    public async Task AnswerAsync(HttpContext http, CallRule rule, string certificate)
    {
        var began = TimeProvider.System.GetTimestamp();
        var body = await ReadAsync(http.Request);
        V2Error? error = null;
        var message = HttpMethods.IsPost(http.Request.Method) && V2Message.TryParse(body, out var parsed, out error, LongestBody) ? parsed : null;
        var fault = FaultOf(http, rule, message);
        try
        {
            if (fault is { IsProcessed: false, Kind: FaultKind.TimeoutBefore or FaultKind.TimeoutAfter or FaultKind.Http500 or FaultKind.Html })
            {
                await MisbehaveAsync(http, rule, body, fault, began);
                return;
            }

            using var answer = Process(http.Request.Method, rule, message, error, certificate, fault);
            if (fault is { Kind: FaultKind.TimeoutBefore or FaultKind.TimeoutAfter or FaultKind.Http500 or FaultKind.Html })
            {
                await MisbehaveAsync(http, rule, body, fault, began);
                return;
            }

            var bytes = fault switch
            {
                { Kind: FaultKind.BadSignature } when answer.File is null => Encoding.UTF8.GetBytes(FaultRules.Spoil(Encoding.UTF8.GetString(answer.Bytes.Span))),
                { Kind: FaultKind.AmountOffByOneFen } when answer.File is not null => BillFile.Spoil(answer.File),
                _ => answer.Bytes,
            };
            http.Response.ContentType = answer.File is null ? "text/xml; charset=utf-8" : "text/plain; charset=utf-8";
            http.Response.ContentLength = bytes.Length;
            journal.NoteV2(http, state, rule.Path, body, 200, bytes, fault, began);
            await http.Response.Body.WriteAsync(bytes);
            await http.Response.CompleteAsync();
        }
        finally
        {
            state.Arm();
        }
    }

    private static async Task<byte[]> ReadAsync(HttpRequest request)
    {
        if (request.ContentLength is { } length and <= LongestBody)
        {
            var body = new byte[length];
            var read = await request.Body.ReadAtLeastAsync(body, (int)length, throwOnEndOfStream: false);
            return read == length ? body : body[..read];
        }

        // One byte more than allowed is enough to refuse it.
        using var buffer = new MemoryStream();
        var block = new byte[16 * 1024];
        int got;
        while (buffer.Length <= LongestBody && (got = await request.Body.ReadAsync(block)) > 0)
        {
            buffer.Write(block, 0, got);
        }

        return buffer.ToArray();
    }

    /// <summary>What cannot be read matches a rule by its path only.</summary>
    private FaultHit? FaultOf(HttpContext http, CallRule rule, V2Message? message)
    {
        if (!faults.Any)
        {
            return null;
        }

        var numbers = message is null ? [] : Numbers.Select(name => message[name]).OfType<string>().Where(n => n.Length > 0).ToArray();
        var site = state.BackupPort is { } port && port == http.Connection.LocalPort ? "backup" : "main";
        using var op = state.Begin();
        return faults.Hit(new(rule.Path, message?["mch_id"], numbers, Site: site), op.Now);
    }

    private Answer Process(string method, CallRule rule, V2Message? message, V2Error? error, string certificate, FaultHit? fault)
    {
        if (!HttpMethods.IsPost(method))
        {
            return Refuse(rule, Misuse.NotPost);
        }

        if (message is null)
        {
            return Refuse(rule, error!.Fault switch
            {
                V2Fault.Empty => Misuse.NoBody,
                V2Fault.Encoding => Misuse.NotUtf8,
                _ => Misuse.NotXml,
            });
        }

        if (message.GetString("mch_id"u8) is not { Length: > 0 } mchId)
        {
            return Refuse(rule, Misuse.Missing, "mch_id");
        }

        if (state.FindMerchant(mchId) is not { } merchant)
        {
            return Refuse(rule, Misuse.NoMerchant);
        }

        var signType = (message.TryGet("sign_type"u8, out var label) ? SignTypes.Parse(label) : null) ?? rule.Endpoint.DefaultSignType;
        var check = V2Signature.Verify(message, merchant.SecretsAt(state.Now), signType);
        var isSigned = check.IsValid && check.Type == signType;
        if (!isSigned && (rule.IsBill || state.Switches.Is("sign_error", "return")))
        {
            return Refuse(rule, Misuse.BadSign);
        }

        Call call;
        using (var op = state.Begin())
        {
            call = new(state, rule, message, merchant, signType, op.Now, certificate);
            if (fault is { Kind: FaultKind.FrequencyLimited })
            {
                call.Fail("FREQUENCY_LIMITED", Texts.TooFrequent);
            }
            else if (!isSigned)
            {
                call.Fail(Refusals.Of(rule, Misuse.BadSign, state.Switches));
            }
            else if (fault is not { Kind: FaultKind.SystemError, IsProcessed: false } && MayRun(call, rule))
            {
                rule.Run(call);
            }

            if (fault is { Kind: FaultKind.SystemError } && !rule.IsBill)
            {
                call.Fail("SYSTEMERROR", Texts.SystemError);
            }
            else if (fault is { Kind: FaultKind.SystemError })
            {
                call.File = null;
                call.Refuse("SYSTEMERROR", "20003");
            }
        }

        return new(call.Finish(), call.File, call);
    }

    /// <summary>Who asks, and with which parameters; the answer is written when something is wrong.</summary>
    private bool MayRun(Call call, CallRule rule)
    {
        if (!call.Merchant.Apps.Exists(a => a.AppId == call.AppId) && call.AppId.Length > 0)
        {
            var isElsewhere = state.Merchants.Any(m => m.Apps.Exists(a => a.AppId == call.AppId));
            if (rule.IsBill)
            {
                call.Refuse("data format error", "20001");
            }
            else if (isElsewhere)
            {
                call.Fail("APPID_MCHID_NOT_MATCH", "appid和mch_id不匹配");
            }
            else
            {
                call.Fail("APPID_NOT_EXIST", "appid不存在");
            }

            return false;
        }

        if (rule.Check(call.Message, state.Switches) is { } problem)
        {
            AnswerProblem(call, rule, problem);
            return false;
        }

        if (call.SubMchId is { } sub && call.Merchant.SubMerchants?.Exists(m => m.SubMchId == sub) is not true)
        {
            call.Fail("NOAUTH", "特约子商户商户号未授权服务商的产品权限");
            return false;
        }

        return true;
    }

    private void AnswerProblem(Call call, CallRule rule, FieldProblem problem)
    {
        var misuse = problem.Rule switch { FieldRule.Unknown => Misuse.Surplus, FieldRule.Required => Misuse.Missing, _ => Misuse.Malformed };
        var refused = Refusals.Of(rule, misuse, state.Switches, problem.Field);
        if (rule.IsBill)
        {
            call.Refuse(problem is { Field: "bill_type", Rule: FieldRule.Form } ? "invalid bill_type" : refused.Code, "20001");
        }
        else if (misuse == Misuse.Surplus || state.Switches.Is("parameter_errors", "return"))
        {
            call.Refuse(refused);
        }
        else
        {
            call.Fail(refused);
        }
    }

    private Answer Refuse(CallRule rule, Misuse misuse, string? field = null)
    {
        var refused = Refusals.Of(rule, misuse, state.Switches, field);
        var isCode = rule.IsBill && misuse is Misuse.BadSign or Misuse.Missing || state.Switches.Is("transport_errors", "code");
        var writer = Call.Refusal(isCode ? refused.Code : refused.Text, rule.IsBill ? "20001" : null);
        return new(writer.Unsigned(), null, writer);
    }

    private async Task MisbehaveAsync(HttpContext http, CallRule rule, byte[] body, FaultHit fault, long began)
    {
        if (fault.Kind is FaultKind.TimeoutBefore or FaultKind.TimeoutAfter)
        {
            // Never a hang: it would stall the clock. To the caller it is the same: no answer.
            journal.NoteV2(http, state, rule.Path, body, 0, default, fault, began);
            http.Abort();
            return;
        }

        var status = fault.Kind == FaultKind.Http500 ? 500 : 200;
        var page = "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>"u8.ToArray();
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/html";
        journal.NoteV2(http, state, rule.Path, body, status, page, fault, began);
        await http.Response.Body.WriteAsync(page);
        await http.Response.CompleteAsync();
    }

    private readonly record struct Answer(ReadOnlyMemory<byte> Bytes, byte[]? File, IDisposable Writer) : IDisposable
    {
        public void Dispose() => Writer.Dispose();
    }
}
