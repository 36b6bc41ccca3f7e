using System.Text.Json;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Scheduled;

/// <summary><c>schedule_state</c>.</summary>
public enum BookingState
{
    /// <summary>A state that this client does not know; <see cref="Booking.StateText"/> has its name.</summary>
    Unknown,

    /// <summary><c>NO_SCHEDULED</c>: not booked.</summary>
    NotBooked,

    /// <summary><c>SCHEDULED</c>: booked, and not debited yet or in vain.</summary>
    Booked,

    /// <summary><c>PAID</c>.</summary>
    Paid,

    /// <summary><c>EXPIRED</c>: the day went by without a success.</summary>
    Expired,
}

/// <summary>
/// 预约扣费: books the debit on the day before it, from 08:00 to 19:30 Beijing time. WeChat tells the user within 30 minutes. A booking
/// can neither be repeated nor cancelled (<c>https://pay.weixin.qq.com/docs/merchant/apis/entrusted-payment/normal/normal-schedule-deduction.html</c>).
/// </summary>
public sealed record BookRequest : IPartyRequest
{
    /// <summary><c>contract_id</c>, at most 32 letters and digits.</summary>
    public required string WeChatContractId { get; init; }

    /// <summary><c>appid</c> (a provider's own: <c>sp_appid</c>).</summary>
    public required string AppId { get; init; }

    /// <summary><c>schedule_amount.total</c> in fen: exactly the amount of the contract.</summary>
    public required long AmountFen { get; init; }

    /// <summary>The sub-merchant when a service provider calls.</summary>
    public SubMerchant? SubMerchant { get; init; }
}

/// <summary>查询扣费预约 (<c>https://pay.weixin.qq.com/docs/merchant/apis/entrusted-payment/normal/normal-query-deduct-schedule.html</c>).</summary>
public sealed record BookingQuery : IPartyRequest
{
    /// <summary><c>contract_id</c>, at most 32 letters and digits.</summary>
    public required string WeChatContractId { get; init; }

    /// <summary>The sub-merchant when a service provider calls.</summary>
    public SubMerchant? SubMerchant { get; init; }
}

/// <summary>What is booked for a contract and what became of it.</summary>
public sealed record Booking
{
    private Booking(JsonElement json, string state)
    {
        StateText = state;
        State = state switch
        {
            "NO_SCHEDULED" => BookingState.NotBooked,
            "SCHEDULED" => BookingState.Booked,
            "PAID" => BookingState.Paid,
            "EXPIRED" => BookingState.Expired,
            _ => BookingState.Unknown,
        };
        EstimatedDay = json.Day("estimated_deduct_date");
        EstimatedFen = json.Object("estimated_deduct_amount")?.Number("total");
        FirstDay = json.Day("deduct_start_date");
        LastDay = json.Day("deduct_end_date");
        BookedFen = json.Object("scheduled_amount")?.Number("total");
        DebitedFen = json.Object("deduct_amount")?.Number("total");
        DebitedDay = json.Day("deduct_date");
    }

    /// <summary><c>schedule_state</c>.</summary>
    public BookingState State { get; }

    /// <summary><c>schedule_state</c> as received.</summary>
    public string StateText { get; }

    /// <summary><c>estimated_deduct_date</c>: the day that the user agreed to; told with contracts.</summary>
    public DateOnly? EstimatedDay { get; }

    /// <summary><c>estimated_deduct_amount.total</c> in fen; told with contracts.</summary>
    public long? EstimatedFen { get; }

    /// <summary><c>deduct_start_date</c>: the first day on which the debit may run; once booked.</summary>
    public DateOnly? FirstDay { get; }

    /// <summary><c>deduct_end_date</c>: the last one, the same day for this product.</summary>
    public DateOnly? LastDay { get; }

    /// <summary><c>scheduled_amount.total</c> in fen.</summary>
    public long? BookedFen { get; }

    /// <summary><c>deduct_amount.total</c> in fen; once paid.</summary>
    public long? DebitedFen { get; }

    /// <summary><c>deduct_date</c>; once paid.</summary>
    public DateOnly? DebitedDay { get; }

    internal static Booking? Read(JsonElement json) => json.Text("schedule_state") is { } state ? new(json, state) : null;
}
