using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Papaya.Simulator.Calls;
using Papaya.Simulator.Faults;
using Papaya.Simulator.Wire;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Control;

/// <summary><c>/_sim</c>: set the scene, act as the user, look at the truth.</summary>
internal sealed class ControlApi(SimulatorState state, FaultRules faults, Traffic traffic)
{
    private static readonly ControlJson Json = ControlJson.Default;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/_sim/merchants", http => ChangeAsync(http, Json.MerchantRequest, Json.MerchantView, PutMerchant));
        routes.MapGet("/_sim/merchants/{mch_id}", http => ShowAsync(http, Json.MerchantView, "merchant", () => View(state.FindMerchant(Route(http, "mch_id")))));
        routes.MapPost("/_sim/templates", http => ChangeAsync(http, Json.TemplateRequest, Json.Template, PutTemplate));
        routes.MapGet("/_sim/templates", http => ListAsync(http, Json.ListingTemplate, () => state.Templates));
        routes.MapPost("/_sim/users", http => ChangeAsync(http, Json.UserRequest, Json.UserView, PutUser));
        routes.MapGet("/_sim/users/{openid}", http => ShowAsync(http, Json.UserView, "user", () => View(state.FindUser(Route(http, "openid")))));
        routes.MapPost("/_sim/cashier/{prepay_id}", http => ChangeAsync(http, Json.CashierRequest, Json.CashierResult, (r, now) => Act(Route(http, "prepay_id"), r, now)));
        routes.MapPost("/_sim/contracts/{contract_id}/terminate",
            http => ChangeAsync(http, Json.TerminateRequest, Json.ContractView, (r, now) => Terminate(Route(http, "contract_id"), r, now), new()));
        routes.MapGet("/_sim/contracts", http => ListAsync(http, Json.ListingContractView, () => Contracts(http)));
        routes.MapGet("/_sim/orders/{out_trade_no}", http => ShowAsync(http, Json.OrderView, "order", () => FindOrder(http)));
        routes.MapGet("/_sim/ledger", http => Read(http, Json.LedgerView, () => new LedgerView([.. state.Movements.Select(Entry)])));
        routes.MapGet("/_sim/requests", http => ListAsync(http, Json.ListingRequestRecord, () => traffic.Requests(Query(http, "path"))));
        routes.MapGet("/_sim/notifications", http => ListAsync(http, Json.ListingSendRecord, () => traffic.Sends(Query(http, "out_trade_no"))));
        routes.MapPost("/_sim/faults", http => ChangeAsync(http, Json.FaultRequest, Json.FaultRule, AddFault));
        routes.MapGet("/_sim/faults", http => ListAsync(http, Json.ListingFaultRule, () => faults.All));
        routes.MapDelete("/_sim/faults", http =>
        {
            faults.Clear();
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        });
        routes.MapGet("/_sim/switches", http => ListAsync(http, Json.ListingSwitchView, Switches));
        routes.MapPost("/_sim/switches", http => ChangeAsync(http, Json.DictionaryStringString, Json.ListingSwitchView, SetSwitches));
    }

    private static string Route(HttpContext http, string name) => (string?)http.GetRouteValue(name) ?? "";

    private static string? Query(HttpContext http, string name) => http.Request.Query[name] is [{ Length: > 0 } value, ..] ? value : null;

    private async Task ChangeAsync<TRequest, TView>(
        HttpContext http, JsonTypeInfo<TRequest> request, JsonTypeInfo<TView> view, Func<TRequest, DateTimeOffset, Outcome<TView>> change,
        TRequest? whenEmpty = null)
        where TRequest : class
        where TView : class
    {
        var (body, reason) = await http.ReadAsync(request, whenEmpty);
        if (body is null)
        {
            await http.RefuseAsync(StatusCodes.Status400BadRequest, reason);
            return;
        }

        Outcome<TView> outcome;
        using (var op = state.Begin())
        {
            outcome = change(body, op.Now);
        }

        if (outcome.View is { } done)
        {
            await http.AnswerAsync(done, view);
        }
        else
        {
            await http.RefuseAsync(outcome.Status, outcome.Reason!);
        }

        await http.Response.CompleteAsync();
        state.Arm();
    }

    private Task Read<T>(HttpContext http, JsonTypeInfo<T> type, Func<T> read)
    {
        T value;
        using (state.Begin())
        {
            value = read();
        }

        return http.AnswerAsync(value, type);
    }

    private Task ListAsync<T>(HttpContext http, JsonTypeInfo<Listing<T>> type, Func<IEnumerable<T>> list) => Read(http, type, () => new Listing<T>([.. list()]));

    private Task ShowAsync<T>(HttpContext http, JsonTypeInfo<T> type, string what, Func<T?> find)
        where T : class
    {
        T? found;
        using (state.Begin())
        {
            found = find();
        }

        return found is null ? http.RefuseAsync(StatusCodes.Status404NotFound, $"There is no such {what}.") : http.AnswerAsync(found, type);
    }

    private static MerchantView? View(Merchant? m) => m is null
        ? null
        : new(m.MchId, m.Name, m.Key, m.PreviousKey, [.. m.Apps.Select(a => new AppView(a.AppId, a.Kind))], m.MayDebit, m.RefundNotifyUrl);

    private UserView? View(User? u) => u is null
        ? null
        : new(u.Openid, u.Balance, u.Account, u.Bank, u.OtherItems, [.. state.ContractsOf(u.Openid).Select(ContractView.Of)]);

    private static LedgerEntry Entry(Movement m) =>
        new(m.Kind, m.OutTradeNo, m.TransactionId, m.ContractId, m.Openid, m.Amount, m.At, m.OutRefundNo, m.MchId);

    private Outcome<MerchantView> PutMerchant(MerchantRequest request, DateTimeOffset now)
    {
        if (request.MchId.Length is < 1 or > 32 || !request.MchId.All(char.IsAsciiDigit))
        {
            return new(400, "mch_id is 1 to 32 digits.");
        }

        if (request.Key is { } key && (key.Length is < 1 or > 64 || !key.All(char.IsAsciiLetterOrDigit)))
        {
            return new(400, "key is letters and digits (32 at the real one).");
        }

        var known = state.FindMerchant(request.MchId);
        var merchant = new Merchant
        {
            MchId = request.MchId,
            Name = request.Name ?? known?.Name ?? $"商户{request.MchId}",
            Key = request.Key ?? known?.Key ?? state.Nonces.Next(),
            PreviousKey = request.PreviousKey ?? known?.PreviousKey,
            Apps = request.Apps is { } apps ? [.. apps.Select(a => new App { AppId = a.AppId, Kind = a.Kind })] : known?.Apps ?? [],
            MayDebit = request.MayDebit ?? known?.MayDebit ?? true,
            RefundNotifyUrl = request.RefundNotifyUrl ?? known?.RefundNotifyUrl,
        };
        state.Put(merchant);
        return new(View(merchant)!);
    }

    private Outcome<Template> PutTemplate(TemplateRequest request, DateTimeOffset now)
    {
        if (state.FindMerchant(request.MchId) is null)
        {
            return new(404, $"There is no merchant {request.MchId}.");
        }

        if (request.PlanId < 1 || request.Amount < 1 || request.FirstAmount is < 1 || request.ValidDays is < 1 || request.Name.Length == 0)
        {
            return new(400, "plan_id, amount, first_amount and valid_days are at least 1; name is not empty.");
        }

        var template = new Template
        {
            MchId = request.MchId,
            PlanId = request.PlanId,
            Name = request.Name,
            Kind = request.Kind,
            Cycle = request.Cycle,
            Fee = request.Fee,
            Amount = request.Amount,
            FirstAmount = request.FirstAmount,
            Mode = request.Mode,
            TerminateNotifyUrl = request.TerminateNotifyUrl ?? state.FindTemplate(request.MchId, request.PlanId)?.TerminateNotifyUrl
                ?? (request.MchId == Presets.MchId ? state.Options.TerminateNotifyUrl : null),
            Disabled = request.Disabled,
            SigningBlocked = request.SigningBlocked,
        };
        Presets.Limits(template);
        template.SingleLimit = request.SingleLimit ?? template.SingleLimit;
        template.DailyLimit = request.DailyLimit ?? template.DailyLimit;
        template.ValidDays = request.ValidDays ?? template.ValidDays;
        state.Put(template);
        return new(template);
    }

    private Outcome<UserView> PutUser(UserRequest request, DateTimeOffset now)
    {
        if (request.Openid.Length is < 1 or > 128 || request.Balance is < 0 || request.OtherItems is < 0)
        {
            return new(400, "openid has 1 to 128 characters; balance and other_items are not negative.");
        }

        var user = state.FindUser(request.Openid) ?? new User { Openid = request.Openid };
        user.Balance = request.Balance ?? user.Balance;
        user.Account = request.Account ?? user.Account;
        user.Bank = request.Bank ?? user.Bank;
        user.OtherItems = request.OtherItems ?? user.OtherItems;
        state.Put(user);
        return new(View(user)!);
    }

    private Outcome<CashierResult> Act(string prepayId, CashierRequest request, DateTimeOffset now)
    {
        if (request.Action is not ("pay" or "cancel"))
        {
            return new(400, "action is pay or cancel.");
        }

        var order = state.FindOrderByPrepay(prepayId);
        if (order is null || state.FindUser(request.Openid) is not { } user)
        {
            return new(404, order is null ? "There is no such prepay_id." : "There is no such user; POST /_sim/users makes one.");
        }

        return order.State != TradeState.NotPay
            ? new(409, order.IsPaid ? "order_paid" : "order_closed")
            : new(PayAndSign.Act(state, order, user, request.Action == "pay", request.Sign, now));
    }

    private Outcome<ContractView> Terminate(string contractId, TerminateRequest request, DateTimeOffset now)
    {
        if (request.Mode is < 1 or > 7)
        {
            return new(400, "mode is 1 to 7; 2 is the user's own cancel.");
        }

        switch (state.FindContract(contractId))
        {
            case null:
                return new(404, "There is no such contract.");
            case { IsActive: false }:
                return new(409, "The contract is already terminated.");
            case { } contract:
                Calls.Contracts.Terminate(state, contract, request.Mode, null, now);
                return new(ContractView.Of(contract));
        }
    }

    private IEnumerable<ContractView> Contracts(HttpContext http)
    {
        var planId = Query(http, "plan_id");
        var openid = Query(http, "openid");
        return (openid is null ? state.Contracts : state.ContractsOf(openid))
            .Where(c => planId is null || c.PlanId.ToString(CultureInfo.InvariantCulture) == planId).Select(ContractView.Of);
    }

    private OrderView? FindOrder(HttpContext http)
    {
        var number = Route(http, "out_trade_no");
        var mchId = Query(http, "mch_id");
        return state.Merchants.Where(m => mchId is null || m.MchId == mchId).Select(m => state.FindOrder(m.MchId, number)).FirstOrDefault(o => o is not null) is { } order
            ? OrderView.Of(order)
            : null;
    }

    private Outcome<FaultRule> AddFault(FaultRequest request, DateTimeOffset now)
    {
        var rule = new FaultRule
        {
            On = request.On,
            Kind = request.Kind,
            Times = request.Times,
            Probability = request.Probability,
            Seed = request.Seed,
            DelaySeconds = request.DelaySeconds,
            Processed = request.Processed,
        };
        return faults.TryAdd(rule, Gateway.Knows, out var added) is { } reason ? new(400, reason) : new(added!);
    }

    private IEnumerable<SwitchView> Switches() =>
        Simulator.Switches.All.Select(s => new SwitchView(s.Name, state.Switches[s.Name], s.Default, s.Values, s.Evidence, s.Source, s.Meaning));

    private Outcome<Listing<SwitchView>> SetSwitches(Dictionary<string, string> values, DateTimeOffset now)
    {
        foreach (var (name, value) in values)
        {
            if (state.Switches.TrySet(name, value) is { } reason)
            {
                return new(400, reason);
            }
        }

        return new(new Listing<SwitchView>([.. Switches()]));
    }

    private readonly record struct Outcome<T>(T? View, int Status, string? Reason)
        where T : class
    {
        public Outcome(T view)
            : this(view, 200, null)
        {
        }

        public Outcome(int status, string reason)
            : this(null, status, reason)
        {
        }
    }
}
