using Papaya.Server.Checkout;
using Papaya.Server.Contracts;
using Papaya.Server.Debits;
using Papaya.Server.Events;
using Papaya.Server.Hosting;
using Papaya.Server.Ledger;
using Papaya.Server.Merchants;
using Papaya.Server.Notifications;
using Papaya.Server.Plans;
using Papaya.Server.Refunds;
using Papaya.Server.Storage;
using Papaya.Server.Subscriptions;
using Papaya.Server.WeChat;

namespace Papaya.Server;

/// <summary>Puts the server together: storage, hosting, one Add and one Map per slice.</summary>
public static class PapayaServer
{
    /// <param name="urls">Where Kestrel listens, e.g. <c>http://127.0.0.1:8080</c>.</param>
    /// <param name="overrides">Runs last: a host or a test replaces the clock, the ids, the work counter.</param>
    /// <exception cref="SettingException">A setting is missing or wrong.</exception>
    public static WebApplication Build(PapayaServerOptions options, string[] urls, Action<IServiceCollection>? overrides = null)
    {
        if (!options.ApiKeys.Exists(key => key.Length > 0))
        {
            throw new SettingException("api_keys", "add at least one key; the REST API is closed without.");
        }

        options.CheckRanges();
        var merchants = MerchantSetup.Read(options.Merchants, options.PublicUrl);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "Papaya.Server" });
        builder.WebHost.UseKestrelCore().UseUrls(urls);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
        });
        builder.Logging.SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning).AddFilter("System.Net.Http", LogLevel.Warning);

        var services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<Ids>(_ => new Ids());
        services.AddSingleton(merchants);
        services.AddHosting(options);
        services.AddEvents();
        services.AddSingleton<LedgerBook>();
        services.AddPlans();
        services.AddSingleton<WeChatClients>();
        services.AddCheckouts();
        services.AddContracts();
        services.AddSubscriptions();
        services.AddDebits(options.Debits);
        services.AddRefunds();
        services.AddNotifications();
        services.AddSingleton(provider => new NotificationConsumers
        {
            Payment = provider.GetRequiredService<CheckoutFlow>().ApplyAsync,
            Contract = provider.GetRequiredService<ContractFlow>().ApplyAsync,
            Debit = provider.GetRequiredService<DebitFlow>().ApplyAsync,
            Refund = provider.GetRequiredService<RefundFlow>().ApplyAsync,
        });
        overrides?.Invoke(services);

        var app = builder.Build();
        app.UseHosting();
        app.MapHealth();
        app.MapOpenApi("/openapi/{documentName}.json").NeedsNoKey();
        app.MapPlans();
        app.MapCheckouts();
        app.MapContracts();
        app.MapSubscriptions();
        app.MapCharges();
        app.MapRefunds();
        app.MapNotifications();
        app.MapEvents();
        if (options.SandboxClockUrl is not null)
        {
            SandboxClock.Map(app);
        }

        return app;
    }

    private static void AddHosting(this IServiceCollection services, PapayaServerOptions options)
    {
        services.AddRoutingCore();
        services.ConfigureHttpJsonOptions(json => ApiJson.Configure(json.SerializerOptions));
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddJson(HealthJson.Default);
        services.AddSingleton(provider => Database.Open(options.Storage, provider.GetRequiredService<ILogger<Database>>()));
        services.AddSingleton<IWorkInFlight, UncountedWork>();
        services.AddSingleton<LoopSignals>();
        services.AddSingleton(new ApiKeys(options.ApiKeys.Where(key => key.Length > 0)));
        services.AddSingleton<UnfinishedRequests>();
        services.AddSingleton<ILoop>(provider => provider.GetRequiredService<UnfinishedRequests>());
        services.AddDescription();
        if (options.SandboxClockUrl is { } clock)
        {
            services.AddSingleton(new SandboxClock(new Uri(clock)));
        }

        services.AddHostedService<StorageStart>();
        services.AddHostedService<LoopRunner>();
    }

    private static void UseHosting(this WebApplication app)
    {
        app.UseRouting(); // First: the others go by the endpoint, never by the text of the path.
        app.UseMiddleware<WorkMiddleware>();
        app.UseMiddleware<ProblemMiddleware>();
        app.UseMiddleware<ApiKeyMiddleware>();
        app.UseMiddleware<IdempotencyMiddleware>();
        app.UseEndpoints(_ => { });
    }
}
