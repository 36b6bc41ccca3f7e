using System.Text.Json.Serialization;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.World;

/// <summary>Where a merchant's money is. The first two together are the basic account of the fund-flow bill.</summary>
internal enum FundsAccount
{
    /// <summary>Takings before their settlement.</summary>
    [JsonStringEnumMemberName("unsettled")]
    Unsettled,

    [JsonStringEnumMemberName("available")]
    Available,

    [JsonStringEnumMemberName("operation")]
    Operation,

    /// <summary>Paid in beforehand for WeChat's fees.</summary>
    [JsonStringEnumMemberName("fees")]
    Fees,
}

/// <summary>What a merchant's accounts hold: nothing but the sum of its movements. Used under the world's lock.</summary>
internal sealed class Accounts
{
    private readonly SortedDictionary<DateOnly, long> _unsettled = [];
    private readonly SortedDictionary<DateOnly, (long Basic, long Operation, long Fees)> _nets = [];

    /// <summary>The oldest day whose takings are not settled. Every payment looks at it, so it is kept.</summary>
    public DateOnly? OldestUnsettledDay { get; private set; }

    /// <summary>Takings of a day that wait for their settlement.</summary>
    public long UnsettledOf(DateOnly day) => _unsettled.GetValueOrDefault(day);

    public long Unsettled { get; private set; }

    public long Available { get; private set; }

    public long Operation { get; private set; }

    public long Fees { get; private set; }

    public long this[FundsAccount account] => account switch
    {
        FundsAccount.Unsettled => Unsettled,
        FundsAccount.Available => Available,
        FundsAccount.Operation => Operation,
        FundsAccount.Fees => Fees,
        _ => throw new ArgumentOutOfRangeException(nameof(account)),
    };

    /// <summary>What an account of the fund-flow bill held when a Beijing day began.</summary>
    public long Before(DateOnly day, FundsAccount account) =>
        _nets.TakeWhile(net => net.Key < day).Sum(net => account switch
        {
            FundsAccount.Operation => net.Value.Operation,
            FundsAccount.Fees => net.Value.Fees,
            _ => net.Value.Basic,
        });

    public void Apply(Movement movement)
    {
        // An opening balance was there before all days.
        var day = movement.Kind == MovementKind.Opening ? DateOnly.MinValue : BeijingTime.Day(movement.At);
        var net = _nets.GetValueOrDefault(day);
        if (movement.FeeApart)
        {
            var fee = movement.Kind == MovementKind.Refund ? movement.Fee : -movement.Fee;
            Fees += fee;
            net.Fees += fee;
        }

        if (movement.IsTrade || movement.Account is FundsAccount.Unsettled or FundsAccount.Available)
        {
            net.Basic += movement.Net;
        }

        switch (movement)
        {
            case { IsPayment: true }:
                Wait(day, movement.Net);
                break;
            case { Kind: MovementKind.Refund }:
                Draw(movement.FromUnsettled);
                Available += movement.Net + movement.FromUnsettled;
                break;
            case { Kind: MovementKind.RefundClosed }:
                Available += movement.Net;
                break;
            case { Kind: MovementKind.Settlement, Day: { } taken }:
                Wait(taken, -movement.Amount);
                Available += movement.Amount;
                break;
            case { Account: FundsAccount.Unsettled } when movement.Net < 0:
                Draw(-movement.Net);
                break;
            case { Account: FundsAccount.Unsettled }:
                Wait(day, movement.Net);
                break;
            case { Account: FundsAccount.Available }:
                Available += movement.Net;
                break;
            case { Account: FundsAccount.Operation }:
                Operation += movement.Net;
                net.Operation += movement.Net;
                break;
            default:
                Fees += movement.Net;
                net.Fees += movement.Net;
                break;
        }

        _nets[day] = net;
    }

    private void Wait(DateOnly day, long fen)
    {
        Unsettled += fen;
        var left = _unsettled.GetValueOrDefault(day) + fen;
        if (left != 0)
        {
            _unsettled[day] = left;
            OldestUnsettledDay = OldestUnsettledDay is { } oldest && oldest < day ? oldest : day;
            return;
        }

        _unsettled.Remove(day);
        OldestUnsettledDay = _unsettled.Count > 0 ? _unsettled.Keys.First() : null;
    }

    /// <summary>The oldest takings pay first.</summary>
    private void Draw(long fen)
    {
        while (fen > 0)
        {
            var day = OldestUnsettledDay!.Value; // Nobody draws more than there is.
            var part = Math.Min(_unsettled[day], fen);
            Wait(day, -part);
            fen -= part;
        }
    }
}
