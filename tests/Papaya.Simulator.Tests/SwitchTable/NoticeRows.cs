using Papaya.Simulator.Tests.Errors;
using Papaya.Simulator.Tests.V3;
using static Papaya.Simulator.Tests.SwitchTable.SwitchRow;

namespace Papaya.Simulator.Tests.SwitchTable;

/// <summary>Switches of notices before debits, and of debits after them.</summary>
internal static class NoticeRows
{
    private const string Plan = "12536";
    private static readonly DateOnly Sent = new(2026, 1, 15);

    /// <summary>Half past six in the morning in Beijing.</summary>
    private static readonly DateTimeOffset Early = new(2026, 1, 14, 22, 30, 0, TimeSpan.Zero);

    /// <summary>Eleven at night in Beijing.</summary>
    private static readonly DateTimeOffset Late = new(2026, 1, 15, 15, 0, 0, TimeSpan.Zero);

    public static IEnumerable<SwitchRow> All =>
    [
        new("first_debit_and_window", "the first debit at night", async w => (await w.ApplyAsync(await w.SignedAsync(plan: Plan))).Outcome,
            ("ignored", "SUCCESS"), ("counts", "INVALID_REQUEST")) { Start = Late },
        OfV3("notice_first_12h", "a debit an hour after signing, with a notice", async (w, shop) =>
        {
            var contract = await w.SignedAsync(plan: Plan);
            await SendAsync(shop, contract, 1);
            await w.AdvanceAsync(TimeSpan.FromHours(1));
            return (await w.ApplyAsync(contract)).Outcome;
        }, ("notice_wins", "INVALID_REQUEST"), ("immediate_wins", "SUCCESS")),
        OfV3("notice_default_days", "the last days of a notice without deduct_duration", async (w, shop) =>
        {
            var contract = await w.SignedAsync(plan: Plan);
            await SendAsync(shop, contract, null);
            List<string> told = [];
            foreach (var day in (int[])[16, 17, 19, 20, 23, 24])
            {
                await V3OwnRows.BeijingAsync(w, new(2026, 1, day), new(9, 0));
                told.Add((await w.ApplyAsync(contract, changes: ("total_fee", "2499"))).Outcome == "RULELIMIT" ? $"{day} open" : $"{day} shut");
            }

            return string.Join(", ", told);
        }, ("7", "16 shut, 17 open, 19 open, 20 open, 23 open, 24 shut"), ("3", "16 shut, 17 open, 19 open, 20 shut, 23 shut, 24 shut"))
        with { Beside = [("apply_check_order", "notice_then_limits")] },
        OfV3("notice_count_range", "a notice for four days", async (w, shop) => (await SendAsync(shop, await w.SignedAsync(plan: Plan), 4)).Outcome, ("1-3", "PARAM_ERROR"), ("1-7", "204")),
        OfV3("notice_count_range", "a notice for three days", async (w, shop) => (await SendAsync(shop, await w.SignedAsync(plan: Plan), 3)).Outcome, ("1-3", "204"), ("1-7", "204")),
        OfV3("notice_count_range", "a notice for eight days", async (w, shop) => (await SendAsync(shop, await w.SignedAsync(plan: Plan), 8)).Outcome, ("1-3", "PARAM_ERROR"), ("1-7", "PARAM_ERROR")),
        OfV3("notice_hours", "a notice at half past six", async (w, shop) => (await SendAsync(shop, await w.SignedAsync(plan: Plan), 1)).Outcome,
            ("07-22", "INVALID_REQUEST"), ("06-22", "204")) with { Start = Early },
        OfV3("notice_hours", "a debit at half past six", async (w, shop) =>
        {
            var contract = await w.SignedAsync(plan: Plan);
            await SendAsync(shop, contract, 1);
            await V3OwnRows.BeijingAsync(w, Sent.AddDays(2), new(6, 30));
            return (await w.ApplyAsync(contract)).Outcome;
        }, ("07-22", "INVALID_REQUEST"), ("06-22", "SUCCESS")),
        OfV3("notice_success_ends_period", "a second debit under one notice", async (w, shop) =>
        {
            var contract = await w.SignedAsync(plan: Plan);
            await SendAsync(shop, contract, 3);
            List<string> told = [];
            for (var day = 2; day < 5; day++)
            {
                await V3OwnRows.BeijingAsync(w, Sent.AddDays(day), new(9, 0));
                told.Add((await w.ApplyAsync(contract)).Outcome);
                await w.SettleAsync();
            }

            return string.Join(' ', told);
        }, ("yes", "SUCCESS INVALID_REQUEST INVALID_REQUEST"), ("no", "SUCCESS SUCCESS INVALID_REQUEST")) with { Beside = [("apply_check_order", "notice_then_limits")] },
        OfV3("notice_violation", "debits without notice, on a waiting day, at night", async (w, shop) =>
        {
            var contract = await w.SignedAsync(plan: Plan);
            await w.AdvanceAsync(TimeSpan.FromHours(23));
            var none = await w.ApplyAsync(contract);
            await V3OwnRows.BeijingAsync(w, Sent.AddDays(1), new(9, 30));
            await SendAsync(shop, contract, 1);
            var waiting = await w.ApplyAsync(contract);
            await V3OwnRows.BeijingAsync(w, Sent.AddDays(3), new(22, 30));
            return $"{none.Outcome} {waiting.Outcome} {(await w.ApplyAsync(contract)).Outcome}";
        }, ("INVALID_REQUEST", "INVALID_REQUEST INVALID_REQUEST INVALID_REQUEST"), ("RULELIMIT", "INVALID_REQUEST RULELIMIT RULELIMIT")),
        OfV3("reminder_repeat", "a second reminder after one failure", async (w, shop) =>
        {
            var reminder = V3Requests.Reminder(await V3OwnRows.FailedAsync(w, shop, await w.UserAsync(2_500)));
            return $"{(await reminder.SendAsync(shop)).Outcome} {(await reminder.SendAsync(shop)).Outcome}";
        }, ("once_per_failure", "204 RESOURCE_ALREADY_EXISTS"), ("allowed", "204 204")),
    ];

    private static Task<V3Reply> SendAsync(Shop shop, string contract, int? days) =>
        (days is { } count ? V3Requests.Notice(contract).With(("deduct_duration.count", count)) : V3Requests.Notice(contract).With(("deduct_duration", null))).SendAsync(shop);
}
