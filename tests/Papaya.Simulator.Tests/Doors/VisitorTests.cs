using System.Net;
using Microsoft.AspNetCore.Http;
using Papaya.Simulator.Doors;

namespace Papaya.Simulator.Tests.Doors;

/// <summary>A web page that a developer happens to have open must not be able to change his simulated world.</summary>
public sealed class VisitorTests
{
    private const string Self = "127.0.0.1:8090";

    [Theory]
    [InlineData(Self)]
    [InlineData("localhost:8090")]
    [InlineData("[::1]:8090")]
    [InlineData("wechat.localhost:8090")]
    [InlineData("api.mch.weixin.qq.com")]
    [InlineData("192.168.1.7:8090")]
    public void A_program_on_this_machine_is_answered_under_every_name_of_it(string host) => Assert.Null(Refusal("/_sim/clock", host));

    [Theory]
    [InlineData("evil.example:8090")]
    [InlineData("127.0.0.1.evil.example:8090")]
    [InlineData("notlocalhost:8090")]
    public void A_name_that_a_foreign_site_may_have_pointed_here_is_refused(string host) =>
        Assert.Contains("--allow-remote-control", Refusal("/_sim/clock", host), StringComparison.Ordinal);

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "http://127.0.0.1:3000")]
    [InlineData("Origin", "null")]
    public void What_a_page_of_another_site_sends_is_refused(string header, string value)
    {
        Assert.NotNull(Refusal("/_sim/clock", headers: (header, value)));
        Assert.NotNull(Refusal("/_sim/ledger", method: "GET", headers: (header, value)));
        Assert.NotNull(Refusal("/cashier/wx1", contentType: "application/x-www-form-urlencoded", headers: (header, value)));
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "same-origin")]
    [InlineData("Sec-Fetch-Site", "none")]
    [InlineData("Origin", "http://" + Self)]
    public void The_own_pages_are_answered(string header, string value)
    {
        Assert.Null(Refusal("/_sim/clock", headers: (header, value)));
        Assert.Null(Refusal("/cashier/wx1", contentType: "application/x-www-form-urlencoded", headers: (header, value)));
    }

    [Fact]
    public void A_page_may_be_opened_from_anywhere() => Assert.Null(Refusal("/cashier/wx1", method: "GET", headers: ("Sec-Fetch-Site", "cross-site")));

    [Fact]
    public void A_link_to_the_control_API_may_be_followed_for_a_look()
    {
        Assert.Null(Refusal("/_sim/ledger", Self, "GET", null, null, ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Dest", "document")));
        Assert.NotNull(Refusal("/_sim/clock", Self, "POST", null, null, ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Dest", "document")));
    }

    [Fact]
    public void Another_machine_is_refused_and_told_how_to_be_let_in()
    {
        Assert.Contains("--allow-remote-control", Refusal("/_sim/clock", from: IPAddress.Parse("10.0.0.7")), StringComparison.Ordinal);
        Assert.Null(Refusal("/pay/orderquery", from: IPAddress.Parse("10.0.0.7")));
    }

    [Fact]
    public void Whoever_allows_remote_control_lets_everybody_in()
    {
        var visitor = new Visitor(new() { AllowRemoteControl = true });
        Assert.Null(visitor.Refusal(Request("/_sim/clock", "wechat:8090", "POST", null, IPAddress.Parse("10.0.0.7"), ("Sec-Fetch-Site", "cross-site"))));
    }

    [Fact]
    public void The_address_that_people_are_told_is_one_of_the_names()
    {
        var visitor = new Visitor(new() { PublicUrl = "http://dev-box:8090" });
        Assert.Null(visitor.Refusal(Request("/_sim/clock", "dev-box:8090", "POST", null, null)));
    }

    [Fact]
    public async Task A_refused_visitor_gets_the_reason_and_changes_nothing()
    {
        await using var world = await World.StartAsync();
        using var http = new HttpClient { BaseAddress = world.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/_sim/clock") { Content = new StringContent("""{"advance_seconds":3600}""") };
        request.Headers.Host = "evil.example";
        using var response = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.StartsWith("""{"reason":"The name 'evil.example' is not one of this machine""", (await response.Content.ReadAsStringAsync()).Replace("\\u0027", "'", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(World.Start, world.Now);
    }

    private static string? Refusal(
        string path, string host = Self, string method = "POST", string? contentType = null, IPAddress? from = null, params (string Name, string Value)[] headers) =>
        new Visitor(new()).Refusal(Request(path, host, method, contentType, from, headers));

    private static DefaultHttpContext Request(
        string path, string host, string method, string? contentType, IPAddress? from, params (string Name, string Value)[] headers)
    {
        var http = new DefaultHttpContext { Connection = { RemoteIpAddress = from ?? IPAddress.Loopback } };
        (http.Request.Scheme, http.Request.Host, http.Request.Path, http.Request.Method, http.Request.ContentType) = ("http", new(host), path, method, contentType);
        foreach (var (name, value) in headers)
        {
            http.Request.Headers[name] = value;
        }

        return http;
    }
}
