using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Papaya.Simulator.Control;
using Papaya.Simulator.Faults;
using Papaya.Simulator.Journal;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Pages.Room;

/// <summary>The control room: lists and details of all there is in the world, and forms that are control calls.</summary>
internal sealed class RoomPages(SimulatorState state, CallJournal journal, ControlDesk desk)
{
    /// <summary>Rows of a list; who wants others narrows it.</summary>
    private const int MostRows = 100;

    private const string ActPath = "/room/act";
    private const string ClockPath = "/room/clock";

    private static readonly ControlJson Json = ControlJson.Default;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", HomeAsync);
        routes.MapGet("/room/users", http => ShowAsync<UsersPage>(http, Users));
        routes.MapGet("/room/users/{openid}", UserAsync);
        routes.MapGet("/room/templates", http => ShowAsync<TemplatesPage>(http, Templates));
        routes.MapGet("/room/merchants", http => ShowAsync<MerchantsPage>(http, Merchants));
        routes.MapGet("/room/merchants/{mch_id}", MerchantAsync);
        routes.MapGet("/room/contracts", http => ShowAsync<ContractsPage>(http, Contracts));
        routes.MapGet("/room/contracts/{contract_id}", http => ShowAsync<ContractPage>(http, ContractDetail));
        routes.MapGet("/room/orders", http => ShowAsync<OrdersPage>(http, Orders));
        routes.MapGet("/room/orders/{mch_id}/{out_trade_no}", http => ShowAsync<OrderPage>(http, OrderDetail));
        routes.MapGet("/room/notifications", http => ShowAsync<NotificationsPage>(http, Notifications));
        routes.MapGet("/room/ledger", http => ShowAsync<LedgerPage>(http, Ledger));
        routes.MapGet("/room/journal", http => ShowAsync<JournalPage>(http, JournalList));
        routes.MapGet("/room/journal/{id}", CallAsync);
        routes.MapGet("/room/faults", http => ListAsync<FaultsPage>(http, "/_sim/faults", AddFaultWords));
        routes.MapGet("/room/switches", http => ListAsync<SwitchesPage>(http, "/_sim/switches"));
        routes.MapGet("/room/lint", http => ListAsync<LintPage>(http, "/_sim/lint", view => view["can_probe"] = desk.Knows(HttpMethods.Post, "/_sim/lint/probe")));
        routes.MapGet("/room/scenarios", http => ListAsync<ScenariosPage>(http, "/_sim/scenarios"));
        routes.MapPost("/room/scenarios", PlayAsync);
        routes.MapPost(ActPath, ActAsync);
        routes.MapPost(ClockPath, ActAsync);
    }

    /// <summary>Whether a request is a form that counts itself as work, once it is known what it asks for.</summary>
    public static bool IsForm(string method, PathString path) => HttpMethods.IsPost(method) && (path == ActPath || path == ClockPath);

    private static string Route(HttpContext http, string name) => ControlApi.Route(http, name);

    private static string? Query(HttpContext http, string name) => ControlApi.Query(http, name);

    private static JsonObject Node<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.SerializeToNode(value, type)!.AsObject();

    private static JsonObject Listing(IEnumerable<JsonNode> all)
    {
        var rows = new JsonArray();
        var total = 0;
        foreach (var row in all)
        {
            if (total++ < MostRows)
            {
                rows.Add(row);
            }
        }

        return new() { ["rows"] = rows, ["total"] = total };
    }

    private static JsonArray Array(IEnumerable<JsonNode> nodes) => [.. nodes];

    // ---- showing -------------------------------------------------------------------------------------------------------

    private Task ShowAsync<TPage>(HttpContext http, Func<HttpContext, JsonObject?> read)
        where TPage : IComponent
    {
        JsonObject? view;
        using (state.Begin())
        {
            view = read(http);
        }

        return AnswerAsync<TPage>(http, view);
    }

    private async Task ListAsync<TPage>(HttpContext http, string address, Action<JsonObject>? add = null)
        where TPage : IComponent
    {
        var view = new JsonObject { ["rows"] = await desk.ListAsync(http, address) };
        add?.Invoke(view);
        await AnswerAsync<TPage>(http, view);
    }

    private Task AnswerAsync<TPage>(HttpContext http, JsonObject? view, int status = StatusCodes.Status200OK)
        where TPage : IComponent
    {
        if (view is null)
        {
            return AnswerAsync<RefusedPage>(http, new() { ["reason"] = "404", ["call"] = http.Request.Path.Value, ["back"] = "/" }, StatusCodes.Status404NotFound);
        }

        view["now"] = Rfc3339.Text(state.Now);
        view["origin"] = $"{http.Request.Scheme}://{http.Request.Host}";
        return http.ShowAsync<TPage>(Language.OfRoom(http), view, status);
    }

    // ---- acting --------------------------------------------------------------------------------------------------------

    private async Task ActAsync(HttpContext http)
    {
        var form = await CashierRoutes.ReadAsync(http);
        var back = form[FormCall.BackField].ToString();
        back = back.StartsWith('/') && !back.StartsWith("//", StringComparison.Ordinal) ? back : "/";
        var (call, wrong) = FormCall.Read(form);
        if (call is null)
        {
            await AnswerAsync<RefusedPage>(http, new() { ["reason"] = wrong, ["call"] = "", ["back"] = back }, StatusCodes.Status400BadRequest);
            return;
        }

        PathString path = call.Path.Split('?')[0];
        using var work = ClockControl.Waits(path) || SnapshotRoutes.Waits(call.Method, path) ? null : state.EnterClock();
        var before = state.Now;
        var (status, answer) = await desk.SendAsync(http, call.Method, call.Path, call.Body);
        if (status >= 300)
        {
            await AnswerAsync<RefusedPage>(
                http,
                new()
                {
                    ["reason"] = answer.Text("reason") is { Length: > 0 } reason ? reason : $"HTTP {status}",
                    ["call"] = $"{call.Method} {call.Path} {call.Body?.ToJsonString()}",
                    ["back"] = back,
                },
                status);
            return;
        }

        http.SeeOther(Language.OfRoom(http).To(call.Path == "/_sim/clock" ? $"/?since={Uri.EscapeDataString(Rfc3339.Text(before))}" : back));
    }

    private async Task PlayAsync(HttpContext http)
    {
        var form = await CashierRoutes.ReadAsync(http);
        var path = $"/_sim/scenarios/{Uri.EscapeDataString(form["run"].ToString())}/run";
        var (status, result) = await desk.SendAsync(http, HttpMethods.Post, path, new JsonObject { ["without_cause"] = form["without_cause"] == "on" });
        await (status == StatusCodes.Status200OK
            ? ListAsync<ScenariosPage>(http, "/_sim/scenarios", view => view["result"] = result)
            : AnswerAsync<RefusedPage>(http, new() { ["reason"] = result.Text("reason"), ["call"] = "POST " + path, ["back"] = "/room/scenarios" }, status));
    }

    // ---- what the pages show -------------------------------------------------------------------------------------------

    private async Task HomeAsync(HttpContext http)
    {
        var (_, clock) = await desk.SendAsync(http, HttpMethods.Get, "/_sim/clock");
        var faults = await desk.ListAsync(http, "/_sim/faults");
        var lint = await desk.ListAsync(http, "/_sim/lint");
        await ShowAsync<HomePage>(http, _ =>
        {
            var view = new JsonObject
            {
                ["counts"] = new JsonObject
                {
                    ["waiting"] = state.Orders.Count(o => o is { Kind: OrderKind.Debit, State: TradeState.Accept or TradeState.NotPay }),
                    ["contracts"] = state.Contracts.Count(c => c.IsActive),
                    ["orders"] = state.Orders.Count(),
                    ["paid"] = state.Orders.Count(o => o.IsPaid),
                    ["under_way"] = state.Deliveries.Count(),
                    ["faults"] = faults.Count,
                    ["users"] = state.Users.Count(),
                    ["templates"] = state.Templates.Count(),
                    ["merchants"] = state.Merchants.Count(),
                    ["movements"] = state.Movements.Count,
                    ["calls"] = journal.Calls(new()).Length,
                    ["findings"] = lint.Count(r => r.Text("verdict") == "fault"),
                },
                ["recent"] = Array(Traffic(new()).Take(8)),
                ["next"] = clock?["next_event"]?.DeepClone(),
                ["frozen"] = clock?["frozen"]?.DeepClone(),
            };
            if (DateTimeOffset.TryParse(Query(http, "since")?.Replace(' ', '+'), System.Globalization.CultureInfo.InvariantCulture, out var since))
            {
                view["happened"] = Happened(since);
            }

            return view;
        });
    }

    private JsonObject Happened(DateTimeOffset since)
    {
        var moved = state.Movements.Where(m => m.At > since).ToLookup(m => m.Kind);
        var sent = journal.Sends(new() { Since = since });
        return new()
        {
            ["from"] = Rfc3339.Text(since),
            ["payments"] = moved[MovementKind.Payment].Count(),
            ["debits"] = moved[MovementKind.Debit].Count(),
            ["refunds"] = moved[MovementKind.Refund].Count(),
            ["failed"] = sent.Where(s => s.Kind == DeliveryKind.Debit).Select(s => s.OutTradeNo).Distinct().Count(number => number is not null
                && state.Orders.FirstOrDefault(o => o.OutTradeNo == number) is { IsPaid: false }),
            ["sent"] = sent.Length,
            ["acknowledged"] = sent.Count(s => s.Acknowledged),
            ["ended"] = state.Contracts.Count(c => c.TerminatedAt > since),
        };
    }

    private JsonObject Users(HttpContext http) => Listing(state.Users.Select(u => (JsonNode)new JsonObject
    {
        ["openid"] = u.Openid,
        ["nickname"] = u.Nickname,
        ["balance"] = u.Balance,
        ["cards"] = Array((u.Cards ?? []).Select(c => new JsonObject { ["bank"] = c.Bank, ["balance"] = c.Balance })),
        ["account"] = u.Account.ToString().ToLowerInvariant(),
        ["bank"] = u.Bank.ToString().ToLowerInvariant(),
        ["active"] = u.Items,
    }));

    private async Task UserAsync(HttpContext http)
    {
        var (_, user) = await desk.SendAsync(http, HttpMethods.Get, "/_sim/users/" + Uri.EscapeDataString(Route(http, "openid")));
        await AnswerAsync<UserPage>(http, user?["openid"] is null ? null : new() { ["user"] = user });
    }

    private JsonObject Templates(HttpContext http)
    {
        var active = state.Contracts.Where(c => c.IsActive).CountBy(c => (c.MchId, c.PlanId)).ToDictionary();
        return Listing(state.Templates.OrderBy(t => t.MchId, StringComparer.Ordinal).ThenBy(t => t.PlanId).Select(t =>
        {
            var node = Node(t, Json.Template);
            node["active"] = active.GetValueOrDefault((t.MchId, t.PlanId));
            return (JsonNode)node;
        }));
    }

    private JsonObject Merchants(HttpContext http)
    {
        var active = state.Contracts.Where(c => c.IsActive).CountBy(c => c.MchId).ToDictionary();
        return Listing(state.Merchants.OrderBy(m => m.MchId, StringComparer.Ordinal).Select(m => (JsonNode)new JsonObject
        {
            ["mch_id"] = m.MchId, ["name"] = m.Name, ["apps"] = string.Join(", ", m.Apps.Select(a => a.AppId)), ["active"] = active.GetValueOrDefault(m.MchId),
        }));
    }

    private async Task MerchantAsync(HttpContext http)
    {
        var (_, merchant) = await desk.SendAsync(http, HttpMethods.Get, "/_sim/merchants/" + Uri.EscapeDataString(Route(http, "mch_id")));
        await AnswerAsync<MerchantPage>(http, merchant?["mch_id"] is null ? null : new() { ["merchant"] = merchant });
    }

    private JsonObject Contracts(HttpContext http)
    {
        var (mchId, plan, isSigned) = (Query(http, "mch_id"), Query(http, "plan_id"), Query(http, "state"));
        return Listing((Query(http, "openid") is { } openid ? state.ContractsOf(openid) : state.Contracts)
            .Where(c => (mchId is null || c.MchId == mchId) && (plan is null || Is(c.PlanId, plan)) && (isSigned is null || c.IsActive == (isSigned == "signed")))
            .OrderByDescending(c => c.SignedAt).Select(c => Node(ContractView.Of(c), Json.ContractView)));
    }

    private JsonObject? ContractDetail(HttpContext http)
    {
        if (state.FindContract(Route(http, "contract_id")) is not { } contract)
        {
            return null;
        }

        var orders = state.Orders.Where(o => o.ContractId == contract.ContractId).OrderByDescending(o => o.CreatedAt).Take(MostRows).ToList();
        return new()
        {
            ["contract"] = Node(ContractView.Of(contract), Json.ContractView),
            ["template"] = state.FindTemplate(contract.MchId, contract.PlanId) is { } template ? Node(template, Json.Template) : null,
            ["orders"] = Array(orders.Select(o => Node(OrderView.Of(o), Json.OrderView))),
            ["debits"] = Array(orders.Where(o => o.Kind == OrderKind.Debit).Select(o => new JsonObject
            {
                ["out_trade_no"] = o.OutTradeNo, ["amount"] = o.Amount, ["state"] = Node(OrderView.Of(o), Json.OrderView).Text("state"),
                ["at"] = Rfc3339.Text(o.PaidAt ?? (o.State is TradeState.Accept or TradeState.NotPay ? o.DueAt : null) ?? o.CreatedAt),
            })),
            ["journal"] = Array(Traffic(new() { ContractId = contract.ContractId }).Take(30)),
        };
    }

    private JsonObject Orders(HttpContext http)
    {
        var (mchId, number, openid, wanted) = (Query(http, "mch_id"), Query(http, "number"), Query(http, "openid"), Query(http, "state"));
        return Listing(state.Orders
            .Where(o => (mchId is null || o.MchId == mchId) && (number is null || o.OutTradeNo.StartsWith(number, StringComparison.Ordinal))
                && (openid is null || o.Openid == openid) && (wanted is null || o.State.ToString().Equals(wanted.Replace("_", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase)))
            .OrderByDescending(o => o.CreatedAt).Select(o => Node(OrderView.Of(o), Json.OrderView)));
    }

    private JsonObject? OrderDetail(HttpContext http) => state.FindOrder(Route(http, "mch_id"), Route(http, "out_trade_no")) is not { } order ? null : new()
    {
        ["order"] = Node(OrderView.Of(order), Json.OrderView),
        ["not_signed"] = order.NotSigned,
        ["life"] = OrderLife.Of(order, journal.Sends(new() { OutTradeNo = order.OutTradeNo, MchId = order.MchId })),
        ["deliveries"] = Array(state.Deliveries.Where(d => d.MchId == order.MchId && d.OutTradeNo == order.OutTradeNo).Select(d => Node(CallViews.View(d), Json.DeliveryView))),
        ["journal"] = Array(Traffic(new() { Number = order.OutTradeNo, MchId = order.MchId }).Take(50)),
    };

    private JsonObject Notifications(HttpContext http)
    {
        var view = Listing(journal.Sends(Filter(http)).Reverse().Select(s => Node(s.SendView(state), Json.SendView)));
        view["deliveries"] = Array(state.Deliveries.OrderBy(d => d.DueAt).Take(MostRows).Select(d => Node(CallViews.View(d), Json.DeliveryView)));
        return view;
    }

    private JsonObject Ledger(HttpContext http)
    {
        var sums = new JsonObject();
        foreach (var kind in Enum.GetValues<MovementKind>())
        {
            var some = state.Movements.Where(m => m.Kind == kind).ToList();
            var name = kind.ToString().ToLowerInvariant();
            (sums[name], sums[name + "_count"]) = (some.Sum(m => m.Amount), some.Count);
        }

        var wanted = Query(http, "kind");
        var view = Listing(state.Movements.Reverse().Select(m => (JsonNode)new JsonObject
        {
            ["kind"] = m.Kind.ToString().ToLowerInvariant(), ["at"] = Rfc3339.Text(m.At), ["amount"] = m.Amount, ["out_trade_no"] = m.OutTradeNo,
            ["transaction_id"] = m.TransactionId, ["openid"] = m.Openid, ["mch_id"] = m.MchId,
        }).Where(m => wanted is null || m.Text("kind") == wanted));
        view["sums"] = sums;
        return view;
    }

    private JsonObject JournalList(HttpContext http) => Listing(Traffic(Filter(http)));

    private async Task CallAsync(HttpContext http)
    {
        var id = Route(http, "id");
        var (_, call) = await desk.SendAsync(http, HttpMethods.Get, (id.StartsWith('s') ? "/_sim/notifications/" : "/_sim/requests/") + Uri.EscapeDataString(id));
        await AnswerAsync<CallPage>(http, call?["id"] is null ? null : new() { ["call"] = call });
    }

    private static void AddFaultWords(JsonObject view)
    {
        view["kinds"] = Array(FaultCatalogue.All.Select(e => new JsonObject { ["kind"] = e.Wire, ["zh"] = e.Chinese, ["en"] = e.Meaning, ["places"] = FaultCatalogue.Describe(e.Places) }));
        view["places"] = Array(((string[])[.. Wire.Gateway.Paths, "*", "payment", "debit", "contract", "refund", "notification", "execution", "refund_execution"]).Select(p => JsonValue.Create(p)));
    }

    private static CallFilter Filter(HttpContext http) => CallFilter.Read(http).Filter ?? new();

    /// <summary>Calls and sends on one time line, the latest first.</summary>
    private IEnumerable<JsonNode> Traffic(CallFilter filter) => journal.Calls(filter).Concat(filter.Path is null ? journal.Sends(filter) : [])
        .OrderByDescending(r => r.Id).Select(r => r.IsSend ? Node(r.SendView(state), Json.SendView) : Node(r.CallView(), Json.CallView));

    private static bool Is(long value, string text) => text == value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
