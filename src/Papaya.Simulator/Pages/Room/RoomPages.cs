using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Papaya.Simulator.Control;
using Papaya.Simulator.Faults;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Pages.Room;

/// <summary>The control room: lists and details of all there is in the world, and forms that are control calls.</summary>
internal sealed class RoomPages(SimulatorState state, RoomViews views, ControlDesk desk)
{
    internal const string ActPath = "/room/act";
    internal const string ClockPath = "/room/clock";

    /// <summary>Shows a form as a command instead of doing it.</summary>
    internal const string CommandPath = "/room/command";

    internal const string SnapshotsPath = "/room/snapshots";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", HomeAsync);
        routes.MapGet("/room/users", http => ShowAsync<UsersPage>(http, views.Users));
        routes.MapGet("/room/users/{openid}", UserAsync);
        routes.MapGet("/room/templates", http => ShowAsync<TemplatesPage>(http, views.Templates));
        routes.MapGet("/room/merchants", http => ShowAsync<MerchantsPage>(http, views.Merchants));
        routes.MapGet("/room/merchants/{mch_id}", MerchantAsync);
        routes.MapGet("/room/contracts", http => ShowAsync<ContractsPage>(http, views.Contracts));
        routes.MapGet("/room/contracts/{contract_id}", http => ShowAsync<ContractPage>(http, views.Contract));
        routes.MapGet("/room/orders", http => ShowAsync<OrdersPage>(http, views.Orders));
        routes.MapGet("/room/orders/{mch_id}/{out_trade_no}", http => ShowAsync<OrderPage>(http, views.Order));
        routes.MapGet("/room/refunds", http => ShowAsync<RefundsPage>(http, views.Refunds));
        routes.MapGet("/room/notifications", http => ShowAsync<NotificationsPage>(http, views.Notifications));
        routes.MapGet("/room/ledger", http => ShowAsync<LedgerPage>(http, views.Ledger));
        routes.MapGet("/room/journal", http => ShowAsync<JournalPage>(http, views.Journal));
        routes.MapGet("/room/journal/{id}", CallAsync);
        routes.MapGet("/room/faults", http => ListAsync<FaultsPage>(http, "/_sim/faults", AddFaultWords));
        routes.MapGet("/room/switches", SwitchesAsync);
        routes.MapGet("/room/lint", http => ListAsync<LintPage>(http, "/_sim/lint", view => view["can_probe"] = desk.Knows(HttpMethods.Post, "/_sim/lint/probe")));
        routes.MapGet("/room/scenarios", http => ListAsync<ScenariosPage>(http, "/_sim/scenarios"));
        routes.MapPost("/room/scenarios", PlayAsync);
        routes.MapGet(SnapshotsPath, SnapshotsAsync);
        routes.MapPost(ActPath, ActAsync);
        routes.MapPost(ClockPath, ActAsync);
        routes.MapPost(CommandPath, CommandAsync);
    }

    /// <summary>Whether a request is a form that counts itself as work, once it is known what it asks for.</summary>
    public static bool IsForm(string method, PathString path) => HttpMethods.IsPost(method) && (path == ActPath || path == ClockPath);

    /// <summary>An address of this room; anything else becomes its first page.</summary>
    internal static string Own(string? address) => address is ['/', ..] and not ['/', '/' or '\\', ..] ? address : "/";

    /// <summary>The entry of the list on the left that an address belongs to.</summary>
    private static string PlaceOf(string address) => string.Join('/', address.Split('?', '#')[0].Split('/').Take(3));

    private static string Route(HttpContext http, string name) => ControlApi.Route(http, name);

    private static string? Query(HttpContext http, string name) => ControlApi.Query(http, name);

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
            return AnswerAsync<RefusedPage>(http, new() { ["is_missing"] = true, ["call"] = http.Request.Path.Value, ["back"] = "/" }, StatusCodes.Status404NotFound);
        }

        view["now"] = Rfc3339.Text(state.Now);
        view["origin"] = $"{http.Request.Scheme}://{http.Request.Host}";
        return http.ShowAsync<TPage>(Language.OfRoom(http), view, status);
    }

    // ---- acting --------------------------------------------------------------------------------------------------------

    private async Task ActAsync(HttpContext http)
    {
        var form = await CashierRoutes.ReadAsync(http);
        var back = Own(form[FormCall.BackField]);
        var (call, wrong) = FormCall.Read(form);
        if (call is null)
        {
            await RefuseAsync(http, wrong, "", back, StatusCodes.Status400BadRequest);
            return;
        }

        PathString path = call.Path.Split('?')[0];
        using var work = ClockControl.Waits(path) || SnapshotRoutes.Waits(call.Method, path) ? null : state.EnterClock();
        var before = state.Now;
        var (status, answer) = await desk.SendAsync(http, call.Method, call.Path, call.Body);
        if (status >= 300)
        {
            await RefuseAsync(http, answer.Text("reason") is { Length: > 0 } reason ? reason : $"HTTP {status}", $"{call.Method} {call.Path} {call.Body?.ToJsonString()}", back, status);
            return;
        }

        http.SeeOther(Language.OfRoom(http).To(call.Path == "/_sim/clock" ? $"/?since={Uri.EscapeDataString(Rfc3339.Text(before))}" : PageAddress.With(back, "done", Done(path))));
    }

    /// <summary>What the page that follows tells of an act that nothing else on it shows.</summary>
    private static string? Done(PathString path) =>
        path == "/_sim/reset" ? "reset" : path == "/_sim/snapshots" ? "saved" : path.StartsWithSegments("/_sim/snapshots") ? "restored" : null;

    private async Task CommandAsync(HttpContext http)
    {
        var form = await CashierRoutes.ReadAsync(http);
        var back = Own(form[FormCall.BackField]);
        var (call, wrong) = FormCall.Read(form);
        await (call is null
            ? RefuseAsync(http, wrong, "", back, StatusCodes.Status400BadRequest)
            : AnswerAsync<CommandPage>(http, new() { ["method"] = call.Method, ["path"] = call.Path, ["body"] = call.Body, ["back"] = back, ["place"] = PlaceOf(back) }));
    }

    private async Task PlayAsync(HttpContext http)
    {
        var form = await CashierRoutes.ReadAsync(http);
        var path = $"/_sim/scenarios/{Uri.EscapeDataString(form["run"].ToString())}/run";
        var (status, result) = await desk.SendAsync(http, HttpMethods.Post, path, new JsonObject { ["without_cause"] = form["without_cause"] == "on" });
        await (status == StatusCodes.Status200OK
            ? ListAsync<ScenariosPage>(http, "/_sim/scenarios", view => view["result"] = result)
            : RefuseAsync(http, result.Text("reason"), "POST " + path, "/room/scenarios", status));
    }

    private Task RefuseAsync(HttpContext http, string? reason, string call, string back, int status) =>
        AnswerAsync<RefusedPage>(http, new() { ["reason"] = reason, ["call"] = call, ["back"] = back, ["place"] = PlaceOf(back) }, status);

    // ---- pages that ask the control API -------------------------------------------------------------------------------

    private async Task HomeAsync(HttpContext http)
    {
        var (_, clock) = await desk.SendAsync(http, HttpMethods.Get, "/_sim/clock");
        var faults = await desk.ListAsync(http, "/_sim/faults");
        var lint = await desk.ListAsync(http, "/_sim/lint");
        await ShowAsync<HomePage>(http, _ =>
        {
            var view = views.Overview(http);
            view["counts"]!["faults"] = faults.Count;
            view["counts"]!["findings"] = lint.Count(r => r.Text("verdict") == "fault");
            (view["next"], view["frozen"]) = (clock?["next_event"]?.DeepClone(), clock?["frozen"]?.DeepClone());
            return view;
        });
    }

    private async Task UserAsync(HttpContext http)
    {
        var (_, user) = await desk.SendAsync(http, HttpMethods.Get, "/_sim/users/" + Uri.EscapeDataString(Route(http, "openid")));
        await AnswerAsync<UserPage>(http, user?["openid"] is null ? null : new() { ["user"] = user });
    }

    private async Task MerchantAsync(HttpContext http)
    {
        var (_, merchant) = await desk.SendAsync(http, HttpMethods.Get, "/_sim/merchants/" + Uri.EscapeDataString(Route(http, "mch_id")));
        if (merchant?["mch_id"] is null)
        {
            await AnswerAsync<MerchantPage>(http, null);
            return;
        }

        using var certificate = X509Certificate2.CreateFromPem(merchant.Text("certificate_pem"));
        await AnswerAsync<MerchantPage>(http, new()
        {
            ["merchant"] = merchant,
            ["valid_from"] = Rfc3339.Text(new DateTimeOffset(certificate.NotBefore).ToUniversalTime()),
            ["valid_until"] = Rfc3339.Text(new DateTimeOffset(certificate.NotAfter).ToUniversalTime()),
        });
    }

    /// <summary>Everybody's switches, or one merchant's beside everybody's.</summary>
    private async Task SwitchesAsync(HttpContext http)
    {
        var mchId = Query(http, "mch_id");
        var rows = await desk.ListAsync(http, "/_sim/switches");
        var own = mchId is null ? rows : await desk.ListAsync(http, "/_sim/switches?mch_id=" + Uri.EscapeDataString(mchId));
        foreach (var (row, one) in rows.Zip(own))
        {
            row!["own"] = one.Text("value");
        }

        await ShowAsync<SwitchesPage>(http, _ => mchId is not null && state.FindMerchant(mchId) is null
            ? null
            : new() { ["rows"] = rows, ["mch_id"] = mchId, ["merchants"] = views.MerchantNumbers() });
    }

    private async Task SnapshotsAsync(HttpContext http)
    {
        var rows = await desk.ListAsync(http, "/_sim/snapshots");
        await ShowAsync<SnapshotsPage>(http, _ =>
        {
            var view = views.Present();
            view["rows"] = rows;
            return view;
        });
    }

    private async Task CallAsync(HttpContext http)
    {
        var id = Route(http, "id");
        var (_, call) = await desk.SendAsync(http, HttpMethods.Get, (id.StartsWith('s') ? "/_sim/notifications/" : "/_sim/requests/") + Uri.EscapeDataString(id));
        await AnswerAsync<CallPage>(http, call?["id"] is null ? null : new() { ["call"] = call });
    }

    private static void AddFaultWords(JsonObject view)
    {
        view["kinds"] = new JsonArray([.. FaultCatalogue.All.Select(e => new JsonObject { ["kind"] = e.Wire, ["zh"] = e.Chinese, ["en"] = e.Meaning, ["places"] = FaultCatalogue.Describe(e.Places) })]);
        view["places"] = new JsonArray([.. FaultCatalogue.PlacesWith(Wire.Gateway.Paths).Select(p => JsonValue.Create(p))]);
    }
}
