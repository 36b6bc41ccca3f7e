using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Papaya.Simulator.Control;
using Papaya.Simulator.Journal;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Pages.Room;

/// <summary>What the room's pages show of the world: lists a page at a time, and details. Each is read under the world's lock.</summary>
internal sealed class RoomViews(SimulatorState state, CallJournal journal)
{
    /// <summary>Rows of a page of a list.</summary>
    internal const int RowsOfPage = 50;

    /// <summary>Rows of a list that stands on another page.</summary>
    private const int MostBeside = 30;

    private const int MostRecent = 8;

    private static readonly ControlJson Json = ControlJson.Default;

    public JsonObject Overview(HttpContext http)
    {
        var counts = state.Counts;
        var view = new JsonObject
        {
            ["counts"] = new JsonObject
            {
                ["waiting"] = counts.Orders(OrderKind.Debit, TradeState.Accept, TradeState.NotPay),
                ["contracts"] = counts.Signed,
                ["orders"] = state.Orders.Count(),
                ["paid"] = counts.Orders(null, TradeState.Success, TradeState.Refund),
                ["under_way"] = state.Deliveries.Count(),
                ["users"] = state.Users.Count(),
                ["templates"] = state.Templates.Count(),
                ["merchants"] = state.Merchants.Count(),
                ["movements"] = state.Movements.Count,
                ["calls"] = journal.CallCount,
            },
            ["recent"] = Rows(Traffic(new() { After = journal.Latest - MostRecent }), Line),
        };
        if (DateTimeOffset.TryParse(Query(http, "since")?.Replace(' ', '+'), CultureInfo.InvariantCulture, out var since))
        {
            view["happened"] = Happened(since);
        }

        return view;
    }

    public JsonObject Users(HttpContext http)
    {
        var openid = Query(http, "openid");
        return Listing(http, openid is null ? state.Users : [.. state.Users.Where(u => u.Openid.StartsWith(openid, StringComparison.Ordinal))], u => new JsonObject
        {
            ["openid"] = u.Openid,
            ["nickname"] = u.Nickname,
            ["balance"] = u.Balance,
            ["cards"] = Rows(u.Cards ?? [], c => new JsonObject { ["bank"] = c.Bank, ["balance"] = c.Balance }),
            ["account"] = u.Account.ToString().ToLowerInvariant(),
            ["bank"] = u.Bank.ToString().ToLowerInvariant(),
            ["active"] = u.Items,
        });
    }

    public JsonObject Templates(HttpContext http)
    {
        var view = Listing(http, state.Templates.OrderBy(t => t.MchId, StringComparer.Ordinal).ThenBy(t => t.PlanId), Shown);
        if (long.TryParse(Query(http, "plan_id"), CultureInfo.InvariantCulture, out var plan) && state.FindTemplate(Query(http, "mch_id") ?? Presets.MchId, plan) is { } template)
        {
            view["edited"] = Shown(template);
        }

        return view;

        JsonNode Shown(Template t)
        {
            var node = Node(t, Json.Template);
            node["active"] = state.Counts.SignedUnder(t.MchId, t.PlanId);
            return node;
        }
    }

    public JsonObject Merchants(HttpContext http) => Listing(http, state.Merchants.OrderBy(m => m.MchId, StringComparer.Ordinal), m => new JsonObject
    {
        ["mch_id"] = m.MchId, ["name"] = m.Name, ["apps"] = string.Join(", ", m.Apps.Select(a => a.AppId)), ["active"] = state.Counts.SignedWith(m.MchId),
    });

    public JsonObject Contracts(HttpContext http)
    {
        var (mchId, plan, openid, wanted) = (Query(http, "mch_id"), Query(http, "plan_id"), Query(http, "openid"), Query(http, "state"));
        var all = openid is not null ? state.ContractsOf(openid) : state.Contracts;
        var some = mchId is null && plan is null && wanted is null
            ? all
            : [.. all.Where(c => (mchId is null || c.MchId == mchId) && (plan is null || Is(c.PlanId, plan)) && (wanted is null || c.IsActive == (wanted == "signed")))];
        return Listing(http, some.OrderByDescending(c => c.SignedAt), c => Node(ContractView.Of(c), Json.ContractView));
    }

