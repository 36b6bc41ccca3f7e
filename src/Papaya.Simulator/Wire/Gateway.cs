using System.Collections.Frozen;
using System.Text;
using Microsoft.AspNetCore.Http;
using Papaya.Simulator.Bills;
using Papaya.Simulator.Calls;
using Papaya.Simulator.Faults;
using Papaya.Simulator.Journal;
using Papaya.Simulator.Notifications;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Wire;

/// <summary>
/// WeChat's V2 door: reads, verifies, lets the rule of the path answer under the world's lock, signs. What falls due at once
/// (an immediate debit, a notification) begins when the answer has left.
/// </summary>
internal sealed class Gateway(SimulatorState state, FaultRules faults, Courier courier, CallJournal journal)
{
    private const int LongestBody = 1 << 20;

    /// <summary>What a fault's <c>number</c> may name.</summary>
    private static readonly string[] Numbers = ["out_trade_no", "out_refund_no", "contract_id", "contract_code", "transaction_id", "refund_id"];

    private static readonly FrozenDictionary<string, CallRule> Calls = new[]
    {
        SignOnly.Reserve, SignOnly.PartnerReserve, PayAndSign.Order, Contracts.Query, Contracts.PartnerQuery, Contracts.Delete, Contracts.PartnerDelete, Debits.Apply, Debits.PartnerApply, Orders.DebitQuery, Orders.PartnerDebitQuery, Orders.Query, Orders.Close, Refunds.Apply, Refunds.Query,
        BillCalls.Trade, BillCalls.FundFlow,
    }.ToFrozenDictionary(c => c.Path, StringComparer.Ordinal);

    /// <summary>The paths of V2 that are called with XML.</summary>
    public static IEnumerable<string> Paths => Calls.Keys;

    public static bool Knows(string path) => Calls.ContainsKey(path);

    public static CallRule? Find(string path) => Calls.GetValueOrDefault(path);

    /// <param name="certificate">The merchant number that a client certificate proves; empty if none does.</param>
    public async Task AnswerAsync(HttpContext http, CallRule rule, string certificate)
    {
        var began = state.Stamp();
        var body = await ReadAsync(http.Request);
        V2Error? error = null;
        var message = HttpMethods.IsPost(http.Request.Method) && V2Message.TryParse(body, out var parsed, out error, LongestBody) ? parsed : null;
        var fault = FaultOf(http, rule, message);
        try
        {
            if (fault is { IsProcessed: false } && WireFaults.Replaces(fault.Kind))
            {
                await MisbehaveAsync(http, rule, body, message, fault, began);
                return;
            }

            using var answer = Process(http.Request.Method, rule, message, error, certificate, fault);
            if (fault is not null && WireFaults.Replaces(fault.Kind))
            {
                await MisbehaveAsync(http, rule, body, message, fault, began);
                return;
            }

            if (fault is { Kind: FaultKind.Long } && answer.File is { } file && LongBill.Of(BillFaults.Unpacked(file), fault.Rule.Rows!.Value) is { } bill)
            {
                journal.NoteV2(http, state, rule.Path, body, message, 200, bill.Beginning, fault, began);
                http.Response.ContentType = "text/plain; charset=utf-8";
                await bill.WriteAsync(http.Response.Body, BillFaults.IsPacked(file), http.RequestAborted);
                return;
            }

            var bytes = fault is null ? answer.Bytes : Spoil(answer, fault.Rule);
            // Whether the caller waits for a slow answer is known afterwards.
            var isSlow = fault is { Kind: FaultKind.Drip };
            if (!isSlow)
            {
                journal.NoteV2(http, state, rule.Path, body, message, 200, bytes, fault, began);
            }

            if (fault is { Kind: FaultKind.Early })
            {
                // In the journal the call stands before what it causes.
                await Hurry.DoAsync(state, courier);
            }

            http.Response.ContentType = answer.File is null ? "text/xml; charset=utf-8" : "text/plain; charset=utf-8";
            if (fault is not null && await WireFaults.TryBreakAsync(http, state, fault, bytes))
            {
                if (isSlow)
                {
                    journal.NoteV2(http, state, rule.Path, body, message, 200, bytes, fault, began, http.RequestAborted.IsCancellationRequested);
                }

                return;
            }

            http.Response.ContentLength = bytes.Length;
            if (answer is { File: not null, Digest: not null })
            {
                http.Response.Headers["Digest"] = "SHA=" + DigestOf(answer, bytes, fault);
            }

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
        using var op = state.Begin();
        return faults.Hit(new(rule.Path, message?["mch_id"], numbers, Site: WireFaults.SiteOf(state, http)), op.Now);
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

        state.Switches.ActFor(merchant.MchId);
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
            call = new(state, rule, message, merchant, signType, op.Now, certificate)
            {
                ContractPart = fault?.Rule is { Kind: FaultKind.Refuse, Field: not null } part ? (part.Code!, part.Text ?? part.Code!) : null,
            };
            if (isSigned)
            {
                Run(call, rule, fault);
            }
            else
            {
                call.Fail(Refusals.Of(rule, Misuse.BadSign, state.Switches));
            }
        }

        return new(call.Finish(), call.File, call, call.Merchant, call.Digest);
    }

