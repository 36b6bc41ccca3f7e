namespace Papaya.Simulator.World;

/// <summary>Records as lines of the journal, there and back.</summary>
internal static class RecordLines
{
    /// <summary>All of them but merchants and templates, in an order that does not depend on how they came about.</summary>
    public static IEnumerable<Change> Of(Records records, DateTimeOffset at)
    {
        foreach (var some in records.Users.OrderBy(u => u.Openid, StringComparer.Ordinal).Chunk(1000))
        {
            yield return new() { At = at, Users = [.. some] };
        }

        foreach (var some in records.Contracts.OrderBy(c => c.SignedAt).ThenBy(c => c.ContractId, StringComparer.Ordinal).Chunk(1000))
        {
            yield return new() { At = at, Contracts = [.. some] };
        }

        foreach (var some in records.Signings.OrderBy(s => s.OpenedAt).ThenBy(s => s.Id, StringComparer.Ordinal).Chunk(1000))
        {
            yield return new() { At = at, Signings = [.. some] };
        }

        foreach (var some in records.Notices.OrderBy(n => n.ContractId, StringComparer.Ordinal).Chunk(1000))
        {
            yield return new() { At = at, Notices = [.. some] };
        }

        foreach (var some in records.Usages.OrderBy(u => u.MchId, StringComparer.Ordinal).ThenBy(u => u.PlanId).ThenBy(u => u.Openid, StringComparer.Ordinal)
            .ThenBy(u => u.OuterId, StringComparer.Ordinal).Chunk(1000))
        {
            yield return new() { At = at, Usages = [.. some] };
        }

        foreach (var some in records.Messages.Chunk(1000))
        {
            yield return new() { At = at, Messages = [.. some] };
        }

        foreach (var some in records.Orders.OrderBy(o => o.MchId, StringComparer.Ordinal).ThenBy(o => o.OutTradeNo, StringComparer.Ordinal).Chunk(1000))
        {
            yield return new() { At = at, Orders = [.. some] };
        }

        foreach (var some in records.Refunds.OrderBy(r => r.AcceptedAt).ThenBy(r => r.RefundId, StringComparer.Ordinal).Chunk(1000))
        {
            yield return new() { At = at, Refunds = [.. some] };
        }

        foreach (var some in records.Movements.Chunk(1000))
        {
            yield return new() { At = at, Movements = [.. some] };
        }

        foreach (var some in records.Deliveries.OrderBy(d => d.Id).Chunk(1000))
        {
            yield return new() { At = at, Deliveries = [.. some] };
        }
    }

    /// <summary>What a line says becomes true.</summary>
    public static void Apply(Records records, Change line)
    {
        line.Merchants?.ForEach(records.Add);
        line.Templates?.ForEach(records.Add);
        line.Users?.ForEach(u =>
        {
            u.Items = records.FindUser(u.Openid)?.Items ?? 0;
            records.Add(u);
        });
        line.Contracts?.ForEach(records.Add);
        line.Signings?.ForEach(records.Add);
        line.Notices?.ForEach(records.Add);
        line.Usages?.ForEach(records.Add);
        line.Messages?.ForEach(records.Add);
        line.Orders?.ForEach(o =>
        {
            o.Refunds = records.FindOrder(o.MchId, o.OutTradeNo)?.Refunds;
            records.Add(o);
        });
        line.Refunds?.ForEach(records.Add);
        line.Movements?.ForEach(records.Add);
        line.Deliveries?.ForEach(records.Add);
        line.Sent?.ForEach(s =>
        {
            if (records.FindDelivery(s.Id) is { } delivery)
            {
                (delivery.Sends, delivery.HeldBack, delivery.DueAt, delivery.DueNumber) = (s.Sends, s.HeldBack, s.DueAt, s.DueNumber);
            }
        });
        line.Ended?.ForEach(records.Remove);
    }
}
