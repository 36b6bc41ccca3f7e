using System.Globalization;
using Papaya.Simulator.Calls;
using Papaya.Simulator.World;

namespace Papaya.Simulator.V3;

/// <summary>下单并签约 of V3: an order whose cashier also offers a contract.</summary>
internal static class OrdersWithContract
{
    private static readonly TimeSpan OrderLife = TimeSpan.FromHours(2);

    /// <summary>The list of goods says nothing that the simulator needs.</summary>
    private static readonly string[] Lists = ["detail.goods_detail"];

    private static readonly Permission[] Needs = [Permission.Papay, Permission.V3WithContract];

    public static readonly V3Rule[] Rules =
    [
        .. V3Rule.Both("v3-jsapi-with-contract", call => Place(call, "JSAPI"), Needs, lists: Lists),
        .. V3Rule.Both("v3-app-with-contract", call => Place(call, "APP"), Needs, lists: Lists),
    ];

    private static void Place(V3Call call, string tradeType)
    {
        var state = call.State;
        if (WhyNot(call) is { } reason)
        {
            call.Refuse(400, "INVALID_REQUEST", reason);
            return;
        }

        var order = Read(call, tradeType);
        if (order.Openid is { } openid && state.FindUser(openid) is null)
        {
            call.Refuse(400, "PARAM_ERROR", "无效的openid", new("/payer/openid", "no user of this appid", "body"));
            return;
        }

        switch (state.FindOrder(order.MchId, order.OutTradeNo))
        {
            case { IsPaid: true }:
                call.Refuse(400, "INVALID_REQUEST", "该订单已支付");
                return;
            case { State: TradeState.Closed }:
                call.Refuse(400, "INVALID_REQUEST", "该订单已关闭");
                return;
            case { } known when !known.SaysTheSameAs(order):
                call.Refuse(400, "INVALID_REQUEST", "请求重入时，参数与首次请求时不一致");
                return;
            case { } known:
                if (PayAndSign.IsOver(known, known.PrepayId!, call.Now))
                {
                    known.PrepayId = state.Numbers.PrepayId(call.Now);
                    state.Put(known);
                }

                call.Succeed(json => json.WriteString("prepay_id", known.PrepayId));
                return;
        }

        order.PrepayId = state.Numbers.PrepayId(call.Now);
        state.Schedule(order, Expires(call) ?? call.Now + OrderLife);
        state.Put(order);
        call.Succeed(json => json.WriteString("prepay_id", order.PrepayId));
    }

    private static string? WhyNot(V3Call call)
    {
        if (Expires(call) <= call.Now)
        {
            return "time_expire已过期";
        }

        // A token or an earlier contract stands for what the user has agreed to before: nothing is offered.
        if (call.Text("contract_info.plan_id") is not { } planId)
        {
            return null;
        }

        var template = long.TryParse(planId, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? call.State.FindTemplate(call.Merchant.MchId, number) : null;
        return call.Text("contract_info.contract_mchid") != call.Merchant.MchId ? "contract_mchid与mchid不一致"
            : call.Text("contract_info.contract_appid") != call.AppId ? "contract_appid与appid不一致"
            : template is null or { Disabled: true } ? Texts.NoTemplate
            : template.SigningBlocked ? Texts.SigningBlocked
            : Signing.IsCodeUsed(call.State, call.Merchant.MchId, call.Text("contract_info.contract_code")) ? "contract_code重复"
            : null;
    }

    private static DateTimeOffset? Expires(V3Call call) =>
        call.Text("time_expire") is { } text ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture).ToUniversalTime() : null;

    private static Order Read(V3Call call, string tradeType) => new()
    {
        MchId = call.Merchant.MchId,
        OutTradeNo = call.Text("out_trade_no")!,
        Kind = OrderKind.Payment,
        State = TradeState.NotPay,
        AppId = call.AppId!,
        Body = call.Text("description")!,
        Attach = call.Text("attach"),
        GoodsTag = call.Text("goods_tag"),
        Amount = call.Long("amount.total")!.Value,
        TradeType = tradeType,
        NotifyUrl = call.Text("notify_url")!,
        CreatedAt = call.Now,
        Openid = tradeType == "JSAPI" ? call.Text("payer.openid") : null,
        PayerIp = call.Text("scene_info.payer_client_ip"),
        TimeExpire = call.Text("time_expire"),
        PlanId = call.Long("contract_info.plan_id") ?? 0,
        ContractCode = call.Text("contract_info.contract_code") ?? "",
        RequestSerial = call.Text("contract_info.request_serial") ?? "",
        DisplayAccount = call.Text("contract_info.contract_display_account") ?? "",
        ContractNotifyUrl = call.Text("contract_info.contract_notify_url"),
        OffersContract = call.Text("contract_info.plan_id") is not null,
        IsV3 = true,
    };
}
