using System.Net;

namespace Papaya.Simulator.Tests.Pages;

/// <summary>What a form of the control room does is work like any other; only what waits for all work is not.</summary>
public sealed class RoomWorkTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task No_time_passes_while_a_form_acts()
    {
        await using var world = await World.StartAsync();
        Assert.True(Sent(world, out var answer), "The form was not counted as work.");
        using var response = await answer;
        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        Assert.Equal(7, await world.BalanceAsync("oSimUser0001"));
    }

    [Theory]
    [InlineData("/room/act", "/_sim/reset")]
    [InlineData("/room/act", "/_sim/clock", "advance_seconds:number", "60")]
    [InlineData("/room/clock", "/_sim/clock", "advance_seconds:number", "60")]
    [InlineData("/room/act", "/_sim/snapshots", "name", "here")]
    public async Task A_form_that_waits_for_all_work_does_not_wait_for_itself(string path, string call, string? field = null, string? value = null)
    {
        await using var world = await World.StartAsync();
        var fields = new Dictionary<string, string> { ["_call"] = call };
        if (field is not null)
        {
            fields[field] = value!;
        }

        using var response = await PostAsync(world, path, fields).WaitAsync(Patience, TimeProvider.System);
        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
    }

    /// <summary>Sends a form while the world is held, and tells whether it became work before it got in.</summary>
    private bool Sent(World world, out Task<HttpResponseMessage> answer)
    {
        using (world.State.Begin())
        {
            answer = PostAsync(world, "/room/act", new() { ["_call"] = "/_sim/users", ["openid"] = "oSimUser0001", ["balance:number"] = "7" });
            return SpinWait.SpinUntil(() => world.Clock.InFlight > 0, Patience);
        }
    }

    private Task<HttpResponseMessage> PostAsync(World world, string path, Dictionary<string, string> fields) =>
        _http.PostAsync(new Uri(world.Address, path), new FormUrlEncodedContent(fields));
}
