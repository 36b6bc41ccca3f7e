using System.Text.Json.Nodes;
using Papaya.Billing.Reconciliation;
using Papaya.Cli.Http;
using Spectre.Console;

namespace Papaya.Cli.Demo;

/// <summary>
/// A year in the life of a small merchant, told as it happens. It knows the two hosts only by their HTTP interfaces; the table at the end is what
/// they answered. Read <see cref="TellAsync"/> top to bottom: it is the story.
/// </summary>
internal sealed class DemoStory(PapayaApi papaya, SimulatorControl wechat, BillDesk bills, Cast cast, IAnsiConsole console)
{
    private const int Renewals = 12;
    private const int TemplateId = 12535;

    /// <summary>Later than any debit of a period that started on time, and during the day.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromHours(14);

    private readonly List<Row> _table = [];
    private readonly List<BillLine> _billed = [];
    private readonly List<(string Promise, bool Held)> _promises = [];
    private BillTotals _stated;
    private int _billsRead;
    private DateOnly _nextBill;

    public IReadOnlyList<Row> Table => _table;

    public IReadOnlyList<Difference> Differences { get; private set; } = [];

    /// <summary>True only if every promise of the story held.</summary>
    public async Task<bool> TellAsync(Func<CancellationToken, Task<IReadOnlyList<string>>> checkInvariants, CancellationToken ct)
    {
        var start = await wechat.NowAsync(ct);
        _nextBill = DateOnly.FromDateTime(start.ToOffset(Words.Beijing).Date);
        Chapter("Opening the shop");
        await SellPlanAsync(cast.PlanCode, cast.Product, cast.PriceFen, ct);
        await SellPlanAsync(cast.OtherPlanCode, cast.OtherProduct, cast.OtherPriceFen, ct);

        Chapter("Four people at the cashier");
        var faithful = await SubscribeAsync(cast.Faithful, cast.PlanCode, cast.PriceFen, "jsapi", walletFen: cast.WalletFen(), tick: true, ct);
        var unticked = await SubscribeAsync(cast.Unticked, cast.OtherPlanCode, cast.OtherPriceFen, "h5", walletFen: cast.WalletFen(), tick: false, ct);
        var broke = await SubscribeAsync(cast.Broke, cast.PlanCode, cast.PriceFen, "mini_program", walletFen: cast.PriceFen, tick: true, ct);
        var leaver = await SubscribeAsync(cast.Leaver, cast.PlanCode, cast.PriceFen, "jsapi", walletFen: cast.WalletFen(), tick: true, ct);
        await wechat.AdvanceAsync(TimeSpan.FromMinutes(20), ct);
        await TellOutcomesAsync([faithful, unticked, broke, leaver], ct);
        await RefundPartAsync(unticked, ct);

        Chapter("Twelve months");
        for (var month = 1; month <= Renewals; month++)
        {
            var end = (await papaya.SubscriptionAsync(faithful.SubscriptionId, ct)).Instant("current_period.end");
            await wechat.AdvanceToAsync(end + Settled, ct);
            await TellRenewalAsync(faithful, month, ct);
            switch (month)
            {
                case 1:
                    await RecoverAsync(broke, end, ct);
                    break;
                case 3:
                    await CancelInWeChatAsync(leaver, ct);
                    await RefundLastAsync(leaver, ct);
                    break;
                case 4:
                    await CancelWithMerchantAsync(broke, ct);
                    break;
            }

            await ReadBillsAsync(ct);
        }

        Chapter("Counting every fen");
        await wechat.AdvanceToAsync(NextDayAtEleven(await wechat.NowAsync(ct)), ct);
        await ReadBillsAsync(ct);
        Visit[] visits = [faithful, unticked, broke, leaver];
        await FillTableAsync(visits, ct);
        await ReconcileAsync(ct);
        await CompareWithTruthAsync(visits, ct);
        var broken = await checkInvariants(ct);
        foreach (var violation in broken)
        {
            console.MarkupLineInterpolated($"  [red]{violation}[/]");
        }

        Promise("every invariant of the ledger and the charges holds", broken.Count == 0);
        ShowTable();
        return ShowPromises();
    }