    public JsonObject? Contract(HttpContext http)
    {
        if (state.FindContract(Route(http, "contract_id")) is not { } contract)
        {
            return null;
        }

        var orders = state.Orders.Where(o => o.ContractId == contract.ContractId).OrderByDescending(o => o.CreatedAt).Take(RowsOfPage).ToList();
        return new()
        {
            ["contract"] = Node(ContractView.Of(contract), Json.ContractView),
            ["template"] = state.FindTemplate(contract.MchId, contract.PlanId) is { } template ? Node(template, Json.Template) : null,
            ["orders"] = Rows(orders, o => Node(OrderView.Of(o), Json.OrderView)),
            ["debits"] = Rows(orders.Where(o => o.Kind == OrderKind.Debit), o => new JsonObject
            {
                ["out_trade_no"] = o.OutTradeNo, ["amount"] = o.Amount, ["state"] = Node(OrderView.Of(o), Json.OrderView).Text("state"),
                ["at"] = Rfc3339.Text(o.PaidAt ?? (o.State is TradeState.Accept or TradeState.NotPay ? o.DueAt : null) ?? o.CreatedAt),
            }),
            ["journal"] = Rows(Traffic(new() { ContractId = contract.ContractId }).Take(MostBeside), Line),
        };
    }

    public JsonObject Orders(HttpContext http)
    {
        var (mchId, number, openid, wanted) = (Query(http, "mch_id"), Query(http, "number"), Query(http, "openid"), Query(http, "state"));
        var some = mchId is null && number is null && openid is null && wanted is null
            ? state.Orders
            : [.. state.Orders.Where(o => (mchId is null || o.MchId == mchId) && (number is null || o.OutTradeNo.StartsWith(number, StringComparison.Ordinal))
                && (openid is null || o.Openid == openid) && (wanted is null || Is(o.State, wanted)))];
        return Listing(http, some.OrderByDescending(o => o.CreatedAt), o => Node(OrderView.Of(o), Json.OrderView));
    }

    public JsonObject? Order(HttpContext http) => state.FindOrder(Route(http, "mch_id"), Route(http, "out_trade_no")) is not { } order ? null : new()
    {
        ["order"] = Node(OrderView.Of(order), Json.OrderView),
        ["not_signed"] = order.NotSigned,
        ["may_refund"] = order.IsPaid && !order.IsGlobal && order.Refunded < order.Amount,
        ["life"] = OrderLife.Of(order, journal.Sends(new() { OutTradeNo = order.OutTradeNo, MchId = order.MchId })),
        ["deliveries"] = Rows(state.Deliveries.Where(d => d.MchId == order.MchId && d.OutTradeNo == order.OutTradeNo), d => Node(CallViews.View(d), Json.DeliveryView)),
        ["journal"] = Rows(Traffic(new() { Number = order.OutTradeNo, MchId = order.MchId }).Take(RowsOfPage), Line),
    };

    public JsonObject Refunds(HttpContext http)
    {
        var (mchId, number, wanted) = (Query(http, "mch_id"), Query(http, "number"), Query(http, "state"));
        var some = mchId is null && number is null && wanted is null
            ? state.Refunds
            : [.. state.Refunds.Where(r => (mchId is null || r.MchId == mchId) && (wanted is null || Is(r.State, wanted))
                && (number is null || r.OutRefundNo.StartsWith(number, StringComparison.Ordinal) || r.OutTradeNo.StartsWith(number, StringComparison.Ordinal)))];
        return Listing(http, some.OrderByDescending(r => r.AcceptedAt), r => Node(RefundView.Of(r), Json.RefundView));
    }

    public JsonObject Notifications(HttpContext http)
    {
        var view = Listing(http, journal.Sends(Filter(http)).OrderByDescending(s => s.Id), s => Node(s.SendView(state), Json.SendView));
        view["under_way"] = state.Deliveries.Count();
        view["deliveries"] = Rows(state.Deliveries.OrderBy(d => d.DueAt).Take(RowsOfPage), d => Node(CallViews.View(d), Json.DeliveryView));
        return view;
    }

    public JsonObject Ledger(HttpContext http)
    {
        var sums = new JsonObject();
        foreach (var kind in Enum.GetValues<MovementKind>())
        {
            var name = kind.ToString().ToLowerInvariant();
            (sums[name + "_count"], sums[name]) = state.Counts.Movements(kind);
        }

        var all = state.Movements;
        var wanted = Query(http, "kind");
        // From the latest back: there may be many, and only a page of them is looked at.
        var latest = wanted is null ? Enumerable.Range(1, all.Count).Select(i => all[all.Count - i]) : [.. all.Where(m => m.Kind.ToString().Equals(wanted, StringComparison.OrdinalIgnoreCase)).Reverse()];
        var view = Listing(http, latest, m => new JsonObject
        {
            ["kind"] = m.Kind.ToString().ToLowerInvariant(), ["at"] = Rfc3339.Text(m.At), ["amount"] = m.Amount, ["out_trade_no"] = m.OutTradeNo,
            ["transaction_id"] = m.TransactionId, ["openid"] = m.Openid, ["mch_id"] = m.MchId,
        });
        view["sums"] = sums;
        return view;
    }

