namespace Papaya.Cli.Sim;

/// <summary>One call of the control API as a command: the words of the command line become its path, its query and its members.</summary>
/// <param name="Group">The first word; the acts of a group stand together.</param>
/// <param name="Verb">The second word; null: the first is all of it.</param>
/// <param name="Path">Below <c>/_sim</c>; each <c>{WORD}</c> is an argument.</param>
/// <param name="Body">Members that arguments fill, <c>member={WORD}</c>.</param>
/// <param name="Columns">Of a list, what a table for people shows.</param>
internal sealed record SimAct(string Group, string? Verb, HttpMethod Method, string Path, string Meaning, string Example)
{
    public string[] Body { get; init; } = [];

    public string[] Columns { get; init; } = [];

    /// <summary>The member that <see cref="Members"/> are members of, when they do not stand at the top.</summary>
    public string? Within { get; init; }

    /// <summary>The answer is a file, and an argument says where to.</summary>
    public bool IsFile { get; init; }

    /// <summary>A member that the command itself stands for.</summary>
    public (string Name, bool Value)? Fixed { get; init; }

    /// <summary>The member of the answer that is the list.</summary>
    public string List { get; init; } = "data";

    /// <summary>Further members, <c>name=value</c>; those of a GET or DELETE go into the query.</summary>
    public string? Members { get; init; }

    /// <summary>The arguments, in the order of the command line.</summary>
    public IEnumerable<string> Arguments =>
        System.Text.RegularExpressions.Regex.Matches(Path + " " + string.Join(' ', Body), "\\{([A-Z_]+)\\}", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)).Select(m => m.Groups[1].Value).Distinct();
}

/// <summary>The control API, call by call. There is no logic here: what a call means is the simulator's to say.</summary>
internal static class SimActs
{
    private static readonly HttpMethod Get = HttpMethod.Get;
    private static readonly HttpMethod Post = HttpMethod.Post;

    private static readonly string[] SendColumns = ["id", "at", "kind", "out_trade_no", "contract_id", "send", "of", "status", "acknowledged", "fault", "next_at"];

    /// <summary>Messages that put a caller to the test: <c>sim lint --probe</c> sends them before it reads the report.</summary>
    public static readonly SimAct Probe = new("lint", "--probe", Post, "/lint/probe", "First put the caller to the test: messages twice, forged, wrong.", "papaya sim lint --probe")
        { Body = ["mch_id={MCH_ID}"], Members = "kinds" };

    /// <summary>Time goes on by so many seconds; by none, only what is due already happens.</summary>
    public static readonly SimAct Advance = new("clock", "advance", Post, "/clock", "Move the clock on; everything due on the way happens in order.", "papaya sim clock advance 24h1m")
        { Body = ["advance_seconds={SECONDS}"] };

    public static readonly SimAct Lint = new("lint", null, Get, "/lint", "What real WeChat would accept today and its quality checklist would fault.", "papaya sim lint severity=error")
        { Members = "mch_id, rule, severity, since, with --probe also kinds", Columns = ["rule", "severity", "verdict", "count"] };

