using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Papaya.Billing;
using Papaya.Billing.Calendar;
using Papaya.Billing.Contracts;
using Papaya.Server.Checkout;
using Papaya.Server.Contracts;
using Papaya.Server.Debits;
using Papaya.Server.Events;
using Papaya.Server.Hosting;
using Papaya.Server.Ledger;
using Papaya.Server.Merchants;
using Papaya.Server.Plans;
using Papaya.Server.Storage;
using Papaya.Server.Subscriptions;
using Papaya.Testing;

namespace Papaya.Server.Tests.Checkout;

/// <summary>The signing slices put together on a fresh database, with a scripted WeChat and a clock that a test moves.</summary>
internal sealed class SigningDesk
{
    private readonly TestDatabase _database;
    private readonly JsonSerializerOptions _json = new();
    private readonly MerchantDirectory _merchants;
    private int _keys;

    public SigningDesk(TestDatabase database)
    {
        _database = database;
        ApiJson.Configure(_json);
        _json.TypeInfoResolverChain.Add(CheckoutJson.Default);
        _json.TypeInfoResolverChain.Add(SubscriptionJson.Default);
        _json.TypeInfoResolverChain.Add(new DefaultJsonTypeInfoResolver());
        _merchants = MerchantSetup.Read([Preset.Merchant("http://127.0.0.1:9")], "http://127.0.0.1:8080");
        var ids = new Ids(seed: 7);
        Events = new EventLog(ids, Clock);
        var charges = new ChargeBook(Events, new PlanBook(), _merchants, Signals, Clock);
        Subscriptions = new SubscriptionBook(charges, Events, Signals, ids, Clock);
        Book = new CheckoutBook(Events, new LedgerBook(Clock), Subscriptions, Signals, Clock);
        Contracts = new ContractFlow(Book, Subscriptions, charges, Events, Signals, ids, Clock);
        Flow = new CheckoutFlow(Db, Book, Subscriptions, new PlanBook(), _merchants, WeChat, ids);
        Loop = new CheckoutLoop(Db, Book, Contracts, WeChat);
        ContractLoop = new ContractLoop(Db, Contracts, Book, WeChat, Clock);
        SubscriptionFlow = new SubscriptionFlow(Db, Subscriptions, Contracts, charges, Clock);
    }

    public Database Db => _database.Db;

    public StillClock Clock => _database.Clock;

    public ScriptedWeChat WeChat { get; } = new();

    public LoopSignals Signals { get; } = new();

    public EventLog Events { get; }

    public CheckoutBook Book { get; }

    public CheckoutFlow Flow { get; }

    public ContractFlow Contracts { get; }

    public SubscriptionBook Subscriptions { get; }

    public CheckoutLoop Loop { get; }

    public ContractLoop ContractLoop { get; }

    public SubscriptionFlow SubscriptionFlow { get; }

    /// <summary>The database as if nothing had happened: the tests of a class share one and move its clock.</summary>
    public static Task EmptyAsync(TestDatabase database)
    {
        database.Clock.Now = new StillClock().Now;
        return database.Db.WriteAsync(async tx =>
        {
            foreach (var table in (string[])["event", "idempotency_key", "ledger_entry", "plan", "checkout", "contract", "subscription", "renewal", "notice", "charge_attempt", "charge"])
            {
                await tx.ExecuteAsync($"delete from {table}");
            }
        });
    }

    public async Task<Plan> PlanAsync(string code = "vip", long template = 12535)
    {
        var plan = new Plan
        {
            Id = "pln_" + code,
            Code = code,
            Name = "月度会员",
            MerchantNumber = Preset.MerchantNumber,
            TemplateId = template,
            Mode = PlanMode.Delay24H,
            IsFixed = false,
            Amount = new Fen(2_500),
            Interval = new Interval(IntervalUnit.Month, 1),
            CreatedAt = Clock.Now,
        };
        await Db.WriteAsync(tx => PlanBook.TryInsertAsync(tx, plan));
        return plan;
    }

    public IdempotentRequest Request(string? key = null) =>
        new("/v1/checkouts", key ?? $"key-{++_keys}", "hash", null, _json, Clock);

    public CheckoutFlow.Order Order(Plan plan, string channel = "jsapi", string? openId = "oUser1") => new()
    {
        Plan = plan,
        Channel = channel,
        AppId = Preset.OfficialAccount,
        Customer = "u1",
        DisplayName = "甲",
        OpenId = openId,
        Ip = "123.12.12.123",
    };

    /// <summary>A stored answer, or the problem of a refusal.</summary>
    public async Task<JsonNode> CreateAsync(Plan? plan = null, string? openId = "oUser1", IdempotentRequest? request = null) =>
        await Flow.CreateAsync(Order(plan ?? await PlanAsync(), openId: openId), request ?? Request(), View, default) switch
        {
            Answer answer => JsonNode.Parse(answer.Body)!,
            Microsoft.AspNetCore.Http.HttpResults.ProblemHttpResult problem => JsonSerializer.SerializeToNode(problem.ProblemDetails, _json)!,
            var other => throw new InvalidOperationException($"An answer of the kind {other.GetType().Name}."),
        };

    public CheckoutView View(CheckoutVisit visit) => new CheckoutViews(new PapayaServerOptions { PublicUrl = "http://127.0.0.1:8080" }, WeChat).Of(visit);

    public async Task<CheckoutVisit> OpenAsync(string? openId = "oUser1", Plan? plan = null) => await VisitAsync((string)(await CreateAsync(plan, openId))["id"]!);

