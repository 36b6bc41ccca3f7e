using System.Text;
using Papaya.Simulator.Scenarios;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Tests.Scenarios;

/// <summary>A scenario in which a merchant's own app takes the part of the script.</summary>
public sealed class OwnAppTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_story_waits_for_the_app_and_tells_what_it_made_of_it(bool acknowledges)
    {
        using var clock = new Papaya.Simulator.Clock.TestClock();
        await using var listener = await Listener.StartAsync(clock);
        listener.Acknowledges = acknowledges;
        using var app = new App(listener.Url);
        var result = await ScenarioPlayer.PlayAsync(Story(), new ScenarioRun { Own = new(new(listener.Url), 0, TimeSpan.FromSeconds(30), app.DoAsync) }, default);
        var failed = result.Steps.Where(s => s.Outcome == "failed").ToArray();
        Assert.Equal(acknowledges, result.Passed);
        Assert.True(acknowledges ? failed.Length == 0 : failed is [{ Number: 6 }], string.Join("; ", failed.Select(f => f.Reason)));
        Assert.Equal(["/pay/contractorder", "/pay/pappayapply"], app.Asked);

        // The end is told at the address of the template.
        Assert.Contains(listener.Got, g => g.Body.Contains("DELETE", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("signed-with-the-wrong-key-gbk", "how")]
    [InlineData("v3-scheduled-ends-contract", "v3")]
    [InlineData("limit-150-a-second", "repeats")]
    public async Task A_story_that_needs_the_script_is_refused_at_once(string name, string word)
    {
        var run = new ScenarioRun { Own = new(new("http://127.0.0.1:9/"), 0, TimeSpan.FromSeconds(30), _ => Task.CompletedTask) };
        var refused = await Assert.ThrowsAsync<ScenarioFormatException>(() => ScenarioPlayer.PlayAsync(ScenarioLibrary.Find(name)!, run, default));
        Assert.Contains(word, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_that_does_not_come_is_told()
    {
        var run = new ScenarioRun { Own = new(new("http://127.0.0.1:9/"), 0, TimeSpan.FromMilliseconds(50), _ => Task.CompletedTask) };
        var late = await Assert.ThrowsAsync<ScenarioFormatException>(() => ScenarioPlayer.PlayAsync(Story(), run, default));
        Assert.Contains("has not called /pay/contractorder", late.Message, StringComparison.Ordinal);
    }

    private static Scenario Story() => Scenario.Read(Encoding.UTF8.GetBytes("""
        {"name":"own","title":{"zh":"a","en":"a"},"steps":[
          {"user":{"openid":"ann","balance":100000}},
          {"fault":{"on":"execution","kind":"late","delay_seconds":60},"cause":true},
          {"sign":{},"as":"c1"},
          {"call":{"name":"apply","with":{"contract_id":"$c1","out_trade_no":"A1"},"gives":"SUCCESS"}},
          {"advance":"2m"},
          {"expect":{"messages":{"kind":"debit","number":"A1","acknowledged":1}}},
          {"terminate":{"contract":"$c1"}},
          {"expect":{"order":{"number":"A1","state":"SUCCESS"},"contract":{"id":"$c1","state":"terminated"},"ledger":{"debit":1}}}]}
        """)).Single();

    /// <summary>A merchant's back end that does what it is waited for, under numbers of its own.</summary>
    private sealed class App(string notifyUrl) : IDisposable
    {
        private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

        public List<string> Asked { get; } = [];

        public async Task DoAsync(string what)
        {
            var address = new Uri(what.Split(' ')[0]);
            Asked.Add(address.AbsolutePath);
            (string Name, string Value)[] own = address.AbsolutePath == "/pay/contractorder"
                ?
                [
                    ("contract_mchid", World.MchId), ("contract_appid", World.AppId), ("out_trade_no", "SHOP-0001"), ("body", "会员月卡"), ("notify_url", notifyUrl),
                    ("total_fee", "990"), ("spbill_create_ip", "123.12.12.123"), ("trade_type", "JSAPI"), ("openid", "ann"), ("plan_id", "12535"),
                    ("contract_code", "SHOPCODE1"), ("request_serial", "1"), ("contract_display_account", "张三"), ("contract_notify_url", notifyUrl),
                ]
                :
                [
                    ("body", "会员续费"), ("out_trade_no", "SHOP-0002"), ("total_fee", "2500"), ("spbill_create_ip", "8.8.8.8"), ("notify_url", notifyUrl),
                    ("trade_type", "PAP"), ("contract_id", what.Split("contract_id=")[1].Split(',', ')')[0]),
                ];
            using var writer = new V2Writer();
            foreach (var (name, value) in (IEnumerable<(string, string)>)[("appid", World.AppId), ("mch_id", World.MchId), ("nonce_str", "n"), .. own])
            {
                writer.Add(name, value);
            }

            using var body = new ByteArrayContent(writer.Sign(World.Key, SignType.Md5).ToArray());
            using var answer = await _http.PostAsync(address, body);
            Assert.Contains("SUCCESS", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        public void Dispose() => _http.Dispose();
    }
}
