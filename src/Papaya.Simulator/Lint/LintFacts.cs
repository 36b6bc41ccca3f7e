using Papaya.Simulator.Faults;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Lint;

/// <summary>What the caller knows about an order number of its, by what was answered and what it acknowledged.</summary>
internal enum Knowledge
{
    Refused,

    /// <summary>Accepted, or no answer that tells.</summary>
    Undecided,

    Paid,

    Failed,
}

/// <summary>A debit's number as its merchant has seen it.</summary>
internal sealed class NumberFacts
{
    public required string MchId { get; init; }

    public required string Number { get; init; }

    public required string ContractId { get; init; }

    public string? Body { get; set; }

    public long? Amount { get; set; }

    public long LastRecord { get; set; }

    public Knowledge Known { get; set; }

    /// <summary>The answer to an apply is missing, and it was neither asked about nor told.</summary>
    public bool IsUnanswered { get; set; }

    /// <summary>The code of the failure that a message told.</summary>
    public string? FailureCode { get; set; }

    public bool AskedAfterFailure { get; set; }

    public bool ClosedByCaller { get; set; }
}

/// <summary>A refund's number as its merchant has seen it.</summary>
internal sealed record RefundFacts(string OutRefundNo, long Amount, DateTimeOffset At, long Record, string? ErrCode, bool IsUnknown);

/// <summary>What is known about a merchant as a whole.</summary>
internal sealed class MerchantFacts
{
    /// <summary>Calls that came over HTTP, and how many of them on a connection that was not among the latest ones.</summary>
    public int Calls { get; set; }

    public int FreshConnections { get; set; }

    public long LastCall { get; set; }

    public bool IsToldOfConnections { get; set; }

    /// <summary>When it first acknowledged a message more than once.</summary>
    public DateTimeOffset? DuplicatedAt { get; set; }

    /// <summary>Wrong signs that were looked into.</summary>
    public int WrongSigns { get; set; }

    /// <summary>The latest Beijing day on which it was paid.</summary>
    public DateOnly? LastDay { get; set; }

    /// <summary>The Beijing day on which it was last told of its certificate's end.</summary>
    public DateOnly? ToldOfCertificate { get; set; }
}

/// <summary>
/// What all rules remember together: of each kind the latest so many entries, by their key. What is older is forgotten and is never judged any more.
/// </summary>
internal sealed class LintFacts
{
    /// <summary>How many numbers of a contract, and how many refunds of an order, are remembered.</summary>
    public const int MostOfOne = 50;

    public LintFacts(int most)
    {
        Numbers = new(most) { Forgotten = gone => NumbersOf!.Find((gone.MchId, gone.ContractId))?.Remove(gone) };
        NumbersOf = new(most);
        Owners = new(most);
        Refunds = new(most);
        Queries = new(most);
        ContractQueries = new(most);
        Ended = new(most);
        RuleLimits = new(most);
        Limited = new(most);
        Orders = new(most);
        Serials = new(most);
        Connections = new(most);
        Acknowledged = new(most);
        Forged = new(most);
        Algorithms = new(most);
        FailedPreSignings = new(most);
        Notices = new(most);
        Successes = new(most);
        Unanswered = new(TimeSpan.FromHours(30), most);
        Silent = new(TimeSpan.FromHours(6), most);
        WrongAmounts = new(TimeSpan.FromHours(1), most);
        Unsigned = new(TimeSpan.FromHours(1), most);
        Bills = new(TimeSpan.FromDays(2), most);
    }

    public Recent<(string MchId, string Number), NumberFacts> Numbers { get; }

    /// <summary>The numbers of a contract, oldest first.</summary>
    public Recent<(string MchId, string ContractId), List<NumberFacts>> NumbersOf { get; }

    /// <summary>Which merchant debited last under a number.</summary>
    public Recent<string, (string MchId, long Record)> Owners { get; }

    /// <summary>The merchant that applied first, and whether another one did since.</summary>
    public (string? First, bool HasMore) Appliers { get; private set; }

    public Recent<(string MchId, string Order), List<RefundFacts>> Refunds { get; }

    /// <summary>The latest queries about a number, oldest first; not more than are needed to call it hammering.</summary>
    public Recent<(string MchId, string Number), Queue<DateTimeOffset>> Queries { get; }

