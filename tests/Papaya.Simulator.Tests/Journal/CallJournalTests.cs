using System.Text;
using System.Text.Json.Nodes;

namespace Papaya.Simulator.Tests.Journal;

public sealed class CallJournalTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("papaya-calls-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_call_is_kept_with_its_numbers_its_verdict_and_its_error()
    {
        await using var world = await World.StartAsync();
        await world.ApplyAsync("202601150000000000", "D1");
        var call = (await world.SeeAsync("/requests?number=D1"))["data"]![0]!;
        Assert.Equal("10000100", (string?)call["mch_id"]);
        Assert.Equal("D1", (string?)call["out_trade_no"]);
        Assert.Equal("CONTRACT_NOT_EXIST", (string?)call["err_code"]);
        Assert.Equal("valid", (string?)call["verdict"]);
        Assert.Equal("text/xml", (string?)call["headers"]!["Content-Type"]);
        Assert.Contains("<contract_id>", (string?)call["request"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_filters_narrow_and_page()
    {
        await using var world = await World.StartAsync();
        for (var i = 1; i <= 5; i++)
        {
            await world.OrderQueryAsync($"Q{i}");
        }

        await world.AdvanceAsync(TimeSpan.FromHours(1));
        await world.OrderQueryAsync("Q6", "/pay/paporderquery");
        Assert.Equal(5, (await world.SeeAsync("/requests?path=/pay/orderquery"))["data"]!.AsArray().Count);
        var two = (await world.SeeAsync("/requests?limit=2"))["data"]!.AsArray();
        Assert.Equal(["Q1", "Q2"], two.Select(r => (string?)r!["out_trade_no"]));
        var rest = (await world.SeeAsync($"/requests?after={two[1]!["id"]}&mch_id=10000100"))["data"]!.AsArray();
        Assert.Equal(["Q3", "Q4", "Q5", "Q6"], rest.Select(r => (string?)r!["out_trade_no"]));
        Assert.Equal(["Q5", "Q6"], (await world.SeeAsync("/requests?last=2"))["data"]!.AsArray().Select(r => (string?)r!["out_trade_no"]));
        Assert.Equal(["Q5"], (await world.SeeAsync("/requests?path=/pay/orderquery&last=1"))["data"]!.AsArray().Select(r => (string?)r!["out_trade_no"]));
        Assert.Equal(400, (await world.ControlAsync(HttpMethod.Get, "/requests?last=0")).Status);
        Assert.Single((await world.SeeAsync("/requests?since=2026-01-15T02:30:00Z"))["data"]!.AsArray());
        Assert.Empty((await world.SeeAsync("/requests?mch_id=1900000109"))["data"]!.AsArray());
        Assert.Equal(400, (await world.ControlAsync(HttpMethod.Get, "/requests?limit=none")).Status);
    }

    [Fact]
    public async Task Both_strings_to_sign_are_shown_without_the_key()
    {
        await using var world = await World.StartAsync();
        await world.OrderQueryAsync("Q1");
        var call = await world.SeeAsync("/requests/r1");
        var request = call["canonical"]!["request"]!;
        Assert.Equal($"appid={World.AppId}&mch_id={World.MchId}&nonce_str=n&out_trade_no=Q1&key=***", (string?)request["text"]);
        Assert.True((bool)request["fits"]!);
        var reply = call["canonical"]!["reply"]!;
        Assert.StartsWith("appid=", (string?)reply["text"], StringComparison.Ordinal);
        Assert.EndsWith("&key=***", (string?)reply["text"], StringComparison.Ordinal);
        Assert.True((bool)reply["fits"]!);
        Assert.Equal(404, (await world.ControlAsync(HttpMethod.Get, "/requests/r99")).Status);
    }

    [Theory]
    [InlineData("previous", "previous_key, MD5")]
    [InlineData("stranger", "the key of merchant 1900000109, MD5")]
    [InlineData("gbk", "apiv2_key, but over the bytes of GBK instead of UTF-8")]
    [InlineData("nobody", null)]
    public async Task A_bad_sign_tells_which_key_would_fit(string mistake, string? fitting)
    {
        await using var world = await World.StartAsync();
        await world.DoAsync("/merchants", new JsonObject { ["mch_id"] = "1900000109", ["key"] = "strangers0key" });
        (string, string)[] fields = [("appid", World.AppId), ("body", "会员"), ("mch_id", World.MchId), ("out_trade_no", "Q1")];
        var text = string.Join('&', fields.Select(f => $"{f.Item1}={f.Item2}")) + "&key=";
        if (mistake == "previous")
        {
            await world.DoAsync("/merchants", new JsonObject { ["mch_id"] = World.MchId, ["previous_key"] = "olderkey" });
        }

        var sign = mistake switch
        {
            "previous" => Md5(Encoding.UTF8.GetBytes(text + "olderkey")),
            "stranger" => Md5(Encoding.UTF8.GetBytes(text + "strangers0key")),
            "gbk" => Md5(CodePagesEncodingProvider.Instance.GetEncoding(936)!.GetBytes(text + Simulator.World.Presets.Key)),
            _ => Md5("?"u8.ToArray()),
        };
        var xml = "<xml>" + string.Concat(fields.Select(f => $"<{f.Item1}>{f.Item2}</{f.Item1}>")) + $"<sign>{sign}</sign></xml>";
        await world.SendAsync("/pay/orderquery", Encoding.UTF8.GetBytes(xml), "text/xml");
        var call = await world.SeeAsync("/requests/r1");
        var request = call["canonical"]!["request"]!;
        if (mistake == "previous")
        {
            Assert.Equal("previous_key", (string?)call["verdict"]);
            Assert.True((bool)request["fits"]!);
            return;
        }

        Assert.Equal("bad_signature", (string?)call["verdict"]);
        Assert.False((bool)request["fits"]!);
        Assert.Equal(fitting, (string?)request["fitting_key"]);
        Assert.True((int)request["first_difference"]! >= 1);
        Assert.DoesNotContain("strangers0key", call.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_written_down_is_what_was_really_sent()
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        await world.FaultAsync("debit", "bad_signature", times: 1);
        listener.Acknowledges = true;
        await world.ApplyAsync(await world.SignedAsync(), "D1", ("notify_url", listener.Url));
        await world.SettleAsync();
        var send = (await world.SeeAsync("/notifications?number=D1&kind=debit"))["data"]![0]!;
        Assert.Equal(listener.Got[0].Body, (string?)send["request"]);
        Assert.Equal("bad_signature", (string?)send["fault"]);
        var seen = await world.SeeAsync($"/notifications/{send["id"]}");
        Assert.False((bool)seen["canonical"]!["request"]!["fits"]!);
    }

    [Fact]
    public async Task A_send_tells_which_it_is_and_when_the_next_one_follows()
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        listener.Acknowledges = false;
        await world.ApplyAsync(await world.SignedAsync(), "D1", ("notify_url", listener.Url));
        await world.AdvanceAsync(TimeSpan.FromSeconds(20));
        var sends = (await world.SeeAsync("/notifications?out_trade_no=D1"))["data"]!.AsArray();
        Assert.Equal([1, 2], sends.Select(s => (int)s!["send"]!));
        Assert.Equal(10, (int)sends[0]!["of"]!);
        Assert.Equal(World.Start + TimeSpan.FromSeconds(30), (DateTimeOffset)sends[1]!["next_at"]!);
        var waiting = (await world.SeeAsync("/deliveries?number=D1"))["data"]![0]!;
        Assert.Equal(2, (int)waiting["sends"]!);
        Assert.Equal((string?)sends[0]!["delivery"], (string?)waiting["id"]);
    }

    [Fact]
    public async Task A_message_can_be_sent_again_to_anybody_and_as_often_as_wanted()
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        await using var other = await Listener.StartAsync(world.Clock);
        await world.ApplyAsync(await world.SignedAsync(), "D1", ("notify_url", listener.Url));
        await world.SettleAsync();
        var id = (string)(await world.SeeAsync("/notifications?out_trade_no=D1"))["data"]![0]!["id"]!;
        other.Acknowledges = false;
        await world.DoAsync($"/notifications/{id}/send", new JsonObject { ["to"] = other.Url, ["copies"] = 3 });
        await world.AdvanceAsync(TimeSpan.FromDays(1));
        Assert.Equal(3, other.Got.Count);
        Assert.All(other.Got, got => Assert.Equal(listener.Got[0].Body, got.Body));
        await world.DoAsync($"/notifications/{id}/send", new JsonObject());
        await world.SettleAsync();
        Assert.Equal(2, listener.Got.Count);
        Assert.Single(await world.LedgerAsync(), e => (string?)e!["kind"] == "debit");
    }

    [Fact]
    public async Task A_dropped_message_is_sent_no_more()
    {
        await using var world = await World.StartAsync();
        await using var listener = await Listener.StartAsync(world.Clock);
        listener.Acknowledges = false;
        await world.ApplyAsync(await world.SignedAsync(), "D1", ("notify_url", listener.Url));
        await world.SettleAsync();
        var id = (string)(await world.SeeAsync("/deliveries?number=D1"))["data"]![0]!["id"]!;
        await world.DoAsync($"/notifications/{id}/drop", new JsonObject());
        await world.AdvanceAsync(TimeSpan.FromDays(1));
        Assert.Single(listener.Got);
        Assert.Equal(404, (await world.ControlAsync(HttpMethod.Post, $"/notifications/{id}/drop")).Status);
    }

    [Fact]
    public async Task The_journal_of_calls_survives_the_death_of_the_process_and_stays_bounded()
    {
        var journal = Path.Combine(_folder.FullName, "simulator.journal");
        await using (var world = await World.StartAsync(journal))
        {
            await world.OrderQueryAsync("Q1");
        }

        await File.AppendAllTextAsync(Path.Combine(_folder.FullName, "simulator.traffic"), "{\"id\":9,\"torn");
        await using (var again = await World.StartAsync(journal))
        {
            await again.OrderQueryAsync("Q2");
            var calls = (await again.SeeAsync("/requests"))["data"]!.AsArray();
            Assert.Equal(["r1", "r2"], calls.Select(c => (string?)c!["id"]));
        }

        await using var third = await World.StartAsync(journal);
        Assert.Equal(2, (await third.SeeAsync("/requests"))["data"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("parsed", "\n<xml><return_code>SUCCESS</return_code></xml>", 1)]
    [InlineData("exact", "\n<xml><return_code>SUCCESS</return_code></xml>", 2)]
    [InlineData("exact", "<xml><return_code>SUCCESS</return_code><return_msg>OK</return_msg></xml>", 1)]
    public async Task A_strict_receiver_of_acknowledgements_wants_nothing_round_the_document(string strictness, string answer, int sends)
    {
        await using var world = await World.StartAsync(switches: ("ack_strictness", strictness));
        await using var listener = await Listener.StartAsync(world.Clock);
        listener.Next(200, answer);
        await world.ApplyAsync(await world.SignedAsync(), "D1", ("notify_url", listener.Url));
        await world.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(sends, listener.Got.Count);
    }

#pragma warning disable CA5351 // WeChat's V2 algorithm.
    private static string Md5(byte[] bytes) => Convert.ToHexString(System.Security.Cryptography.MD5.HashData(bytes));
#pragma warning restore CA5351
}
