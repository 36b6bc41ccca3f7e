using System.Text.Json.Nodes;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Tests.Signing;

/// <summary>Signing without payment, by all four ways.</summary>
public sealed class SignOnlyTests
{
    [Theory]
    [InlineData("agree")]
    [InlineData("cancel")]
    public async Task An_official_account_signs_on_WeChats_page(string action)
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        var openid = await world.UserAsync();
        var url = Address("/papay/entrustweb", Fields(world, World.AppId, listener.Url), SignType.Md5);
        Assert.Contains("张三", await world.PageAsync(url));

        var done = await EntrustAsync(world, new() { ["url"] = "https://api.mch.weixin.qq.com" + url, ["openid"] = openid, ["action"] = action });
        await world.SettleAsync();
        if (action == "cancel")
        {
            Assert.Equal((false, "cancelled"), ((bool)done["signed"]!, (string?)done["reason"]));
            Assert.Empty(listener.Got);
            return;
        }

        Assert.True((bool)done["signed"]!);
        var contract = (string)done["contract_id"]!;
        Assert.Equal("0", (await world.ContractQueryAsync(contract))["contract_state"]);
        Assert.Equal(("ADD", contract), (listener[0]["change_type"], listener[0]["contract_id"]));
        Assert.Empty(await world.LedgerAsync());
        await world.ApplyAsync(contract, "D1");
        await world.SettleAsync();
        Assert.Equal("SUCCESS", (await world.OrderQueryAsync("D1"))["trade_state"]);
    }

    [Fact]
    public async Task An_app_reserves_a_session_and_opens_it_within_two_minutes()
    {
        await using var world = await World.StartAsync();
        var openid = await world.UserAsync();
        var fields = World.With(Fields(world, Presets.MobileApp), ("return_app", "Y"));
        var first = await world.PostAsync("/papay/preentrustweb", fields);
        Assert.Equal("SUCCESS", first.Outcome);
        Assert.Equal(29, first["pre_entrustweb_id"]!.Length);
        Assert.NotNull(first["nonce_str"]);
        Assert.EndsWith(first["pre_entrustweb_id"]!, first["miniprogram_path"]);

        await world.AdvanceAsync(TimeSpan.FromSeconds(121));
        var late = await EntrustAsync(world, new() { ["pre_entrustweb_id"] = first["pre_entrustweb_id"], ["openid"] = openid, ["agree"] = true });
        Assert.Equal("expired", (string?)late["reason"]);

        // The same again refreshes the session.
        var again = await world.PostAsync("/papay/preentrustweb", fields);
        Assert.Equal(first["pre_entrustweb_id"], again["pre_entrustweb_id"]);
        var done = await EntrustAsync(world, new() { ["pre_entrustweb_id"] = first["pre_entrustweb_id"], ["openid"] = openid, ["agree"] = true });
        Assert.True((bool)done["signed"]!, done.ToJsonString());
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("with", true)]
    [InlineData("without", true)]
    [InlineData("md5", true)]
    [InlineData("unnamed_md5", false)]
    public async Task H5_signing_is_asked_by_the_server_and_its_address_is_good_once(string? label, bool holds)
    {
        await using var world = await World.StartAsync();
        var openid = await world.UserAsync();
        var fields = World.With(Fields(world, World.AppId), ("clientip", "12.1.1.12"));
        var type = label is "md5" or "unnamed_md5" ? SignType.Md5 : SignType.HmacSha256;
        var signed = label is "with" or "md5" ? World.With(fields, ("sign_type", type.WireName())) : fields;
        var url = Address("/papay/h5entrustweb", signed, type) + (label == "without" ? "&sign_type=HMAC-SHA256" : "");
        var reply = await world.SendAsync(url, [], null, method: HttpMethod.Get);
        Assert.Null(reply["sign"]);
        if (!holds)
        {
            Assert.Equal(("SUCCESS", "FAIL", "SIGN_ERROR", null), (reply["return_code"], reply["result_code"], reply["result_msg"], reply["redirect_url"]));
            return;
        }

        Assert.Equal(("SUCCESS", "SUCCESS"), (reply["return_code"], reply["result_code"]));
        Assert.Contains("张三", await world.PageAsync(reply["redirect_url"]!));
        Assert.Contains("expired", await world.PageAsync(reply["redirect_url"]!));
        var session = reply["redirect_url"]!.Split("session_id=")[1].Split('&')[0];
        Assert.True((bool)(await EntrustAsync(world, new() { ["session"] = session, ["openid"] = openid, ["agree"] = true }))["signed"]!);
    }

    [Fact]
    public async Task H5_addresses_live_ten_minutes()
    {
        await using var world = await World.StartAsync();
        var openid = await world.UserAsync();
        var url = Address("/papay/h5entrustweb", World.With(Fields(world, World.AppId), ("clientip", "::1")), SignType.HmacSha256);
        var reply = await world.SendAsync(url, [], null, method: HttpMethod.Get);
        await world.AdvanceAsync(TimeSpan.FromMinutes(10));
        Assert.Equal("expired", (string?)(await EntrustAsync(world, new() { ["url"] = reply["redirect_url"], ["openid"] = openid, ["agree"] = true }))["reason"]);
        Assert.Equal("请使用 GET 请求", (await world.SendAsync(url, [], "text/xml"))["return_msg"]);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("version", "不识别的参数version")]
    [InlineData("sign_type", "不识别的参数sign_type")]
    [InlineData("nonce_str", "不识别的参数nonce_str")]
    public async Task A_mini_program_hands_over_exactly_its_parameters(string? surplus, string? refusal)
    {
        await using var world = await World.StartAsync();
        var openid = await world.UserAsync();
        var fields = World.With(Fields(world, Presets.MiniProgram), ("version", null)).Where(f => f.Value is not null).ToList();
        if (surplus is not null)
        {
            fields.Add((surplus, surplus == "sign_type" ? "MD5" : "1.0"));
        }

        var data = new JsonObject();
        foreach (var (name, value) in fields)
        {
            data[name] = name is "timestamp" or "request_serial" ? JsonValue.Create(long.Parse(value!)) : value;
        }

        data["sign"] = V2Signature.Compute(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)), World.Key, SignType.Md5);
        var done = await EntrustAsync(world, new() { ["extra_data"] = data, ["openid"] = openid, ["action"] = "agree" });
        Assert.Equal(refusal is null, (bool)done["signed"]!);
        if (refusal is not null)
        {
            Assert.EndsWith(refusal, (string)done["reason"]!);
        }
    }

    [Theory]
    [InlineData("raw", true)]
    [InlineData("encoded", true)]
    [InlineData("sign_over_encoded", false)]
    public async Task A_mini_programs_address_may_be_encoded_but_the_sign_is_over_the_raw_one(string how, bool holds)
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        var fields = World.With(Fields(world, Presets.MiniProgram, listener.Url), ("version", null)).Where(f => f.Value is not null).ToList();
        var sent = how == "raw" ? fields : World.With(fields, ("notify_url", Uri.EscapeDataString(listener.Url)));
        var signed = how == "sign_over_encoded" ? sent : fields;
        var data = new JsonObject { ["sign"] = V2Signature.Compute(signed.Select(f => KeyValuePair.Create(f.Name, f.Value)), World.Key, SignType.Md5) };
        foreach (var (name, value) in sent)
        {
            data[name] = value;
        }

        var done = await EntrustAsync(world, new() { ["extra_data"] = data, ["openid"] = await world.UserAsync(), ["action"] = "agree" });
        await world.SettleAsync();
        Assert.Equal(holds, (bool)done["signed"]!);
        Assert.Equal(holds ? 1 : 0, listener.Got.Count);
        if (!holds)
        {
            Assert.StartsWith("SIGN_ERROR", (string)done["reason"]!, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Escapes_in_lower_case_break_the_sign()
    {
        await using var world = await World.StartAsync();
        var openid = await world.UserAsync();
        var page = Lowered(Address("/papay/entrustweb", Fields(world, World.AppId), SignType.Md5));
        Assert.Contains("SIGN_ERROR", await world.PageAsync(page), StringComparison.Ordinal);
        var done = await EntrustAsync(world, new() { ["url"] = "https://api.mch.weixin.qq.com" + page, ["openid"] = openid, ["action"] = "agree" });
        Assert.StartsWith("SIGN_ERROR", (string)done["reason"]!, StringComparison.Ordinal);
        var h5 = Address("/papay/h5entrustweb", World.With(Fields(world, World.AppId), ("clientip", "12.1.1.12")), SignType.HmacSha256);
        Assert.Equal("SIGN_ERROR", (await world.SendAsync(Lowered(h5), [], null, method: HttpMethod.Get))["result_msg"]);
        Assert.Equal("SUCCESS", (await world.SendAsync(h5, [], null, method: HttpMethod.Get))["result_code"]);

        static string Lowered(string address) => address.Replace("%3A", "%3a", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_signs_with_a_merchant_who_is_punished()
    {
        await using var world = await World.StartAsync();
        var openid = await world.UserAsync();
        var session = (await world.PostAsync("/papay/preentrustweb", Fields(world, Presets.MobileApp)))["pre_entrustweb_id"];
        await world.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["penalised"] = true });
        var late = await EntrustAsync(world, new() { ["pre_entrustweb_id"] = session, ["openid"] = openid, ["agree"] = true });
        Assert.Equal((false, "merchant_penalised"), ((bool)late["signed"]!, (string?)late["reason"]));

        // A refusal has its nonce too.
        var refused = await world.PostAsync("/papay/preentrustweb", Fields(world, Presets.MobileApp));
        Assert.Equal("NOAUTH", refused.Outcome);
        Assert.Equal(32, refused["nonce_str"]?.Length);

        var order = await world.ContractOrderAsync(openid);
        var act = await world.PayAsync(order, openid);
        Assert.Equal((true, false, "merchant_penalised"), ((bool)act["paid"]!, (bool)act["signed"]!, (string?)act["reason"]));
    }

    [Theory]
    [InlineData("already_signed")]
    [InlineData("account_abnormal")]
    [InlineData("account_unverified")]
    [InlineData("too_many_items")]
    [InlineData("contract_code_used")]
    public async Task The_page_refuses_and_nobody_is_told(string reason)
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        var openid = await world.UserAsync(account: reason == "account_abnormal" ? "abnormal" : "normal");
        switch (reason)
        {
            case "already_signed":
                await world.SignedAsync(openid);
                break;
            case "contract_code_used":
                await world.SignedAsync(changes: ("contract_code", "USED"));
                break;
            default:
                await world.DoAsync("/users", new JsonObject { ["openid"] = openid, ["verified"] = reason != "account_unverified", ["other_items"] = 200 });
                break;
        }

        var fields = World.With(Fields(world, World.AppId, listener.Url), ("contract_code", reason == "contract_code_used" ? "USED" : "C1"));
        var done = await EntrustAsync(world, new() { ["url"] = Address("/papay/entrustweb", fields, SignType.Md5), ["openid"] = openid, ["action"] = "agree" });
        await world.SettleAsync();
        Assert.Equal((false, reason), ((bool)done["signed"]!, (string?)done["reason"]));
        Assert.Empty(listener.Got);
    }

    [Theory]
    [InlineData("sign", "SIGN_ERROR")]
    [InlineData("nonce", null)]
    [InlineData("surplus", "PARAM_ERROR")]
    [InlineData("serial", "PARAM_ERROR")]
    [InlineData("timestamp", "PARAM_ERROR")]
    [InlineData("encoded", "SIGN_ERROR")]
    [InlineData("penalised", "NOAUTH")]
    [InlineData("template", "PARAM_ERROR")]
    [InlineData("outerid", "PARAM_ERROR")]
    public async Task Whatever_the_merchant_did_wrong_the_user_reads_one_sentence(string what, string? code)
    {
        await using var world = await World.StartAsync();
        var fields = World.With(Fields(world, World.AppId), what switch
        {
            "nonce" => [("nonce_str", "x")],
            "surplus" => [("sign_type", "MD5")],
            "serial" => [("request_serial", "abc")],
            "timestamp" => [("timestamp", "12345678")],
            "template" => [("plan_id", "999")],
            "outerid" => [("outerid", "nobody")],
            _ => [],
        });
        if (what == "penalised")
        {
            await world.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["penalised"] = true });
        }

        var address = Address("/papay/entrustweb", fields, SignType.Md5);
        address = what switch
        {
            "sign" => address.Replace("version=1.0", "version=1.0&contract_code=", StringComparison.Ordinal)[..^1] + "0",
            "encoded" => Address("/papay/entrustweb", World.With(fields, ("notify_url", "http%3A%2F%2F127.0.0.1%3A9%2Fc")), SignType.Md5).Replace("%25", "%", StringComparison.Ordinal),
            _ => address,
        };
        var page = await world.PageAsync(address);
        if (code is null)
        {
            Assert.Contains("张三", page);
            return;
        }

        Assert.Contains("商家系统错误，请联系商家处理", page);
        if (what != "sign")
        {
            Assert.Contains(code, page);
        }
    }

    [Fact]
    public async Task Too_long_an_address_is_answered_by_502()
    {
        await using var world = await World.StartAsync();
        var fields = World.With(Fields(world, World.AppId), ("contract_display_account", new string('张', 110)));
        Assert.Contains("502 Bad Gateway", await world.PageAsync(Address("/papay/entrustweb", fields, SignType.Md5)));
    }

    [Fact]
    public async Task One_user_may_sign_for_several_accounts()
    {
        await using var world = await World.StartAsync();
        var openid = await world.UserAsync();
        foreach (var account in (string[])["李*艳（00000000001）", "李*艳（00000000002）"])
        {
            var fields = World.With(Fields(world, World.AppId), ("outerid", account));
            var done = await EntrustAsync(world, new() { ["url"] = Address("/papay/entrustweb", fields, SignType.Md5), ["openid"] = openid, ["action"] = "agree" });
            Assert.True((bool)done["signed"]!, done.ToJsonString());
        }
    }

    [Fact]
    public async Task A_session_survives_a_restart_and_ends_after_two_hours()
    {
        var journal = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        string id;
        await using (var world = await World.StartAsync(journal))
        {
            id = (await world.PostAsync("/papay/preentrustweb", Fields(world, Presets.MobileApp)))["pre_entrustweb_id"]!;
        }

        await using (var world = await World.StartAsync(journal))
        {
            Assert.True(world.State.FindSigning(id)!.IsOpen);
            await world.AdvanceAsync(TimeSpan.FromHours(2));
            Assert.Equal("expired", world.State.FindSigning(id)!.Outcome);
        }

        File.Delete(journal);
    }

    internal static List<(string Name, string? Value)> Fields(World world, string appId, string notifyUrl = "http://127.0.0.1:9/c") =>
    [
        ("appid", appId), ("mch_id", World.MchId), ("plan_id", "12535"), ("contract_code", world.Unique("s")), ("request_serial", "1000"),
        ("contract_display_account", "张三"), ("notify_url", notifyUrl), ("version", "1.0"), ("timestamp", "1768442400"),
    ];

    internal static string Address(string path, IEnumerable<(string Name, string? Value)> fields, SignType type, ApiV2Key? key = null)
    {
        var list = fields.ToList();
        var sign = V2Signature.Compute(list.Select(f => KeyValuePair.Create(f.Name, f.Value)), key ?? World.Key, type);
        return path + "?" + string.Join('&', list.Append(("sign", sign)).Select(f => $"{f.Item1}={Uri.EscapeDataString(f.Item2!)}"));
    }

    internal static Task<JsonNode> EntrustAsync(World world, JsonObject body) => world.DoAsync("/entrust", body);
}
