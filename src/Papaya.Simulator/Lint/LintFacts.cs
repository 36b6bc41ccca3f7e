using Papaya.Simulator.Journal;
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

    public DateTimeOffset LastApply { get; set; }

    public long LastRecord { get; set; }

    public Knowledge Known { get; set; }

    /// <summary>Since when the answer to an apply is missing; null when it was asked about, or told.</summary>
    public DateTimeOffset? UnknownSince { get; set; }

    /// <summary>The code of the failure that a message told.</summary>
    public string? FailureCode { get; set; }

    public bool AskedAfterFailure { get; set; }

    public bool ClosedByCaller { get; set; }
}

/// <summary>A refund's number as its merchant has seen it.</summary>
internal sealed record RefundFacts(string OutRefundNo, long Amount, DateTimeOffset At, long Record, string? ErrCode, bool IsUnknown);

/// <summary>What all rules remember together: one entry for a number, a contract, a merchant; bounded by what the callers did.</summary>
internal sealed class LintFacts
{
    public Dictionary<(string MchId, string Number), NumberFacts> Numbers { get; } = [];

    public Dictionary<(string MchId, string ContractId), List<NumberFacts>> NumbersOf { get; } = [];

    public Dictionary<(string MchId, string Order), List<RefundFacts>> Refunds { get; } = [];

    /// <summary>Every query, by the number asked about.</summary>
    public Dictionary<(string MchId, string Number), List<DateTimeOffset>> Queries { get; } = [];

    /// <summary>When a contract was asked about, by contract_id and by contract_code.</summary>
    public Dictionary<(string MchId, string Contract), DateTimeOffset> ContractQueries { get; } = [];

    /// <summary>Contracts whose end was acknowledged.</summary>
    public Dictionary<(string MchId, string ContractId), (DateTimeOffset At, long Record)> Ended { get; } = [];

    public Dictionary<(string MchId, string ContractId), (DateTimeOffset At, long Record)> RuleLimits { get; } = [];

    public Dictionary<(string MchId, string Path), (DateTimeOffset At, long Record)> Limited { get; } = [];

    public Dictionary<(string MchId, string Openid, string Plan), (DateTimeOffset At, string Number, long Record)> Orders { get; } = [];

    public Dictionary<(string MchId, string Serial), string> Serials { get; } = [];

    public Dictionary<string, (int Calls, HashSet<string> Connections)> Connections { get; } = new(StringComparer.Ordinal);

    /// <summary>How often each delivery was acknowledged.</summary>
    public Dictionary<long, int> Acknowledged { get; } = [];

    /// <summary>Merchants that acknowledged a message more than once.</summary>
    public Dictionary<string, DateTimeOffset> Duplicated { get; } = new(StringComparer.Ordinal);

    /// <summary>Wrong amounts that were acknowledged.</summary>
    public List<(string MchId, string Number, DateTimeOffset At, long Record)> WrongAmounts { get; } = [];

    public void Learn(LintCase heard)
    {
        var record = heard.Record;
        if (record.MchId is not { } mchId)
        {
            return;
        }

        if (record.IsSend)
        {
            LearnSend(heard, mchId);
            return;
        }

        var (calls, connections) = Connections.GetValueOrDefault(mchId, (0, []));
        if (record.Connection is { } connection && connections.Count < 1_000)
        {
            connections.Add(connection);
        }

        Connections[mchId] = (calls + 1, connections);
        if (record.ErrCode == "FREQUENCY_LIMITED")
        {
            Limited[(mchId, record.Path)] = (record.At, record.Id);
        }

        switch (record.Path)
        {
            case LintCase.Apply when record is { OutTradeNo: { } number, ContractId: { } contract }:
                LearnApply(heard, mchId, number, contract);
                break;
            case LintCase.DebitQuery or LintCase.OrderQuery or LintCase.Close when record.OutTradeNo is { } number:
                LearnAnswer(heard, mchId, number);
                break;
            case LintCase.ContractQuery:
                foreach (var asked in (string?[])[record.ContractId, record.ContractCode])
                {
                    if (asked is not null)
                    {
                        ContractQueries[(mchId, asked)] = record.At;
                    }
                }

                break;
            case LintCase.Refund when record is { OutRefundNo: { } refund } && heard.RefundedOrder is { } order && heard.Request?.GetInt64("refund_fee"u8) is { } amount:
                if (!Refunds.TryGetValue((mchId, order), out var list))
                {
                    Refunds[(mchId, order)] = list = [];
                }

                list.RemoveAll(r => r.OutRefundNo == refund);
                list.Add(new(refund, amount, record.At, record.Id, record.ErrCode, heard.IsUnknown));
                break;
            case LintCase.Order when record is { Openid: { } openid, OutTradeNo: { } number } && heard.Text("plan_id") is { } plan:
                Orders[(mchId, openid, plan)] = (record.At, number, record.Id);
                break;
        }

        if (heard.Text("request_serial") is { } serial && (record.OutTradeNo ?? record.ContractCode) is { } user)
        {
            Serials.TryAdd((mchId, serial), user);
        }
    }

