using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Papaya.Simulator.Calls;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Cashier;

/// <summary>
/// The phone's cashier for a person: title = body, account line = contract_display_account, service line = template name and cycle; the switch
/// is off and cannot be preset. No script: ticking changes nothing that is shown.
/// </summary>
internal sealed class CashierPages(SimulatorState state)
{
    private static readonly TimeSpan LinkLife = TimeSpan.FromMinutes(5);

    private const string Style = """
        :root{color-scheme:light;--ink:#17211c;--soft:#5c6a63;--line:#dfe5e1;--papaya:#c2410c;--leaf:#166534}
        *{box-sizing:border-box}body{margin:0;background:#f4f1ea;color:var(--ink);font:16px/1.5 system-ui,"PingFang SC","Noto Sans CJK SC",sans-serif}
        main{max-width:27rem;margin:0 auto;padding:1rem}.mark{display:block;text-align:center;background:#fde68a;color:#713f12;padding:.4rem;font-size:.85rem}
        .card{background:#fff;border:1px solid var(--line);border-radius:14px;padding:1.1rem;margin:.8rem 0}h1{font-size:1.05rem;font-weight:500;margin:0;text-align:center;overflow-wrap:anywhere}
        .amount{font-size:2.6rem;font-weight:650;text-align:center;margin:.2rem 0 0;font-variant-numeric:tabular-nums}dl{display:grid;grid-template-columns:auto 1fr;gap:.45rem 1rem;margin:0}
        dt{color:var(--soft)}dd{margin:0;text-align:right;overflow-wrap:anywhere}label.tick{display:flex;justify-content:space-between;align-items:center;gap:1rem;font-weight:600;padding-bottom:.7rem;margin-bottom:.7rem;border-bottom:1px solid var(--line)}
        input[type=checkbox]{width:1.7rem;height:1.7rem;accent-color:var(--leaf);flex:none}.small{color:var(--soft);font-size:.85rem;margin:.7rem 0 0}
        select,button,a.button{width:100%;min-height:3rem;font:inherit;border-radius:10px;border:1px solid var(--line);background:#fff;color:inherit;display:block;text-align:center;text-decoration:none;line-height:3rem;padding:0 .8rem}
        button{margin-top:.7rem;cursor:pointer}button.pay{background:var(--papaya);border-color:var(--papaya);color:#fff;font-weight:600}:focus-visible{outline:3px solid #0e7490;outline-offset:2px}
        .lang{text-align:right;font-size:.85rem}.lang a{color:var(--soft)}.good{color:var(--leaf)}
        """;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/cashier/{prepay_id}", http => ShowAsync(http));
        routes.MapPost("/cashier/{prepay_id}", http => ActAsync(http));
    }

    private static string Html(string? text) => HtmlEncoder.Default.Encode(text ?? "");

    private static string Yuan(long fen) => string.Create(CultureInfo.InvariantCulture, $"{fen / 100}.{fen % 100:D2}");

    private static Words WordsOf(HttpContext http) => Words.Of(http.Request.Query["lang"]);

    private async Task ShowAsync(HttpContext http)
    {
        var words = WordsOf(http);
        int status;
        string page;
        using (var op = state.Begin())
        {
            var order = Find(http);
            var closed = WhyClosed(words, order, op.Now);
            (status, page) = closed is null ? (200, Order(words, order!)) : (order is null ? 404 : 410, Message(words, http, closed, null, isGood: false));
        }

        await WriteAsync(http, words, status, page);
    }

    private async Task ActAsync(HttpContext http)
    {
        var words = WordsOf(http);
        var form = http.Request.HasFormContentType ? await http.Request.ReadFormAsync() : FormCollection.Empty;
        int status;
        string page;
        using (var op = state.Begin())
        {
            var order = Find(http);
            var user = state.FindUser(form["openid"]);
            if (WhyClosed(words, order, op.Now) is { } closed)
            {
                (status, page) = (order is null ? 404 : 410, Message(words, http, closed, null, isGood: false));
            }
            else if (user is null)
            {
                (status, page) = (400, Order(words, order!));
            }
            else
            {
                var result = PayAndSign.Act(state, order!, user, form["action"] == "pay", form["sign"] == "on", op.Now);
                (status, page) = (200, Message(words, http, result.Paid ? $"{words.Paid} ¥{Yuan(order!.Amount)}" : words.NotPaid, Detail(words, result), result.Paid));
            }
        }

        await WriteAsync(http, words, status, page);
        await http.Response.CompleteAsync();
        state.Arm();
    }

    private static string Detail(Words words, CashierResult result) =>
        !result.Paid ? words.Reason(result.Reason!)
        : result.Signed ? words.Signed
        : $"{words.NotSigned} ({words.Reason(result.Reason!)})";

    private Order? Find(HttpContext http) => state.FindOrderByPrepay((string?)http.GetRouteValue("prepay_id"));

    private static string? WhyClosed(Words words, Order? order, DateTimeOffset now) => order switch
    {
        null => words.Gone,
        { IsPaid: true } => words.AlreadyPaid,
        { State: not TradeState.NotPay } => words.Closed,
        { TradeType: "MWEB" } when now - order.CreatedAt > LinkLife => words.Expired,
        _ => null,
    };

    private string Order(Words words, Order order)
    {
        var template = state.FindTemplate(order.MchId, order.PlanId!.Value);
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            <div class="card"><h1>{Html(order.Body)}</h1><p class="amount">¥{Yuan(order.Amount)}</p></div>
            <form method="post">
            """);
        if (template is not null && order.OffersContract)
        {
            page.Append(CultureInfo.InvariantCulture, $"""
                <div class="card"><label class="tick" for="sign"><span>{words.AutoRenew}</span><input type="checkbox" id="sign" name="sign" value="on"></label>
                <dl><dt>{words.Account}</dt><dd id="account">{Html(order.DisplayAccount)}</dd><dt>{words.Service}</dt><dd id="service">{Html(template.Name)} / {Html(words.Cycle(template.Cycle))}</dd></dl>
                <p class="small" id="later">{Html(Later(words, template))}</p><p class="small">{Html(words.Consent)}</p></div>
                """);
        }

        page.Append(CultureInfo.InvariantCulture, $"""<div class="card"><label class="small" for="openid">{words.PayAs}</label><select id="openid" name="openid">""");
        foreach (var openid in order.Openid is { } named ? [named] : state.Users.Take(50).Select(u => u.Openid))
        {
            page.Append(CultureInfo.InvariantCulture, $"<option>{Html(openid)}</option>");
        }

        page.Append(CultureInfo.InvariantCulture, $"""
            </select></div>
            <button class="pay" name="action" value="pay">{words.Pay} ¥{Yuan(order.Amount)}</button><button name="action" value="cancel">{words.Cancel}</button></form>
            """);
        return page.ToString();
    }

    private static string Later(Words words, Template template)
    {
        var first = template.FirstAmount is { } amount ? string.Format(CultureInfo.InvariantCulture, words.FirstThen, Yuan(amount)) : "";
        return first + string.Format(CultureInfo.InvariantCulture, template.Fee == FeeRule.Fixed ? words.Later : words.LaterCapped, words.Cycle(template.Cycle), Yuan(template.Amount));
    }

    private static string Message(Words words, HttpContext http, string headline, string? detail, bool isGood)
    {
        // H5 orders may name a page to return to.
        var back = Uri.TryCreate(http.Request.Query["redirect_url"], UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? $"""<p><a class="button" href="{Html(url.AbsoluteUri)}">{words.Back}</a></p>"""
            : "";
        return $"""<div class="card" role="status"><h1 class="{(isGood ? "good" : "")}">{Html(headline)}</h1><p style="text-align:center">{Html(detail)}</p>{back}</div>""";
    }

    private static async Task WriteAsync(HttpContext http, Words words, int status, string content)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/html; charset=utf-8";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'";
        var back = http.Request.Query["redirect_url"] is [{ Length: > 0 } url, ..] ? $"&redirect_url={Uri.EscapeDataString(url)}" : "";
        await http.Response.WriteAsync($"""
            <!doctype html><html lang="{words.Lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Papaya</title><style>{Style}</style></head>
            <body><strong class="mark">{words.Mark}</strong><main><p class="lang"><a href="?lang={words.Other}{Html(back)}">{words.OtherName}</a></p>{content}</main></body></html>
            """);
    }
}
