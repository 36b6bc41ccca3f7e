using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Papaya.Simulator.Calls;
using Papaya.Simulator.Clock;
using Papaya.Simulator.Control;
using Papaya.Simulator.Doors;
using Papaya.Simulator.Faults;
using Papaya.Simulator.Journal;
using Papaya.Simulator.Notifications;
using Papaya.Simulator.Pages;
using Papaya.Simulator.Pages.Room;
using Papaya.Simulator.V3;
using Papaya.Simulator.Wire;
using Papaya.Simulator.World;

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
        HttpsDoor.Add(builder, options, urls);
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(_ => new Visitor(options));
        builder.Services.AddSingleton<ClientCertificates>();
        builder.Services.AddSingleton<KeyRoutes>();
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton<KeyFiles>();
        builder.Services.AddSingleton(_ => new SimulatorState(options, clock));
        builder.Services.AddSingleton<CallJournal>(_ => new(options));
        builder.Services.AddSingleton(services => services.GetRequiredService<SimulatorState>().Faults);
        builder.Services.AddSingleton<Courier>();
        builder.Services.AddSingleton<Gateway>();
        builder.Services.AddSingleton<V3Gateway>();
        builder.Services.AddSingleton<ControlApi>();
        builder.Services.AddSingleton<MerchantRoutes>();
        builder.Services.AddSingleton<TemplateRoutes>();
        builder.Services.AddSingleton<PlatformRoutes>();
        builder.Services.AddSingleton<UserRoutes>();
        builder.Services.AddSingleton<SigningRoutes>();
        builder.Services.AddSingleton<SigningDoor>();
        builder.Services.AddSingleton<TruthRoutes>();
        builder.Services.AddSingleton<NotificationRoutes>();
        builder.Services.AddSingleton(clock);
        builder.Services.AddSingleton<Lint.LintReport>();
        builder.Services.AddSingleton<LintRoutes>();
        builder.Services.AddSingleton<MerchantBatchRoutes>();
        builder.Services.AddSingleton<SnapshotRoutes>();
        builder.Services.AddSingleton<FundsRoutes>();
        builder.Services.AddSingleton<RefundRoutes>();
        builder.Services.AddSingleton<FaultRoutes>();
        builder.Services.AddSingleton<SwitchRoutes>();
        builder.Services.AddSingleton<ScenarioRoutes>();
        PageRoutes.Add(builder.Services);
        var app = builder.Build();
        foreach (var url in options.BackupUrl is { } backup ? [.. urls, backup] : urls)
        {
            app.Urls.Add(url);
        }

        var state = app.Services.GetRequiredService<SimulatorState>();
        var courier = app.Services.GetRequiredService<Courier>();
        var gateway = app.Services.GetRequiredService<Gateway>();
        var v3 = app.Services.GetRequiredService<V3Gateway>();
        var visitor = app.Services.GetRequiredService<Visitor>();
        var certificates = app.Services.GetRequiredService<ClientCertificates>();
        if (options.KeysFolder is not null)
        {
            // Whoever is told where the simulator listens finds the files already there.
            _ = app.Services.GetRequiredService<Authority>();
        }

        courier.HeadersOfV3 = (delivery, body, sentAt, fault) => Callbacks.HeadersOf(state, delivery, body, sentAt, fault);
        state.OnDue = due => Perform(state, courier, due);
        app.Lifetime.ApplicationStarted.Register(() =>
        {
            // Only now a port of 0 has become a number.
            state.PublicUrl = options.PublicUrl ?? app.Urls.FirstOrDefault() ?? "";
            state.HasHttps = app.Urls.Any(url => url.StartsWith("https://", StringComparison.OrdinalIgnoreCase));
            state.BackupPort = options.BackupUrl is null ? null : new Uri(app.Urls.Last()).Port;
            state.Start();
        });

        app.Use(async (http, next) =>
        {
            // What waits for all work is not work itself; a form of the control room is, or is not, what it asks for.
            var (method, path) = (http.Request.Method, http.Request.Path);
            using var work = ClockControl.Waits(path) || SnapshotRoutes.Waits(method, path) || RoomPages.IsForm(method, path) ? null : clock.Enter();
            if (Gateway.Find(http.Request.Path.Value ?? "") is { } rule)
            {
                await gateway.AnswerAsync(http, rule, certificates.MchIdOf(http));
            }
            else if (V3Gateway.Owns(http.Request.Path))
            {
                await v3.AnswerAsync(http);
            }
            else if (visitor.Refusal(http) is { } reason)
            {
                await http.RefuseAsync(StatusCodes.Status403Forbidden, reason);
            }
            else
            {
                await next(http);
            }
        });
        app.Use(async (http, next) =>
        {
            await next(http);
            await ExplainAsync(http);
        });
        app.Services.GetRequiredService<MerchantRoutes>().Map(app);
        app.Services.GetRequiredService<TemplateRoutes>().Map(app);
        app.Services.GetRequiredService<PlatformRoutes>().Map(app);
        app.Services.GetRequiredService<UserRoutes>().Map(app);
        app.Services.GetRequiredService<SigningRoutes>().Map(app);
        app.Services.GetRequiredService<SigningDoor>().Map(app);
        app.Services.GetRequiredService<TruthRoutes>().Map(app);
        app.Services.GetRequiredService<NotificationRoutes>().Map(app);
        app.Services.GetRequiredService<LintRoutes>().Map(app);
        app.Services.GetRequiredService<MerchantBatchRoutes>().Map(app);
        app.Services.GetRequiredService<SnapshotRoutes>().Map(app);
        app.Services.GetRequiredService<FundsRoutes>().Map(app);
        app.Services.GetRequiredService<RefundRoutes>().Map(app);
        app.Services.GetRequiredService<FaultRoutes>().Map(app);
        app.Services.GetRequiredService<SwitchRoutes>().Map(app);
        app.Services.GetRequiredService<ScenarioRoutes>().Map(app);
        app.Services.GetRequiredService<KeyRoutes>().Map(app);
        PageRoutes.Map(app);
        app.MapGet("/_sim/health", static http => http.AnswerAsync(new Health("ok"), ControlJson.Default.Health));
        app.MapGet("/_sim/clock", http => ClockControl.ShowAsync(http, clock, state));
        app.MapPost("/_sim/clock", http => ClockControl.MoveAsync(http, clock, state));
        return app;
    }

    private static void Perform(SimulatorState state, Courier courier, Due due)
    {
        var what = due.What;
        if (what is Delivery delivery)
        {
            courier.Take(delivery);
            return;
        }

        using var op = state.Begin();
        if (!due.Stands)
        {
            return;
        }

        state.Switches.ActFor(what.MchId);
        switch (what)
        {
            case Order { Kind: OrderKind.Debit, State: TradeState.NotPay or TradeState.Accept } debit:
                Moments.Execute(state, debit, op.Now);
                Bookings.Settle(state, debit, op.Now);
                break;
            case Order order:
                Orders.Expire(state, order);
                break;
            case Contract { IsActive: true } contract:
                Contracts.Terminate(state, contract, Contracts.Expired, null, op.Now);
                break;
            case SigningSession session:
                SignOnly.Expire(state, session);
                break;
            case Refund { State: RefundState.Processing } refund:
                Moments.Complete(state, refund, op.Now);
                break;
        }

        state.Tallies.Count(what, op.Now);
    }

    /// <summary>A slip in a path or a method of the control API is answered like every other error of it; elsewhere a 404 says where to look.</summary>
    private static Task ExplainAsync(HttpContext http)
    {
        var (request, response) = (http.Request, http.Response);
        if (response.HasStarted)
        {
            return Task.CompletedTask;
        }

        if (!request.Path.StartsWithSegments("/_sim"))
        {
            if (response.StatusCode != StatusCodes.Status404NotFound)
            {
                return Task.CompletedTask;
            }

            response.ContentType = "text/plain; charset=utf-8";
            return response.WriteAsync(
                $"There is no {request.Path} here; docs/reference/endpoints.md lists the calls that the simulator answers.\n这里没有这个地址，模拟器能应答的接口见 docs/reference/endpoints.md。\n",
                http.RequestAborted);
        }

        return response.StatusCode switch
        {
            StatusCodes.Status404NotFound => http.RefuseAsync(404, $"There is no {request.Path}; docs/reference/simulator.md lists the calls."),
            StatusCodes.Status405MethodNotAllowed => http.RefuseAsync(405, $"{request.Path} takes {response.Headers.Allow}, not {request.Method}."),
            _ => Task.CompletedTask,
        };
    }
}
