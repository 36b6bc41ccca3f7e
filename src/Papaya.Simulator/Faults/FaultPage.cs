using System.Globalization;
using System.Text;

namespace Papaya.Simulator.Faults;

/// <summary>The reference page of the faults, written from the catalogue that the checks use.</summary>
internal static class FaultPage
{
    public static string Write()
    {
        var page = new StringBuilder();
        page.Append("""
            # Faults

            `POST /_sim/faults` makes something go wrong, by rule; `papaya sim faults add ON KIND …` is the same from a shell. `GET` lists the rules with
            how often each looked and struck; `DELETE` removes all, or `?id=` or `?name=`. What a rule has delayed stays scheduled when it is gone.
            Rules and their counts are part of the world: they survive a restart with `--data` and are in snapshots.

            ```json
            {"on": "/pay/pappayapply", "kind": "timeout_after", "number": "P2603*", "skip": 2, "times": 1}
            ```

            ## Matching

            The oldest rule that strikes wins. All that is named must fit; what is absent fits anything.

            | member | fits |
            |---|---|
            | `on` | a path (V3: with its braces, `/v3/papay/contracts/{contract_id}/notify`), or `*` for every call; `payment`, `debit`, `contract`, `refund`, `v3_payment`, `v3_debit`, `v3_contract`, `v3_refund`, or `notification` for every message; `execution`: a debit's moment; `refund_execution`: a refund's |
            | `mch_id` | the merchant number |
            | `number` | any of out_trade_no, out_refund_no, contract_id, contract_code, transaction_id, refund_id: exact, or a beginning followed by `*` |
            | `site` | `main` or `backup`, the two listeners |
            | `skip` | so many matches pass first |
            | `times` | so many single requests or sends are struck, then no more |
            | `from`, `until` | RFC 3339, the test clock's time |
            | `probability`, `seed` | chance. The dice depend on the seed, the rule, the number and how often that number has come, not on the order of unrelated calls; the seed is the simulator's own when absent |
            | `name` | nothing: a label |
            | `processed` | not a match either: whether a call is carried out although its answer is bad; each kind has its usual way |

            A call that cannot be read matches by its path alone. A timeout never hangs, because that would stall the clock: the connection is cut.

            ## Kinds


            """);
        page.Append("| kind | strikes | carried out | members | what happens | 说明 |\n|---|---|---|---|---|---|\n");
        foreach (var e in FaultCatalogue.All)
        {
            var isCall = (e.Places & (FaultPlaces.Call | FaultPlaces.Query | FaultPlaces.Bill)) != 0;
            page.Append(
                CultureInfo.InvariantCulture,
                $"| `{e.Wire}` | {FaultCatalogue.Describe(e.Places)} | {(isCall ? e.IsProcessed ? "yes" : "no" : "")} | {string.Join(", ", e.Members.Select(m => m.EndsWith('!') ? $"`{m[..^1]}` (needed)" : $"`{m}`"))} | {e.Meaning} | {e.Chinese} |\n");
        }

        page.Append(CultureInfo.InvariantCulture, $"\n`rewrite` takes `how`: {string.Join(", ", FaultCatalogue.Rewritings.Select(r => $"`{r}`"))} (`without` needs `field`; `extra` and `emoji` may name one).\n");
        page.Append(CultureInfo.InvariantCulture, $"V3 paths know {FaultCatalogue.Names(FaultCatalogue.V3Calls)}; V3 messages {FaultCatalogue.Names(FaultCatalogue.V3Messages)}.\n");
        page.Append(CultureInfo.InvariantCulture, $"`/papay/entrustweb` knows {FaultCatalogue.Names(FaultCatalogue.SigningPages)}; `/papay/h5entrustweb` {FaultCatalogue.Names(FaultCatalogue.H5Calls)}. A rule for `*` or `notification` passes by where its kind is not known.\n");
        page.Append("""
            `meanwhile` takes `do`: `{"terminate": {contract_id, mode?}}`, `{"execute": {out_trade_no}}` or `{"balance": {openid, amount}}`.

            ## What no rule can do

            A name that does not resolve, a port that refuses: point the caller at `api.invalid` or a closed port. Full disks, dying processes and slow
            databases are the caller's own side.

            """);
        return page.Replace("\r\n", "\n").ToString();
    }
}