    public async Task<CheckoutVisit> VisitAsync(string id) => (await Db.ReadAsync(reader => reader.FindCheckoutAsync(id)))!;

    public async Task<Subscription> SubscriptionAsync(CheckoutVisit visit) => (await Db.ReadAsync(reader => reader.FindSubscriptionAsync(visit.SubscriptionId)))!;

    public async Task<Contract> ContractAsync(string id) => (await Db.ReadAsync(reader => reader.FindContractAsync(id)))!;

    public Task<Contract?> ContractOfAsync(string contractId) => Db.ReadAsync(reader => reader.FindWeChatContractAsync(Preset.MerchantNumber, contractId));

    public async Task<IReadOnlyList<string>> EventsAsync(string aggregate) =>
        await Db.ReadAsync(reader => reader.QueryAsync<string>("select type from event where aggregate = @Aggregate order by sequence", new { Aggregate = aggregate }));

    public async Task<long> BookedAsync(string cause) => await Db.ReadAsync(reader => reader.ScalarAsync<long>(
        "select coalesce(sum(amount), 0) from ledger_entry where cause = @Cause and account = 'wechat_clearing'",
        new { Cause = cause }));

    // What WeChat sends.

    public PaymentFacts PaidFacts(CheckoutVisit visit, long? amount = null) => new("4200000000202603010000000001", "oUser1", amount ?? visit.Amount, Clock.Now);

    public Task PaidAsync(CheckoutVisit visit, long? amount = null) => Db.WriteAsync(async tx =>
    {
        var fresh = (await tx.TakeCheckoutOfOrderAsync(visit.Merchant, visit.OutTradeNo))!;
        await Book.PaymentAsync(tx, fresh, amount is null ? PaymentEvidence.PaidInFull : PaymentEvidence.PaidOtherAmount, PaidFacts(visit, amount));
    });

    public ContractFacts Signed(CheckoutVisit visit, string contractId = "202603010000000001") => new()
    {
        ContractId = contractId, ContractCode = visit.ContractCode, Template = visit.Template, OpenId = "oUser1", SignedAt = Clock.Now,
    };

    public ContractFacts Ended(CheckoutVisit visit, string contractId = "202603010000000001", int mode = 2) =>
        Signed(visit, contractId) with { SignedAt = null, TerminatedAt = Clock.Now, TerminationMode = mode };

    public Task<bool> AddAsync(ContractFacts facts) => Db.WriteAsync(tx => Contracts.ApplySignedAsync(tx, Preset.MerchantNumber, facts));

    public Task DeleteAsync(ContractFacts facts) => Db.WriteAsync(tx => Contracts.EndedAsync(tx, Preset.MerchantNumber, facts, ContractEvidence.EndNotified));

    /// <summary>Moves the clock and runs every loop until nothing is due any more.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        var target = Clock.Now + time;
        for (var steps = 0; steps < 500; steps++)
        {
            DateTimeOffset?[] next = [await SubscriptionFlow.RunOnceAsync(default), await Loop.RunOnceAsync(default), await ContractLoop.RunOnceAsync(default)];
            var earliest = next.Min();
            if (earliest is null || earliest > target)
            {
                Clock.Now = target;
                return;
            }

            Clock.Now = earliest > Clock.Now ? earliest.Value : Clock.Now;
        }

        throw new InvalidOperationException("The loops never come to rest.");
    }
}

/// <summary>WeChat as a test wants it; says how it was asked.</summary>
internal sealed class ScriptedWeChat : ISigningGateway
{
    public List<string> Calls { get; } = [];

    public Queue<OrderAnswer> Orders { get; } = new();

    public Func<CheckoutVisit, PaymentAnswer> Payment { get; set; } = _ => new(PaymentEvidence.NotPaidYet);

    public Func<CheckoutVisit, ContractAnswer> ContractOfVisit { get; set; } = _ => new(ContractFinding.NotSigned);

    public Func<Contract, ContractAnswer> ContractState { get; set; } = _ => new(ContractFinding.NoAnswer);

    public bool Terminates { get; set; } = true;

    public static OrderAnswer Prepared(SigningEvidence signing = SigningEvidence.PreSignTaken) => new(PaymentEvidence.Prepared, signing) { PrepayId = "wx01" };

    public Task<OrderAnswer> OrderAsync(CheckoutVisit visit, CancellationToken ct) => Say("order", Orders.TryDequeue(out var answer) ? answer : Prepared());

    public Task<PaymentAnswer> AskPaymentAsync(CheckoutVisit visit, CancellationToken ct) => Say("ask payment", Payment(visit));

    public Task CloseAsync(CheckoutVisit visit, CancellationToken ct)
    {
        Payment = _ => new(PaymentEvidence.ClosedByWeChat);
        return Say("close", true);
    }

    public Task<ContractAnswer> AskContractAsync(CheckoutVisit visit, CancellationToken ct) => Say("ask contract", ContractOfVisit(visit));

    public Task<ContractAnswer> AskContractAsync(Contract contract, CancellationToken ct) => Say("ask contract " + contract.ContractId, ContractState(contract));

    public Task<bool> TerminateAsync(Contract contract, CancellationToken ct) => Say("terminate " + contract.ContractId, Terminates);

    public IReadOnlyDictionary<string, string>? Invocation(CheckoutVisit visit) =>
        visit.Payment == PaymentLeg.Prepaid ? new Dictionary<string, string> { ["package"] = "prepay_id=" + visit.PrepayId } : null;

    private Task<T> Say<T>(string call, T answer)
    {
        lock (Calls)
        {
            Calls.Add(call);
        }

        return Task.FromResult(answer);
    }
}