    /// <summary>When a contract was asked about, by contract_id and by contract_code.</summary>
    public Recent<(string MchId, string Contract), DateTimeOffset> ContractQueries { get; }

    /// <summary>Contracts whose end was acknowledged.</summary>
    public Recent<(string MchId, string ContractId), (DateTimeOffset At, long Record)> Ended { get; }

    public Recent<(string MchId, string ContractId), (DateTimeOffset At, long Record)> RuleLimits { get; }

    public Recent<(string MchId, string Path), (DateTimeOffset At, long Record)> Limited { get; }

    public Recent<(string MchId, string Openid, string Plan), (DateTimeOffset At, string Number, long Record)> Orders { get; }

    public Recent<(string MchId, string Serial), string> Serials { get; }

    /// <summary>Connections that calls came on.</summary>
    public Recent<string, bool> Connections { get; }

    /// <summary>How often each delivery was acknowledged.</summary>
    public Recent<long, int> Acknowledged { get; }

    /// <summary>Only merchants of the world are heard, so there are no more than it has.</summary>
    public Dictionary<string, MerchantFacts> Merchants { get; } = new(StringComparer.Ordinal);

    /// <summary>Numbers about which the latest answer came under a wrong sign.</summary>
    public Recent<(string MchId, string Number), long> Forged { get; }

    /// <summary>The algorithm of a merchant's latest call of each path.</summary>
    public Recent<(string MchId, string Path), (SignType Type, long Record)> Algorithms { get; }

    /// <summary>Orders whose contract part was refused.</summary>
    public Recent<(string MchId, string Number), long> FailedPreSignings { get; }

    /// <summary>What the latest notice of a contract announced, in fen.</summary>
    public Recent<(string MchId, string ContractId), (long Amount, long Record)> Notices { get; }

    /// <summary>The latest debit of a contract that was paid.</summary>
    public Recent<(string MchId, string ContractId), (DateTimeOffset PaidAt, string Number)> Successes { get; }

    /// <summary>Debits whose answer is missing: they should be asked about within 30 hours.</summary>
    public Promises Unanswered { get; }

    /// <summary>Orders whose messages nobody acknowledged: they should be asked about within six hours.</summary>
    public Promises Silent { get; }

    /// <summary>Wrong amounts that were acknowledged: the order should be asked about within an hour.</summary>
    public Promises WrongAmounts { get; }

    /// <summary>Contracts that were offered with a payment and not signed, by their code: they should be asked about within an hour.</summary>
    public Promises Unsigned { get; }

    /// <summary>Beijing days (yyyyMMdd) on which money moved: their bill should be fetched by the end of the next day.</summary>
    public Promises Bills { get; }

    /// <summary>All entries together.</summary>
    public int Count =>
        Numbers.Count + NumbersOf.Count + Owners.Count + Refunds.Count + Queries.Count + ContractQueries.Count + Ended.Count + RuleLimits.Count + Limited.Count
        + Orders.Count + Serials.Count + Connections.Count + Acknowledged.Count + Merchants.Count + Forged.Count + Algorithms.Count + FailedPreSignings.Count
        + Notices.Count + Successes.Count + Unanswered.Count + Silent.Count + WrongAmounts.Count + Unsigned.Count + Bills.Count;

    public MerchantFacts Of(string mchId)
    {
        if (!Merchants.TryGetValue(mchId, out var facts))
        {
            Merchants[mchId] = facts = new();
        }

        return facts;
    }

    /// <summary>The latest Beijing day on which a merchant was paid; null when it never was.</summary>
    public DateOnly? LastDay(string mchId) => Of(mchId).LastDay;

    public void Learn(LintCase heard)
    {
        if (heard.Record.IsSend)
        {
            LearnSend(heard);
        }
        else
        {
            LearnCall(heard);
        }
    }

