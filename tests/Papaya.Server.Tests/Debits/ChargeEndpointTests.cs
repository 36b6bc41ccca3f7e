using System.Net;
using Papaya.Billing.Contracts;
using Papaya.Server.Contracts;
using Papaya.Server.Debits;
using Papaya.Testing;

namespace Papaya.Server.Tests.Debits;

/// <summary>Over HTTP, at night: what is asked for waits for the morning, so nothing moves but what the test asks for.</summary>
public sealed class ChargeEndpointTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Night = new(2026, 3, 1, 3, 0, 0, TimeSpan.FromHours(8));
    private readonly StillClock _clock = new(Night);
    private RunningServer _server = null!; // Set before every test.

    public async Task InitializeAsync() => _server = await RunningServer.StartAsync(clock: _clock);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_use_is_charged_once_under_its_key()
    {
        var contract = await ContractAsync();
        var body = Body(contract);
        var created = await _server.SendAsync("/v1/charges", body, key: "ride-1");
        Assert.Equal(HttpStatusCode.Created, created.Status);
        Assert.Equal(("due", "use", 888, contract), ((string?)created.Json["status"], (string?)created.Json["kind"], (long)created.Json["amount"]!, (string?)created.Json["contract"]));
        Assert.Equal("2026-02-28T23:00:00Z", (string?)created.Json["due_at"]); // 07:00 in Beijing
        var again = await _server.SendAsync("/v1/charges", body, key: "ride-1");
        Assert.Equal((created.Status, created.Text), (again.Status, again.Text));
        var read = await _server.SendAsync($"/v1/charges/{created.Json["id"]}");
        Assert.Equal((HttpStatusCode.OK, created.Text), (read.Status, read.Text));
    }

    [Fact]
    public async Task A_use_is_owed_once_even_when_the_stored_answer_is_gone()
    {
        var contract = await ContractAsync();
        var created = await _server.SendAsync("/v1/charges", Body(contract), key: "ride-2");
        await _server.Db.WriteAsync(tx => tx.ExecuteAsync("delete from idempotency_key"));
        var again = await _server.SendAsync("/v1/charges", Body(contract), key: "ride-2");
        Assert.Equal(((string?)created.Json["id"], HttpStatusCode.Created), ((string?)again.Json["id"], again.Status));
        Assert.Single((await _server.SendAsync($"/v1/charges?contract={contract}")).Json["data"]!.AsArray());
        await _server.Db.WriteAsync(tx => tx.ExecuteAsync("delete from idempotency_key"));
        var other = await _server.SendAsync("/v1/charges", Body(contract).Replace("888", "889", StringComparison.Ordinal), key: "ride-2");
        Assert.Equal((HttpStatusCode.Conflict, "idempotency_key_reused"), (other.Status, other.Code));
    }

    [Fact]
    public async Task A_retry_under_a_suspended_contract_says_so()
    {
        var contract = await ContractAsync();
        var id = await CreateAsync(contract);
        await _server.Db.WriteAsync(tx => tx.ExecuteAsync("update contract set status = 'suspended' where id = @Id", new { Id = contract }));
        var answer = await _server.SendAsync($"/v1/charges/{id}/retry", "{}");
        Assert.Equal((HttpStatusCode.Conflict, "contract_not_active", "The contract is suspended: nothing can be debited under it."), (answer.Status, answer.Code, (string?)answer.Json["title"]));
    }

    [Fact]
    public async Task Charges_are_listed_by_contract_and_status_in_pages()
    {
        var contract = await ContractAsync();
        for (var i = 0; i < 5; i++)
        {
            await CreateAsync(contract);
        }

        await CreateAsync(await ContractAsync());
        var first = await _server.SendAsync($"/v1/charges?contract={contract}&limit=3");
        var rest = await _server.SendAsync($"/v1/charges?contract={contract}&limit=3&after={first.Json["next"]}");
        Assert.Equal((3, 2, null), (first.Json["data"]!.AsArray().Count, rest.Json["data"]!.AsArray().Count, (string?)rest.Json["next"]));
        Assert.Equal(5, first.Json["data"]!.AsArray().Concat(rest.Json["data"]!.AsArray()).Select(c => (string?)c!["id"]).Distinct().Count());
        Assert.Equal(6, (await _server.SendAsync("/v1/charges?status=due")).Json["data"]!.AsArray().Count);
        Assert.Empty((await _server.SendAsync("/v1/charges?status=succeeded")).Json["data"]!.AsArray());
        Assert.Equal("status", (await _server.SendAsync("/v1/charges?status=paid")).Field);
    }

    [Theory]
    [InlineData("""{"contract":"ctr_nobody","amount":1,"description":"x"}""", 404, "contract")]
    [InlineData("""{"amount":1,"description":"x"}""", 422, "contract")]
    [InlineData("""{"contract":"@","description":"x"}""", 422, "amount")]
    [InlineData("""{"contract":"@","amount":0,"description":"x"}""", 422, "amount")]
    [InlineData("""{"contract":"@","amount":50001,"description":"x"}""", 422, "amount")]
    [InlineData("""{"contract":"@","amount":1}""", 422, "description")]
    [InlineData("""{"contract":"@","amount":1,"description":"🚲"}""", 422, "description")]
    [InlineData("""{"contract":"@","amount":1,"description":"x\u0007"}""", 422, "description")]
    [InlineData("""{"contract":"@","amount":1,"description":"x","colour":"red"}""", 400, "colour")]
    public async Task A_bad_request_names_the_field_and_stores_nothing(string body, int status, string field)
    {
        var contract = await ContractAsync();
        var answer = await _server.SendAsync("/v1/charges", body.Replace("@", contract, StringComparison.Ordinal));
        Assert.Equal((status, field), ((int)answer.Status, answer.Field));
        Assert.Empty((await _server.SendAsync("/v1/charges")).Json["data"]!.AsArray());
    }

    [Fact]
    public async Task Under_a_suspended_contract_nothing_is_charged()
    {
        var answer = await _server.SendAsync("/v1/charges", Body(await ContractAsync(ContractState.Suspended)));
        Assert.Equal((HttpStatusCode.Conflict, "contract_not_active"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task A_charge_that_waits_can_be_canceled_and_stays_so()
    {
        var id = await CreateAsync(await ContractAsync());
        var canceled = await _server.SendAsync($"/v1/charges/{id}/cancel", """{"reason":"客户投诉"}""");
        Assert.Equal((HttpStatusCode.OK, "canceled", "客户投诉"), (canceled.Status, (string?)canceled.Json["status"], (string?)canceled.Json["reason"]));
        Assert.Equal("charge.canceled", (string?)(await _server.SendAsync("/v1/events")).Json["data"]!.AsArray().Last(e => (string?)e!["aggregate"] == id)!["type"]);
        var retried = await _server.SendAsync($"/v1/charges/{id}/retry", "{}");
        Assert.Equal((HttpStatusCode.Conflict, "charge_not_in_that_state"), (retried.Status, retried.Code));
    }

    [Fact]
    public async Task A_charge_settled_elsewhere_is_not_debited_and_cannot_be_canceled()
    {
        var id = await CreateAsync(await ContractAsync());
        var settled = await _server.SendAsync($"/v1/charges/{id}/settle-offline", """{"reason":"现金"}""");
        Assert.Equal((HttpStatusCode.OK, "settled_offline"), (settled.Status, (string?)settled.Json["status"]));
        Assert.Equal(HttpStatusCode.Conflict, (await _server.SendAsync($"/v1/charges/{id}/cancel", "{}")).Status);
    }

    [Theory]
    [InlineData("retry")]
    [InlineData("cancel")]
    [InlineData("settle-offline")]
    public async Task Acts_on_a_strange_charge_find_nothing(string act)
    {
        var answer = await _server.SendAsync($"/v1/charges/chg_nobody/{act}", "{}");
        Assert.Equal((HttpStatusCode.NotFound, "not_found"), (answer.Status, answer.Code));
    }

    [Theory]
    [InlineData("""{"amount":1,"reason":"x"}""", 422, "charge")]
    [InlineData("""{"charge":"chg_1","checkout":"chk_1","amount":1,"reason":"x"}""", 422, "checkout")]
    [InlineData("""{"charge":"chg_nobody","amount":1,"reason":"x"}""", 404, "charge")]
    [InlineData("""{"checkout":"chk_nobody","amount":1,"reason":"x"}""", 404, "checkout")]
    [InlineData("""{"charge":"@","amount":1,"reason":"x"}""", 409, "charge")]
    [InlineData("""{"charge":"@","amount":0,"reason":"x"}""", 422, "amount")]
    [InlineData("""{"charge":"@","amount":1}""", 422, "reason")]
    [InlineData("""{"charge":"@","amount":1,"reason":"x\u0007"}""", 422, "reason")]
    [InlineData("""{"charge":"@","amount":1,"reason":"x","fee":1}""", 400, "fee")]
    public async Task A_refund_that_cannot_be_names_the_field(string body, int status, string field)
    {
        var unpaid = await CreateAsync(await ContractAsync());
        var answer = await _server.SendAsync("/v1/refunds", body.Replace("@", unpaid, StringComparison.Ordinal));
        Assert.Equal((status, field), ((int)answer.Status, answer.Field));
        Assert.Empty((await _server.SendAsync("/v1/refunds")).Json["data"]!.AsArray());
    }

    [Fact]
    public void A_policy_out_of_range_keeps_the_server_from_starting() =>
        Assert.ThrowsAny<Exception>(() => new Microsoft.Extensions.DependencyInjection.ServiceCollection().AddDebits(new DebitOptions { Concurrency = 0 }));

    private static string Body(string contract) => $$"""{"contract":"{{contract}}","amount":888,"description":"骑行 12 分钟"}""";

    private async Task<string> CreateAsync(string contract) => (string)(await _server.SendAsync("/v1/charges", Body(contract))).Json["id"]!;

    private async Task<string> ContractAsync(ContractState state = ContractState.Active)
    {
        var id = DebitHouse.Name("ctr_");
        await _server.Db.WriteAsync(tx => tx.InsertAsync(new Contract
        {
            Id = id, Merchant = Preset.MerchantNumber, AppId = Preset.OfficialAccount, ContractId = DebitHouse.Name("2026030100000"), ContractCode = DebitHouse.Name("K"),
            Template = 12537, OpenId = DebitHouse.Name("oCharge"), State = state,
        }));
        return id;
    }
}