    /// <summary>Calls whose command is no call: it does the same inside its own process.</summary>
    public static readonly IReadOnlyDictionary<string, string> Elsewhere = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["GET /scenarios"] = "sim scenario --list",
        ["POST /scenarios/{name}/run"] = "sim scenario NAME",
    };

    public static readonly IReadOnlyList<SimAct> All =
    [
        new("health", null, Get, "/health", "Whether a simulator answers.", "papaya sim health"),

        new("clock", "show", Get, "/clock", "Show the test clock's time.", "papaya sim clock show"),
        new("clock", "to", Post, "/clock", "Move the clock to an instant; everything due on the way happens in order.", "papaya sim clock to 2026-03-03T08:00:00+08:00") { Body = ["to={INSTANT}"] },

        Advance,
        new("clock", "next", Post, "/clock", "Move the clock to the next thing that falls due.", "papaya sim clock next") { Fixed = ("next", true) },
        new("clock", "freeze", Post, "/clock", "Let time stand until it is moved.", "papaya sim clock freeze") { Fixed = ("frozen", true) },
        new("clock", "run", Post, "/clock", "Let time run again.", "papaya sim clock run") { Fixed = ("frozen", false) },

        new("users", "list", Get, "/users", "List the users.", "papaya sim users list") { Columns = ["openid", "nickname", "balance", "account", "bank", "risk", "other_items"] },
        new("users", "show", Get, "/users/{OPENID}", "Show a user with money, contracts and what WeChat has told him.", "papaya sim users show oSimUser0001"),
        new("users", "set", Post, "/users", "Create a user or change one.", "papaya sim users set ann balance=100000 account=normal risk=none")
            { Body = ["openid={OPENID}"], Members = "balance, account (normal, abnormal, closed), bank (ok, maintenance), risk (none, refuse), cards, coupons, nickname, other_items" },
        new("users", "coupon", Post, "/users/{OPENID}/coupons", "Give a user a coupon, or several of a kind.", "papaya sim users coupon ann amount=500 type=NO_CASH minimum=2000")
            { Members = "amount, type (CASH, NO_CASH), minimum, mch_id, goods_tag, count, id, name, stock_id" },

        new("templates", "list", Get, "/templates", "List the templates.", "papaya sim templates list") { Columns = ["mch_id", "plan_id", "name", "kind", "cycle", "fee", "amount", "mode", "disabled", "signing_blocked"] },
        new("templates", "set", Post, "/templates", "Create a template or replace one.", "papaya sim templates set 10000100 20001 name=周卡 kind=periodic cycle=week fee=fixed amount=600 mode=delay_24h")
            { Body = ["mch_id={MCH_ID}", "plan_id={PLAN_ID}"], Members = "name, kind, cycle, fee, amount, first_amount, mode, terminate_notify_url, disabled, signing_blocked, single_limit, daily_limit, valid_days, …" },
        new("templates", "disable", Post, "/templates/{PLAN_ID}/disable", "Disable a template for ever; its contracts go on.", "papaya sim templates disable 12535") { Members = "mch_id" },

        new("merchants", "show", Get, "/merchants/{MCH_ID}", "Show a merchant with its test keys.", "papaya sim merchants show 10000100"),
        new("merchants", "set", Post, "/merchants", "Create a merchant or change one; a new key makes the old one the previous.", "papaya sim merchants set 10000200 key=0123456789abcdef0123456789abcdef")
            { Body = ["mch_id={MCH_ID}"], Members = "name, key, previous_key, apps, permissions, signing_domains, refund_notify_url, …" },
        new("merchants", "batch", Post, "/merchants/batch", "Make many merchants at once, one for each test of a suite.", "papaya sim merchants batch 8 like=10000100")
            { Body = ["count={COUNT}"], Members = "like", Columns = ["mch_id", "name", "key", "plan_ids"] },
        new("merchants", "certificate", Post, "/merchants/{MCH_ID}/certificate", "Give a merchant another API certificate.", "papaya sim merchants certificate 10000100"),
        new("merchants", "p12", Get, "/merchants/{MCH_ID}/apiclient_cert.p12", "Fetch a merchant's certificate with its key; the password is its number.", "papaya sim merchants p12 10000100 apiclient_cert.p12")
            { IsFile = true },
        new("merchants", "p12-3des", Get, "/merchants/{MCH_ID}/apiclient_cert_3des.p12", "The same for software that reads only the older form.", "papaya sim merchants p12-3des 10000100 apiclient_cert.p12")
            { IsFile = true },
        new("funds", "show", Get, "/merchants/{MCH_ID}/funds", "Show a merchant's accounts.", "papaya sim funds show 10000100"),
        new("funds", "set", Post, "/merchants/{MCH_ID}/funds", "Say what accounts hold, in fen.", "papaya sim funds set 10000100 available=0")
            { Within = "set", Members = "unsettled, available, operation, fees" },
        new("funds", "add", Post, "/merchants/{MCH_ID}/funds", "Pay in, or take out below nothing, in fen.", "papaya sim funds add 10000100 available=50000")
            { Within = "add", Members = "unsettled, available, operation, fees" },
        new("platform", null, Get, "/platform", "Show WeChat's own keys.", "papaya sim platform") { Columns = ["serial", "effective_at", "expires_at", "signs_from", "retires_at"] },
        new("platform", "rotate", Post, "/platform/rotate", "Let a new platform certificate take over.", "papaya sim platform rotate overlap_seconds=86400") { Members = "overlap_seconds" },
        new("ca", null, Get, "/ca.pem", "Fetch the authority of the https door.", "papaya sim ca ca.pem") { IsFile = true },

        new("cashier", null, Post, "/cashier/{PREPAY_ID}", "The user pays a pay-and-sign order, or goes away.", "papaya sim cashier wx2026… oSimUser0001 action=pay sign=true")
            { Body = ["openid={OPENID}"], Members = "action (pay, cancel), sign (true, false)" },
        new("entrust", null, Post, "/entrust", "The user acts on a signing page.", "papaya sim entrust oSimUser0001 action=agree url='https://…/papay/entrustweb?…'")
            { Body = ["openid={OPENID}"], Members = "action (agree, cancel), and one of url, pre_entrustweb_id, session, extra_data" },
        new("terminate", null, Post, "/contracts/{CONTRACT_ID}/terminate", "End a contract; mode 2 is the user's own cancel.", "papaya sim terminate 202603020000000001 mode=2") { Members = "mode (2 user, 3 API, 4 platform, 5 account closed, 7 customer service)" },

        new("faults", "list", Get, "/faults", "List the fault rules and how often they struck.", "papaya sim faults list")
            { Columns = ["id", "name", "on", "kind", "mch_id", "number", "times", "probability", "looked", "struck"] },
        new("faults", "add", Post, "/faults", "Make something go wrong; docs/reference/faults.md lists the kinds.", "papaya sim faults add /pay/pappayapply timeout_after number='P2603*' times=1")
            { Body = ["on={ON}", "kind={KIND}"], Members = "name, mch_id, number, skip, times, from, until, probability, seed, delay_seconds, processed, and those of the kind" },
        new("faults", "clear", HttpMethod.Delete, "/faults", "Remove all fault rules, or those of an id or a name.", "papaya sim faults clear name=lost-answer") { Members = "id or name" },

        new("switches", "list", Get, "/switches", "List the points on which sources are silent or differ.", "papaya sim switches list") { Columns = ["name", "value", "default", "values", "evidence"] },
        new("switches", "set", Post, "/switches", "Choose what is true on such a point.", "papaya sim switches set ack_strictness=exact") { Members = "switch=value" },

        new("orders", "show", Get, "/orders/{OUT_TRADE_NO}", "Show the truth about an order.", "papaya sim orders show P260302001") { Members = "mch_id" },
        new("contracts", "list", Get, "/contracts", "List contracts.", "papaya sim contracts list openid=oSimUser0001")
            { Members = "openid, plan_id", Columns = ["contract_id", "plan_id", "openid", "contract_code", "state", "signed_at", "termination_mode", "waiting_order"] },
        new("refunds", "list", Get, "/refunds", "List refunds.", "papaya sim refunds list out_trade_no=P260302001") { Members = "out_trade_no", Columns = ["out_refund_no", "amount", "state", "accepted_at", "succeeded_at"] },
        new("refunds", "show", Get, "/refunds/{OUT_REFUND_NO}", "Show a refund.", "papaya sim refunds show R1") { Members = "mch_id" },
        new("refunds", "create", Post, "/refunds", "Refund by hand, as on the merchant platform; the amount in fen.", "papaya sim refunds create P260302001 R1 600")
            { Body = ["out_trade_no={OUT_TRADE_NO}", "out_refund_no={OUT_REFUND_NO}", "amount={AMOUNT}"], Members = "mch_id, reason" },
        new("refunds", "resolve", Post, "/refunds/{OUT_REFUND_NO}", "Bring a refund to an end: success, abnormal or closed.", "papaya sim refunds resolve R1 success")
            { Body = ["outcome={OUTCOME}"], Members = "mch_id" },
        new("ledger", null, Get, "/ledger", "Every movement of money.", "papaya sim ledger") { List = "entries", Columns = ["at", "kind", "amount", "out_trade_no", "contract_id", "openid", "transaction_id"] },

        new("requests", "list", Get, "/requests", "What merchants asked for.", "papaya sim requests list path=/pay/pappayapply last=5")
            { Members = "path, number, mch_id, since, after, limit, last", Columns = ["id", "at", "method", "path", "out_trade_no", "contract_id", "status", "err_code", "verdict", "fault"] },
        new("requests", "show", Get, "/requests/{ID}", "Show a call with both strings to sign.", "papaya sim requests show r12"),
        new("notifications", "list", Get, "/notifications", "What was sent to merchants.", "papaya sim notifications list out_trade_no=P260302001")
            { Members = "out_trade_no, number, kind, mch_id, since, after, limit, last", Columns = SendColumns },
        new("notifications", "show", Get, "/notifications/{ID}", "Show a send with its string to sign.", "papaya sim notifications show s7"),
        new("notifications", "send", Post, "/notifications/{ID}/send", "Send the same bytes again.", "papaya sim notifications send s7 copies=30") { Members = "to, copies" },
        new("notifications", "drop", Post, "/notifications/{ID}/drop", "Send it never again.", "papaya sim notifications drop d3"),
        new("deliveries", null, Get, "/deliveries", "What is still to be sent.", "papaya sim deliveries kind=debit")
            { Members = "out_trade_no, contract_id, number, kind, mch_id, limit", Columns = ["id", "kind", "out_trade_no", "contract_id", "sends", "of", "next_at", "url"] },

        new("snapshot", null, Post, "/snapshots", "Put the world aside under a name.", "papaya sim snapshot before-renewal") { Body = ["name={NAME}"] },
        new("snapshots", null, Get, "/snapshots", "List what was put aside.", "papaya sim snapshots") { Columns = ["name", "at", "bytes"] },
        new("restore", null, Post, "/snapshots/{NAME}/restore", "Take a world back.", "papaya sim restore before-renewal clock=keep") { Members = "clock (snapshot, keep)" },
        new("reset", null, Post, "/reset", "Begin anew.", "papaya sim reset mch_id=10000200") { Members = "mch_id" },
        Lint,
        Probe,
    ];
}
