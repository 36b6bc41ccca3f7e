using System.Globalization;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Lint;

/// <summary>Whether the merchant compares its books with WeChat's.</summary>
internal static class BillRules
{
    public static readonly IReadOnlyList<LintRule> All =
    [
        new("bill-not-fetched", LintSeverity.Warning,
            new("有交易的日子没有下载账单", "The bill of a day with payments was not fetched"),
            new("每天 10:00 以后下载前一日账单并核对", "Fetch the bill of the day before after 10:00, and compare it"), "checklist 25")
        {
            OnSend = c =>
            {
                if (c.Record is { Kind: DeliveryKind.Payment or DeliveryKind.Debit, OutTradeNo: { } number }
                    && c.World.Order(c.MchId, number, static o => o.IsPaid ? o.PaidAt : null) is { } paidAt)
                {
                    // A repeated message is of an old day.
                    var day = BeijingTime.Day(paidAt);
                    if (c.Facts.LastDay(c.MchId) is not { } last || day > last)
                    {
                        c.Facts.Of(c.MchId).LastDay = day;
                        c.Facts.Bills.Make(new(
                            c.MchId, Name(day), new DateTimeOffset(day.ToDateTime(default), BeijingTime.Offset), c.Record.Id, true, "Not fetched by the end of the next day."));
                    }
                }
            },
            OnCall = c =>
            {
                if (c is { Record: { Status: 200, ErrCode: null }, HasAnswer: true } && AskedDay(c) is { } day && c.Facts.Bills.Keep(c.MchId, day))
                {
                    c.Pass();
                }
            },
            OnTime = r => r.Overdue(r.Facts.Bills),
        },
    ];

    private static string Name(DateOnly day) => day.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    /// <summary>The day (yyyyMMdd) whose trade bill a call asks for; null when it is another call.</summary>
    private static string? AskedDay(LintCase c)
    {
        const string name = "bill_date=";
        if (c.Record.Path == LintCase.Bill)
        {
            return c.Text("bill_date");
        }

        return c.Record is { Path: LintCase.V3Bill, Target: { } target } && target.IndexOf(name, StringComparison.Ordinal) is var at and >= 0 && target.Length >= at + name.Length + 10
            ? target.Substring(at + name.Length, 10).Replace("-", "", StringComparison.Ordinal)
            : null;
    }
}
