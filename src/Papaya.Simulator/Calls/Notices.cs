using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Calls;

/// <summary>
/// The rules of the pre-debit notice that sending and debiting share (<c>https://pay.weixin.qq.com/doc/v2/merchant/4011987402</c>).
/// </summary>
internal static class Notices
{
    private const int LastHour = 22;

    /// <summary>Whether notices may be sent and debits run at this time of a Beijing day.</summary>
    public static bool IsHour(SimulatorState state, DateTimeOffset now) =>
        now.ToOffset(BeijingTime.Offset).Hour is var hour && hour < LastHour && hour >= (state.Switches.Is("notice_hours", "06-22") ? 6 : 7);

    /// <summary>Days on which a debit may run when the notice leaves them to WeChat.</summary>
    public static int DefaultDays(SimulatorState state) => state.Switches.Is("notice_default_days", "3") ? 3 : 7;

    /// <summary>The most that deduct_duration.count may be.</summary>
    public static int MostDays(SimulatorState state) => state.Switches.Is("notice_count_range", "1-7") ? 7 : 3;

    /// <summary>Sends a notice: the user is told, the period begins. The caller has checked that none is active.</summary>
    /// <param name="state">The world, its lock held.</param>
    /// <param name="contract">An active contract of a template in pre-notice mode.</param>
    /// <param name="appId">The appid of the call.</param>
    /// <param name="amount">estimated_amount in fen.</param>
    /// <param name="count">deduct_duration.count; null leaves it to WeChat.</param>
    /// <param name="now">The instant.</param>
    public static Notice Send(SimulatorState state, Contract contract, string appId, long amount, int? count, DateTimeOffset now)
    {
        var notice = new Notice
        {
            ContractId = contract.ContractId,
            MchId = contract.MchId,
            AppId = appId,
            SentAt = now,
            Amount = amount,
            Count = count,
            Days = count ?? DefaultDays(state),
        };
        state.Put(notice);
        state.Put(new UserMessage
        {
            Openid = contract.Openid, Kind = UserMessageKind.Notice, At = now, MchId = contract.MchId, PlanId = contract.PlanId, Amount = amount,
            From = new DateTimeOffset(notice.FirstDay.ToDateTime(new(7, 0)), BeijingTime.Offset).ToUniversalTime(),
        });
        return notice;
    }

    /// <summary>Reminds the user after a failed debit.</summary>
    public static void Remind(SimulatorState state, Contract contract, Notice notice, DateTimeOffset now)
    {
        notice.RemindedAt = now;
        state.Put(notice);
        state.Put(new UserMessage
        {
            Openid = contract.Openid, Kind = UserMessageKind.Reminder, At = now, MchId = contract.MchId, PlanId = contract.PlanId, Amount = notice.Amount,
        });
    }

    /// <summary>Why a debit is not allowed by the contract's notice; null when it is.</summary>
    public static string? WhyNotDebited(SimulatorState state, Contract contract, long amount, DateTimeOffset now) => state.FindNotice(contract.ContractId) switch
    {
        null or { State: NoticeState.Used } => Texts.NoticeFirst,
        var notice when !notice.IsActive(now) => Texts.NoticeOver,
        var notice when !notice.IsOpen(now) => Texts.NoticeWaits,
        _ when !IsHour(state, now) => Texts.OutsideHours,
        var notice when amount > notice.Amount => "扣费金额不能大于扣费前通知的预计扣费金额",
        _ => null,
    };

    /// <summary>Whether another debit has ended the period of a notice since a debit was accepted under it.</summary>
    public static bool IsUsedUp(SimulatorState state, Contract contract, DateTimeOffset sentAt) =>
        state.FindNotice(contract.ContractId) is not { State: NoticeState.Active } notice || notice.SentAt != sentAt;

    /// <summary>A debit ran inside the period: one success ends it, a failure may be tried again and reminded of.</summary>
    public static void Ran(SimulatorState state, Contract contract, DateTimeOffset now, bool isPaid)
    {
        if (state.FindNotice(contract.ContractId) is not { } notice || !notice.IsOpen(now))
        {
            return;
        }

        if (isPaid)
        {
            notice.Successes++;
            notice.State = notice.Successes >= (state.Switches.Is("notice_success_ends_period", "yes") ? 1 : 2) ? NoticeState.Used : NoticeState.Active;
        }
        else
        {
            notice.FailedAt = now;
        }

        state.Put(notice);
    }
}
