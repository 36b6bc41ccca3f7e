using System.Net;
using System.Text.Json.Nodes;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Tests.Control;

/// <summary>A switch that one merchant has for itself holds wherever something happens for this merchant, and nowhere else.</summary>
public sealed class MerchantSwitchTests : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task A_wrong_sign_is_answered_as_the_merchant_has_it()
    {
        await using var world = await WithOwnAsync("sign_error", "result");
        var wrong = new ApiV2Key("ffffffffffffffffffffffffffffffff");
        Assert.Equal("SIGN_ERROR", (await world.PostAsync("/pay/contractorder", world.OrderFields("oSimUser0001"), key: wrong)).Outcome);
    }

    [Fact]
    public async Task Acknowledgements_are_read_as_the_merchant_has_it()
    {
        await using var world = await WithOwnAsync("ack_strictness", "exact");
        await using var listener = await Listener.StartAsync(world.Clock);
        listener.Next(200, "\n<xml><return_code>SUCCESS</return_code></xml>");
        await world.SignedAsync(changes: ("notify_url", listener.Url));
        await world.AdvanceAsync(TimeSpan.FromDays(1));
        Assert.Equal(2, listener.Got.Count);
    }

    [Theory]
    [InlineData(World.MchId, true)]
    [InlineData("1900000109", false)]
    public async Task V3_answers_as_the_merchant_has_it(string mchId, bool isEmpty)
    {
        await using var world = await WithOwnAsync("v3_unknown_path", "empty");
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(world.Address, "/v3/nothing"));
        request.Headers.TryAddWithoutValidation(
            "Authorization", $"WECHATPAY2-SHA256-RSA2048 mchid=\"{mchId}\",nonce_str=\"n\",timestamp=\"1\",serial_no=\"s\",signature=\"x\"");
        using var response = await _http.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal(isEmpty, (await response.Content.ReadAsStringAsync()).Length == 0);
    }

    [Theory]
    [InlineData(World.MchId, HttpStatusCode.OK)]
    [InlineData("1900000109", HttpStatusCode.BadGateway)]
    public async Task Signing_pages_are_as_the_merchant_has_it(string mchId, HttpStatusCode status)
    {
        await using var world = await WithOwnAsync("entrust_too_long", "accepted");
        using var response = await _http.GetAsync(new Uri(world.Address, $"/papay/entrustweb?mch_id={mchId}&contract_code={new string('c', 1100)}"));
        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    public async Task A_user_ends_a_contract_as_the_merchant_has_it()
    {
        await using var world = await WithOwnAsync("terminate_notice_sign_type", "MD5");
        await using var listener = await Listener.StartAsync(world.Clock);
        await world.DoAsync("/templates", new JsonObject { ["mch_id"] = World.MchId, ["plan_id"] = 12535, ["terminate_notify_url"] = listener.Url });
        var order = await world.PostAsync("/pay/contractorder", world.OrderFields("oSimUser0001"), SignType.HmacSha256);
        var contract = (string)(await world.PayAsync(order, "oSimUser0001"))["contract_id"]!;
        await world.DoAsync($"/contracts/{contract}/terminate", new JsonObject());
        await world.SettleAsync();
        Assert.Equal(32, listener[0]["sign"]!.Length);
    }

    [Fact]
    public async Task The_platform_ends_a_contract_as_the_merchant_has_it()
    {
        await using var world = await WithOwnAsync("termination_mode_platform", "4");
        var contract = await world.SignedAsync();
        await world.DoAsync($"/contracts/{contract}/terminate", new JsonObject { ["by"] = "merchant_platform" });
        Assert.Equal("4", (await world.ContractQueryAsync(contract))["contract_termination_mode"]);
    }

    [Fact]
    public async Task The_cashier_tells_in_the_order_that_the_merchant_has()
    {
        await using var world = await WithOwnAsync("cashier_order_of_messages", "contract_first");
        await world.SignedAsync();
        Assert.Equal(["contract", "payment"], (await world.SeeAsync("/deliveries"))["data"]!.AsArray().Select(d => (string?)d!["kind"]));
    }

    /// <summary>A world in which the preset merchant, and nobody else, has another value.</summary>
    private static async Task<World> WithOwnAsync(string name, string value)
    {
        var world = await World.StartAsync();
        await world.DoAsync("/merchants", new JsonObject { ["mch_id"] = "1900000109" });
        await world.DoAsync("/switches", new JsonObject { [name] = value, ["mch_id"] = World.MchId });
        return world;
    }
}