    private void LearnApply(LintCase heard, string mchId, string number, string contract)
    {
        var record = heard.Record;
        if (!Numbers.TryGetValue((mchId, number), out var facts))
        {
            Numbers[(mchId, number)] = facts = new() { MchId = mchId, Number = number, ContractId = contract, Known = Knowledge.Refused };
            if (!NumbersOf.TryGetValue((mchId, contract), out var all))
            {
                NumbersOf[(mchId, contract)] = all = [];
            }

            all.Add(facts);
        }

        (facts.Body, facts.Amount, facts.LastApply, facts.LastRecord) = (heard.Text("body"), heard.Request?.GetInt64("total_fee"u8), record.At, record.Id);
        if (record.ErrCode == "RULELIMIT")
        {
            RuleLimits[(mchId, contract)] = (record.At, record.Id);
        }

        if (heard.IsUnknown || record.ErrCode == "ORDER_ACCEPTED")
        {
            facts.Known = facts.Known is Knowledge.Paid or Knowledge.Failed ? facts.Known : Knowledge.Undecided;
            facts.UnknownSince ??= record.At;
        }
        else if (record.ErrCode is null)
        {
            facts.Known = Knowledge.Undecided;
            facts.UnknownSince = null;
        }
    }

    private void LearnAnswer(LintCase heard, string mchId, string number)
    {
        var record = heard.Record;
        if (record.Path != LintCase.Close)
        {
            if (!Queries.TryGetValue((mchId, number), out var times))
            {
                Queries[(mchId, number)] = times = [];
            }

            if (times.Count < 1_000)
            {
                times.Add(record.At);
            }
        }

        if (!Numbers.TryGetValue((mchId, number), out var facts))
        {
            return;
        }

        if (record.Path == LintCase.Close)
        {
            facts.ClosedByCaller |= record.ErrCode is null && record.Status == 200;
            facts.Known = facts.ClosedByCaller && facts.Known == Knowledge.Undecided ? Knowledge.Failed : facts.Known;
            return;
        }

        if (!heard.IsUnknown)
        {
            facts.UnknownSince = null;
            facts.AskedAfterFailure = true;
        }

        facts.Known = heard.Reply?["trade_state"] switch
        {
            "SUCCESS" or "REFUND" => Knowledge.Paid,
            "CLOSED" or "PAY_FAIL" or "REVOKED" or "PAYERROR" => Knowledge.Failed,
            _ => facts.Known,
        };
    }

    private void LearnSend(LintCase heard, string mchId)
    {
        var record = heard.Record;
        if (!record.Acknowledged)
        {
            return;
        }

        Acknowledged[record.Delivery] = Acknowledged.GetValueOrDefault(record.Delivery) + 1;
        if (Acknowledged[record.Delivery] > 1)
        {
            Duplicated.TryAdd(mchId, record.At);
        }

        if (record.Fault == Faults.FaultKind.WrongAmount && record.OutTradeNo is { } wrong)
        {
            WrongAmounts.Add((mchId, wrong, record.At, record.Id));
            return;
        }

        switch (record.Kind)
        {
            case DeliveryKind.Contract when heard.Text("change_type") == "DELETE" && record.ContractId is { } contract:
                Ended.TryAdd((mchId, contract), (record.At, record.Id));
                break;
            case DeliveryKind.Debit when record.OutTradeNo is { } number && Numbers.TryGetValue((mchId, number), out var facts):
                facts.Known = heard.Text("transaction_id") is null ? Knowledge.Failed : Knowledge.Paid;
                facts.UnknownSince = null;
                if (facts.Known == Knowledge.Failed)
                {
                    (facts.FailureCode, facts.AskedAfterFailure) = (heard.Text("err_code"), false);
                }

                break;
        }
    }
}
