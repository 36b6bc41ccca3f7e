using Papaya.Simulator.World;

namespace Papaya.Simulator.Pages;

/// <summary>What the cashier shows of an order: the merchant's strings as they were sent, the template's name and price.</summary>
public sealed class CashierView
{
    internal CashierView(string prepayId, Order order, Template? template, Payer[] payers)
    {
        (PrepayId, Body, Amount, Payers) = (prepayId, order.Body, order.Amount, payers);
        if (order.OffersContract && template is not null)
        {
            (Account, Template) = (order.DisplayAccount ?? "", template);
        }
    }

    internal string PrepayId { get; }

    internal string Body { get; }

    internal long Amount { get; }

    /// <summary>Who may pay: the order's own user, or the first fifty.</summary>
    internal Payer[] Payers { get; }

    /// <summary>What is offered beside the payment. Null: an ordinary cashier, without a switch.</summary>
    internal Template? Template { get; }

    /// <summary>The merchant's <c>contract_display_account</c>.</summary>
    internal string Account { get; } = "";

    /// <summary>The page that an H5 order comes back to.</summary>
    internal string? ReturnTo { get; init; }

    /// <summary>On the password step: who pays, whether the switch was on, whether the last password was wrong.</summary>
    internal Confirmation? Confirmation { get; init; }

    internal string Address(string step) => $"/cashier/{Uri.EscapeDataString(PrepayId)}{step}{(ReturnTo is null ? "" : "?redirect_url=" + Uri.EscapeDataString(ReturnTo))}";

    /// <summary>The service line: the template's name, then its cycle.</summary>
    internal string Service(Language l) => $"{Template!.Name} / {Show.Cycle(l, Template.Cycle)}";
}

internal sealed record Payer(string Openid, long Balance);

internal sealed record Confirmation(string Openid, bool Signs, bool WasWrong);

/// <summary>What became of an order that a person acted on: a payment and a contract, each with its own state.</summary>
public sealed class OutcomeView
{
    internal CashierView Cashier { get; init; } = null!; // Every maker sets it; an internal member of a public class cannot be required.

    internal bool IsPaid { get; init; }

    /// <summary>Why it is not paid, or why no contract came with the payment.</summary>
    internal string? Reason { get; init; }

    internal string? Openid { get; init; }

    /// <summary>The contract signed with the payment.</summary>
    internal string? ContractId { get; init; }

    internal bool IsPreNotice { get; init; }

    internal DateTimeOffset? SignedAt { get; init; }

    /// <summary>Whether it was offered at all.</summary>
    internal bool OffersContract { get; init; }
}

/// <summary>Why a page cannot be shown, in one sentence, and where it leads back to.</summary>
public sealed class ClosedView
{
    internal string Headline { get; init; } = "";

    internal string? Detail { get; init; }

    internal string? ReturnTo { get; init; }

    /// <summary>For developers only: what was wrong.</summary>
    internal string? Why { get; init; }
}