    private async Task SellPlanAsync(string code, string name, long priceFen, CancellationToken ct)
    {
        var plan = await papaya.PostAsync("/v1/plans", new JsonObject
        {
            ["code"] = code,
            ["name"] = name,
            ["template_id"] = TemplateId,
            ["mode"] = "delay_24h",
            ["amount"] = priceFen,
            ["fee"] = "capped",
            ["interval"] = new JsonObject { ["unit"] = "month", ["count"] = 1 },
        }, ct);
        await SayAsync($"The plan {name} ({plan.Text("code")}) is on sale: {Words.Yuan(plan.Number("amount"))} a month, debited automatically for whoever agrees.", ct);
    }

    private async Task<Visit> SubscribeAsync(Person person, string plan, long priceFen, string channel, long walletFen, bool tick, CancellationToken ct)
    {
        await wechat.UserAsync(person.OpenId, walletFen, ct);
        var customer = new JsonObject { ["external_id"] = person.ExternalId, ["display_name"] = person.Name[(person.Name.IndexOf('(', StringComparison.Ordinal) + 1)..^1], ["ip"] = person.Address };
        if (channel is "jsapi" or "mini_program")
        {
            customer["openid"] = person.OpenId;
        }

        var checkout = await papaya.PostAsync("/v1/checkouts", new JsonObject { ["plan"] = plan, ["channel"] = channel, ["customer"] = customer }, ct);
        var prepay = SimulatorControl.PrepayId(checkout);
        var act = await wechat.PayAsync(prepay, person.OpenId, tick, ct);
        Promise($"{person.Name} could pay", act.Paid);
        await SayAsync(
            $"{person.Name} opens the cashier ({channel}), sees {Words.Yuan(priceFen)}, {(tick ? "ticks auto-renewal" : "leaves the auto-renewal box unticked")} and pays.", ct);
        return new Visit(person, priceFen, checkout.Text("id"));
    }

    private async Task TellOutcomesAsync(IEnumerable<Visit> visits, CancellationToken ct)
    {
        foreach (var visit in visits)
        {
            var checkout = await papaya.CheckoutAsync(visit.CheckoutId, ct);
            visit.SubscriptionId = checkout.Text("subscription_id");
            visit.ContractId = checkout.Text("contract.id");
            var subscription = await papaya.SubscriptionAsync(visit.SubscriptionId, ct);
            visit.FirstPeriod = (subscription.Instant("current_period.start"), subscription.Instant("current_period.end"));
            var renews = subscription.Flag("auto_renew");
            await SayAsync(
                $"{visit.Person.Name}: {checkout.Text("outcome")}. Service until {Words.Date(visit.FirstPeriod.End)}, "
                + (renews ? $"then renewed; next debit {Words.Time(subscription.Instant("next_charge.at"))}." : "then it ends: nobody agreed to a renewal."), ct);
            if (visit.Person == cast.Unticked)
            {
                Promise($"a sale without the tick does not renew ({visit.Person.Name})", checkout.Text("outcome") == "paid_not_signed" && !renews);
            }
            else
            {
                Promise($"{visit.Person.Name} paid and signed in one step", checkout.Text("outcome") == "complete" && renews);
            }
        }
    }

    private async Task TellRenewalAsync(Visit visit, int month, CancellationToken ct)
    {
        var charges = await SucceededAsync(visit, ct);
        Promise($"renewal {month} of {visit.Person.Name} was debited exactly once", charges.Count == month);
        if (charges.LastOrDefault() is not { } charge)
        {
            return;
        }

        var attempt = charge.List("attempts")[^1];
        await SayAsync(
            $"Renewal {month} of {visit.Person.Name}: {Words.Yuan(charge.Number("amount"))} under {attempt.Text("out_trade_no")}, service until "
            + $"{Words.Date((await papaya.SubscriptionAsync(visit.SubscriptionId, ct)).Instant("current_period.end"))}.", ct);
    }

