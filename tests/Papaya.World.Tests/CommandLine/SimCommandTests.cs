using System.CommandLine;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Papaya.Cli;
using Papaya.Cli.Sim;
using Papaya.Simulator;
using Papaya.Simulator.Clock;
using Papaya.Simulator.Faults;
using Papaya.Simulator.Scenarios;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.World.Tests.CommandLine;

public sealed class SimCommandTests
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    [Theory]
    [InlineData("scenarios.md", false)]
    [InlineData("scenarios.zh-CN.md", true)]
    public void The_page_of_the_scenarios_is_current(string file, bool isChinese) => Assert.True(
        File.ReadAllText(Path.Combine(Repository.Root, "docs", "reference", file)) == ScenarioPage.Write(ScenarioLibrary.All, isChinese),
        $"docs/reference/{file} is not current: run `papaya sim scenario --markdown docs/reference/{file}`.");

    [Theory]
    [InlineData("faults.md", false)]
    [InlineData("faults.zh-CN.md", true)]
    public void The_page_of_the_faults_is_current(string file, bool isChinese) => Assert.True(
        File.ReadAllText(Path.Combine(Repository.Root, "docs", "reference", file)) == FaultPage.Write(isChinese),
        $"docs/reference/{file} is not current: run `papaya sim faults kinds --markdown docs/reference/{file}`.");

    [Fact]
    public async Task A_running_simulator_is_set_moved_and_looked_at()
    {
        using var clock = new TestClock(new DateTimeOffset(2026, 3, 2, 2, 0, 0, TimeSpan.Zero));
        await using var host = SimulatorHost.Build(new() { Seed = 1 }, clock, ["http://127.0.0.1:0"]);
        await host.StartAsync();
        var url = host.Urls.First();

        Assert.Equal(0, await RunAsync("users", "set", "ann", "balance=4200", "account=abnormal", "--url", url));
        Assert.Equal(0, await RunAsync("users", "show", "ann", "--url", url, "--json"));
        Assert.Equal((4200, "abnormal"), ((int)Json()["balance"]!, (string?)Json()["account"]));

        Assert.Equal(0, await RunAsync("faults", "add", "/pay/pappayapply", "timeout_after", "number=P*", "times=1", "name=one", "--url", url));
        Assert.Equal(0, await RunAsync("faults", "list", "--url", url));
        Assert.Contains("timeout_after", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await RunAsync("faults", "clear", "name=one", "--url", url));
        Assert.Equal(1, await RunAsync("faults", "clear", "name=one", "--url", url));
        Assert.Contains("There is no such fault", _error.ToString(), StringComparison.Ordinal);

        Assert.Equal(0, await RunAsync("switches", "set", "already_signed=contract_part_fails", "--url", url));
        Assert.Equal(0, await RunAsync("clock", "advance", "1d2h", "--url", url, "--json"));
        Assert.StartsWith("2026-03-03T04:00:", (string?)Json()["now"], StringComparison.Ordinal);
        Assert.Equal(0, await RunAsync("clock", "freeze", "--url", url));
        Assert.Equal(0, await RunAsync("users", "list", "--url", url));
        Assert.Contains("oSimUser0009", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await RunAsync("snapshot", "here", "--url", url));
        Assert.Equal(0, await RunAsync("ledger", "--url", url));
        Assert.Equal("none", _output.ToString().Trim());
    }

    [Fact]
    public async Task Every_call_of_the_control_API_has_a_command_and_every_command_a_call()
    {
        using var clock = new TestClock(new DateTimeOffset(2026, 3, 2, 2, 0, 0, TimeSpan.Zero));
        await using var host = SimulatorHost.Build(new() { Seed = 1 }, clock, ["http://127.0.0.1:0"]);
        await host.StartAsync();
        var routes = host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText!.StartsWith("/_sim/", StringComparison.Ordinal))
            .SelectMany(e => e.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(m => $"{m} {e.RoutePattern.RawText!["/_sim".Length..]}")).ToHashSet();
        var commands = SimActs.All.Select(a => $"{a.Method} {a.Path.ToLowerInvariant()}").Concat(SimActs.Elsewhere.Keys).ToHashSet();
        Assert.Empty(routes.Except(commands));
        Assert.Empty(commands.Except(routes));
    }

    [Fact]
    public async Task Every_command_has_an_example_that_can_be_read()
    {
        var root = new RootCommand { SimCommand.Create(_output) };
        foreach (var act in SimActs.All)
        {
            Assert.Empty(root.Parse(act.Example["papaya ".Length..]).Errors.Select(e => $"{act.Example}: {e.Message}"));
        }

        Assert.Equal(2, await RunAsync("funds", "set", "10000100", "much"));
    }

    [Fact]
    public async Task A_world_with_money_and_messages_is_governed_from_the_shell()
    {
        using var clock = new TestClock(new DateTimeOffset(2026, 3, 2, 2, 0, 0, TimeSpan.Zero));
        await using var host = SimulatorHost.Build(new() { Seed = 1 }, clock, ["http://127.0.0.1:0"]);
        await host.StartAsync();
        var url = host.Urls.First();
        using var http = new HttpClient { BaseAddress = new(url) };
        await using var inbox = await Inbox.StartAsync([new ApiV2Key(Presets.Key)], new StillMachine(clock.GetUtcNow()), default);

        Assert.Equal(0, await RunAsync("users", "set", "ann", "balance=100000", "--url", url));
        var order = await PostAsync(
            http, "/pay/contractorder", ("contract_mchid", Presets.MchId), ("contract_appid", Presets.OfficialAccount), ("out_trade_no", "P1"), ("body", "月卡"), ("notify_url", inbox.Url + "/payment"),
            ("total_fee", "990"), ("spbill_create_ip", "123.12.12.123"), ("trade_type", "JSAPI"), ("openid", "ann"), ("plan_id", "12537"), ("contract_code", "c1"), ("request_serial", "1"),
            ("contract_display_account", "张三"), ("contract_notify_url", inbox.Url + "/contract"));
        Assert.Equal(0, await RunAsync("cashier", order["prepay_id"]!, "ann", "action=pay", "sign=true", "--url", url, "--json"));
        var contract = (string)Json()["contract_id"]!;
        Assert.Equal(1, await RunAsync("lint", "--probe", "--url", url));
        Assert.Contains("debit somebody first", _error.ToString(), StringComparison.Ordinal);
        await PostAsync(
            http, "/pay/pappayapply", ("out_trade_no", "A1"), ("body", "续费"), ("total_fee", "600"), ("spbill_create_ip", "8.8.8.8"), ("notify_url", inbox.Url + "/debit"), ("trade_type", "PAP"),
            ("contract_id", contract));
        Assert.Equal(0, await RunAsync("clock", "advance", "1m", "--url", url));

        // A caller who verifies passes; one who acknowledges everything does not.
        Assert.Equal(0, await RunAsync("lint", "--probe", "--url", url, "--json"));
        Assert.Equal("pass", Verdict("forged-accepted"));
        inbox.Set("blindly", null);
        Assert.Equal(1, await RunAsync("lint", "--probe", """kinds=["bad_signature"]""", "--url", url, "--json"));
        Assert.Equal("fault", Verdict("forged-accepted"));
        Assert.Equal(0, await RunAsync("lint", "rule=notify-url-query", "--url", url));
        inbox.Set("fail", null);

        Assert.Equal(0, await RunAsync("notifications", "list", "kind=debit", "--url", url, "--json"));
        var id = (string)Json()["data"]![0]!["id"]!;
        Assert.Equal(0, await RunAsync("notifications", "send", id, "copies=2", "--url", url, "--json"));
        Assert.Equal(0, await RunAsync("snapshot", "before", "--url", url));
        Assert.Equal(0, await RunAsync("refunds", "create", "A1", "R1", "100", "--url", url));
        Assert.Equal(0, await RunAsync("clock", "next", "--url", url));
        Assert.Equal(0, await RunAsync("clock", "advance", "1h", "--url", url));
        Assert.Equal(0, await RunAsync("refunds", "create", "A1", "R2", "500", "--url", url));
        Assert.Equal(0, await RunAsync("refunds", "resolve", "R2", "closed", "--url", url, "--json"));
        Assert.Equal("REFUNDCLOSE", (string?)Json()["state"]);
        Assert.Equal(0, await RunAsync("refunds", "show", "R1", "--url", url, "--json"));
        Assert.Equal("SUCCESS", (string?)Json()["state"]);
        Assert.Equal(0, await RunAsync("restore", "before", "clock=keep", "--url", url));
        Assert.Equal(1, await RunAsync("refunds", "show", "R1", "--url", url));

        Assert.Equal(0, await RunAsync("deliveries", "--url", url, "--json"));
        Assert.Equal(0, await RunAsync("funds", "set", Presets.MchId, "available=0", "--url", url));
        Assert.Equal(0, await RunAsync("funds", "add", Presets.MchId, "available=700", "operation=5", "--url", url, "--json"));
        Assert.Equal(700, (int)Json()["available"]!);
        Assert.Equal(0, await RunAsync("merchants", "batch", "3", "--url", url, "--json"));
        Assert.Equal(3, Json()["data"]!.AsArray().Count);
        Assert.Equal(0, await RunAsync("platform", "rotate", "overlap_seconds=60", "--url", url));
        Assert.Equal(0, await RunAsync("platform", "--url", url, "--json"));
        Assert.Equal(2, Json()["data"]!.AsArray().Count(k => k!["expires_at"] is not null));
        Assert.Equal(0, await RunAsync("merchants", "show", Presets.MchId, "--url", url, "--json"));
        var serial = (string)Json()["certificate_serial"]!;
        Assert.Equal(0, await RunAsync("merchants", "certificate", Presets.MchId, "--url", url, "--json"));
        Assert.NotEqual(serial, (string)Json()["certificate_serial"]!);
        var file = Path.Combine(Directory.CreateTempSubdirectory("papaya-").FullName, "m.p12");
        Assert.Equal(0, await RunAsync("merchants", "p12", Presets.MchId, file, "--url", url));
        Assert.True(X509CertificateLoader.LoadPkcs12FromFile(file, Presets.MchId).HasPrivateKey);
        Assert.Equal(0, await RunAsync("templates", "disable", "12537", $"mch_id={Presets.MchId}", "--url", url));
        Assert.Equal(0, await RunAsync("clock", "run", "--url", url));
        Assert.Equal(0, await RunAsync("reset", "--url", url));
        Assert.Equal(0, await RunAsync("health", "--url", url));
    }

    [Theory]
    [InlineData("clock", "advance", "soon")]
    [InlineData("users", "set", "ann", "rich")]
    [InlineData("scenario")]
    [InlineData("scenario", "accepted-and-forgotten", "--all")]
    [InlineData("scenario", "accepted-and-forgotten", "--port", "70000")]
    [InlineData("scenario", "accepted-and-forgotten", "--patience", "0")]
    [InlineData("scenario", "accepted-and-forgotten", "--patience", "-5")]
    public async Task Wrong_usage_is_told_before_anything_is_asked(params string[] args) => Assert.Equal(2, await RunAsync(args));

    [Fact]
    public async Task Nobody_there()
    {
        Assert.Equal(1, await RunAsync("clock", "show", "--url", "http://127.0.0.1:9"));
        Assert.Contains("papaya simulate", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scenario_runs_by_name_without_its_cause_and_from_a_file()
    {
        Assert.Equal(0, await RunAsync("scenario", "accepted-and-forgotten"));
        Assert.Contains("6 of 6 expectations hold.", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await RunAsync("scenario", "accepted-and-forgotten", "--without-cause"));
        Assert.Contains("left out", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, await RunAsync("scenario", "no-such-story"));

        var file = Path.Combine(Directory.CreateTempSubdirectory("papaya-").FullName, "mine.json");
        await File.WriteAllTextAsync(file, """
            {"name":"mine","title":{"zh":"我的","en":"Mine"},"steps":[{"user":{"openid":"ann","balance":7},"cause":true},{"expect":{"user":{"balance":8}}}]}
            """);
        Assert.Equal(1, await RunAsync("scenario", file));
        Assert.Contains("balance is 7, and should be 8", _output.ToString(), StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, "{\"name\":\"mine\"}");
        Assert.Equal(1, await RunAsync("scenario", file));
        Assert.Contains("\"cause\": true", _error.ToString(), StringComparison.Ordinal);
    }

    private static async Task<V2Message> PostAsync(HttpClient http, string path, params (string Name, string Value)[] own)
    {
        (string Name, string Value)[] fields = [("appid", Presets.OfficialAccount), ("mch_id", Presets.MchId), ("nonce_str", "shell"), .. own];
        var sign = V2Signature.Compute(fields.Select(f => KeyValuePair.Create(f.Name, (string?)f.Value)), new(Presets.Key), SignType.Md5);
        var text = string.Concat(fields.Append(("sign", sign)).Select(f => $"<{f.Item1}><![CDATA[{f.Item2}]]></{f.Item1}>"));
        using var reply = await http.PostAsync(path, new StringContent($"<xml>{text}</xml>"));
        Assert.True(V2Message.TryParse(await reply.Content.ReadAsByteArrayAsync(), out var message, out _));
        Assert.True(message!["result_code"] == "SUCCESS", $"{path}: {message["return_msg"]} {message["err_code_des"]}");
        return message;
    }

    private string? Verdict(string rule) => (string?)Json()["data"]!.AsArray().First(r => (string?)r!["rule"] == rule)!["verdict"];

    private JsonNode Json() => JsonNode.Parse(_output.ToString())!;

    private Task<int> RunAsync(params string[] args)
    {
        _output.GetStringBuilder().Clear();
        return PapayaCommand.RunAsync(["sim", .. args], _output, _error);
    }
}
