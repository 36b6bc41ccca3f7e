using System.Data.Common;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using Papaya.Cli;
using Papaya.Cli.Http;
using Papaya.Cli.Up;
using Papaya.Server.Merchants;

namespace Papaya.World.Tests.CommandLine;

/// <summary>The commands that run until they are stopped, and what they say when they cannot.</summary>
public sealed class HostCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("papaya-");
    private readonly StringWriter _error = new();

    public static TheoryData<Exception, string> Failures => new()
    {
        { new CommandFailedException("Do this."), "Do this." },
        { new OperationCanceledException(), "Stopped." },
        { new SettingException("public_url", "give the address."), "papaya doctor" },
        { new UnauthorizedAccessException("Access to the path '/x' is denied."), "another place" },
        { new IOException("Failed to bind to address http://127.0.0.1:1: address already in use."), "another port" },
        { new SocketException((int)SocketError.AccessDenied), "another address or port" },
        { new IOException("No space left on device"), "disk" },
        { new NoDatabase(), "papaya doctor" },
        { new HttpRequestException("Connection refused (127.0.0.1:1)"), "whether the host runs" },
        { new UnexpectedAnswerException("POST", "/v1/plans", 422, "{}"), "POST /v1/plans answered 422" },
        { new JsonException("'x' is an invalid start of a value."), "Look at the file" },
    };

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public void A_failure_of_machine_or_network_is_one_line_with_its_cure(Exception failure, string cure)
    {
        var sentence = PapayaCommand.Explain(failure);
        Assert.Contains(cure, sentence, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', sentence!);
    }

    [Fact]
    public void A_bug_of_ours_keeps_its_stack() => Assert.Null(PapayaCommand.Explain(new InvalidOperationException("impossible")));

    [Fact]
    public async Task Serve_is_ready_on_any_free_port_and_ends_in_order()
    {
        await using var running = Running.Start(["serve", "--config", Settings(), "--urls", "http://127.0.0.1:0"], _error);
        using var http = new HttpClient { BaseAddress = await running.AddressAsync("server") };
        using var ready = await http.GetAsync("/readyz");
        Assert.Equal(200, (int)ready.StatusCode);

        // The port is taken now.
        Assert.Equal(1, await RunAsync("serve", "--config", Settings(), "--urls", http.BaseAddress!.OriginalString));
        Assert.Contains("--urls", _error.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, await RunAsync("simulate", "--port", $"{http.BaseAddress.Port}"));
        Assert.Contains("--port", _error.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await running.StopAsync());
    }

    [Theory]
    [InlineData("api_keys", "[]", "api_keys")]
    [InlineData("public_url", "\"ftp://x\"", "public_url")]
    [InlineData("merchants", "[{}]", "merchants")]
    [InlineData("no_such", "1", "no_such")]
    public async Task Serve_refuses_settings_that_are_wrong(string member, string value, string named)
    {
        Assert.Equal(1, await RunAsync("serve", "--config", Settings(member, value), "--urls", "http://127.0.0.1:0"));
        Assert.Contains(named, _error.ToString(), StringComparison.Ordinal);
        Assert.Single(_error.ToString().Trim().Split('\n'));
    }

    [Fact]
    public async Task Serve_refuses_a_database_that_is_none()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "papaya.db"), new string('x', 4096));
        Assert.Equal(1, await RunAsync("serve", "--config", Settings(), "--urls", "http://127.0.0.1:0"));
        Assert.Contains("papaya doctor", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Simulate_answers_on_any_free_port_and_ends_in_order()
    {
        await using var running = Running.Start(["simulate", "--port", "0"], _error);
        using var http = new HttpClient { BaseAddress = await running.AddressAsync("simulator") };
        Assert.Equal("""{"status":"ok"}""", await http.GetStringAsync("/_sim/health"));
        Assert.Equal(0, await running.StopAsync());
    }

    [Fact]
    public async Task Simulate_opens_every_door_it_is_asked_for()
    {
        var data = Path.Combine(_folder.FullName, "world");
        await using var running = Running.Start(
            ["simulate", "--port", "0", "--https-port", "0", "--backup-port", "0", "--data", data, "--start", "2026-01-15T10:00:00+08:00", "--switch", "debit_hours=all"], _error);
        using var trusting = Trusting();
        foreach (var door in (string[])["simulator", "https", "backup"])
        {
            var address = await running.AddressAsync(door);
            Assert.Equal("""{"status":"ok"}""", await trusting.GetStringAsync(new Uri(address, "/_sim/health")));
        }

        var clock = JsonNode.Parse(await trusting.GetStringAsync(new Uri(await running.AddressAsync("simulator"), "/_sim/clock")));
        Assert.StartsWith("2026-01-15T02:00:", (string)clock!["now"]!, StringComparison.Ordinal);
        var switches = JsonNode.Parse(await trusting.GetStringAsync(new Uri(await running.AddressAsync("simulator"), "/_sim/switches")));
        Assert.Equal("all", (string)switches!["data"]!.AsArray().Single(s => (string)s!["name"]! == "debit_hours")!["value"]!);
        Assert.Equal(0, await running.StopAsync());

        HttpClient Trusting()
        {
            var handler = new SocketsHttpHandler { UseProxy = false };
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate!.Issuer == RootOf(data).Subject;
            return new(handler);
        }

        static X509Certificate2 RootOf(string data) => X509Certificate2.CreateFromPem(File.ReadAllText(Path.Combine(data, "keys", "ca.pem")));
    }

    [Fact]
    public async Task Simulate_begins_with_time_standing_when_it_is_told()
    {
        await using var running = Running.Start(["simulate", "--port", "0", "--https-port", "0", "--start", "2026-07-15T10:00:00+08:00", "--frozen"], _error);
        using var http = new HttpClient { BaseAddress = await running.AddressAsync("simulator") };
        Assert.Equal("""{"now":"2026-07-15T02:00:00Z","frozen":true}""", await http.GetStringAsync("/_sim/clock"));
        Assert.Equal(0, await running.StopAsync());
    }

    [Fact]
    public async Task Simulate_listens_where_it_is_told()
    {
        await using var running = Running.Start(["simulate", "--url", "http://127.0.0.1:0", "--allow-remote-control"], _error);
        using var http = new HttpClient { BaseAddress = await running.AddressAsync("simulator") };
        http.DefaultRequestHeaders.Host = "wechat.internal";
        Assert.Equal("""{"status":"ok"}""", await http.GetStringAsync("/_sim/health"));
        Assert.Equal(0, await running.StopAsync());
    }

    [Theory]
    [InlineData("simulate", "--port", "70000")]
    [InlineData("simulate", "--port", "-1")]
    [InlineData("simulate", "--port", "abc")]
    [InlineData("simulate", "--https-port", "70000")]
    [InlineData("simulate", "--https-port", "abc")]
    [InlineData("simulate", "--seed", "x")]
    [InlineData("simulate", "--url", "ftp://127.0.0.1:0")]
    [InlineData("simulate", "--url", "8090")]
    [InlineData("simulate", "--url", "http://wechat.internal:0")]
    [InlineData("simulate", "--url", "http://300.1.1.1:0")]
    [InlineData("simulate", "--start", "yesterday")]
    [InlineData("simulate", "--start", "2026-01-15T10:00:00")]
    [InlineData("simulate", "--switch", "debit_hours")]
    [InlineData("simulate", "--switch", "debit_hours=never")]
    [InlineData("simulate", "--switch", "no_such=1")]
    [InlineData("up", "--port", "70000")]
    [InlineData("up", "--simulator-port", "70000")]
    [InlineData("serve", "--urls", "https://127.0.0.1:0")]
    [InlineData("serve", "--urls", "8080")]
    [InlineData("bench http", "--runs", "0")]
    [InlineData("bench debits", "--contracts", "0")]
    [InlineData("demo", "--seed", "x")]
    [InlineData("demo", "--sed", "3")]
    public async Task A_slip_of_the_keyboard_is_a_usage_error(string command, string option, string value)
    {
        Assert.Equal(2, await RunAsync([.. command.Split(' '), option, value]));
        Assert.DoesNotContain("System.", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains(option, _error.ToString(), StringComparison.Ordinal);
        Assert.EndsWith($"See papaya {command} --help.", _error.ToString().TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_folder_that_cannot_be_is_no_crash()
    {
        var file = Path.Combine(_folder.FullName, "file");
        await File.WriteAllTextAsync(file, "");
        Assert.Equal(1, await RunAsync("simulate", "--port", "0", "--data", Path.Combine(file, "below")));
        Assert.Contains(file, _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_data_folder_is_for_one_simulator()
    {
        var data = Path.Combine(_folder.FullName, "world");
        await using (var first = Running.Start(["simulate", "--port", "0", "--https-port", "0", "--data", data], _error))
        {
            await first.AddressAsync("simulator");
            Assert.Equal(1, await RunAsync("simulate", "--port", "0", "--https-port", "0", "--data", data));
            Assert.StartsWith($"Another simulator keeps its world in {data}.", _error.ToString(), StringComparison.Ordinal);
            Assert.Equal(0, await first.StopAsync());
        }

        Assert.Equal(0, await RunAsync("simulate", "--port", "0", "--https-port", "0", "--data", data));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>A command that starts although it should not is stopped at once, with exit code 0.</summary>
    private async Task<int> RunAsync(params string[] args)
    {
        await using var running = Running.Start(args, _error);
        await running.ReadyOrOverAsync();
        return await running.StopAsync();
    }

    private string Settings(string? member = null, string? value = null)
    {
        var settings = new JsonObject
        {
            ["public_url"] = "https://pay.example.com",
            ["api_keys"] = new JsonArray("0123456789abcdef0123456789abcdef"),
            ["storage"] = new JsonObject { ["sqlite_file"] = Path.Combine(_folder.FullName, "papaya.db") },
            ["merchants"] = new JsonArray(new JsonObject
            {
                ["number"] = Sandbox.MerchantNumber,
                ["api_v2_key"] = Sandbox.ApiV2Key,
                ["base_url"] = "http://127.0.0.1:1",
                ["apps"] = new JsonArray(new JsonObject { ["appid"] = Sandbox.OfficialAccount, ["kind"] = "official_account" }),
                ["templates"] = new JsonArray(new JsonObject
                {
                    ["plan_id"] = 12535, ["name"] = "连续包月", ["kind"] = "periodic", ["mode"] = "delay_24h", ["fee"] = "capped", ["amount"] = 5_000,
                }),
            }),
        };
        if (member is not null)
        {
            settings[member] = JsonNode.Parse(value!);
        }

        var file = Path.Combine(_folder.FullName, "papaya.json");
        File.WriteAllText(file, settings.ToJsonString());
        return file;
    }

    private sealed class NoDatabase() : DbException("file is not a database");

    /// <summary>A command that runs until it is stopped.</summary>
    private sealed class Running : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Said _output = new();
        private readonly TextWriter _error;
        private readonly Task<int> _exitCode;

        private Running(string[] args, TextWriter error)
        {
            _error = error;
            _exitCode = Task.Run(() => PapayaCommand.RunAsync(args, _output, error, _stop.Token));
        }

        public static Running Start(string[] args, TextWriter error) => new(args, error);

        public Task ReadyOrOverAsync() => Task.WhenAny(_output.Ready, _exitCode);

        /// <summary>The address in the line that begins with this word; the commands flush when they are ready.</summary>
        public async Task<Uri> AddressAsync(string word)
        {
            await ReadyOrOverAsync();
            Assert.True(_output.Ready.IsCompleted, _error.ToString());
            var line = _output.ToString().Split('\n').First(line => line.StartsWith(word, StringComparison.Ordinal));
            return new Uri(line.Split(' ', StringSplitOptions.RemoveEmptyEntries).First(part => part.Contains("://", StringComparison.Ordinal)));
        }

        public async Task<int> StopAsync()
        {
            await _stop.CancelAsync();
            return await _exitCode;
        }

        public async ValueTask DisposeAsync()
        {
            await StopAsync();
            _stop.Dispose();
        }
    }

    private sealed class Said : StringWriter
    {
        private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Ready => _ready.Task;

        public override Task FlushAsync(CancellationToken cancellationToken)
        {
            _ready.TrySetResult();
            return Task.CompletedTask;
        }
    }
}