    private async Task RecoverAsync(Visit visit, DateTimeOffset end, CancellationToken ct)
    {
        var charge = (await papaya.ChargesAsync(visit.SubscriptionId, ct))[0];
        var first = charge.List("attempts").FirstOrDefault();
        var subscription = await papaya.SubscriptionAsync(visit.SubscriptionId, ct);
        Promise($"the debit of {visit.Person.Name} was declined: an empty wallet", (await SucceededAsync(visit, ct)).Count == 0 && first is not null);
        await SayAsync(
            $"{visit.Person.Name} has an empty wallet: {first.Text("out_trade_no")} is declined ({first.Text("code")}), the subscription is {subscription.Text("status")}. "
            + "The service goes on; the next try is two days after the first.", ct);
        await wechat.UserAsync(visit.Person.OpenId, cast.WalletFen(), ct);
        await SayAsync($"{visit.Person.Name} puts money into the wallet.", ct);
        await wechat.AdvanceToAsync(end + TimeSpan.FromDays(3), ct);
        charge = await papaya.ChargeAsync(charge.Text("id"), ct);
        var attempts = charge.List("attempts");
        Promise(
            $"the declined debit recovered under a new number ({visit.Person.Name})",
            charge.Text("status") == "succeeded" && attempts.Count == 2 && attempts.Select(attempt => attempt.Text("out_trade_no")).Distinct(StringComparer.Ordinal).Count() == 2);
        subscription = await papaya.SubscriptionAsync(visit.SubscriptionId, ct);
        await SayAsync($"The second try, {attempts[^1].Text("out_trade_no")}, succeeds: {visit.Person.Name} is {subscription.Text("status")} again.", ct);
    }

    private async Task CancelInWeChatAsync(Visit visit, CancellationToken ct)
    {
        var contract = await papaya.ContractAsync(visit.ContractId, ct);
        await wechat.TerminateAsync(contract.Text("contract_id"), ct);
        await wechat.AdvanceAsync(TimeSpan.FromHours(1), ct);
        contract = await papaya.ContractAsync(visit.ContractId, ct);
        var subscription = await papaya.SubscriptionAsync(visit.SubscriptionId, ct);
        Promise(
            $"a cancel inside WeChat arrived ({visit.Person.Name})",
            contract.Text("status") == "terminated" && contract.Text("termination_mode") == "2" && !subscription.Flag("auto_renew"));
        visit.Debits = (await SucceededAsync(visit, ct)).Count;
        await SayAsync($"{visit.Person.Name} cancels inside WeChat. The contract is {contract.Text("status")}; nothing more will be debited.", ct);
    }

    private async Task CancelWithMerchantAsync(Visit visit, CancellationToken ct)
    {
        await papaya.PostAsync($"/v1/subscriptions/{visit.SubscriptionId}/cancel", new JsonObject { ["when"] = "period_end" }, ct);
        await wechat.AdvanceAsync(TimeSpan.FromHours(1), ct);
        visit.Debits = (await SucceededAsync(visit, ct)).Count;
        await SayAsync($"{visit.Person.Name} asks the merchant to stop at the end of the paid month.", ct);
    }

    private async Task RefundPartAsync(Visit visit, CancellationToken ct)
    {
        var refund = await papaya.PostAsync("/v1/refunds", new JsonObject { ["checkout"] = visit.CheckoutId, ["amount"] = cast.PartRefundFen, ["reason"] = "不满意" }, ct);
        await TellRefundAsync(visit, refund!, ct);
    }

    private async Task RefundLastAsync(Visit visit, CancellationToken ct)
    {
        if ((await SucceededAsync(visit, ct)).LastOrDefault() is { } charge)
        {
            var refund = await papaya.PostAsync(
                "/v1/refunds", new JsonObject { ["charge"] = charge.Text("id"), ["amount"] = charge.Number("amount"), ["reason"] = "最后一期退款" }, ct);
            await TellRefundAsync(visit, refund!, ct);
        }
    }

    private async Task TellRefundAsync(Visit visit, JsonNode refund, CancellationToken ct)
    {
        visit.Refunds.Add(refund.Text("id"));
        await wechat.AdvanceAsync(TimeSpan.FromHours(2), ct);
        var now = await papaya.RefundAsync(refund.Text("id"), ct);
        Promise($"the refund to {visit.Person.Name} succeeded", now.Text("status") == "succeeded");
        await SayAsync($"{visit.Person.Name} gets {Words.Yuan(now.Number("amount"))} back ({now.Text("out_refund_no")}: {now.Text("status")}).", ct);
    }

