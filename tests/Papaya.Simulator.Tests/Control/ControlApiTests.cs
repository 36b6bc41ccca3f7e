using System.Net;
using System.Text.Json.Nodes;

namespace Papaya.Simulator.Tests.Control;

public sealed class ControlApiTests
{
    [Fact]
    public async Task The_presets_are_there()
    {
        await using var world = await World.StartAsync();
        var merchant = await world.SeeAsync("/merchants/10000100");
        Assert.Equal("192006250b4c09247ec02edce69f6a2d", (string?)merchant["key"]);
        Assert.Equal(
            ["wxd930ea5d5a258f4f official_account", "wx2421b1c4370ec43b mobile_app", "wx426a3015555a46be mini_program"],
            merchant["apps"]!.AsArray().Select(a => $"{a!["app_id"]} {a["kind"]}"));
        Assert.Equal(
            ["12535 periodic capped 5000 delay_24h", "12536 periodic fixed 2500 pre_notice", "12537 pay_later capped 50000 delay_24h"],
            (await world.SeeAsync("/templates"))["data"]!.AsArray().Select(t => $"{t!["plan_id"]} {t["kind"]} {t["fee"]} {t["amount"]} {t["mode"]}").Order());
        for (var i = 1; i <= 9; i++)
        {
            Assert.Equal(100_000, await world.BalanceAsync($"oSimUser000{i}"));
        }
    }

