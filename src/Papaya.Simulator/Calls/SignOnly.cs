using Papaya.Simulator.Notifications;
using Papaya.Simulator.Wire;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Calls;

/// <summary>What the user's act on a signing page led to. The reason is <c>cancelled</c>, <c>expired</c> or WeChat's own.</summary>
internal sealed record SigningResult(bool Signed, string? ContractId = null, string? Reason = null);

/// <summary>A session, or why the merchant's request opens none: WeChat's code and text.</summary>
internal readonly record struct Opening(SigningSession? Session, string? Code = null, string? Text = null);

/// <summary>Signing without payment: for official accounts, apps, mini programs and H5 pages.</summary>
internal static partial class SignOnly
{
    /// <summary>How far a timestamp may be from the clock, where the switch has it checked.</summary>
    private static readonly TimeSpan TimestampTolerance = TimeSpan.FromMinutes(10);

    /// <summary>The same parameters may be sent again for so long.</summary>
    private static readonly TimeSpan SessionLife = TimeSpan.FromHours(2);

    /// <summary>Life of an H5 address.</summary>
    private static readonly TimeSpan AddressLife = TimeSpan.FromMinutes(10);

    public static readonly CallRule Reserve = new(Endpoints.PreEntrustWeb, ReserveSession) { AnswersWithNonce = true };

    public static readonly CallRule PartnerReserve = new(Endpoints.PreEntrustWeb.Partner!, ReserveSession) { AnswersWithNonce = true };

    /// <summary>The user agrees or goes away. The session may be over; then nothing changes.</summary>
    public static SigningResult Act(SimulatorState state, SigningSession session, User user, bool agrees, DateTimeOffset now)
    {
        state.Switches.ActFor(session.MchId);
        if (!session.IsOpen)
        {
            return new(false, session.ContractId, session.Outcome == "signed" ? "already_signed" : session.Outcome);
        }

        if (now >= session.ExpiresAt)
        {
            return new(false, Reason: "expired");
        }

        if (session.Openid is { } named && named != user.Openid)
        {
            return new(false, Reason: "another_user");
        }

        var terms = TermsOf(session);
        var reason = agrees ? Signing.WhyNot(state, terms, user) : "cancelled";
        session.Openid = user.Openid;
        session.Outcome = reason ?? "signed";
        state.Schedule(session, null);
        if (reason is not null)
        {
            // Signing that fails or is abandoned is told to nobody.
            state.Put(session);
            return new(false, Reason: reason);
        }

        var contract = Signing.Sign(state, terms, user, now);
        session.ContractId = contract.ContractId;
        state.Put(session);
        Messages.Signed(state, contract, session.NotifyUrl, now);
        return new(true, contract.ContractId);
    }

    /// <summary>Whether the account of multi-account signing has its form, and the merchant may name one.</summary>
    public static bool MayName(Merchant merchant, string outerId) => merchant.May(Permission.MultiAccount) && OuterIdForm().IsMatch(outerId);

    /// <summary>Its time is over: nobody is told.</summary>
    public static void Expire(SimulatorState state, SigningSession session)
    {
        session.Outcome ??= "expired";
        state.Schedule(session, null);
        state.Put(session);
    }

    /// <summary>Whether H5 signing may start on the page that led here: its domain, or one above it, is registered.</summary>
    public static bool MayComeFrom(SimulatorState state, SigningSession session, Uri? referer) =>
        session.Channel is not (SigningChannel.H5 or SigningChannel.V3H5) || state.FindMerchant(session.MchId)?.SigningDomains is not { } domains
        || (referer is not null && domains.Exists(d => referer.Host == d || referer.Host.EndsWith("." + d, StringComparison.OrdinalIgnoreCase)));

    /// <summary>The page is about to be shown. Null, or why it is not: the app was too slow, or an H5 address was used before.</summary>
    public static string? Show(SimulatorState state, SigningSession session, DateTimeOffset now)
    {
        state.Switches.ActFor(session.MchId);
        if (now >= session.ExpiresAt || (session.OpenBefore is { } before && session.ShownAt is null && now > before)
            || (session is { Channel: SigningChannel.H5, ShownAt: not null }))
        {
            return "expired";
        }

        session.ShownAt ??= now;
        state.Put(session);
        return null;
    }

