using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Papaya.Simulator.Clock;
using Papaya.Simulator.Control;

namespace Papaya.Simulator;

/// <summary>The composition: one web application that plays WeChat Pay.</summary>
public static class SimulatorHost
{
    public static WebApplication Build(SimulatorOptions options, TestClock clock, string[] urls)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(clock);
        ArgumentNullException.ThrowIfNull(urls);

        // The empty builder: no settings of the machine, no logging, nothing between the socket and the rules.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        foreach (var url in urls)
        {
            app.Urls.Add(url);
        }

        app.Use((http, next) => options.AllowRemoteControl || !http.Request.Path.StartsWithSegments("/_sim") || IsLocal(http)
            ? next(http)
            : http.RefuseAsync(403, "The control API answers this machine only; start the simulator with remote control allowed."));
        app.MapGet("/_sim/health", static http => http.AnswerAsync(new Health("ok"), ControlJson.Default.Health));
        app.MapGet("/_sim/clock", http => ClockControl.ShowAsync(http, clock));
        app.MapPost("/_sim/clock", http => ClockControl.MoveAsync(http, clock));
        return app;
    }

    private static bool IsLocal(HttpContext http) => http.Connection.RemoteIpAddress is null || IPAddress.IsLoopback(http.Connection.RemoteIpAddress);
}