    [Fact]
    public async Task Answers_and_pages_can_be_read_in_a_shell()
    {
        await using var world = await World.StartAsync();
        await world.DoAsync("/users", new JsonObject { ["openid"] = "oZhang", ["nickname"] = "张三 <&>" });
        await world.OrderQueryAsync("Q1");
        using var http = new HttpClient { BaseAddress = world.Address };
        Assert.Contains("\"nickname\":\"张三 <&>\"", await http.GetStringAsync("/_sim/users/oZhang"), StringComparison.Ordinal);
        Assert.Contains("<out_trade_no>Q1</out_trade_no>", await http.GetStringAsync("/_sim/requests"), StringComparison.Ordinal);
        Assert.Contains("模拟器", await http.GetStringAsync("/me/oZhang?lang=zh"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_that_nothing_plays_says_where_to_look()
    {
        await using var world = await World.StartAsync();
        var reply = await world.SendAsync("/pay/unifiedorder", "<xml/>"u8.ToArray(), "text/xml");
        Assert.Equal(404, reply.Status);
        Assert.Contains("There is no /pay/unifiedorder here; docs/reference/endpoints.md", reply.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/clock", "", "The body is empty; a JSON object is wanted.")]
    [InlineData("/clock", "[]", "The body must be a JSON object.")]
    [InlineData("/clock", "{\n\"next\": tru", "The body is not JSON: line 2, byte 12.")]
    [InlineData("/clock", """{"advance":1}""", "The body has no member 'advance'; it may have advance_seconds, to, next, frozen.")]
    [InlineData("/clock", """{"to":"2027-02-30T00:00:00Z"}""", "to has a value of the wrong kind, or out of its range.")]
    [InlineData("/clock", """{"to":"2027-03-01T02:00:00"}""", "to has a value of the wrong kind, or out of its range.")]
    [InlineData("/users", """{"openid":"a","balance":1.5}""", "balance has a value of the wrong kind, or out of its range.")]
    [InlineData("/users", """{"openid":"a","account":"sleepy"}""", "account is one of normal, abnormal, closed, frozen.")]
    [InlineData("/users", """{"openid":"a","cards":[{"bank":"CMB","colour":"red"}]}""", "The body has no member 'colour'.")]
    public async Task What_is_wrong_with_a_body_is_told_in_the_words_of_the_API(string path, string body, string reason)
    {
        await using var world = await World.StartAsync();
        using var http = new HttpClient { BaseAddress = world.Address };
        using var content = new StringContent(body);
        using var answer = await http.PostAsync("/_sim" + path, content);
        Assert.Equal((HttpStatusCode.BadRequest, reason), (answer.StatusCode, (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["reason"]));
    }

    [Fact]
    public async Task Changing_a_user_keeps_contracts_and_history()
    {
        await using var world = await World.StartAsync();
        var openid = await world.UserAsync();
        var contract = await world.SignedAsync(openid);
        var view = await world.DoAsync("/users", new JsonObject { ["openid"] = openid, ["balance"] = 5, ["bank"] = "maintenance" });
        Assert.Equal((5L, "normal", "maintenance", contract),
            ((long)view["balance"]!, (string?)view["account"], (string?)view["bank"], (string?)view["contracts"]!.AsArray()[0]!["contract_id"]));
        Assert.Single(await world.LedgerAsync());
    }

    [Fact]
    public async Task The_truth_of_contracts_and_orders_can_be_read()
    {
        await using var world = await World.StartAsync();
        var contract = await world.SignedAsync("oSimUser0001");
        await world.SignedAsync("oSimUser0001", "12537");
        await world.ApplyAsync(contract, "D1");
        Assert.Equal(2, (await world.SeeAsync("/contracts?openid=oSimUser0001"))["data"]!.AsArray().Count);
        Assert.Equal(contract, (string?)Assert.Single((await world.SeeAsync("/contracts?openid=oSimUser0001&plan_id=12535"))["data"]!.AsArray())!["contract_id"]);
        var order = await world.SeeAsync("/orders/D1");
        Assert.Equal(("debit", "NOTPAY", "2026-01-15T02:00:00Z"), ((string?)order["kind"], (string?)order["state"], (string?)order["due_at"]));
        var entry = (await world.LedgerAsync())[0]!;
        Assert.Equal("2026-01-15T02:00:00Z", (string?)entry["at"]);
    }

    [Fact]
    public async Task Another_merchant_lives_beside_the_first()
    {
        await using var world = await World.StartAsync();
        var merchant = await world.DoAsync("/merchants", new JsonObject
        {
            ["mch_id"] = "1900000109", ["apps"] = new JsonArray(new JsonObject { ["app_id"] = "wx8888888888888888", ["kind"] = "official_account" }),
        });
        var template = DebitTests.Template(1_000, 1);
        template["mch_id"] = "1900000109";
        await world.DoAsync("/templates", template);
        var order = await world.PostAsync(
            "/pay/contractorder",
            world.OrderFields("oSimUser0001", ("appid", "wx8888888888888888"), ("contract_appid", "wx8888888888888888"), ("mch_id", "1900000109"),
                ("contract_mchid", "1900000109"), ("plan_id", "1")),
            key: new((string)merchant["key"]!));
        Assert.Equal("SUCCESS", order["result_code"]);
    }

    [Fact]
    public async Task Switches_are_listed_with_their_evidence_and_can_be_set()
    {
        await using var world = await World.StartAsync();
        var all = (await world.SeeAsync("/switches"))["data"]!.AsArray();
        Assert.All(all, s => Assert.True(((string)s!["source"]!).Length > 0 && ((string)s["meaning"]!).Length > 0 && ((string)s["meaning_zh"]!).Any(c => c > 0x4e00) && (string?)s["value"] == (string?)s["default"]));
        await world.DoAsync("/switches", new JsonObject { ["debit_failure_notification"] = "F3" });
        Assert.Contains((await world.SeeAsync("/switches"))["data"]!.AsArray(), s => (string?)s!["value"] == "F3");
        Assert.Equal(400, (await world.ControlAsync(HttpMethod.Post, "/switches", new JsonObject { ["debit_failure_notification"] = "F9" })).Status);
        Assert.Equal(400, (await world.ControlAsync(HttpMethod.Post, "/switches", new JsonObject { ["no_such"] = "x" })).Status);
        await Assert.ThrowsAsync<ArgumentException>(() => World.StartAsync(switches: ("no_such", "x")));
    }

    [Theory]
    [InlineData("zh", "meaning_zh", "meaning")]
    [InlineData("en", "meaning", "meaning_zh")]
    public async Task The_room_explains_switches_in_its_visitors_language(string language, string told, string other)
    {
        await using var world = await World.StartAsync();
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var page = WebUtility.HtmlDecode(await http.GetStringAsync(new Uri(world.Address, $"/room/switches?lang={language}")));
        var nonce = (await world.SeeAsync("/switches"))["data"]!.AsArray().Single(s => (string?)s!["name"] == "papay_nonce")!;
        Assert.Contains((string)nonce[told]!, page, StringComparison.Ordinal);
        Assert.DoesNotContain((string)nonce[other]!, page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/users", """{"openid":"o","balance":-1}""", 400)]
    [InlineData("/users", """{"balance":1}""", 400)]
    [InlineData("/users", """{"openid":"o","account":"strange"}""", 400)]
    [InlineData("/users", "not json", 400)]
    [InlineData("/merchants", """{"mch_id":"abc"}""", 400)]
    [InlineData("/merchants", """{"mch_id":"1","key":"has space"}""", 400)]
    [InlineData("/templates", """{"mch_id":"404","plan_id":1,"name":"x","kind":"periodic","fee":"fixed","amount":1}""", 404)]
    [InlineData("/templates", """{"mch_id":"10000100","plan_id":1,"name":"x","kind":"periodic","fee":"fixed","amount":0}""", 400)]
    [InlineData("/cashier/wx1", """{"openid":"oSimUser0001","action":"pay"}""", 404)]
    [InlineData("/cashier/wx1", """{"openid":"oSimUser0001","action":"dance"}""", 400)]
    [InlineData("/contracts/1/terminate", """{"mode":2}""", 404)]
    [InlineData("/contracts/1/terminate", """{"mode":9}""", 400)]
    public async Task What_cannot_be_done_is_refused_with_a_reason(string path, string body, int status)
    {
        await using var world = await World.StartAsync();
        using var http = new HttpClient { BaseAddress = world.Address };
        using var content = new StringContent(body);
        using var response = await http.PostAsync("/_sim" + path, content);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.NotEmpty((string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["reason"]!);
    }

    [Fact]
    public async Task A_chunked_body_counts_and_an_empty_one_is_the_user_s_own_cancel()
    {
        await using var world = await World.StartAsync();
        using var http = new HttpClient { BaseAddress = world.Address };
        Assert.Equal((200, 4), await TerminateAsync("""{"mode":4}"""u8.ToArray(), isChunked: true));
        Assert.Equal((200, 2), await TerminateAsync([], isChunked: true));
        Assert.Equal((200, 2), await TerminateAsync([], isChunked: false));
        Assert.Equal((400, null), await TerminateAsync("""{"mode":9}"""u8.ToArray(), isChunked: true));

        async Task<(int Status, int? Mode)> TerminateAsync(byte[] body, bool isChunked)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/_sim/contracts/{await world.SignedAsync()}/terminate") { Content = new ByteArrayContent(body) };
            request.Headers.TransferEncodingChunked = isChunked;
            using var response = await http.SendAsync(request);
            return ((int)response.StatusCode, (int?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["termination_mode"]);
        }
    }

    [Theory]
    [InlineData("GET", "/nothing", 404, "/_sim/nothing")]
    [InlineData("GET", "", 404, "/_sim")]
    [InlineData("POST", "/ledger", 405, "GET")]
    [InlineData("DELETE", "/users", 405, "POST")]
    [InlineData("PUT", "/clock", 405, "GET")]
    public async Task A_slip_in_path_or_method_is_explained(string method, string path, int status, string named)
    {
        await using var world = await World.StartAsync();
        var (answered, json) = await world.ControlAsync(new(method), path);
        Assert.Equal(status, answered);
        Assert.Contains(named, (string?)json!["reason"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/users/nobody")]
    [InlineData("/orders/nothing")]
    [InlineData("/merchants/1")]
    public async Task What_is_not_there_is_404(string path)
    {
        await using var world = await World.StartAsync();
        Assert.Equal(404, (await world.ControlAsync(HttpMethod.Get, path)).Status);
    }

    [Fact]
    public async Task Seeded_contracts_are_ready_for_a_24_hour_debit()
    {
        await using var world = await World.StartAsync();
        var seeded = world.State.SeedContracts(1_000);
        Assert.Equal(1_000, seeded.Select(s => s.ContractId).Distinct().Count());
        Assert.Equal("SUCCESS", (await world.ApplyAsync(seeded[500].ContractId, "D1")).Outcome);
        Assert.Equal("ACCEPT", (await world.OrderQueryAsync("D1", "/pay/paporderquery"))["trade_state"]);
        Assert.Equal(seeded[500].Openid, (await world.ContractQueryAsync(seeded[500].ContractId))["openid"]);
    }
}
