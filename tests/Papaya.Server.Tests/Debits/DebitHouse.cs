using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Papaya.Billing;
using Papaya.Billing.Calendar;
using Papaya.Billing.Contracts;
using Papaya.Billing.Debits;
using Papaya.Billing.Subscriptions;
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
using Papaya.Testing;
using Papaya.WeChatPay;
using Papaya.WeChatPay.Notifications;
using Papaya.WeChatPay.Wire;

namespace Papaya.Server.Tests.Debits;

/// <summary>What WeChat answers, as the test says; every call is written down. For races and crashes that no real host can be told to have.</summary>
internal sealed class ScriptedWeChat : IDebitGateway
{
    public Func<DebitOrder, Task<Finding>> OnApply { get; set; } = _ => Task.FromResult(new Finding(AttemptEvidence.Accepted));

    public Func<string, Finding> OnAsk { get; set; } = _ => new Finding(AttemptEvidence.StillOpen);

    public Func<string, Finding> OnClose { get; set; } = _ => new Finding(AttemptEvidence.CloseConfirmed);

    public ConcurrentQueue<DebitOrder> Applied { get; } = new();

    public ConcurrentQueue<string> Asked { get; } = new();

    public ConcurrentQueue<string> Closed { get; } = new();

    public IEnumerable<string> Numbers => Applied.Select(order => order.Number);

    public Task<Finding> ApplyAsync(DebitOrder order, CancellationToken ct)
    {
        Applied.Enqueue(order);
        return OnApply(order);
    }

    public Task<Finding> AskAsync(string merchant, string number, long amount, CancellationToken ct)
    {
        Asked.Enqueue(number);
        return Task.FromResult(OnAsk(number));
    }

    public Task<Finding> CloseAsync(string merchant, string number, CancellationToken ct)
    {
        Closed.Enqueue(number);
        return Task.FromResult(OnClose(number));
    }

    public static Finding Paid(string number) => new(AttemptEvidence.Paid, null, "42" + number, null);

    public static Finding Closing(string code = "CLOSED") => new(AttemptEvidence.ClosedAtWeChat, code);
}

