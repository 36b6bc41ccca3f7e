using System.Globalization;
using System.Text;

namespace Papaya.Simulator.Scenarios;

/// <summary>The reference page of the scenarios, written from the scenarios themselves.</summary>
internal static class ScenarioPage
{
    /// <summary>The pains that no simulator can stage, with the reason.</summary>
    public static readonly IReadOnlyDictionary<int, string> NotStaged = new Dictionary<int, string>
    {
        [51] = "A file name taken for a certificate fails before any byte leaves the caller's machine.",
        [58] = "A wish for what this simulator is.",
        [61] = "A wish for a feature of WeChat's.",
    };

    public static string Write(IReadOnlyList<Scenario> scenarios)
    {
        var page = new StringBuilder();
        page.Append("""
            # Scenarios

            Stories that merchants have lived through, each staged by the simulator in a world of its own: `papaya sim scenario NAME` runs one,
            `--without-cause` leaves out what causes it (then an expectation fails: it shows something), `--all` runs all, and
            `POST /_sim/scenarios/{name}/run` does the same for a program. A scenario neither sees nor moves a simulator that is running.

            ## The file

            JSON; `papaya sim scenario my-story.json` runs your own. One object, or a list of them:

            ```json
            {
              "name": "accepted-and-forgotten", "pains": [28], "family": "undecided",
              "title": {"zh": "受理后被遗忘", "en": "Accepted and forgotten"}, "why": "…", "source": "…",
              "clock": "2026-03-02T10:00:00+08:00",
              "steps": [
                {"user": {"openid": "ann", "balance": 100000}},
                {"fault": {"on": "execution", "kind": "lost", "times": 1}, "cause": true},
                {"sign": {"plan": 12535}, "as": "c1"},
                {"advance": "13h"},
                {"call": {"name": "apply", "with": {"contract_id": "$c1", "out_trade_no": "A1"}, "gives": "SUCCESS"}},
                {"advance": "25h"},
                {"expect": {"ledger": {"debit": 0}}}
              ]
            }
            ```

            A step has one verb, and may have `"cause": true`, `"instead": {step}` (played when the cause is left out) and `"as": "name"`; `$name` later stands
            for what it gave. `cases` makes a family: an object of labels, each with the values of its names. At least one step is a cause and one expects something.

            | verb | does |
            |---|---|
            | `advance` `"13h"`, `at` `"RFC 3339"` | moves the clock; what is due happens |
            | `user`, `template`, `merchant`, `switch`, `fault`, `clear_faults` | as the control API; a template keeps what is not named (`like`: another plan) |
            | `sign` `{user, plan, number, with, how}` | an order is placed, paid and signed; gives the contract |
            | `order`, `cashier` `{order, user, action, sign}` | the two halves of it |
            | `entrust` `{user, action, with, how, redirect}` | a signing page is opened and agreed to |
            | `terminate` `{contract, mode}` | a contract ends |
            | `call` `{name, with, how, gives, wait}` | the scripted merchant calls; `with` changes, adds or (null) removes fields; `how.sign` is hmac, none, apiv3, previous or gbk; `gives` is the outcome (SUCCESS, an error code, `FAIL text`, `cut`) or members of the answer |
            | `v3` `{call: "POST /v3/…", body, gives}` | a V3 call, signed with the merchant's test key |
            | `page` `{path, headers, form}`, `control` `{path, body}` | a page, any call of the control API |
            | `inbox` `{answer, times}` | how the merchant answers messages: ok, blank_lines, bom, json, html, text, fail, 500, hang_up, blindly |
            | `send` `{id, copies}` | a message is sent again |
            | `repeat` `{times, steps}` | the same again; `$n` counts |
            | `expect` | `ledger` (counts by kind, or the entries), `order`, `refund`, `user`, `contract`, `contracts`, `reply`, `calls`, `messages`, `lint` `{rule, verdict, count}` |

            Only the members that are expected are compared: `null` absent, `*` there, `~text` contains it, `!text` something else, `>n` and `<n` numbers.

            ## The list


            """);
        foreach (var family in scenarios.GroupBy(s => s.Family))
        {
            page.Append(CultureInfo.InvariantCulture, $"### {family.Key.Replace('-', ' ')}\n\n| pain | name | what it shows |\n|---|---|---|\n");
            foreach (var s in family)
            {
                page.Append(CultureInfo.InvariantCulture, $"| {string.Join(", ", s.Pains)} | `{s.Name}` | {s.Title} · {s.Chinese}. {s.Why} |\n");
            }

            page.Append('\n');
        }

        page.Append("## Not staged\n\n| pain | why |\n|---|---|\n");
        foreach (var (pain, why) in NotStaged)
        {
            page.Append(CultureInfo.InvariantCulture, $"| {pain} | {why} |\n");
        }

        return page.Replace("\r\n", "\n").ToString();
    }
}
