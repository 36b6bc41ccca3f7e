using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Papaya.Simulator.Pages;

/// <summary>A Razor component becomes a page: rendered once on this side, without a script, never kept by a browser.</summary>
internal static class PageAnswer
{
    private static readonly byte[] Css = ReadCss();
    private static long _steps;

    /// <summary>Where the pages' only style sheet is; its name changes with its content.</summary>
    public static readonly string StyleAddress = $"/pages.css?v={Convert.ToHexStringLower(SHA256.HashData(Css))[..12]}";

    public static void MapStyle(IEndpointRouteBuilder routes) => routes.MapGet("/pages.css", static http =>
    {
        http.Response.ContentType = "text/css; charset=utf-8";
        http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return http.Response.Body.WriteAsync(Css, http.RequestAborted).AsTask();
    });

    extension(HttpContext http)
    {
        /// <summary>Answers by a page whose component takes its language as <c>L</c>, its own address as <c>Here</c> and the rest as <c>View</c>.</summary>
        public async Task ShowAsync<TPage>(Language language, object? view, int status = StatusCodes.Status200OK)
            where TPage : IComponent
        {
            var parameters = new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["L"] = language, ["Here"] = new PageAddress(http.Request.Path, http.Request.Query),
            };
            if (view is not null)
            {
                parameters["View"] = view;
            }

            await using var renderer = new HtmlRenderer(http.RequestServices, NullLoggerFactory.Instance);
            var html = await renderer.Dispatcher.InvokeAsync(async () =>
                (await renderer.RenderComponentAsync<TPage>(ParameterView.FromDictionary(parameters))).ToHtmlString());
            var response = http.Response;
            response.StatusCode = status;
            response.ContentType = "text/html; charset=utf-8";
            response.Headers.CacheControl = "no-store";
            response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
            response.Headers.XContentTypeOptions = "nosniff";
            response.Headers["Referrer-Policy"] = "same-origin";
            await response.WriteAsync("<!doctype html>" + Plain(html), http.RequestAborted);
        }

        /// <summary>
        /// Going back shall show a fresh page. Chromium keeps even pages that say no-store alive, ticks and all, until a cookie changes that no script can read.
        /// </summary>
        public void ForgetEarlierPages() => http.Response.Cookies.Append(
            "step", Interlocked.Increment(ref _steps).ToString(CultureInfo.InvariantCulture), new() { HttpOnly = true, SameSite = SameSiteMode.Lax, IsEssential = true });

        /// <summary>After an act: the browser asks for the page that shows what came of it.</summary>
        public void SeeOther(string address)
        {
            http.Response.StatusCode = StatusCodes.Status303SeeOther;
            http.Response.Headers.Location = address;
            http.Response.Headers.CacheControl = "no-store";
        }
    }

    /// <summary>
    /// Chinese as it is, which the renderer writes as references: a third of the bytes, and readable in a shell. Nothing but what it wrote itself is
    /// touched, because an ampersand of anybody's text is <c>&amp;amp;</c> by now.
    /// </summary>
    private static string Plain(string html)
    {
        var plain = new StringBuilder(html.Length);
        for (var at = 0; at < html.Length;)
        {
            var next = html.IndexOf("&#x", at, StringComparison.Ordinal);
            var end = next < 0 ? -1 : html.IndexOf(';', next);
            if (end < 0)
            {
                return plain.Append(html, at, html.Length - at).ToString();
            }

            plain.Append(html, at, next - at);
            at = end + 1;
            if (Rune.TryCreate(int.Parse(html.AsSpan(next + 3, end - next - 3), NumberStyles.HexNumber, CultureInfo.InvariantCulture), out var rune) && rune.Value > 0xA0)
            {
                plain.Append(rune.ToString());
            }
            else
            {
                plain.Append(html, next, at - next);
            }
        }

        return plain.ToString();
    }

    private static byte[] ReadCss()
    {
        using var file = typeof(PageAnswer).Assembly.GetManifestResourceStream("pages.css")!; // Embedded by the project file.
        var css = new byte[file.Length];
        file.ReadExactly(css);
        return css;
    }
}

/// <summary>Where a page is, for its links to itself.</summary>
public sealed class PageAddress
{
    private readonly PathString _path;
    private readonly IQueryCollection _query;

    internal PageAddress(PathString path, IQueryCollection query) => (_path, _query) = (path, query);

    /// <summary>All of it but the language and what an act has just said.</summary>
    internal string All => _path.ToUriComponent() + QueryString.Create(Values("lang", "done")).ToUriComponent();

    /// <summary>The path alone, the query's values being set elsewhere.</summary>
    internal string Path => _path.ToUriComponent();

    internal string? this[string name] => _query[name] is [{ Length: > 0 } value, ..] ? value : null;

    /// <summary>This address with one value changed, or left out when null.</summary>
    internal string With(string name, string? value)
    {
        var query = QueryString.Create(Values(name));
        return _path.ToUriComponent() + (value is null ? query : query.Add(name, value)).ToUriComponent();
    }

    /// <summary>Any address of ours with a value more, before its fragment; as it is when the value is null.</summary>
    internal static string With(string address, string name, string? value)
    {
        var (rest, fragment) = address.IndexOf('#', StringComparison.Ordinal) is >= 0 and var at ? (address[..at], address[at..]) : (address, "");
        return value is null ? address : $"{rest}{(rest.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{name}={Uri.EscapeDataString(value)}{fragment}";
    }

    private IEnumerable<KeyValuePair<string, string?>> Values(params string[] butNot) =>
        _query.Where(q => !butNot.Contains(q.Key)).SelectMany(q => q.Value, (q, v) => KeyValuePair.Create(q.Key, v));
}
