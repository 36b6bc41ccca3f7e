namespace Papaya.Simulator.World;

/// <summary>A contract made for a benchmark.</summary>
public sealed record SeededContract(string ContractId, string Openid, string ContractCode);

/// <summary>A world with many contracts, for benchmarks.</summary>
internal static class SeededContracts
{
    public static IReadOnlyList<SeededContract> Make(
        SimulatorState state, int count, string mchId, long planId, long balance, TimeSpan? signedAgo, string prefix)
    {
        var seeded = new List<SeededContract>(count);
        using var op = state.Begin();
        var template = state.FindTemplate(mchId, planId) ?? throw new ArgumentException($"Merchant {mchId} has no template {planId}.", nameof(planId));
        var appId = state.FindMerchant(mchId)!.Apps[0].AppId;
        for (var i = 0; i < count; i++)
        {
            var number = state.Numbers.Plain();
            var signedAt = op.Now - (signedAgo ?? TimeSpan.FromHours(13));
            var contract = new Contract
            {
                ContractId = state.Numbers.ContractId(op.Now),
                MchId = mchId,
                AppId = appId,
                PlanId = planId,
                Openid = $"{prefix}{number:D8}",
                ContractCode = $"S{number:D10}",
                RequestSerial = number.ToString(System.Globalization.CultureInfo.InvariantCulture),
                DisplayAccount = $"用户{number}",
                SignedAt = signedAt,
                ExpiresAt = signedAt.AddDays(template.ValidDays),
            };
            state.Put(new User { Openid = contract.Openid, Balance = balance });
            state.Schedule(contract, contract.ExpiresAt);
            state.Put(contract);
            seeded.Add(new(contract.ContractId, contract.Openid, contract.ContractCode));
        }

        return seeded;
    }
}