    public JsonObject Journal(HttpContext http) => Listing(http, Traffic(Filter(http)), Line);

    /// <summary>What a world put aside would take the place of, and which merchants could begin anew.</summary>
    public JsonObject Present() => new()
    {
        ["contracts"] = state.Contracts.Count(),
        ["orders"] = state.Orders.Count(),
        ["movements"] = state.Movements.Count,
        ["owns_clock"] = state.Options.OwnsClock,
        ["merchants"] = MerchantNumbers(),
    };

    /// <summary>The first merchants, for lists to choose from.</summary>
    public JsonArray MerchantNumbers() => Rows(state.Merchants.Select(m => m.MchId).Order(StringComparer.Ordinal).Take(RowsOfPage), m => JsonValue.Create(m));

    /// <summary>One page of a list, which the address asks for; only its rows are made.</summary>
    internal static JsonObject Listing<T>(HttpContext http, IEnumerable<T> all, Func<T, JsonNode> row)
    {
        var total = all.Count();
        var last = Math.Max(1, (total + RowsOfPage - 1) / RowsOfPage);
        var page = Math.Clamp(int.TryParse(Query(http, "page"), CultureInfo.InvariantCulture, out var asked) ? asked : 1, 1, last);
        return new() { ["rows"] = Rows(all.Skip((page - 1) * RowsOfPage).Take(RowsOfPage), row), ["total"] = total, ["page"] = page, ["pages"] = last };
    }

    private static string Route(HttpContext http, string name) => ControlApi.Route(http, name);

    private static string? Query(HttpContext http, string name) => ControlApi.Query(http, name);

    private static JsonObject Node<T>(T value, JsonTypeInfo<T> type) => System.Text.Json.JsonSerializer.SerializeToNode(value, type)!.AsObject();

    private static JsonArray Rows<T>(IEnumerable<T> all, Func<T, JsonNode?> row) => [.. all.Select(row)];

    private static CallFilter Filter(HttpContext http) => CallFilter.Read(http).Filter ?? new();

    private static bool Is(long value, string text) => text == value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether a state is meant by its name with or without underscores, as people and WeChat write it.</summary>
    private static bool Is<T>(T value, string text)
        where T : struct, Enum => value.ToString().Equals(text.Replace("_", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);

    private JsonObject Happened(DateTimeOffset since)
    {
        // The latest stand last; nobody looks at what was before.
        var moved = Enumerable.Range(1, state.Movements.Count).Select(i => state.Movements[state.Movements.Count - i]).TakeWhile(m => m.At > since).CountBy(m => m.Kind).ToDictionary();
        var sent = journal.Sends(new() { Since = since });
        return new()
        {
            ["from"] = Rfc3339.Text(since),
            ["payments"] = moved.GetValueOrDefault(MovementKind.Payment),
            ["debits"] = moved.GetValueOrDefault(MovementKind.Debit),
            ["refunds"] = moved.GetValueOrDefault(MovementKind.Refund),
            ["failed"] = sent.Where(s => s is { Kind: DeliveryKind.Debit, MchId: not null, OutTradeNo: not null }).Select(s => (s.MchId, s.OutTradeNo)).Distinct()
                .Count(number => state.FindOrder(number.MchId!, number.OutTradeNo) is { IsPaid: false }),
            ["sent"] = sent.Length,
            ["acknowledged"] = sent.Count(s => s.Acknowledged),
            ["ended"] = state.Contracts.Count(c => c.TerminatedAt > since),
        };
    }

    /// <summary>Calls and sends on one time line, the latest first.</summary>
    private IEnumerable<CallRecord> Traffic(CallFilter filter) =>
        journal.Calls(filter).Concat(filter.Path is null ? journal.Sends(filter) : []).OrderByDescending(r => r.Id);

    private JsonNode Line(CallRecord record) => record.IsSend ? Node(record.SendView(state), Json.SendView) : Node(record.CallView(), Json.CallView);
}
