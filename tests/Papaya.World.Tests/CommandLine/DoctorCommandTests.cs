using System.Text.Json.Nodes;
using Papaya.Cli;
using Papaya.Cli.Up;

namespace Papaya.World.Tests.CommandLine;

public sealed class DoctorCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("papaya-");
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    [Fact]
    public async Task A_sound_configuration_passes_every_check()
    {
        await using var world = await World.StartAsync();
        Assert.Equal(0, await RunAsync(Sound(world.Sandbox.SimulatorUrl)));
        var said = _output.ToString();
        foreach (var subject in (string[])["settings", "signing", "api_keys", "public_url", "callback URLs", "merchants[0]", "database", "reachability"])
        {
            Assert.Contains($"ok    {subject}", said, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("fail", said, StringComparison.Ordinal);
        Assert.DoesNotContain(Sandbox.ApiV2Key, said + _error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("public_url", "\"ftp://x\"", "public_url")]
    [InlineData("merchants", "[]", "merchants")]
    [InlineData("api_keys", "[]", "api_keys")]
    [InlineData("debits", "{\"daily_most\":5000}", "debits.daily_most")]
    [InlineData("storage", "{\"sqlite_file\":\"FOLDER/absent/papaya.db\"}", "database")]
    public async Task Each_fault_has_a_line_with_its_cure(string member, string value, string subject)
    {
        await using var world = await World.StartAsync();
        var settings = Sound(world.Sandbox.SimulatorUrl);
        settings[member] = JsonNode.Parse(value.Replace("FOLDER", _folder.FullName, StringComparison.Ordinal));
        Assert.Equal(1, await RunAsync(settings));
        var lines = _output.ToString().Split('\n');
        var at = Array.FindIndex(lines, line => line.StartsWith($"fail  {subject}", StringComparison.Ordinal));
        Assert.True(at >= 0, _output.ToString());
        Assert.Contains("→", lines[at + 1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://wechat.invalid", "127.0.0.1", true)]
    [InlineData("https://wechat.invalid", "203.0.113.9", false)]
    [InlineData("http://127.0.0.1:1", "127.0.0.1", false)]
    public async Task A_loopback_address_told_to_the_real_wechat_is_warned_about(string weChat, string ip, bool warned)
    {
        var settings = Sound(new Uri(weChat));
        settings["debits"] = new JsonObject { ["server_ip"] = ip };
        await RunAsync(settings);
        Assert.Equal(warned, _output.ToString().Contains("warn  debits.server_ip", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_key_of_the_wrong_shape_and_an_unreachable_wechat_are_found()
    {
        var settings = Sound(new Uri("http://127.0.0.1:1"));
        settings["merchants"]![0]!["api_v2_key"] = "short";
        Assert.Equal(1, await RunAsync(settings));
        Assert.Contains("fail  merchants[0].api_v2_key", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("fail  reachability", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_settings_file_that_is_no_json_or_has_an_unknown_member_is_named()
    {
        var file = Path.Combine(_folder.FullName, "papaya.json");
        await File.WriteAllTextAsync(file, "{ not json");
        Assert.Equal(1, await PapayaCommand.RunAsync(["doctor", "--config", file], _output, _error));
        Assert.Contains("papaya.json", _error.ToString(), StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, """{ "publik_url": "https://pay.example.com" }""");
        Assert.Equal(1, await PapayaCommand.RunAsync(["doctor", "--config", file], _output, _error));
        Assert.Contains("publik_url", _error.ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<int> RunAsync(JsonObject settings)
    {
        var file = Path.Combine(_folder.FullName, "papaya.json");
        await File.WriteAllTextAsync(file, settings.ToJsonString());
        return await PapayaCommand.RunAsync(["doctor", "--config", file], _output, _error);
    }

    private JsonObject Sound(Uri weChat) => new()
    {
        ["public_url"] = "https://pay.example.com",
        ["api_keys"] = new JsonArray("0123456789abcdef0123456789abcdef"),
        ["storage"] = new JsonObject { ["sqlite_file"] = Path.Combine(_folder.FullName, "papaya.db") },
        ["merchants"] = new JsonArray(new JsonObject
        {
            ["number"] = Sandbox.MerchantNumber,
            ["api_v2_key"] = Sandbox.ApiV2Key,
            ["base_url"] = weChat.OriginalString,
            ["apps"] = new JsonArray(new JsonObject { ["appid"] = Sandbox.OfficialAccount, ["kind"] = "official_account" }),
            ["templates"] = new JsonArray(new JsonObject
            {
                ["plan_id"] = 12535, ["name"] = "连续包月", ["kind"] = "periodic", ["mode"] = "delay_24h", ["fee"] = "capped", ["amount"] = 5_000,
            }),
        }),
    };
}