    private void LearnCall(LintCase heard)
    {
        var (record, mchId) = (heard.Record, heard.MchId);
        LearnConnection(heard);
        if (record.ErrCode == "FREQUENCY_LIMITED")
        {
            Limited.Put((mchId, record.Path), (record.At, record.Id));
        }

        switch (record.Path)
        {
            case LintCase.Apply when record is { OutTradeNo: { } number, ContractId: { } contract }:
                LearnApply(heard, number, contract);
                break;
            case LintCase.DebitQuery or LintCase.OrderQuery or LintCase.Close when record.OutTradeNo is { } number:
                LearnAnswer(heard, number);
                break;
            case var path when heard.AsksAboutOrder && path.StartsWith("/v3/", StringComparison.Ordinal):
                LearnAnswer(heard, record.OutTradeNo!); // AsksAboutOrder has looked.
                break;
            case LintCase.Refund when record.OutRefundNo is { } refund && heard.RefundedOrder is { } order && heard.Request?.GetInt64("refund_fee"u8) is { } amount:
                LearnRefund(heard, order, refund, amount);
                break;
            case LintCase.Order when record.OutTradeNo is { } number:
                LearnOrder(heard, number);
                break;
            case LintCase.Notice when record is { ContractId: { } contract, Status: 200 or 204 }:
                using (var body = heard.Json())
                {
                    if (body?.RootElement.TryGetProperty("estimated_amount", out var estimated) == true && estimated.TryGetProperty("amount", out var amount) && amount.TryGetInt64(out var fen))
                    {
                        Notices.Put((mchId, contract), (fen, record.Id));
                    }
                }

                break;
            case LintCase.ContractQuery:
            case var path when heard.AsksAboutContract(path):
                LearnContractQuery(heard);
                break;
        }

        if (heard.Text("request_serial") is { } serial && (record.OutTradeNo ?? record.ContractCode) is { } user)
        {
            Serials.TryAdd((mchId, serial), user);
        }

        if (heard.Algorithm is { } type)
        {
            Algorithms.Put((mchId, record.Path), (type, record.Id));
        }

        if (record.OutTradeNo is { } about)
        {
            if (heard.IsForged && !heard.Record.IsV3)
            {
                Forged.Put((mchId, about), record.Id);
            }
            else if (!heard.IsUnknown)
            {
                Forged.TryTake((mchId, about), out _);
            }
        }
    }

    private void LearnConnection(LintCase heard)
    {
        if (heard.Record.Connection is { } connection)
        {
            var facts = Of(heard.MchId);
            facts.Calls++;
            facts.LastCall = heard.Record.Id;
            if (!Connections.Has(connection))
            {
                facts.FreshConnections++;
            }

            Connections.Put(connection, true);
        }
    }

    private void LearnContractQuery(LintCase heard)
    {
        foreach (var asked in (string?[])[heard.Record.ContractId, heard.Record.ContractCode])
        {
            if (asked is not null)
            {
                ContractQueries.Put((heard.MchId, asked), heard.Record.At);
            }
        }
    }

    private void LearnOrder(LintCase heard, string number)
    {
        var record = heard.Record;
        if (record.Openid is { } openid && heard.Text("plan_id") is { } plan)
        {
            Orders.Put((heard.MchId, openid, plan), (record.At, number, record.Id));
        }

        if (record.ErrCode is null && heard.Reply?.Is("contract_result_code"u8, "FAIL"u8) == true)
        {
            FailedPreSignings.Put((heard.MchId, number), record.Id);
        }
    }

    private void LearnRefund(LintCase heard, string order, string number, long amount)
    {
        var record = heard.Record;
        var list = Refunds.Find((heard.MchId, order)) ?? [];
        list.RemoveAll(r => r.OutRefundNo == number);
        if (list.Count >= MostOfOne)
        {
            list.RemoveAt(0);
        }

        list.Add(new(number, amount, record.At, record.Id, record.ErrCode, heard.IsUnknown));
        Refunds.Put((heard.MchId, order), list);
    }

    private void LearnApply(LintCase heard, string number, string contract)
    {
        var (record, mchId) = (heard.Record, heard.MchId);
        var facts = heard.Number;
        if (facts is null)
        {
            facts = new() { MchId = mchId, Number = number, ContractId = contract, Known = Knowledge.Refused };
            var all = NumbersOf.Find((mchId, contract)) ?? [];
            if (all.Count >= MostOfOne)
            {
                all.RemoveAt(0);
            }

            all.Add(facts);
            NumbersOf.Put((mchId, contract), all);
        }

        Numbers.Put((mchId, number), facts);
        Owners.Put(number, (mchId, record.Id));
        Appliers = Appliers.First is { } first ? (first, Appliers.HasMore || first != mchId) : (mchId, false);
        (facts.Body, facts.Amount, facts.LastRecord) = (heard.Text("body"), heard.Request?.GetInt64("total_fee"u8), record.Id);
        if (record.ErrCode == "RULELIMIT")
        {
            RuleLimits.Put((mchId, contract), (record.At, record.Id));
        }

        if (heard.IsUnknown || record.ErrCode == "ORDER_ACCEPTED")
        {
            facts.Known = facts.Known is Knowledge.Paid or Knowledge.Failed ? facts.Known : Knowledge.Undecided;
            facts.IsUnanswered = true;
            Unanswered.Make(new(mchId, number, record.At, record.Id, false, "Not asked about within 30 hours."));
        }
        else if (record.ErrCode is null)
        {
            facts.Known = Knowledge.Undecided;
            Answered(facts);
        }
    }

