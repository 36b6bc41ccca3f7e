using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Papaya.WeChatPay;
using Papaya.WeChatPay.Hosting;
using Papaya.WeChatPay.Sending;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds WeChat Pay's merchants to a program.</summary>
public static class WeChatPayServices
{
    private const string MerchantsKey = "Merchants";

    extension(IServiceCollection services)
    {
        /// <summary>Adds the one merchant of a program: inject <see cref="PapayClient"/>.</summary>
        public IServiceCollection AddWeChatPay(Action<WeChatPayOptions> configure) => services.AddWeChatPay("", configure);

        /// <summary>Adds a merchant by name: <see cref="WeChatPayClients.Get"/>, or inject <c>[FromKeyedServices(name)] PapayClient</c>.</summary>
        public IServiceCollection AddWeChatPay(string name, Action<WeChatPayOptions> configure)
        {
            ArgumentNullException.ThrowIfNull(configure);
            services.AddMerchant(name).Configure(configure);
            return services;
        }

        /// <summary>
        /// Adds the merchants of a configuration section: one merchant whose keys are those of <see cref="WeChatPayOptions"/>, or several under
        /// <c>Merchants:{name}</c>. A key that there is not is an error, so that a slip of the keyboard is found.
        /// </summary>
        /// <exception cref="ArgumentException">The section is empty.</exception>
        public IServiceCollection AddWeChatPay(IConfigurationSection section)
        {
            ArgumentNullException.ThrowIfNull(section);
            if (!section.Exists())
            {
                throw new ArgumentException($"The configuration has no section '{section.Path}'; add one with MerchantNumber and ApiV2Keys, or with several merchants under {MerchantsKey}.", nameof(section));
            }

            var several = section.GetSection(MerchantsKey);
            if (!several.Exists())
            {
                services.AddMerchant("").Configure(options => section.Bind(options, binder => binder.ErrorOnUnknownConfiguration = true));
            }

            foreach (var one in several.GetChildren())
            {
                services.AddMerchant(one.Key).Configure(options => one.Bind(options, binder => binder.ErrorOnUnknownConfiguration = true));
            }

            return services;
        }

        private OptionsBuilder<WeChatPayOptions> AddMerchant(string name)
        {
            ArgumentNullException.ThrowIfNull(name);
            services.TryAddSingleton(TimeProvider.System);
            services.TryAddSingleton(provider => new Setups(provider.GetRequiredService<TimeProvider>()));
            services.AddOptions<WeChatPayHooks>();
            services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WeChatPayOptions>, WeChatPayOptionsCheck>());
            services.TryAddSingleton(provider => new WeChatPayClients(
                provider.GetServices<RegisteredMerchant>(),
                provider.GetRequiredService<IHttpClientFactory>(),
                provider.GetRequiredService<IOptionsMonitor<WeChatPayOptions>>(),
                provider.GetRequiredService<ILoggerFactory>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<Setups>(),
                provider.GetRequiredService<IOptions<WeChatPayHooks>>().Value));
            services.TryAddSingleton(provider => provider.GetRequiredService<WeChatPayClients>().Default);
            services.TryAddSingleton<WeChatPayNotifications>();

            var merchant = new RegisteredMerchant(name);
            services.AddSingleton(merchant);
            services.AddKeyedSingleton(name, (provider, _) => provider.GetRequiredService<WeChatPayClients>().Get(name));
            services.AddHttpClient(merchant.HttpClientName)
                // The client has its own deadline; a second one here would turn its verdict "unknown" into something else.
                .ConfigureHttpClient(http => http.Timeout = Timeout.InfiniteTimeSpan)
                .ConfigurePrimaryHttpMessageHandler(provider => Handler(provider, name))
                // A program's defaults for all clients (ConfigureHttpClientDefaults) may hold a handler that sends again by itself; this client alone
                // knows what may be sent twice. These steps run after the defaults.
                .ConfigureAdditionalHttpMessageHandlers((all, _) => all.Clear())
                // The handler renews its connections by itself; the client is kept for the life of the program.
                .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
                // The factory's own records hold addresses, and those of GET calls hold what is signed.
                .RemoveAllLoggers();
            return services.AddOptions<WeChatPayOptions>(name).ValidateOnStart();
        }
    }

    private static SocketsHttpHandler Handler(IServiceProvider provider, string name)
    {
        var options = provider.GetRequiredService<IOptionsMonitor<WeChatPayOptions>>().Get(name);
        var setup = provider.GetRequiredService<Setups>().Of(options);
        return Connections.Handler(setup.Merchant?.Certificate, setup.BaseUrl, options.ConnectTimeout, options.ConnectionLifetime, options.MostConnections);
    }
}
