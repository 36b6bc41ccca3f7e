using System.Text;
using System.Text.Json.Nodes;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Tests.Replies;

/// <summary>Each V2 reply and message has the fields of its table, all that are required, and values of their kinds, with the longest parameters.</summary>
public sealed class V2ReplyTests
{
    private static readonly string Code = new('c', 64);
    private static readonly string Account = new('张', 64);
    private static readonly string Attach = new('a', 127);

    [Theory]
    [InlineData("JSAPI", null)]
    [InlineData("NATIVE", "code_url")]
    [InlineData("MWEB", "mweb_url")]
    [InlineData("APP", null)]
    public async Task An_order_with_a_contract(string type, string? link)
    {
        await using var world = await World.StartAsync();
        var order = await OrderAsync(world, await world.UserAsync(), "http://127.0.0.1:9/n", ("trade_type", type));
        Fits("contractorder", order.Message);
        Assert.All((string[])["code_url", "mweb_url"], name => Assert.Equal(name == link, order[name] is not null));
        var refused = await OrderAsync(world, await world.UserAsync(), "http://127.0.0.1:9/n", ("plan_id", "1"));
        Fits("contractorder refused", refused.Message);
    }

    [Fact]
    public async Task The_life_of_a_contract()
    {
        await using var world = await World.StartAsync(sendsAtOnce: 1);
        await using var listener = await Listener.StartAsync(world.Clock);
        await world.DoAsync("/templates", new JsonObject { ["mch_id"] = World.MchId, ["plan_id"] = 12535, ["terminate_notify_url"] = listener.Url });
        var openid = await world.UserAsync();
        var paid = await world.PayAsync(await OrderAsync(world, openid, listener.Url), openid);
        var contract = (string)paid["contract_id"]!;
        await world.SettleAsync();
        Fits("payment notification", listener[0]);
        Fits("contract notification", listener[1]);
        Assert.NotNull(listener[1]["contract_expired_time"]);

        Fits("querycontract", (await world.ContractQueryAsync(contract)).Message);
        Fits("pappayapply", (await world.ApplyAsync(contract, new('d', 32), ("attach", Attach), ("notify_url", listener.Url))).Message);
        await world.SettleAsync();
        Fits("debit notification", listener[2]);
        Fits("orderquery", (await world.OrderQueryAsync(new('d', 32))).Message);
        Fits("paporderquery", (await world.OrderQueryAsync(new('d', 32), "/pay/paporderquery")).Message);

        Fits("deletecontract", (await world.DeleteContractAsync(contract)).Message);
        await world.SettleAsync();
        Fits("contract notification", listener[3]);
        Assert.Equal("3", listener[3]["contract_termination_mode"]);
        var ended = await world.ContractQueryAsync(contract);
        Fits("querycontract", ended.Message);
        Assert.All((string[])["contract_terminated_time", "contract_termination_mode", "contract_termination_remark"], name => Assert.NotNull(ended[name]));
    }

    [Fact]
    public async Task A_refund_and_its_end()
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        await world.SignedAsync(changes: ("out_trade_no", "P1"));
        Fits("refund", (await world.RefundAsync("P1", new('r', 64), 1_000, changes: ("notify_url", listener.Url))).Message);
        Fits("refundquery", (await QueryAsync()).Message);
        await world.AdvanceAsync(TimeSpan.FromMinutes(30));
        var done = await QueryAsync();
        Fits("refundquery", done.Message);
        Assert.NotNull(done["refund_success_time_0"]);
        Fits("refund notification", listener[0]);
        Assert.True(RefundCipher.TryDecrypt(listener[0]["req_info"]!, World.Key, out var plain));
        Assert.True(V2Message.TryParse(plain, out var inside, out _));
        Fits("refund notification inside", inside);
        Assert.NotNull(inside["success_time"]);

        Task<Reply> QueryAsync() => world.PostAsync("/pay/refundquery", [("appid", World.AppId), ("mch_id", World.MchId), ("nonce_str", "n"), ("out_trade_no", "P1")]);
    }

    [Theory]
    [InlineData("F1")]
    [InlineData("F2")]
    [InlineData("F3")]
    public async Task A_debit_that_fails(string shape)
    {
        await using var world = await World.StartAsync(switches: ("debit_failure_notification", shape));
        await using var listener = await Listener.StartAsync(world.Clock);
        var contract = await world.SignedAsync(await world.UserAsync(2_500));
        await world.ApplyAsync(contract, "D1", ("notify_url", listener.Url), ("attach", Attach));
        await world.SettleAsync();
        Fits("debit notification " + shape, listener[0]);
        Fits("orderquery short", (await world.OrderQueryAsync("D1")).Message);
        Fits("orderquery short", (await world.OrderQueryAsync("D1", "/pay/paporderquery")).Message);
    }

    [Fact]
    public async Task Orders_that_are_not_paid_and_signing_without_payment()
    {
        await using var world = await World.StartAsync();
        await world.ContractOrderAsync(await world.UserAsync(), ("out_trade_no", "P1"), ("attach", Attach));
        Fits("orderquery short", (await world.OrderQueryAsync("P1")).Message);
        await world.AdvanceAsync(TimeSpan.FromMinutes(6));
        Fits("closeorder", (await world.CloseAsync("P1")).Message);
        Fits("preentrustweb", (await world.PostAsync("/papay/preentrustweb", SignOnlyTests.Fields(world, Presets.MobileApp))).Message);
        var address = SignOnlyTests.Address("/papay/h5entrustweb", World.With(SignOnlyTests.Fields(world, World.AppId), ("clientip", "12.1.1.12")), SignType.HmacSha256);
        Fits("h5entrustweb", (await world.SendAsync(address, [], null, method: HttpMethod.Get)).Message);
    }

    [Fact]
    public void What_is_wrong_with_a_reply_is_found()
    {
        var reply = V2Message.Parse("""
            <xml><return_code>SUCCESS</return_code><result_code>SUCCESS</result_code><appid>wx1</appid><nonce_str>n</nonce_str><sign>s</sign>
            <contract_id>1</contract_id><plan_id>x</plan_id><contract_codes>c</contract_codes></xml>
            """u8.ToArray());
        Assert.Equal(
            ["mch_id is absent", "nonce_str is in no table", "plan_id = x is no int", "contract_codes is in no table"],
            ReplyTables.Problems("deletecontract", reply));
    }

    private static Task<Reply> OrderAsync(World world, string openid, string url, params (string Name, string? Value)[] changes) => world.ContractOrderAsync(
        openid,
        [
            ("contract_code", Code), ("contract_display_account", Account), ("attach", Attach), ("device_info", new('w', 32)), ("product_id", "p"), ("notify_url", url),
            ("contract_notify_url", url), ("request_serial", "9223372036854775807"), .. changes,
        ]);

    private static void Fits(string table, V2Message reply) => Assert.Empty(ReplyTables.Problems(table, reply));
}
