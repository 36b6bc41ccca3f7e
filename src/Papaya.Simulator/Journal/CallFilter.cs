using System.Globalization;
using Microsoft.AspNetCore.Http;
using Papaya.Simulator.Control;
using Papaya.Simulator.Faults;

namespace Papaya.Simulator.Journal;

/// <summary>Which records somebody wants to see; what is null does not narrow.</summary>
internal sealed record CallFilter
{
    public string? MchId { get; init; }

    /// <summary>Any of a record's numbers: out_trade_no, out_refund_no, contract_id or contract_code.</summary>
    public string? Number { get; init; }

    public string? OutTradeNo { get; init; }

    public string? ContractId { get; init; }

    public string? Openid { get; init; }

    public string? Path { get; init; }

    public string? Kind { get; init; }

    public DateTimeOffset? Since { get; init; }

    /// <summary>Only records behind this id.</summary>
    public long After { get; init; }

    public int Limit { get; init; } = int.MaxValue;

    /// <summary>Only so many of the newest, still oldest first.</summary>
    public int? Last { get; init; }

    /// <summary>The filter that a query string asks for, or why it makes none.</summary>
    public static (CallFilter? Filter, string Reason) Read(HttpContext http)
    {
        var filter = new CallFilter
        {
            MchId = ControlApi.Query(http, "mch_id"),
            Number = ControlApi.Query(http, "number"),
            OutTradeNo = ControlApi.Query(http, "out_trade_no"),
            ContractId = ControlApi.Query(http, "contract_id"),
            Openid = ControlApi.Query(http, "openid"),
            Path = ControlApi.Query(http, "path"),
            Kind = ControlApi.Query(http, "kind"),
        };
        if (ControlApi.Query(http, "since") is { } since)
        {
            // A plus in a query string is a blank; people write offsets with it all the same.
            if (!DateTimeOffset.TryParse(since.Replace(' ', '+'), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
            {
                return (null, "since is an RFC 3339 instant.");
            }

            filter = filter with { Since = at };
        }

        foreach (var name in (string[])["limit", "last"])
        {
            if (ControlApi.Query(http, name) is { } text)
            {
                if (!int.TryParse(text, CultureInfo.InvariantCulture, out var most) || most < 1)
                {
                    return (null, name + " is a number of at least 1.");
                }

                filter = name == "limit" ? filter with { Limit = most } : filter with { Last = most };
            }
        }

        if (ControlApi.Query(http, "after") is { } after)
        {
            if (!long.TryParse(after.TrimStart('r', 's'), CultureInfo.InvariantCulture, out var id))
            {
                return (null, "after is the id of a record.");
            }

            filter = filter with { After = id };
        }

        return (filter, "");
    }

    public bool Takes(CallRecord record) =>
        record.Id > After
        && (MchId is null || record.MchId == MchId)
        && (Path is null || record.Path == Path)
        && (OutTradeNo is null || record.OutTradeNo == OutTradeNo)
        && (ContractId is null || record.ContractId == ContractId)
        && (Openid is null || record.Openid == Openid)
        && (Number is null || record.Has(Number))
        && (Since is null || record.At >= Since)
        && (Kind is null || (record.Kind is { } kind && FaultCatalogue.NameOf(kind) == Kind));
}
