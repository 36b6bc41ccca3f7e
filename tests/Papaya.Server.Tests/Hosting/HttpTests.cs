using System.Net;
using System.Text;
using Microsoft.AspNetCore.Routing;
using Papaya.Server.Hosting;
using Papaya.Testing;

namespace Papaya.Server.Tests.Hosting;

public sealed class HttpTests : IAsyncLifetime
{
    private const string GoodPlan =
        """{"code":"vip","name":"月度会员","template_id":12535,"mode":"delay_24h","amount":2500,"fee":"capped","interval":{"unit":"month","count":1}}""";

    private RunningServer _server = null!; // Set by InitializeAsync.

    public async Task InitializeAsync() => _server = await RunningServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("test-ke")]
    [InlineData("test-key2")]
    public async Task Without_the_right_key_nothing_is_told(string? key)
    {
        var reply = await _server.SendAsync("/v1/plans", apiKey: key);
        Assert.Equal((HttpStatusCode.Unauthorized, "application/problem+json", "unauthorized"), (reply.Status, reply.MediaType, reply.Code));
        Assert.Equal(HttpStatusCode.Unauthorized, (await _server.SendAsync("/v1/plans", GoodPlan, apiKey: key)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await _server.SendAsync("/v1/anything", apiKey: key)).Status);
    }

    [Theory]
    [InlineData("/V1/contracts")]
    [InlineData("/V1/plans")]
    [InlineData("/v1/Events")]
    [InlineData("/v1//plans")]
    [InlineData("/v1/plans/")]
    [InlineData("/%76%31/plans")]
    [InlineData("/V1/sandbox/clock")]
    [InlineData("/")]
    public async Task No_spelling_of_a_path_goes_round_the_key(string path)
    {
        Assert.Equal((HttpStatusCode.Unauthorized, "unauthorized"), Of(await _server.SendAsync(path, apiKey: null)));
        Assert.Equal((HttpStatusCode.Unauthorized, "unauthorized"), Of(await _server.SendAsync(path, GoodPlan, apiKey: null)));
        Assert.Equal(0, await _server.Db.ReadAsync(reader => reader.ScalarAsync<long>("select count(*) from plan")));
    }

    [Fact]
    public void Every_endpoint_but_these_needs_a_key() => Assert.Equal(
        ["/healthz", "/openapi/{documentName}.json", "/readyz", "/wechat/{merchant}/contract", "/wechat/{merchant}/debit", "/wechat/{merchant}/payment", "/wechat/{merchant}/refund"],
        _server.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<OpenToAll>() is not null)
            .Select(endpoint => endpoint.RoutePattern.RawText)
            .Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    [InlineData("/openapi/v1.json")]
    public async Task Health_and_description_need_no_key(string path) =>
        Assert.Equal(HttpStatusCode.OK, (await _server.SendAsync(path, apiKey: null)).Status);

    [Fact]
    public async Task An_unknown_path_is_a_problem_document()
    {
        var reply = await _server.SendAsync("/v1/nothing");
        Assert.Equal((HttpStatusCode.NotFound, "application/problem+json", "no_such_path"), (reply.Status, reply.MediaType, reply.Code));
    }

    [Fact]
    public async Task The_sandbox_clock_is_absent_outside_a_sandbox() =>
        Assert.Equal(HttpStatusCode.NotFound, (await _server.SendAsync("/v1/sandbox/clock")).Status);

    [Fact]
    public async Task An_impossible_method_is_a_problem_document()
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, "/v1/plans");
        request.Headers.Add("Authorization", "Bearer " + RunningServer.ApiKey);
        using var answer = await _server.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Contains("method_not_allowed", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{not json", 400, "malformed_json", null)]
    [InlineData("", 400, null, null)]
    [InlineData("null", 400, null, null)]
    [InlineData("[]", 400, "malformed_json", null)]
    [InlineData("""{"code":"a","code":"b"}""", 400, "duplicate_member", "code")]
    [InlineData("""{"code":"x","colour":"red"}""", 400, "unknown_member", "colour")]
    [InlineData("""{"code":"x","interval":{"unit":"month","count":1,"of":2}}""", 400, "unknown_member", "interval.of")]
    [InlineData("""{"code":"x","amount":"2500"}""", 422, "invalid_value", "amount")]
    [InlineData("""{"code":"x","amount":25.5}""", 422, "invalid_value", "amount")]
    [InlineData("""{"code":"x","interval":{"unit":"month","count":99999999999}}""", 422, "invalid_value", "interval.count")]
    [InlineData("""{"code":"x"}""", 422, "invalid_value", "name")]
    public async Task A_bad_body_is_refused_by_name(string body, int status, string? code, string? field)
    {
        var reply = await _server.SendAsync("/v1/plans", body);
        Assert.Equal((status, "application/problem+json"), ((int)reply.Status, reply.MediaType));
        Assert.Equal(field, reply.Field);
        if (code is not null)
        {
            Assert.Equal(code, reply.Code);
        }
    }

    [Fact]
    public async Task Another_content_type_is_refused()
    {
        var reply = await _server.SendAsync("/v1/plans", GoodPlan, contentType: "text/xml");
        Assert.Equal((HttpStatusCode.UnsupportedMediaType, "unsupported_media_type"), (reply.Status, reply.Code));
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_refused()
    {
        var reply = await _server.SendAsync("/v1/plans", $$"""{"code":"{{new string('x', 70_000)}}"}""");
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "body_too_large"), (reply.Status, reply.Code));
    }

    [Fact]
    public async Task A_post_without_an_idempotency_key_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/plans") { Content = new StringContent(GoodPlan, Encoding.UTF8, "application/json") };
        request.Headers.Add("Authorization", "Bearer " + RunningServer.ApiKey);
        using var answer = await _server.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("idempotency_key_missing", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=201", "limit")]
    [InlineData("limit=many", "limit")]
    [InlineData("after=%21%21", "after")]
    [InlineData("after=bm90aGluZw", "after")]
    public async Task A_bad_page_is_refused_by_name(string query, string field)
    {
        foreach (var path in new[] { "/v1/plans", "/v1/events" })
        {
            var reply = await _server.SendAsync($"{path}?{query}");
            Assert.Equal((422, field), ((int)reply.Status, reply.Field));
        }
    }

    [Fact]
    public async Task The_description_holds_what_exists_and_nothing_else()
    {
        var document = (await _server.SendAsync("/openapi/v1.json", apiKey: null)).Json;
        Assert.StartsWith("3.1", (string?)document["openapi"], StringComparison.Ordinal);
        var calls = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(call => $"{call.Key} {path.Key}"));
        Assert.Equal(
            [
                "get /healthz", "get /readyz", "get /v1/charges", "get /v1/charges/{id}", "get /v1/checkouts/{id}", "get /v1/contracts", "get /v1/contracts/{id}",
                "get /v1/events", "get /v1/plans", "get /v1/plans/{code}", "get /v1/refunds", "get /v1/refunds/{id}", "get /v1/subscriptions",
                "get /v1/subscriptions/{id}", "post /v1/charges", "post /v1/charges/{id}/cancel", "post /v1/charges/{id}/retry",
                "post /v1/charges/{id}/settle-offline", "post /v1/checkouts", "post /v1/contracts/{id}/resume", "post /v1/contracts/{id}/suspend",
                "post /v1/contracts/{id}/terminate", "post /v1/plans", "post /v1/refunds", "post /v1/subscriptions/{id}/cancel",
            ],
            calls.Order(StringComparer.Ordinal));
        var post = document["paths"]!["/v1/plans"]!["post"]!;
        Assert.NotNull(post["summary"]);
        Assert.Contains(post["parameters"]!.AsArray(), p => (string?)p!["name"] == "Idempotency-Key");
        Assert.NotNull(post["responses"]!["422"]);
        Assert.Equal("bearer", (string?)document["components"]!["securitySchemes"]!["api_key"]!["scheme"]);
        var limit = Assert.Single(document["paths"]!["/v1/plans"]!["get"]!["parameters"]!.AsArray(), p => (string?)p!["name"] == "limit");
        Assert.Equal(200, (int)limit!["schema"]!["maximum"]!);
        Assert.NotNull(document["paths"]!["/v1/plans/{code}"]!["get"]!["responses"]!["404"]);
        Assert.Equal("string", (string?)document["components"]!["schemas"]!["PlanView"]!["properties"]!["created_at"]!["type"]);
        foreach (var (path, operations) in document["paths"]!.AsObject())
        {
            foreach (var (method, operation) in operations!.AsObject())
            {
                Assert.True(operation!["summary"] is not null, $"{method} {path} has no summary");
                Assert.True(operation["security"] is not null == path.StartsWith("/v1", StringComparison.Ordinal), $"{method} {path}: its security is wrong");
            }
        }

        Assert.Contains("template_id", document["components"]!["schemas"]!["NewPlan"]!["properties"]!.AsObject().Select(p => p.Key));
    }

    private static (HttpStatusCode Status, string? Code) Of(Reply reply) => (reply.Status, reply.Code);
}