    /// <summary>The rule of the path, and what a fault puts in its way. Under the world's lock.</summary>
    private void Run(Call call, CallRule rule, FaultHit? fault)
    {
        var what = fault?.Rule;
        if (what is { Kind: FaultKind.Meanwhile } && !fault!.IsProcessed)
        {
            Meanwhile.Happen(state, call.Merchant.MchId, what.Do!.Value, call.Now);
        }

        (string Code, string Text)? refusal = what?.Kind switch
        {
            FaultKind.SystemError => ("SYSTEMERROR", Texts.SystemError),
            FaultKind.FrequencyLimited => ("FREQUENCY_LIMITED", Texts.TooFrequent),
            FaultKind.Refuse when what.Field is null => (what.Code!, what.Text ?? what.Code!),
            _ => null,
        };
        var isRefused = refusal is not null || what is { Kind: FaultKind.ReturnFail };
        if ((!isRefused || fault!.IsProcessed) && MayRun(call, rule) && (what is null || !BillFaults.Withholds(call, what)))
        {
            if (what is { Kind: FaultKind.Lag })
            {
                Lag.Run(call, rule, fault!.Delay);
            }
            else
            {
                rule.Run(call);
            }
        }

        if (isRefused)
        {
            call.File = null;
        }

        if (what is { Kind: FaultKind.ReturnFail })
        {
            call.Refuse(what.Text ?? Texts.SystemError, rule.IsBill ? "20003" : null);
        }
        else if (refusal is { } refused && rule.IsBill)
        {
            call.Refuse(refused.Code, "20003");
        }
        else if (refusal is { } failed)
        {
            call.Fail(failed.Code, failed.Text);
        }
        else if (what is { Kind: FaultKind.Meanwhile } && fault!.IsProcessed)
        {
            Meanwhile.Happen(state, call.Merchant.MchId, what.Do!.Value, call.Now);
        }
    }

    private ReadOnlyMemory<byte> Spoil(Answer answer, FaultRule rule) =>
        answer.File is not null ? BillFaults.Spoil(rule, answer.File)
        : answer.Merchant is not null ? Rewriting.Apply(state, rule, answer.Bytes, answer.Merchant)
        : answer.Bytes;

    /// <summary>Of the bill as it is, spoilt or not; what breaks on its way does not fit it.</summary>
    private static string DigestOf(Answer answer, ReadOnlyMemory<byte> sent, FaultHit? fault) => fault?.Kind switch
    {
        null or FaultKind.Truncated => answer.Digest!,
        FaultKind.BadSignature => BillFile.Digest(BillFaults.Damage(BillFaults.Unpacked(answer.File!))),
        _ => BillFile.Digest(BillFaults.Unpacked(sent.ToArray())),
    };

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

        if (rule.Endpoint.NeedsCertificate && call.Certificate != call.Merchant.MchId && state.Switches.Is("cert_check", "first"))
        {
            call.Fail("CERT_ERROR", Texts.BadCertificate);
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
        var isCode = (rule.IsBill && misuse is Misuse.BadSign or Misuse.Missing) || state.Switches.Is("transport_errors", "code");
        var writer = Call.Refusal(isCode ? refused.Code : refused.Text, rule.IsBill ? "20001" : null, state.Switches["bill_error_code_name"]);
        return new(writer.Unsigned(), null, writer);
    }

    private async Task MisbehaveAsync(HttpContext http, CallRule rule, byte[] body, V2Message? message, FaultHit fault, long began)
    {
        var status = WireFaults.StatusOf(fault.Rule);
        http.Response.StatusCode = status == 0 ? 200 : status;
        journal.NoteV2(http, state, rule.Path, body, message, status, status == 0 ? default : WireFaults.Page, fault, began);
        await WireFaults.ReplaceAsync(http, fault.Rule);
    }

    private readonly record struct Answer(ReadOnlyMemory<byte> Bytes, byte[]? File, IDisposable Writer, Merchant? Merchant = null, string? Digest = null) : IDisposable
    {
        public void Dispose() => Writer.Dispose();
    }
}
