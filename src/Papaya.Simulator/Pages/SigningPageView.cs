using Papaya.Simulator.World;

namespace Papaya.Simulator.Pages;

/// <summary>What a signing page shows: who debits, for what, how much and how often. The words are the template's and the merchant's own.</summary>
public sealed class SigningPageView
{
    internal SigningPageView(SigningSession session, Merchant merchant, Template template, Payer[] users, DateTimeOffset now)
    {
        (Id, Channel, Account, ReturnTo) = (session.Id, session.Channel, session.DisplayAccount, session.ReturnTo);
        (Merchant, Template, Users) = (merchant.Name, template, users);
        (Outcome, ContractId, Openid, ExpiresAt) = (session.Outcome, session.ContractId, session.Openid, session.ExpiresAt);
        Schedule = session.Schedule;
        SampleDay = template.Cycle switch
        {
            "day" => now.AddDays(1),
            "week" => now.AddDays(7),
            "quarter" => now.AddMonths(3),
            "year" => now.AddYears(1),
            _ => now.AddMonths(1),
        };
    }

    internal string Id { get; }

    internal SigningChannel Channel { get; }

    internal string Account { get; }

    internal string Merchant { get; }

    internal Template Template { get; }

    internal Payer[] Users { get; }

    internal string? ReturnTo { get; }

    internal string? Outcome { get; }

    internal string? ContractId { get; }

    internal string? Openid { get; }

    internal DateTimeOffset ExpiresAt { get; }

    /// <summary>The one debit that is signed for; null for contracts of periods.</summary>
    internal DebitSchedule? Schedule { get; }

    /// <summary>A day on which a debit could happen, for the example.</summary>
    internal DateTimeOffset SampleDay { get; }

    /// <summary>The agreement was not ticked when the button was pressed.</summary>
    internal bool MustAgree { get; init; }

    /// <summary>On the password step: who signs.</summary>
    internal Confirmation? Confirmation { get; init; }

    internal bool IsSigned => Outcome == "signed";

    internal string Address(string step) => $"/sign/{Uri.EscapeDataString(Id)}{step}";

    internal string Service(Language l) => Schedule?.Description ?? $"{Template.Name} / {Show.Cycle(l, Template.Cycle)}";

    /// <summary>The day of a scheduled debit.</summary>
    internal string? DebitDay => Schedule?.Day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    internal string Price(Language l)
    {
        if (Schedule is { } once)
        {
            return Show.Yuan(once.Amount);
        }

        var cycle = Show.Cycle(l, Template.Cycle);
        return Template.Fee == FeeRule.Fixed
            ? l[$"每{cycle} {Show.Yuan(Template.Amount)}", $"{Show.Yuan(Template.Amount)} per {cycle}"]
            : l[$"每{cycle}不高于 {Show.Yuan(Template.Amount)}", $"at most {Show.Yuan(Template.Amount)} per {cycle}"];
    }
}
