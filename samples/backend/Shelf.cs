using System.Security.Cryptography;
using Papaya.WeChatPay.Notifications;

namespace Papaya.Samples;

internal sealed record CheckoutRequest(string OpenId, string DisplayName, long AmountFen);

/// <summary>A debit that the caller asks for. The period is his own name for what is debited: a repeated request names the same one.</summary>
internal sealed record DebitBody(string Period, long AmountFen);

/// <summary>One debit under a contract. Neither paid nor failed is undecided: sent, perhaps without an answer.</summary>
internal sealed record Debit(string OrderNumber, long AmountFen)
{
    public bool IsPaid { get; init; }

    public bool HasFailed { get; init; }
}

/// <summary>One visit to the cashier. Payment and contract are two outcomes: either may come first, or alone.</summary>
internal sealed record Checkout(string OrderNumber, string ContractNumber, long Sequence, long AmountFen)
{
    public bool IsPaid { get; init; }

    public string? ContractId { get; init; }

    /// <summary>When the newest known contract was signed.</summary>
    public DateTimeOffset? SignedAt { get; init; }

    public IReadOnlyList<Debit> Debits { get; init; } = [];
}

/// <summary>In place of a database: everything in memory, and gone with the process.</summary>
internal sealed class Shelf
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Checkout> _checkouts = [];
    private readonly HashSet<string> _seen = [];
    private readonly HashSet<string> _endedContracts = [];
    private readonly HashSet<string> _busy = [];
    private long _last;

    public Checkout Open(DateTimeOffset now, long amountFen)
    {
        lock (_lock)
        {
            _last = Math.Max(_last + 1, now.ToUnixTimeMilliseconds() % 1_000_000_000_000);
            var checkout = new Checkout($"B{_last}", $"BC{_last}", _last, amountFen);
            _checkouts.Add(checkout.OrderNumber, checkout);
            return checkout;
        }
    }

    public Checkout? Find(string orderNumber)
    {
        lock (_lock)
        {
            return _checkouts.GetValueOrDefault(orderNumber);
        }
    }

    /// <summary>One at a time for each checkout; false while somebody else has the turn. A database has a row lock for this.</summary>
    public bool TryTakeTurn(string orderNumber)
    {
        lock (_lock)
        {
            return _busy.Add(orderNumber);
        }
    }

    public void EndTurn(string orderNumber)
    {
        lock (_lock)
        {
            _busy.Remove(orderNumber);
        }
    }

    /// <summary>Writes a debit down, or over what is known of it. Nothing that is paid becomes unpaid.</summary>
    public Debit Save(string checkoutNumber, Debit debit)
    {
        lock (_lock)
        {
            var checkout = _checkouts[checkoutNumber];
            var known = checkout.Debits.FirstOrDefault(d => d.OrderNumber == debit.OrderNumber);
            var saved = known is { IsPaid: true } ? known : debit;
            _checkouts[checkoutNumber] = checkout with { Debits = [.. checkout.Debits.Where(d => d != known), saved] };
            return saved;
        }
    }

    /// <summary>WeChat repeats itself and keeps no order: the same body counts once, and nothing that is paid becomes unpaid.</summary>
    public void Apply(Notification notification, byte[] body)
    {
        lock (_lock)
        {
            if (!_seen.Add(Convert.ToHexString(SHA256.HashData(body))))
            {
                return;
            }

            switch (notification)
            {
                case PaymentNotification payment when _checkouts.TryGetValue(payment.OrderNumber, out var checkout) && payment.IsPaid(checkout.AmountFen):
                    _checkouts[checkout.OrderNumber] = checkout with { IsPaid = true };
                    break;
                case ContractNotification { Change: ContractChange.Signed } signed when ByContract(signed.ContractNumber) is { } checkout && IsNews(signed, checkout):
                    _checkouts[checkout.OrderNumber] = checkout with { ContractId = signed.WeChatContractId, SignedAt = signed.At };
                    break;
                case ContractNotification { Change: ContractChange.Terminated } ended:
                    // Remembered by WeChat's number, also when its beginning is still on the way: a contract that ended never comes back.
                    _endedContracts.Add(ended.WeChatContractId);
                    if (ByContract(ended.ContractNumber) is { } over && over.ContractId == ended.WeChatContractId)
                    {
                        _checkouts[over.OrderNumber] = over with { ContractId = null };
                    }

                    break;
                case DebitNotification said when ByDebit(said.OrderNumber) is { } checkout:
                    // A failure is not believed here: whether the number may be dropped is asked before the next debit (see Program.cs).
                    _checkouts[checkout.OrderNumber] = checkout with
                    {
                        Debits = [.. checkout.Debits.Select(d => d.OrderNumber == said.OrderNumber && said.IsPaid(d.AmountFen) ? d with { IsPaid = true } : d)],
                    };
                    break;
            }
        }
    }

    private bool IsNews(ContractNotification signed, Checkout checkout) =>
        !_endedContracts.Contains(signed.WeChatContractId) && !(signed.At < checkout.SignedAt);

    private Checkout? ByContract(string number) => _checkouts.Values.FirstOrDefault(c => c.ContractNumber == number);

    private Checkout? ByDebit(string number) => _checkouts.Values.FirstOrDefault(c => c.Debits.Any(d => d.OrderNumber == number));
}