    /// <summary>WeChat keeps bills for three months only, so they are fetched on the way.</summary>
    private async Task ReadBillsAsync(CancellationToken ct)
    {
        var now = (await wechat.NowAsync(ct)).ToOffset(Words.Beijing);
        // A day's bill is ready at 10:00 on the next day.
        var last = DateOnly.FromDateTime(now.AddHours(-10).Date).AddDays(-1);
        for (; _nextBill <= last; _nextBill = _nextBill.AddDays(1))
        {
            var bill = await bills.DownloadAsync(_nextBill, ct);
            _billed.AddRange(bill.Lines);
            _stated = new BillTotals(_stated.Lines + bill.Totals.Lines, _stated.Paid + bill.Totals.Paid, _stated.Refunded + bill.Totals.Refunded);
            _billsRead++;
        }
    }

    private async Task FillTableAsync(IEnumerable<Visit> visits, CancellationToken ct)
    {
        var truth = (await wechat.LedgerAsync(ct)).Where(entry => entry.Kind != "refund").ToDictionary(entry => entry.OrderNumber, StringComparer.Ordinal);
        foreach (var visit in visits)
        {
            var checkout = await papaya.CheckoutAsync(visit.CheckoutId, ct);
            var number = checkout.Text("payment.out_trade_no");
            _table.Add(new Row(
                visit.Person.Name, $"{Words.Date(visit.FirstPeriod.Start)} – {Words.Date(visit.FirstPeriod.End)}", [number], "1", checkout.Text("outcome"),
                Booked(truth.GetValueOrDefault(number))));
            visit.Ours.Add(new OurMovement(
                MovementKind.Payment, number, checkout.Text("payment.transaction_id"), checkout.Number("amount"), checkout.Instant("payment.paid_at"), true, Debt: visit.CheckoutId));
            foreach (var charge in await papaya.ChargesAsync(visit.SubscriptionId, ct))
            {
                var attempts = charge.List("attempts");
                if (attempts.Count == 0)
                {
                    continue; // Opened for a period that has not come: nothing was sent.
                }

                var numbers = attempts.Select(attempt => attempt.Text("out_trade_no")).ToList();
                var paid = attempts.FirstOrDefault(attempt => attempt.Text("status") == "succeeded");
                _table.Add(new Row(
                    visit.Person.Name, $"{Words.Date(charge.Instant("period.start"))} – {Words.Date(charge.Instant("period.end"))}", numbers,
                    attempts.Count == 1 ? "1" : string.Join(", ", attempts.Select(attempt => attempt.Text("code") is { Length: > 0 } code ? code : attempt.Text("status"))),
                    charge.Text("status"), Booked(paid is null ? null : truth.GetValueOrDefault(paid.Text("out_trade_no")))));
                visit.Ours.AddRange(attempts.Select(attempt => new OurMovement(
                    MovementKind.Debit, attempt.Text("out_trade_no"), attempt.Text("transaction_id") is { Length: > 0 } id ? id : null, charge.Number("amount"),
                    attempt == paid ? charge.Instant("settled_at") : default, attempt == paid, Debt: charge.Text("id"))));
            }

            foreach (var id in visit.Refunds)
            {
                var refund = await papaya.RefundAsync(id, ct);
                _table.Add(new Row(
                    visit.Person.Name, $"refund, {Words.Date(refund.Instant("created_at"))}", [refund.Text("out_refund_no")], "1", refund.Text("status"),
                    "−" + Words.Yuan(refund.Number("amount"))));
                visit.Ours.Add(new OurMovement(
                    MovementKind.Refund, refund.Text("out_trade_no"), null, refund.Number("amount"), refund.Instant("created_at"), refund.Text("status") == "succeeded",
                    refund.Text("out_refund_no")));
            }
        }

        _ours = [.. visits.SelectMany(visit => visit.Ours)];

        static string Booked(TruthEntry? entry) => entry is null ? "" : $"{Words.Yuan(entry.AmountFen)}, {Words.Time(entry.At)}";
    }

    private IReadOnlyList<OurMovement> _ours = [];

    private async Task ReconcileAsync(CancellationToken ct)
    {
        var result = BillMatching.Match(_billed, _ours, _stated);
        Differences = result.Differences;
        foreach (var difference in result.Differences)
        {
            console.MarkupLineInterpolated(
                $"  [red]{difference.Kind}[/] {difference.Movement} {difference.Number}: bill {Words.Yuan(difference.Billed)}, ours {Words.Yuan(difference.Ours)} {difference.Detail}");
        }

        await SayAsync(
            $"WeChat's bills of {_billsRead} days: {result.Billed.Lines} lines, {Words.Yuan(result.Billed.Paid)} paid, {Words.Yuan(result.Billed.Refunded)} refunded. "
            + $"Compared with ours: {result.Matched} agree, {result.Differences.Count} differences.", ct);
        Promise("WeChat's bills and our books agree in every line", result.IsClean && result.Matched == _billed.Count && _billed.Count > Renewals);
    }

