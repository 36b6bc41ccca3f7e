using Papaya.Simulator.World;

namespace Papaya.Simulator.Pages;

/// <summary>A user's own page: money, what WeChat told him, and what he has agreed to.</summary>
public sealed class ServicesView
{
    internal ServicesView(string openid) => Openid = openid;

    internal string Openid { get; }

    internal long Balance { get; init; }

    internal Card[] Cards { get; init; } = [];

    internal AccountState Account { get; init; }

    internal ServiceRow[] Active { get; init; } = [];

    internal ServiceRow[] Ended { get; init; } = [];

    internal MessageRow[] Messages { get; init; } = [];

    /// <summary>The service that was just turned off.</summary>
    internal string? JustEnded { get; init; }

    internal string Address(string rest) => $"/me/{Uri.EscapeDataString(Openid)}{rest}";
}

/// <summary>One service of a user, and the question whether to turn it off.</summary>
public sealed class EndServiceView
{
    internal EndServiceView(string openid, ServiceRow service) => (Openid, Service) = (openid, service);

    internal string Openid { get; }

    internal ServiceRow Service { get; }
}

internal sealed record ServiceRow(
    string ContractId, string Merchant, Template? Template, string Account, DateTimeOffset SignedAt, DateTimeOffset? EndedAt, int Mode, long? WaitingAmount, DateTimeOffset? WaitingAt);

internal sealed record MessageRow(UserMessageKind Kind, DateTimeOffset At, string Merchant, string Service, long Amount, DateTimeOffset? From);
