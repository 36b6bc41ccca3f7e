using System.Security.Cryptography;
using Papaya.WeChatPay.Notifications;

namespace Papaya.Samples;

internal sealed record CheckoutRequest(string OpenId, string DisplayName, long AmountFen);

internal sealed record DebitBody(long AmountFen);

/// <summary>One debit under a contract.</summary>
internal sealed record Debit(string OrderNumber, long AmountFen, bool IsPaid);

/// <summary>One visit to the cashier. Payment and contract are two outcomes: either may come first, or alone.</summary>
internal sealed record Checkout(string OrderNumber, string ContractNumber, long Sequence, long AmountFen)
{
    public bool IsPaid { get; init; }

    public string? ContractId { get; init; }

    public IReadOnlyList<Debit> Debits { get; init; } = [];
}

/// <summary>In place of a database: everything in memory, and gone with the process.</summary>
internal sealed class Shelf
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Checkout> _checkouts = [];
    private readonly HashSet<string> _seen = [];
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

    public string NewDebit(Checkout checkout, long amountFen)
    {
        lock (_lock)
        {
            var current = _checkouts[checkout.OrderNumber];
            var number = $"{checkout.OrderNumber}D{current.Debits.Count + 1}";
            _checkouts[checkout.OrderNumber] = current with { Debits = [.. current.Debits, new(number, amountFen, false)] };
            return number;
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
                case ContractNotification { Change: ContractChange.Signed } signed when ByContract(signed.ContractNumber) is { } checkout:
                    _checkouts[checkout.OrderNumber] = checkout with { ContractId = signed.WeChatContractId };
                    break;
                case ContractNotification { Change: ContractChange.Terminated } ended when ByContract(ended.ContractNumber) is { } checkout:
                    _checkouts[checkout.OrderNumber] = checkout with { ContractId = null };
                    break;
                case DebitNotification debit when _checkouts.Values.FirstOrDefault(c => c.Debits.Any(d => d.OrderNumber == debit.OrderNumber)) is { } checkout:
                    _checkouts[checkout.OrderNumber] = checkout with
                    {
                        Debits = [.. checkout.Debits.Select(d => d.OrderNumber == debit.OrderNumber && debit.IsPaid(d.AmountFen) ? d with { IsPaid = true } : d)],
                    };
                    break;
            }
        }
    }

    private Checkout? ByContract(string number) => _checkouts.Values.FirstOrDefault(c => c.ContractNumber == number);
}
