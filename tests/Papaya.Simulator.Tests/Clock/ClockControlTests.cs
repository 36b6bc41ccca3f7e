using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Papaya.Simulator.Clock;

namespace Papaya.Simulator.Tests.Clock;

public sealed class ClockControlTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 1, 31, 1, 0, 0, TimeSpan.Zero);
    private readonly TestClock _clock = new(Start, new StillMachine(Start));
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private WebApplication _app = null!; // Set before any test runs.

    public async Task InitializeAsync()
    {
        _app = SimulatorHost.Build(new(), _clock, ["http://127.0.0.1:0"]);
        await _app.StartAsync();
        _http.BaseAddress = new(_app.Urls.First());
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
        _clock.Dispose();
    }

    [Fact]
    public async Task Health_and_clock_answer()
    {
        Assert.Equal("""{"status":"ok"}""", await _http.GetStringAsync("/_sim/health"));
        Assert.Equal("""{"now":"2026-01-31T01:00:00Z","frozen":false}""", await _http.GetStringAsync("/_sim/clock"));
    }

    [Fact]
    public async Task An_advance_answers_only_when_the_work_it_woke_is_done()
    {
        var release = new TaskCompletionSource();
        var woken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var timer = _clock.CreateTimer(_ => _ = WorkAsync(_clock.Enter()), null, TimeSpan.FromHours(1), Timeout.InfiniteTimeSpan);

        var move = PostAsync("""{"advance_seconds":7200}""");
        await woken.Task;
        Assert.False(move.IsCompleted);
        Assert.Equal("""{"now":"2026-01-31T02:00:00Z","frozen":false}""", await _http.GetStringAsync("/_sim/clock"));
        release.SetResult();

        Assert.Equal((200, "2026-01-31T03:00:00Z"), await move);

        async Task WorkAsync(IDisposable work)
        {
            using (work)
            {
                woken.SetResult();
                await release.Task;
            }
        }
    }

    [Fact]
    public async Task A_target_in_any_time_zone_is_reached() =>
        Assert.Equal((200, "2026-02-01T00:00:00Z"), await PostAsync("""{"to":"2026-02-01T08:00:00+08:00"}"""));

    [Theory]
    [InlineData("""{"to":"2026-01-30T00:00:00Z"}""", 409)]
    [InlineData("""{"advance_seconds":-1}""", 400)]
    [InlineData("""{"advance_seconds":1e300}""", 400)]
    [InlineData("""{"advance_seconds":1,"to":"2026-02-01T00:00:00Z"}""", 400)]
    [InlineData("""{"advance":1}""", 400)]
    [InlineData("""{}""", 400)]
    [InlineData("""nonsense""", 400)]
    public async Task What_cannot_be_done_is_refused_with_a_reason_and_time_stands(string body, int status)
    {
        var (answered, reason) = await PostAsync(body);
        Assert.Equal(status, answered);
        Assert.NotEmpty(reason);
        Assert.Equal(Start, _clock.GetUtcNow());
    }

    private async Task<(int Status, string Said)> PostAsync(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync("/_sim/clock", content);
        var json = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        return ((int)response.StatusCode, (string)(response.StatusCode == HttpStatusCode.OK ? json["now"] : json["reason"])!);
    }
}
