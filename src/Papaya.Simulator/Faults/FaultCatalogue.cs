using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Faults;

/// <summary>Where a fault may strike.</summary>
[Flags]
internal enum FaultPlaces
{
    Call = 1,
    Bill = 2,
    Message = 4,
}

/// <summary>What one kind is for.</summary>
/// <param name="IsProcessed">Whether the request is carried out although the answer is bad, unless the rule says otherwise.</param>
internal sealed record FaultEntry(FaultKind Kind, FaultPlaces Places, bool IsProcessed, string Meaning);

/// <summary>Every kind of fault and every place where one can strike; the documentation and the checks read the same list.</summary>
internal static class FaultCatalogue
{
    public static readonly IReadOnlyList<FaultEntry> All =
    [
        new(FaultKind.TimeoutBefore, FaultPlaces.Call, false, "the connection is cut before anything is done"),
        new(FaultKind.TimeoutAfter, FaultPlaces.Call, true, "it is done, then the connection is cut"),
        new(FaultKind.Http500, FaultPlaces.Call, false, "HTTP 500 with a page instead of XML"),
        new(FaultKind.Html, FaultPlaces.Call, false, "HTTP 200 with a page instead of XML, as a proxy answers"),
        new(FaultKind.BadSignature, FaultPlaces.Call | FaultPlaces.Message, true, "the right answer or notification under a wrong sign"),
        new(FaultKind.SystemError, FaultPlaces.Call, true, "SYSTEMERROR is answered"),
        new(FaultKind.FrequencyLimited, FaultPlaces.Call, false, "FREQUENCY_LIMITED is answered and nothing is done"),
        new(FaultKind.Drop, FaultPlaces.Message, false, "one send is lost"),
        new(FaultKind.Duplicate, FaultPlaces.Message, false, "one send arrives twice"),
        new(FaultKind.Delay, FaultPlaces.Message, false, "one send arrives `delay_seconds` later"),
        new(FaultKind.Reorder, FaultPlaces.Message, false, "one send waits until the merchant's next message has gone, 60 seconds at most"),
        new(FaultKind.AmountOffByOneFen, FaultPlaces.Bill, true, "one amount of the bill is one fen off"),
    ];

    /// <summary>The names of notifications, beside <c>notification</c> for all of them.</summary>
    private static readonly string[] Messages = ["payment", "debit", "contract", "refund"];

    private static readonly HashSet<string> Paths = [.. V3Endpoints.All.Select(e => e.Path), .. V3.V3Rules.All.Select(r => r.Path)];

    private static readonly Dictionary<FaultKind, FaultEntry> ByKind = All.ToDictionary(e => e.Kind);

    public static FaultEntry Of(FaultKind kind) => ByKind[kind];

    public static bool IsMessage(string on) => Messages.Contains(on);

    public static string NameOf(DeliveryKind kind) => kind switch
    {
        DeliveryKind.Payment => "payment",
        DeliveryKind.Debit => "debit",
        DeliveryKind.Contract => "contract",
        DeliveryKind.Refund => "refund",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public static FaultPoint PointOf(Delivery delivery) =>
        new(NameOf(delivery.Kind), delivery.MchId, [.. new[] { delivery.OutTradeNo, delivery.ContractId }.OfType<string>()], delivery.HeldBack);

    /// <summary>Null, or why the rule makes no sense.</summary>
    public static string? WhyNot(FaultRule rule, Func<string, bool> isPath)
    {
        FaultPlaces place;
        if (rule.On == "notification" || Messages.Contains(rule.On))
        {
            place = FaultPlaces.Message;
        }
        else if (rule.On == "*" || isPath(rule.On) || Paths.Contains(rule.On))
        {
            place = FaultPlaces.Call | (rule.On == "/pay/downloadbill" ? FaultPlaces.Bill : 0);
        }
        else
        {
            return $"'on' is a path of WeChat Pay, * for all of them, payment, debit, contract, refund, or notification for all of these; '{rule.On}' is none.";
        }

        var entry = Of(rule.Kind);
        return (entry.Places & place) == 0 ? $"This kind of fault strikes {Describe(entry.Places)}; '{rule.On}' is none."
            : rule.Kind == FaultKind.Delay && rule.DelaySeconds is not > 0 ? "delay needs delay_seconds > 0."
            : rule.Times is < 1 || rule.Skip is < 0 || rule.Probability is <= 0 or > 1 or double.NaN
                ? "times is at least 1; skip is not negative; probability is above 0 and at most 1."
            : rule.Number is { } number && number.TrimEnd('*').Length == 0 ? "number is a number, or the beginning of one followed by *."
            : rule.Site is not (null or "main" or "backup") ? "site is main or backup."
            : rule is { From: { } from, Until: { } until } && until <= from ? "until is later than from."
            : null;
    }

    private static string Describe(FaultPlaces places) => string.Join(" and ", new[]
    {
        places.HasFlag(FaultPlaces.Call) ? "calls" : null,
        places.HasFlag(FaultPlaces.Bill) ? "/pay/downloadbill" : null,
        places.HasFlag(FaultPlaces.Message) ? "notifications" : null,
    }.OfType<string>());
}
