using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Papaya.Simulator.Calls;
using Papaya.Simulator.Faults;
using Papaya.Simulator.Journal;
using Papaya.Simulator.Pages;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Wire;

/// <summary>
/// The two signing calls by GET. <c>entrustweb</c> is a page for the user; <c>h5entrustweb</c> is asked by the merchant's server and answers with
/// the address of one. Both lead to <c>/sign/{session_id}</c>.
/// </summary>
internal sealed class SigningDoor(SimulatorState state, FaultRules faults, CallJournal journal)
{
    /// <summary>What WeChat's page shows for every mistake of the merchant.</summary>
    public const string MerchantMistake = "商家系统错误，请联系商家处理";

    /// <summary>Where the address of H5 signing leads; the shape is that of the real one.</summary>
    public const string H5Page = "/papay/readentrustwebtemplate";

    private const string Xml = "text/xml; charset=utf-8";

    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var endpoint in (V2Endpoint[])[Endpoints.EntrustWeb, Endpoints.EntrustWeb.Partner!])
        {
            routes.MapGet(endpoint.Path, http => ShowPageAsync(http, endpoint));
        }

        foreach (var endpoint in (V2Endpoint[])[Endpoints.H5EntrustWeb, Endpoints.H5EntrustWeb.Partner!])
        {
            routes.MapGet(endpoint.Path, http => AnswerAsync(http, endpoint));
            routes.MapPost(endpoint.Path, http => WriteAsync(http, Encoding.UTF8.GetBytes(Refusal("REQUIRE_GET_METHOD", Texts.UseGet)), Xml, null));
        }
    }

    /// <summary>The address at which the user goes on; what <c>POST /_sim/entrust</c> and the pages read back.</summary>
    public static string PathOf(SigningSession session) => "/sign/" + session.Id;

    private async Task ShowPageAsync(HttpContext http, V2Endpoint endpoint)
    {
        state.Switches.ActFor(http.Request.Query["mch_id"]);
        if (http.Request.Path.Value!.Length + http.Request.QueryString.Value!.Length + http.Request.Host.Value!.Length + "https://".Length > SigningRequests.LongestAddress
            && state.Switches.Is("entrust_too_long", "502"))
        {
            http.Response.StatusCode = StatusCodes.Status502BadGateway;
            await WriteAsync(http, WireFaults.Page, "text/html", null);
            return;
        }

        var fault = FaultOf(http, endpoint);
        if (await MisbehavesAsync(http, fault, isDone: false))
        {
            return;
        }

        Opening opening;
        using (var op = state.Begin())
        {
            opening = Open(http, endpoint, fault, op.Now);
            if (opening.Session is { } session && http.Request.Query["return_web"] == "1" && http.Request.Headers.Referer is [{ Length: > 0 } referer, ..])
            {
                session.ReturnTo = referer + (referer.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "from_wxpay=1";
                state.Put(session);
            }
        }

        if (await MisbehavesAsync(http, fault, isDone: true))
        {
            state.Arm();
            return;
        }

        if (opening.Session is { } opened)
        {
            http.Response.Redirect(PathOf(opened));
            journal.NoteQuery(http, state, StatusCodes.Status302Found, default, fault);
        }
        else
        {
            // The user sees one sentence; what is wrong is for developers, and only here.
            var l = Language.OfPhone(http);
            await http.ShowAsync<Closed>(l, new ClosedView { Headline = l[MerchantMistake, "The merchant's request is wrong: please contact the merchant"], Why = $"{opening.Code}: {opening.Text}" });
            journal.NoteQuery(http, state, http.Response.StatusCode, Encoding.UTF8.GetBytes($"{MerchantMistake} ({opening.Code}: {opening.Text})"), fault);
        }

        await http.Response.CompleteAsync();
        state.Arm();
    }

    private async Task AnswerAsync(HttpContext http, V2Endpoint endpoint)
    {
        var began = state.Stamp();
        state.Switches.ActFor(http.Request.Query["mch_id"]);
        var fault = FaultOf(http, endpoint);
        if (await MisbehavesAsync(http, fault, isDone: false))
        {
            return;
        }

        ReadOnlyMemory<byte> xml;
        using (var op = state.Begin())
        {
            var opening = Open(http, endpoint, fault, op.Now);
            xml = Encoding.UTF8.GetBytes(
                opening.Session is { } session ? Answer(session)
                : fault is { Kind: FaultKind.ReturnFail } ? Refusal(opening.Code!, opening.Text!)
                : Failure(opening.Code!, opening.Text!));
            if (fault is not null && state.FindMerchant(http.Request.Query["mch_id"]) is { } merchant)
            {
                xml = Rewriting.Apply(state, fault.Rule, xml, merchant);
            }
        }

        if (!await MisbehavesAsync(http, fault, isDone: true))
        {
            await WriteAsync(http, xml, Xml, fault, began);
        }

        state.Arm();
    }

    private FaultHit? FaultOf(HttpContext http, V2Endpoint endpoint)
    {
        if (!faults.Any)
        {
            return null;
        }

        var query = http.Request.Query;
        string[] numbers = query["contract_code"] is [{ Length: > 0 } code, ..] ? [code] : [];
        using var op = state.Begin();
        return faults.Hit(new(endpoint.Path, query["mch_id"], numbers, Site: WireFaults.SiteOf(state, http)), op.Now);
    }

    /// <summary>The session, unless a fault refuses it; then it may be there all the same.</summary>
    private Opening Open(HttpContext http, V2Endpoint endpoint, FaultHit? fault, DateTimeOffset now)
    {
        Opening? refused = fault?.Kind switch
        {
            FaultKind.SystemError => new(null, "SYSTEMERROR", Texts.SystemError),
            FaultKind.FrequencyLimited => new(null, "FREQUENCY_LIMITED", Texts.TooFrequent),
            FaultKind.ReturnFail => new(null, "SYSTEMERROR", fault.Rule.Text ?? Texts.SystemError),
            FaultKind.Refuse => new(null, fault.Rule.Code!, fault.Rule.Text ?? fault.Rule.Code!),
            _ => null,
        };
        return refused is { } early && !fault!.IsProcessed ? early
            : SigningRequests.FromQuery(state, endpoint, http.Request.QueryString.Value!, now) is var opening && refused is { } late ? late
            : opening;
    }

    /// <summary>Whether a fault has answered instead, before the request is carried out or after.</summary>
    private async Task<bool> MisbehavesAsync(HttpContext http, FaultHit? fault, bool isDone)
    {
        if (fault is null || !WireFaults.Replaces(fault.Kind) || fault.IsProcessed != isDone)
        {
            return false;
        }

        journal.NoteQuery(http, state, WireFaults.StatusOf(fault.Rule), WireFaults.Page, fault);
        await WireFaults.ReplaceAsync(http, fault.Rule);
        return true;
    }

    /// <summary>The published sample carries error texts beside its SUCCESS codes; who judges by texts is wrong.</summary>
    private string Answer(SigningSession session)
    {
        var isSample = state.Switches.Is("h5_reply_text", "error_texts");
        using var writer = new V2Writer(XmlText.CData);
        writer.Add("return_code"u8, "SUCCESS").Add("return_msg"u8, isSample ? "PARAM_ERROR" : "OK").Add("result_code"u8, "SUCCESS");
        if (isSample)
        {
            writer.Add("result_msg"u8, "SIGN_ERROR");
        }

        writer.Add("redirect_url"u8, $"{state.PublicUrl}{H5Page}?type=index&session_id={session.Id}&session_sign={session.Id[..8]}#/redirect");
        return Encoding.UTF8.GetString(writer.Unsigned().Span);
    }

    /// <summary>There is no err_code here: the code is in result_msg, or the text behind return_code FAIL.</summary>
    private string Failure(string code, string text)
    {
        if (code == "MCHID_NOT_EXIST" || text.StartsWith("不识别的参数", StringComparison.Ordinal))
        {
            return Refusal(code, text);
        }

        using var writer = new V2Writer(XmlText.CData);
        writer.Add("return_code"u8, "SUCCESS").Add("return_msg"u8, "OK").Add("result_code"u8, "FAIL").Add("result_msg"u8, code == "SIGN_ERROR" || state.Switches.Is("transport_errors", "code") ? code : text);
        return Encoding.UTF8.GetString(writer.Unsigned().Span);
    }

    private string Refusal(string code, string text)
    {
        using var writer = Call.Refusal(state.Switches.Is("transport_errors", "code") ? code : text);
        return Encoding.UTF8.GetString(writer.Unsigned().Span);
    }

    private async Task WriteAsync(HttpContext http, ReadOnlyMemory<byte> answer, string type, FaultHit? fault, long? began = null)
    {
        http.Response.ContentType = type;
        // Whether the caller waits for a slow answer is known afterwards.
        var isSlow = fault is { Kind: FaultKind.Drip };
        if (!isSlow)
        {
            journal.NoteQuery(http, state, http.Response.StatusCode, answer, fault, began: began);
        }

        if (fault is not null && await WireFaults.TryBreakAsync(http, state, fault, answer))
        {
            if (isSlow)
            {
                journal.NoteQuery(http, state, http.Response.StatusCode, answer, fault, began: began, hungUp: http.RequestAborted.IsCancellationRequested);
            }
        }
        else
        {
            await http.Response.Body.WriteAsync(answer);
            await http.Response.CompleteAsync();
        }
    }
}
