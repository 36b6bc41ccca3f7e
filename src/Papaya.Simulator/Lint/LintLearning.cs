using System.Text.Json;
using Papaya.Simulator.Faults;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Lint;

/// <summary>What a record adds to the facts, once the rules have heard it.</summary>
internal sealed class LintLearning(LintFacts known)
{
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
            known.Limited.Put((mchId, record.Path), (record.At, record.Id));
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
            case LintCase.Notice when record is { ContractId: { } contract } && NoticeRules.IsNotice(heard):
                if (Announced(heard) is { } fen)
                {
                    known.Notices.Put((mchId, contract), (fen, record.Id));
                }

                break;
            case LintCase.ContractQuery:
            case var path when heard.AsksAboutContract(path):
                LearnContractQuery(heard);
                break;
        }

        if (heard.Text("request_serial") is { } serial && (record.OutTradeNo ?? record.ContractCode) is { } user)
        {
            known.Serials.TryAdd((mchId, serial), user);
        }

        if (heard.Algorithm is { } type)
        {
            known.Algorithms.Put((mchId, record.Path), (type, record.Id));
        }

        if (record.OutTradeNo is { } about)
        {
            if (heard.IsForged && !heard.Record.IsV3)
            {
                known.Forged.Put((mchId, about), record.Id);
            }
            else if (!heard.IsUnknown)
            {
                known.Forged.TryTake((mchId, about), out _);
            }
        }
    }

    /// <summary>The amount of a notice in fen; null when its body says none.</summary>
    private static long? Announced(LintCase heard)
    {
        using var body = heard.Json();
        return body?.RootElement is { ValueKind: JsonValueKind.Object } root
            && root.TryGetProperty("estimated_amount", out var estimated) && estimated.ValueKind == JsonValueKind.Object
            && estimated.TryGetProperty("amount", out var amount) && amount.ValueKind == JsonValueKind.Number && amount.TryGetInt64(out var fen)
            ? fen
            : null;
    }

    private void LearnConnection(LintCase heard)
    {
        if (!heard.IsPage && heard.Record.Connection is { } connection)
        {
            var facts = known.Of(heard.MchId);
            facts.Calls++;
            facts.LastCall = heard.Record.Id;
            if (!known.Connections.Has(connection))
            {
                facts.FreshConnections++;
            }

            known.Connections.Put(connection, true);
        }
    }

    private void LearnContractQuery(LintCase heard)
    {
        foreach (var asked in (string?[])[heard.Record.ContractId, heard.Record.ContractCode])
        {
            if (asked is not null)
            {
                known.ContractQueries.Put((heard.MchId, asked), heard.Record.At);
            }
        }
    }

    private void LearnOrder(LintCase heard, string number)
    {
        var record = heard.Record;
        if (record.Openid is { } openid && heard.Text("plan_id") is { } plan)
        {
            known.Orders.Put((heard.MchId, openid, plan), (record.At, number, record.Id));
        }

        if (record.ErrCode is null && heard.Reply?.Is("contract_result_code"u8, "FAIL"u8) == true)
        {
            known.FailedPreSignings.Put((heard.MchId, number), record.Id);
        }
    }

    private void LearnRefund(LintCase heard, string order, string number, long amount)
    {
        var record = heard.Record;
        var list = known.Refunds.Find((heard.MchId, order)) ?? [];
        list.RemoveAll(r => r.OutRefundNo == number);
        if (list.Count >= LintFacts.MostOfOne)
        {
            list.RemoveAt(0);
        }

        list.Add(new(number, amount, record.At, record.Id, record.ErrCode, heard.IsUnknown));
        known.Refunds.Put((heard.MchId, order), list);
    }

    private void LearnApply(LintCase heard, string number, string contract)
    {
        var (record, mchId) = (heard.Record, heard.MchId);
        var facts = heard.Number;
        if (facts is null)
        {
            facts = new() { MchId = mchId, Number = number, ContractId = contract, Known = Knowledge.Refused };
            var all = known.NumbersOf.Find((mchId, contract)) ?? [];
            if (all.Count >= LintFacts.MostOfOne)
            {
                all.RemoveAt(0);
            }

            all.Add(facts);
            known.NumbersOf.Put((mchId, contract), all);
        }

        known.Numbers.Put((mchId, number), facts);
        known.Owners.Put(number, (mchId, record.Id));
        known.Appliers = known.Appliers.First is { } first ? (first, known.Appliers.HasMore || first != mchId) : (mchId, false);
        (facts.Body, facts.Amount, facts.LastRecord) = (heard.Text("body"), heard.Request?.GetInt64("total_fee"u8), record.Id);
        if (record.ErrCode == "RULELIMIT")
        {
            known.RuleLimits.Put((mchId, contract), (record.At, record.Id));
        }

        if (heard.IsUnknown || record.ErrCode == "ORDER_ACCEPTED")
        {
            facts.Known = facts.Known is Knowledge.Paid or Knowledge.Failed ? facts.Known : Knowledge.Undecided;
            facts.IsUnanswered = true;
            facts.IsInDoubt |= heard.IsUnknown;
            known.Unanswered.Make(new(mchId, number, record.At, record.Id, false, "Not asked about within 30 hours."));
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
            var times = known.Queries.Find((mchId, number)) ?? new();
            if (times.Count >= NumberRules.Hammering)
            {
                times.Dequeue();
            }

            times.Enqueue(record.At);
            known.Queries.Put((mchId, number), times);
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
            null when record.ErrCode == "ORDERNOTEXIST" && !facts.IsInDoubt => Knowledge.Refused,
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
            known.Silent.Keep(mchId, told);
        }

        var times = known.Acknowledged.Find(record.Delivery) + 1;
        known.Acknowledged.Put(record.Delivery, times);
        if (times > 1)
        {
            known.Of(mchId).DuplicatedAt ??= record.At;
        }

        if (record.Fault == FaultKind.WrongAmount && record.OutTradeNo is { } wrong)
        {
            known.WrongAmounts.Make(new(mchId, wrong, record.At, record.Id, true, "A wrong amount was acknowledged and nothing was asked within an hour."));
            return;
        }

        switch (record.Kind)
        {
            case DeliveryKind.Contract when heard.Text("change_type") == "DELETE" && record.ContractId is { } contract:
                known.Ended.TryAdd((mchId, contract), (record.At, record.Id));
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
        // The first send begins the wait; what is said once is not said again at each later one.
        if (record is not { Kind: DeliveryKind.Payment or DeliveryKind.Debit, OutTradeNo: { } number, Send: <= 1 }
            || record.Fault is FaultKind.BadSignature or FaultKind.WrongMerchant or FaultKind.WrongAmount or FaultKind.UnknownOrder or FaultKind.Probe)
        {
            return;
        }

        var isKnown = heard.Number is { } facts ? facts.Known is Knowledge.Paid or Knowledge.Failed : known.Queries.Has((heard.MchId, number));
        if (!isKnown)
        {
            known.Silent.Make(new(heard.MchId, number, record.At, record.Id, true, "None of its messages was acknowledged, and nobody asked within six hours."));
        }
    }

    private void Answered(NumberFacts facts)
    {
        facts.IsUnanswered = false;
        known.Unanswered.Keep(facts.MchId, facts.Number);
    }
}