    private async Task CompareWithTruthAsync(IReadOnlyList<Visit> visits, CancellationToken ct)
    {
        var truth = await wechat.LedgerAsync(ct);
        var paid = truth.Where(entry => entry.Kind != "refund").ToList();
        Promise("no order number moved money twice", paid.Select(entry => entry.OrderNumber).Distinct(StringComparer.Ordinal).Count() == paid.Count);
        foreach (var visit in visits)
        {
            var debits = truth.Count(entry => entry.Kind == "debit" && entry.OpenId == visit.Person.OpenId);
            var expected = visit.Person == cast.Faithful ? Renewals : visit.Debits;
            Promise($"{visit.Person.Name} was debited {expected} times and not once more", debits == expected);
        }

        Promise(
            "our sums equal WeChat's",
            _ours.Where(movement => movement.IsSettled).Sum(movement => movement.Kind == MovementKind.Refund ? -movement.Amount : movement.Amount)
            == truth.Sum(entry => entry.Kind == "refund" ? -Math.Abs(entry.AmountFen) : entry.AmountFen));
    }

    private async Task<IReadOnlyList<JsonNode>> SucceededAsync(Visit visit, CancellationToken ct) =>
    [
        .. (await papaya.ChargesAsync(visit.SubscriptionId, ct)).Where(charge => charge.Text("status") == "succeeded").OrderBy(charge => charge.Instant("period.start")),
    ];

    private static DateTimeOffset NextDayAtEleven(DateTimeOffset now)
    {
        var local = now.ToOffset(Words.Beijing);
        return new DateTimeOffset(local.Date, Words.Beijing).AddDays(1).AddHours(11);
    }

    private void Chapter(string title)
    {
        console.WriteLine();
        console.MarkupLineInterpolated($"[bold]{title}[/]");
    }

    private async Task SayAsync(string text, CancellationToken ct) =>
        console.MarkupLineInterpolated($"  [grey]{Words.Time(await wechat.NowAsync(ct))}[/]  {text}");

    private void Promise(string text, bool held)
    {
        _promises.Add((text, held));
        if (!held)
        {
            console.MarkupLineInterpolated($"  [red]BROKEN: {text}[/]");
        }
    }

    private void ShowTable()
    {
        var table = new Table().Border(TableBorder.Simple).Title("What the two hosts answer");
        foreach (var column in (string[])["who", "period", "order numbers", "attempts", "result", "WeChat's ledger"])
        {
            table.AddColumn(column);
        }

        foreach (var row in _table)
        {
            table.AddRow(
                Markup.Escape(row.Who), Markup.Escape(row.Period), Markup.Escape(string.Join('\n', row.Numbers)), Markup.Escape(row.Attempts), Markup.Escape(row.Result),
                Markup.Escape(row.Ledger));
        }

        console.WriteLine();
        console.Write(table);
    }

    private bool ShowPromises()
    {
        var broken = _promises.Count(promise => !promise.Held);
        console.MarkupLineInterpolated(
            $"{_promises.Count - broken} of {_promises.Count} promises held; {_billsRead} bills, {Differences.Count} differences (seed {cast.Seed}).");
        return broken == 0;
    }

    /// <summary>One line of the closing table.</summary>
    internal sealed record Row(string Who, string Period, IReadOnlyList<string> Numbers, string Attempts, string Result, string Ledger);

    private sealed class Visit(Person person, long priceFen, string checkoutId)
    {
        public Person Person { get; } = person;

        public long PriceFen { get; } = priceFen;

        public string CheckoutId { get; } = checkoutId;

        public string SubscriptionId { get; set; } = "";

        public string ContractId { get; set; } = "";

        public (DateTimeOffset Start, DateTimeOffset End) FirstPeriod { get; set; }

        /// <summary>How many debits had succeeded when this person cancelled: no more may follow.</summary>
        public int Debits { get; set; }

        public List<string> Refunds { get; } = [];

        public List<OurMovement> Ours { get; } = [];
    }
}
