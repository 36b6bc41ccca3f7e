using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Papaya.Simulator.Calls;
using Papaya.Simulator.Journal;
using Papaya.Simulator.Pages;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Wire;

/// <summary>
/// The two signing calls by GET. <c>entrustweb</c> is a page for the user; <c>h5entrustweb</c> is asked by the merchant's server and answers with
/// the address of one. Both lead to <c>/sign/{session_id}</c>.
/// </summary>
internal sealed class SigningDoor(SimulatorState state, CallJournal journal)
{
    /// <summary>What WeChat's page shows for every mistake of the merchant.</summary>
    public const string MerchantMistake = "商家系统错误，请联系商家处理";

    /// <summary>Where the address of H5 signing leads; the shape is that of the real one.</summary>
    public const string H5Page = "/papay/readentrustwebtemplate";

    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var endpoint in (V2Endpoint[])[Endpoints.EntrustWeb, Endpoints.EntrustWeb.Partner!])
        {
            routes.MapGet(endpoint.Path, http => ShowPageAsync(http, endpoint));
        }

        foreach (var endpoint in (V2Endpoint[])[Endpoints.H5EntrustWeb, Endpoints.H5EntrustWeb.Partner!])
        {
            routes.MapGet(endpoint.Path, http => AnswerAsync(http, endpoint));
            routes.MapPost(endpoint.Path, http => WriteAsync(http, Refusal("REQUIRE_GET_METHOD", Texts.UseGet), "text/xml; charset=utf-8"));
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
            await WriteAsync(http, "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>", "text/html");
            return;
        }

        Opening opening;
        using (var op = state.Begin())
        {
            opening = SigningRequests.FromQuery(state, endpoint, http.Request.QueryString.Value!, op.Now);
            if (opening.Session is { } session && http.Request.Query["return_web"] == "1" && http.Request.Headers.Referer is [{ Length: > 0 } referer, ..])
            {
                session.ReturnTo = referer + (referer.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "from_wxpay=1";
                state.Put(session);
            }
        }

        if (opening.Session is { } opened)
        {
            http.Response.Redirect(PathOf(opened));
            Note(http, 302, "");
        }
        else
        {
            // The user sees one sentence; what is wrong is for developers, and only here.
            var l = Language.OfPhone(http);
            await http.ShowAsync<Closed>(l, new ClosedView { Headline = l[MerchantMistake, "The merchant's request is wrong: please contact the merchant"], Why = $"{opening.Code}: {opening.Text}" });
            Note(http, http.Response.StatusCode, $"{MerchantMistake} ({opening.Code}: {opening.Text})");
        }

        await http.Response.CompleteAsync();
        state.Arm();
    }

    private async Task AnswerAsync(HttpContext http, V2Endpoint endpoint)
    {
        state.Switches.ActFor(http.Request.Query["mch_id"]);
        string xml;
        using (var op = state.Begin())
        {
            var opening = SigningRequests.FromQuery(state, endpoint, http.Request.QueryString.Value!, op.Now);
            xml = opening.Session is { } session ? Answer(session) : Failure(opening.Code!, opening.Text!);
        }

        await WriteAsync(http, xml, "text/xml; charset=utf-8");
        await http.Response.CompleteAsync();
        state.Arm();
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

    private async Task WriteAsync(HttpContext http, string text, string type)
    {
        http.Response.ContentType = type;
        Note(http, http.Response.StatusCode, text);
        await http.Response.WriteAsync(text);
    }

    private void Note(HttpContext http, int status, string response)
    {
        journal.NoteQuery(http, state, status, response);
    }
}