    /// <summary>A session from parameters whose signature holds; the same parameters open the same one again, except for H5.</summary>
    public static Opening Open(SimulatorState state, Merchant merchant, V2Message request, SigningChannel channel, SignType signType, DateTimeOffset now)
    {
        if (WhyNotOpened(state, merchant, request, channel) is { Code: not null } refused)
        {
            return refused;
        }

        if (!IsInTime(state, request.GetInt64("timestamp"u8), now))
        {
            return new(null, "PARAM_ERROR", "timestamp与当前时间相差过大");
        }

        var key = V2Signature.CanonicalText(request);
        if (channel != SigningChannel.H5 && state.FindSigningByRequest(merchant.MchId, key) is { } same && now < same.ExpiresAt)
        {
            if (state.Switches.Is("presign_refresh", "same_session"))
            {
                same.OpenBefore = channel == SigningChannel.App ? now + AppOpensWithin(state) : null;
                state.Put(same);
                return new(same);
            }
        }

        if (Signing.IsSerialUsed(state, merchant.MchId, Text(request, "request_serial"u8)))
        {
            return new(null, "PARAM_ERROR", Texts.SerialUsed);
        }

        var session = new SigningSession
        {
            Id = state.Numbers.SessionId(now),
            MchId = merchant.MchId,
            SubMchId = Text(request, "sub_mch_id"u8),
            AppId = Text(request, "appid"u8)!,
            SubAppId = Text(request, "sub_appid"u8),
            PlanId = request.GetInt64("plan_id"u8)!.Value,
            ContractCode = Text(request, "contract_code"u8)!,
            RequestSerial = Text(request, "request_serial"u8)!,
            DisplayAccount = Text(request, "contract_display_account"u8)!,
            NotifyUrl = Text(request, "notify_url"u8)!,
            Channel = channel,
            SignType = signType,
            OuterId = Text(request, "outerid"u8),
            ReturnAppId = Text(request, "return_appid"u8),
            RequestKey = key,
            OpenedAt = now,
            ExpiresAt = now + (channel == SigningChannel.H5 ? AddressLife : SessionLife),
            OpenBefore = channel == SigningChannel.App ? now + AppOpensWithin(state) : null,
        };
        state.Schedule(session, session.ExpiresAt);
        state.Put(session);
        return new(session);
    }

    private static bool IsInTime(SimulatorState state, long? timestamp, DateTimeOffset now)
    {
        var value = state.Switches["v2_timestamp"];
        return value == "any" || timestamp is not { } seconds
            || (value is "both" or "virtual" && Near(now)) || (value is "both" or "wall" && Near(state.MachineNow));

        bool Near(DateTimeOffset time) => Math.Abs(seconds - time.ToUnixTimeSeconds()) <= TimestampTolerance.TotalSeconds;
    }

    private static TimeSpan AppOpensWithin(SimulatorState state) => TimeSpan.FromSeconds(state.Switches.Is("app_open_within", "20s") ? 20 : 120);

    private static Opening WhyNotOpened(SimulatorState state, Merchant merchant, V2Message request, SigningChannel channel)
    {
        if (merchant.Penalised)
        {
            return new(null, "NOAUTH", "商户被处罚，暂停签约");
        }

        if (!merchant.May(Permission.Papay) || (channel == SigningChannel.H5 && !merchant.May(Permission.H5Sign)))
        {
            return new(null, "NOAUTH", "商户无此接口权限");
        }

        if (channel == SigningChannel.App && merchant.Apps.Find(a => a.AppId == Text(request, "appid"u8)) is not { Kind: AppKind.MobileApp }
            && state.Switches.Is("presign_app_kind", "mobile_app"))
        {
            return new(null, "APPID_MCHID_NOT_MATCH", "appid不是移动应用");
        }

        if (Text(request, "outerid"u8) is { } outerId && !MayName(merchant, outerId))
        {
            return new(null, "PARAM_ERROR", "PARAMERROR:outerid");
        }

        var template = request.GetInt64("plan_id"u8) is { } planId ? state.FindTemplate(merchant.MchId, planId) : null;
        return template is null or { Disabled: true } ? new(null, "PARAM_ERROR", Texts.NoTemplate)
            : template.SigningBlocked ? new(null, "NOAUTH", Texts.SigningBlocked)
            : default;
    }

    private static void ReserveSession(Call call)
    {
        var opening = Open(call.State, call.Merchant, call.Message, SigningChannel.App, call.SignType, call.Now);
        if (opening.Session is not { } session)
        {
            call.Fail(opening.Code!, opening.Text!);
            return;
        }

        call.Success().Add("pre_entrustweb_id"u8, session.Id)
            .Add("miniprogram_username"u8, "gh_papaya0sign0")
            .Add("miniprogram_path"u8, $"pages/index/index?sign_scene=app&domain_type=cn&pre_entrustweb_id={session.Id}");
    }

    private static SigningTerms TermsOf(SigningSession s) =>
        new(s.MchId, s.AppId, s.PlanId, s.ContractCode, s.RequestSerial, s.DisplayAccount, s.SignType, s.OuterId)
        {
            SubMchId = s.SubMchId,
            SubAppId = s.SubAppId,
            IsV3 = s.IsV3,
            OutUserCode = s.OutUserCode,
            NotifyUrl = s.NotifyUrl,
            Schedule = s.Schedule,
            IsGlobal = s.IsGlobal,
        };

    private static string? Text(V2Message request, ReadOnlySpan<byte> name) => request.GetString(name) is { Length: > 0 } value ? value : null;

    [System.Text.RegularExpressions.GeneratedRegex("^.\\*.（[0-9]{11}）$", System.Text.RegularExpressions.RegexOptions.None, 1000)]
    private static partial System.Text.RegularExpressions.Regex OuterIdForm();
}
