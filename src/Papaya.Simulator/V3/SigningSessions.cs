using System.Text.Json;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.V3;

/// <summary>预签约: sessions in which a user signs a contract for one scheduled debit, and those of other devices.</summary>
internal static class SigningSessions
{
    private const string MiniProgramAppId = "wxbd687630cd02ce1d";
    private const string MiniProgramPath = "pages/PwdExemptContract/index";
    private const string MiniProgramUserName = "gh_papaya0sign0";

    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);
    private static readonly Permission[] Needs = [Permission.Papay, Permission.Scheduled];

    public static readonly V3Rule[] Rules =
    [
        .. V3Rule.Both("v3-scheduled-presign-jsapi", call => Open(call, SigningChannel.V3JsApi, Address), Needs),
        .. V3Rule.Both("v3-scheduled-presign-h5", call => Open(call, SigningChannel.V3H5, Address), Needs),
        .. V3Rule.Both("v3-scheduled-presign-app", call => Open(call, SigningChannel.V3App, App), Needs),
        .. V3Rule.Both("v3-scheduled-presign-mini-program", call => Open(call, SigningChannel.V3MiniProgram, MiniProgram), Needs),
        .. V3Rule.Both("v3-presign-multi-device", OpenForDevice, [Permission.Papay]),
    ];

    /// <summary>Why no page is opened for this template, number and user; null when it is.</summary>
    public static string? WhyNot(V3Call call, string? openid)
    {
        var state = call.State;
        var template = state.FindTemplate(call.Merchant.MchId, call.Long("plan_id")!.Value);
        return template is null or { Disabled: true } ? "签约模版信息不存在"
            : template.SigningBlocked ? "该模版id新增签约功能受限"
            : call.Merchant.Penalised ? "商户签约功能受限"
            : state.FindContractByCode(call.Merchant.MchId, call.Text("out_contract_code")) is not null ? "商户签约协议号已使用"
            : openid is null ? null
            : state.FindUser(openid) is null ? "无效的openid"
            : state.FindActiveContract(call.Merchant.MchId, template.PlanId, openid) is not null ? "已开通自动扣费服务功能，无需重复开通"
            : null;
    }

    /// <summary>The page of a session, for browsers.</summary>
    public static string PageOf(V3Call call, SigningSession session) => $"{call.Address}/sign/{session.Id}";

    /// <summary>A session of this call; the caller fills in what is its own and puts it.</summary>
    public static SigningSession Make(V3Call call, SigningChannel channel, string display, string notifyUrl) => new()
    {
        Id = call.State.Numbers.SessionId(call.Now),
        MchId = call.Merchant.MchId,
        SubMchId = call.SubMchId,
        AppId = call.AppId!,
        SubAppId = call.SubAppId,
        PlanId = call.Long("plan_id")!.Value,
        ContractCode = call.Text("out_contract_code")!,
        RequestSerial = "0",
        DisplayAccount = display,
        NotifyUrl = notifyUrl,
        Channel = channel,
        ReturnTo = call.Text("return_url"),
        ReturnAppId = call.Text("jump_control.jump_appid") ?? call.Text("return_appid"),
        OpenedAt = call.Now,
        ExpiresAt = call.Now + Life,
        Openid = call.Text("openid") ?? call.Text("sp_openid"),
        IsV3 = true,
        OutUserCode = call.Text("out_user_code"),
    };

    public static void Put(V3Call call, SigningSession session)
    {
        call.State.Schedule(session, session.ExpiresAt);
        call.State.Put(session);
    }

    private static void Open(V3Call call, SigningChannel channel, Action<V3Call, Utf8JsonWriter, SigningSession> answer)
    {
        var schedule = ScheduleOf(call);
        if (WhyNot(call, call.Text("openid") ?? call.Text("sp_openid")) is { } reason)
        {
            call.Refuse(400, "INVALID_REQUEST", reason);
            return;
        }

        if (schedule is null && call.State.Switches.Is("v3_schedule_needed", "yes"))
        {
            call.Refuse(400, "INVALID_REQUEST", "预约扣费信息不能为空", new("/deduct_schedule", "needed for a scheduled debit", "body"));
            return;
        }

        // Booking is on the day before, so today is too late; and the contract ends on the day after.
        if (schedule is not null && (schedule.Day <= BeijingTime.Day(call.Now) || schedule.Day == DateOnly.MaxValue))
        {
            call.Refuse(400, "INVALID_REQUEST", "预计扣费日期不合法", new("/deduct_schedule/estimated_deduct_date", "a day after today", "body"));
            return;
        }

        var session = Make(call, channel, call.Text("contract_display_account")!, call.Text("contract_notify_url")!);
        session.Schedule = schedule;
        Put(call, session);
        call.Succeed(json => answer(call, json, session));
    }

    private static DebitSchedule? ScheduleOf(V3Call call) => call.Day("deduct_schedule.estimated_deduct_date") is { } day
        ? new() { Day = day, Amount = call.Long("deduct_schedule.estimated_deduct_amount.total")!.Value, Description = call.Text("deduct_schedule.description")! }
        : null;

    private static void Address(V3Call call, Utf8JsonWriter json, SigningSession session) => json.WriteString("redirect_url", PageOf(call, session));

    private static void App(V3Call call, Utf8JsonWriter json, SigningSession session)
    {
        json.WriteString("pre_entrustweb_id", session.Id);
        json.WriteString("miniprogram_username", MiniProgramUserName);
        json.WriteString("miniprogram_path", $"{MiniProgramPath}?pre_entrustweb_id={session.Id}");
    }

    private static void MiniProgram(V3Call call, Utf8JsonWriter json, SigningSession session)
    {
        json.WriteString("pre_entrustweb_id", session.Id);
        json.WriteString("redirect_appid", MiniProgramAppId);
        json.WriteString("redirect_path", MiniProgramPath);
    }

    private static void OpenForDevice(V3Call call)
    {
        if (WhyNot(call, call.Text("openid")) is { } reason)
        {
            call.Refuse(400, "INVALID_REQUEST", reason);
            return;
        }

        var session = Make(call, SigningChannel.V3MultiDevice, call.Text("contract_display_account")!, call.Text("contract_notify_url")!);
        Put(call, session);
        call.Succeed(json =>
        {
            json.WriteString("pre_entrustweb_id", session.Id);
            if (call.Text("sign_scene") == "SIGN_SCENE_QRCODE")
            {
                json.WriteString("redirect_url", PageOf(call, session));
                return;
            }

            // Other names than in the app's answer.
            json.WriteString("mini_program_username", MiniProgramUserName);
            json.WriteString("mini_program_path", $"{MiniProgramPath}?pre_entrustweb_id={session.Id}");
        });
    }
}