    /// <summary>The latest queries of a number.</summary>
    private void LearnAnswer(LintCase heard, string number)
    {
        var (record, mchId) = (heard.Record, heard.MchId);
        if (heard.AsksAboutOrder)
        {
            var times = Queries.Find((mchId, number)) ?? new();
            if (times.Count >= NumberRules.Hammering)
            {
                times.Dequeue();
            }

            times.Enqueue(record.At);
            Queries.Put((mchId, number), times);
        }

        if (heard.Number is not { } facts)
        {
            return;
        }

        if (record.Path == LintCase.Close)
        {
            facts.ClosedByCaller |= record.ErrCode is null && record.Status == 200;
            facts.Known = facts.ClosedByCaller && facts.Known == Knowledge.Undecided ? Knowledge.Failed : facts.Known;
            return;
        }

        if (heard.IsUnknown)
        {
            return;
        }

        Answered(facts);
        facts.AskedAfterFailure = true;
        facts.Known = heard.TradeState switch
        {
            "SUCCESS" or "REFUND" => Knowledge.Paid,
            "CLOSED" or "PAY_FAIL" or "REVOKED" or "PAYERROR" => Knowledge.Failed,
            _ => facts.Known,
        };
    }

    private void LearnSend(LintCase heard)
    {
        var (record, mchId) = (heard.Record, heard.MchId);
        if (!record.Acknowledged)
        {
            LearnSilence(heard);
            return;
        }

        if (record.OutTradeNo is { } told)
        {
            Silent.Keep(mchId, told);
        }

        var times = Acknowledged.Find(record.Delivery) + 1;
        Acknowledged.Put(record.Delivery, times);
        if (times > 1)
        {
            Of(mchId).DuplicatedAt ??= record.At;
        }

        if (record.Fault == FaultKind.WrongAmount && record.OutTradeNo is { } wrong)
        {
            WrongAmounts.Make(new(mchId, wrong, record.At, record.Id, true, "A wrong amount was acknowledged and nothing was asked within an hour."));
            return;
        }

        switch (record.Kind)
        {
            case DeliveryKind.Contract when heard.Text("change_type") == "DELETE" && record.ContractId is { } contract:
                Ended.TryAdd((mchId, contract), (record.At, record.Id));
                break;
            case DeliveryKind.Debit when heard.Number is { } facts:
                facts.Known = heard.Text("transaction_id") is null ? Knowledge.Failed : Knowledge.Paid;
                Answered(facts);
                if (facts.Known == Knowledge.Failed)
                {
                    (facts.FailureCode, facts.AskedAfterFailure) = (heard.Text("err_code"), false);
                }

                break;
        }
    }

    /// <summary>What became of an order was not told, unless the caller knows it already.</summary>
    private void LearnSilence(LintCase heard)
    {
        var record = heard.Record;
        if (record is not { Kind: DeliveryKind.Payment or DeliveryKind.Debit, OutTradeNo: { } number }
            || record.Fault is FaultKind.BadSignature or FaultKind.WrongMerchant or FaultKind.WrongAmount or FaultKind.UnknownOrder or FaultKind.Probe)
        {
            return;
        }

        var isKnown = heard.Number is { } facts ? facts.Known is Knowledge.Paid or Knowledge.Failed : Queries.Has((heard.MchId, number));
        if (!isKnown)
        {
            Silent.Make(new(heard.MchId, number, record.At, record.Id, true, "None of its messages was acknowledged, and nobody asked within six hours."));
        }
    }

    private void Answered(NumberFacts facts)
    {
        facts.IsUnanswered = false;
        Unanswered.Keep(facts.MchId, facts.Number);
    }
}