/// <summary>The debit slice on a database, without loops: the test runs each step and moves the clock.</summary>
internal sealed class DebitHouse : IAsyncDisposable
{
    /// <summary>Ten in the morning in Beijing: the window is open.</summary>
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 2, 0, 0, TimeSpan.Zero);

    private readonly ServiceProvider _services;
    private readonly Database _db;
    private readonly StillClock _clock;
    private static int _names;

    public DebitHouse(Database db, StillClock clock, ScriptedWeChat? wechat = null, Action<DebitOptions>? configure = null, IRefundGateway? refunds = null)
    {
        (_db, _clock, WeChat) = (db, clock, wechat ?? new ScriptedWeChat());
        var options = new DebitOptions();
        configure?.Invoke(options);
        var services = new ServiceCollection();
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddSingleton(db);
        services.AddSingleton<TimeProvider>(clock);
        services.AddSingleton(new Ids());
        services.AddSingleton(MerchantSetup.Read([Preset.Merchant("http://127.0.0.1:9")], "http://127.0.0.1:8080"));
        services.AddSingleton<LoopSignals>();
        services.AddSingleton<EventLog>();
        services.AddSingleton<LedgerBook>();
        services.AddSingleton<PlanBook>();
        services.AddSingleton<CheckoutBook>();
        services.AddContracts();
        services.AddSubscriptions();
        services.AddDebits(options);
        services.AddRefunds();
        services.AddSingleton<IDebitGateway>(WeChat);
        if (refunds is not null)
        {
            services.AddSingleton(refunds);
        }

        _services = services.BuildServiceProvider();
    }

    public ScriptedWeChat WeChat { get; }

    public Database Db => _db;

    public DebitFlow Debits => Get<DebitFlow>();

    public ChargeBook Charges => Get<ChargeBook>();

    public ChargeLoop Planner => ActivatorUtilities.CreateInstance<ChargeLoop>(_services);

    public DateTimeOffset Now
    {
        get => _clock.Now;
        set => _clock.Now = value;
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>The same database under a new process: nothing in memory is left.</summary>
    public DebitHouse Restarted(ScriptedWeChat? wechat = null) => new(_db, _clock, wechat ?? new ScriptedWeChat());

    public static string Name(string prefix) => $"{prefix}{Interlocked.Increment(ref _names):00000}";

    /// <summary>An active contract under the monthly template (24-hour mode) or the pay-later one.</summary>
    public async Task<string> ContractAsync(long template = 12535)
    {
        var id = Name("ctr_");
        await _db.WriteAsync(tx => tx.InsertAsync(new Contract
        {
            Id = id,
            Merchant = Preset.MerchantNumber,
            AppId = Preset.OfficialAccount,
            ContractId = Name("2026030100000"),
            ContractCode = Name("K"),
            Template = template,
            OpenId = Name("oDebit"),
            State = ContractState.Active,
            SignedAt = Instant.ToMicros(Now),
            CreatedAt = Instant.ToMicros(Now),
        }));
        return id;
    }

    /// <summary>A subscription that renews under a contract; its first period started now.</summary>
    public async Task<(string Subscription, string Contract)> SubscriptionAsync(string unit = "month", string? contract = null)
    {
        contract ??= await ContractAsync();
        var (subscription, plan) = (Name("sub_"), Name("plan-"));
        var interval = new Interval(Interval.UnitFromApi(unit)!.Value, 1);
        await _db.WriteAsync(async tx =>
        {
            await PlanBook.TryInsertAsync(tx, new Plan
            {
                Id = Name("pln_"), Code = plan, Name = "月度会员", MerchantNumber = Preset.MerchantNumber, TemplateId = 12535, Mode = PlanMode.Delay24H,
                IsFixed = false, Amount = new Fen(2500), Interval = interval, CreatedAt = Now,
            });
            await tx.InsertAsync(new Subscription
            {
                Id = subscription, Merchant = Preset.MerchantNumber, Plan = plan, Customer = "u1", CheckoutId = Name("chk_"), ContractId = contract,
                State = SubscriptionState.Active, AutoRenew = 1, Amount = 2500, IntervalUnit = unit, IntervalCount = 1,
                AnchorAt = Instant.ToMicros(Now), PeriodNumber = 0, PeriodStart = Instant.ToMicros(Now),
                PeriodEnd = Instant.ToMicros(new BillingCalendar(Now, interval).StartOf(1)), CreatedAt = Instant.ToMicros(Now),
            });
            await Charges.OpenNextAsync(tx, (await tx.FindSubscriptionAsync(subscription))!);
        });
        return (subscription, contract);
    }

    /// <summary>A use that is due now.</summary>
    public async Task<string> UseAsync(string contract, long amount = 100)
    {
        var id = DebitNumber.ChargeOfUse(contract, Name("use-"));
        var now = Instant.ToMicros(Now);
        var pays = await _db.ReadAsync(reader => reader.FindContractAsync(contract));
        await _db.WriteAsync(tx => tx.InsertAsync(new ChargeRow
        {
            Id = id, Merchant = Preset.MerchantNumber, Kind = "use", ContractId = contract, Amount = amount, Description = "骑行",
            Mode = pays!.Template == 12537 ? "pay_later" : "delay_24h", Status = ChargeState.Due, DueDay = Instant.BeijingDay(Now), DueAt = now, NextAt = now, NoticedAt = now, CreatedAt = now,
        }));
        return id;
    }

    /// <summary>What a merchant or an operator asks of a charge.</summary>
    public Task<IResult> ActAsync(Func<ChargeDesk, Task<IResult>> act) => act(Get<ChargeDesk>());

    public IdempotentRequest Request() => new("/v1/charges", Name("key-"), "hash", null, Get<Microsoft.Extensions.Options.IOptions<Microsoft.AspNetCore.Http.Json.JsonOptions>>().Value.SerializerOptions, _clock);

    public Task<DateTimeOffset?> SendAsync() => Debits.SendDueAsync(default);

    public Task<DateTimeOffset?> AskAsync() => Debits.AskDueAsync(default);

    /// <summary>Sends and asks whatever falls due until then, from due instant to due instant, as the loops do.</summary>
    public async Task RunUntilAsync(DateTimeOffset until)
    {
        while (true)
        {
            // What the first round changes for another loop, the second round sees: the real loops wake one another.
            _ = (await Planner.RunOnceAsync(default), await SendAsync(), await AskAsync());
            var next = new[] { await Planner.RunOnceAsync(default), await SendAsync(), await AskAsync() }.Min() ?? DateTimeOffset.MaxValue;
            if (next > until)
            {
                Now = until;
                return;
            }

            Now = next > Now ? next : Now;
        }
    }

    public async Task<ChargeRow> ChargeAsync(string id) => (await _db.ReadAsync(reader => reader.FindChargeAsync(id)))!;

    public Task<IReadOnlyList<AttemptRow>> AttemptsAsync(string chargeId) => _db.ReadAsync(reader => reader.AttemptsOfAsync(chargeId));

    public async Task<ContractState> ContractStateAsync(string id) => (await _db.ReadAsync(reader => reader.FindContractAsync(id)))!.State;

    public async Task<Subscription> FindSubscriptionAsync(string id) => (await _db.ReadAsync(reader => reader.FindSubscriptionAsync(id)))!;

    public Task<IReadOnlyList<string>> EventsAsync(string aggregate) => _db.ReadAsync(reader =>
        reader.QueryAsync<string>("select type from event where aggregate = @Aggregate order by sequence", new { Aggregate = aggregate }));

    /// <summary>Balance of an account over the postings of one cause.</summary>
    public async Task<long> BookedAsync(string cause, string account) => await _db.ReadAsync(reader => reader.ScalarAsync<long>(
        "select coalesce(sum(amount), 0) from ledger_entry where cause = @Cause and account = @Account",
        new { Cause = cause, Account = account }));

    public Task<NotificationOutcome> NotifyAsync(DebitNotification notification) => _db.WriteAsync(tx => Debits.ApplyAsync(tx, notification));

    public Task<NotificationOutcome> NotifyPaidAsync(string number, long amount = 2500) => NotifyAsync(PaidMessage(number, amount));

    public static DebitNotification PaidMessage(string number, long amount = 2500, string? transaction = null) => Message(new()
    {
        ["result_code"] = "SUCCESS", ["out_trade_no"] = number, ["transaction_id"] = transaction ?? "42" + number, ["total_fee"] = amount.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["time_end"] = "20260301120000",
    });

    public static DebitNotification FailedMessage(string number, string code) => Message(new() { ["result_code"] = "FAIL", ["err_code"] = code, ["out_trade_no"] = number });

    /// <summary>As WeChat would have written and signed it.</summary>
    private static DebitNotification Message(Dictionary<string, string> fields)
    {
        var all = new SortedDictionary<string, string>(fields, StringComparer.Ordinal)
        {
            ["return_code"] = "SUCCESS", ["appid"] = Preset.OfficialAccount, ["mch_id"] = Preset.MerchantNumber, ["nonce_str"] = "n", ["contract_id"] = "202603010000000001",
        };
        var key = new ApiV2Key(Preset.ApiV2Key);
        var sign = V2Signature.Compute(all.Select(f => new KeyValuePair<string, string?>(f.Key, f.Value)), key, SignType.Md5);
        var xml = new StringBuilder("<xml>");
        foreach (var (name, value) in all.Append(new("sign", sign)))
        {
            xml.Append('<').Append(name).Append('>').Append(value).Append("</").Append(name).Append('>');
        }

        return (DebitNotification)NotificationReader.Read(
            Encoding.UTF8.GetBytes(xml.Append("</xml>").ToString()), new MerchantCredentials { MerchantNumber = Preset.MerchantNumber, ApiV2Keys = [key] });
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
