using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Papaya.Simulator.Calls;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.V3;

/// <summary>
/// V3's refunds, on the same orders and refunds as V2's: what one interface made, the other can read. Field list and codes:
/// docs/reference/wechat-rules.md, section 18.
/// </summary>
internal static class Refunds
{
    private const string Path = "/v3/refund/domestic/refunds";

    private static readonly string[] Banks =
        ["CMB", "COMM", "ABC", "CCB", "ICBC", "BOC", "PAB", "SPDB", "CITIC", "CEB", "CMBC", "CIB", "GDB", "PSBC", "NBCB"];

    private static readonly V3Member[] ApplyMembers =
    [
        new("transaction_id", V3Kind.Text, false, 1, 32),
        new("out_trade_no", V3Kind.Text, false, 6, 32),
        new("out_refund_no", V3Kind.Text, true, 1, 64) { Pattern = V3Forms.RefundNumber() },
        new("reason", V3Kind.Text, false, 1, 80),
        new("notify_url", V3Kind.Text, false, 8, 256) { Pattern = V3Forms.Url() },
        new("funds_account", V3Kind.Text, false, 1, 32) { Choices = ["AVAILABLE", "UNSETTLED"] },
        new("amount.refund", V3Kind.Whole, true, 1),
        new("amount.total", V3Kind.Whole, true, 1),
        new("amount.currency", V3Kind.Text, true, 1, 16) { Choices = ["CNY"] },
        new("amount.from", V3Kind.List, false),
        new("goods_detail", V3Kind.List, false),
    ];

    private static readonly V3Member[] AbnormalMembers =
    [
        new("refund_id", V3Kind.Text, true, 1, 32) { Place = FieldPlace.Path },
        new("out_refund_no", V3Kind.Text, true, 1, 64),
        new("type", V3Kind.Text, true, 1, 32) { Choices = ["USER_BANK_CARD", "MERCHANT_BANK_CARD"] },
        new("bank_type", V3Kind.Text, false, 1, 16) { Choices = [.. Banks.Select(b => b + "_DEBIT")] },
        new("bank_account", V3Kind.Text, false, 1, 1024),
        new("real_name", V3Kind.Text, false, 1, 1024),
    ];

    public static readonly V3Rule[] Rules =
    [
        .. Both("v3-refund", "POST", Path, ApplyMembers, FieldPlace.Body, Apply),
        .. Both("v3-refund-query", "GET", Path + "/{out_refund_no}", [new("out_refund_no", V3Kind.Text, true, 1, 64) { Place = FieldPlace.Path }], FieldPlace.Query, Ask),
        .. Both("v3-refund-abnormal", "POST", Path + "/{refund_id}/apply-abnormal-refund", AbnormalMembers, FieldPlace.Body, Redirect),
    ];

    /// <summary>The call of a merchant and the one of a service provider, which names the sub-merchant.</summary>
    private static V3Rule[] Both(string name, string method, string path, V3Member[] members, FieldPlace subPlace, Action<V3Call> run) =>
    [
        new(new V3Table(name, method, path, members), run),
        new(new V3Table(name, method, path, [.. members, new("sub_mchid", V3Kind.Text, true, 1, 32) { Place = subPlace }]) { IsPartner = true }, run),
    ];

    private static void Apply(V3Call call)
    {
        var (state, merchant) = (call.State, call.Merchant);
        if (!MayAsk(call))
        {
            return;
        }

        if (RefundLimits.IsKeptOut(state, merchant, call.Now) || !RefundLimits.AllowsRefund(state, merchant, call.Now))
        {
            V3Refusals.TooFast(call);
            return;
        }

        Take(call);
        if (call.ErrCode is not null)
        {
            RefundLimits.Count(state, merchant, call.Now);
        }
    }

    private static void Take(V3Call call)
    {
        var (state, merchant) = (call.State, call.Merchant);
        var (transaction, number) = (call.Text("transaction_id"), call.Text("out_trade_no"));
        if (transaction is null && number is null)
        {
            call.Refuse(400, "PARAM_ERROR", "输入源“/body/out_trade_no”映射到字段“out_trade_no”必填性规则校验失败，此字段为必填项", new("/out_trade_no", "transaction_id or out_trade_no", "body"));
            return;
        }

        var order = transaction is not null ? state.FindOrderByTransaction(merchant.MchId, transaction) : state.FindOrder(merchant.MchId, number);
        if (order is null or { IsPaid: false } or { IsGlobal: true } || order.SubMchId != call.SubMchId)
        {
            call.Refuse(404, "RESOURCE_NOT_EXISTS", "订单不存在");
            return;
        }

        if (number is not null && order.OutTradeNo != number)
        {
            Invalid(call, "您的请求参数与订单信息不一致");
            return;
        }

        var wish = Read(call, order);
        if (state.FindRefund(merchant.MchId, wish.OutRefundNo) is { } known)
        {
            if (known.OutTradeNo != order.OutTradeNo || known.TotalFee != wish.Total || known.Amount != wish.Amount)
            {
                Invalid(call, "订单金额或退款金额与之前请求不一致，请核实后再试");
            }
            else
            {
                Answer(call, known);
            }
        }
        else if (!RefundLimits.AllowsOld(state, merchant, order, call.Now))
        {
            call.Refuse(429, "FREQUENCY_LIMITED", Texts.OldOrder);
        }
        else if (RefundDesk.WhyNot(state, merchant, wish, call.Now) is { } obstacle)
        {
            var (status, code, text) = Words(obstacle);
            call.Refuse(status, code, text);
        }
        else
        {
            Answer(call, RefundDesk.Accept(state, merchant, wish, call.Now));
        }
    }

    private static RefundWish Read(V3Call call, Order order) => new(order, call.Text("out_refund_no")!, call.Long("amount.total")!.Value, call.Long("amount.refund")!.Value)
    {
        AppId = order.AppId,
        Reason = call.Text("reason"),
        NotifyUrl = call.Text("notify_url"),
        Account = call.Text("funds_account") == "AVAILABLE" ? Refund.Recharged : null,
        // Without an address of its own it goes to the one that the merchant has set.
        IsV3 = call.Text("notify_url") is not null || call.State.Switches.Is("v3_refund_default_notice", "V3"),
        IsUntold = call.State.Switches.Is("v3_refund_default_notice", "none"),
    };

    private static (int Status, string Code, string Text) Words(RefundObstacle obstacle) => obstacle switch
    {
        RefundObstacle.WrongTotal => (400, "INVALID_REQUEST", "订单金额或退款金额与之前请求不一致，请核实后再试"),
        RefundObstacle.Overdue => (400, "TRADE_OVERDUE", "订单已经超过可退款的最大期限(支付后一年内可退款)"),
        RefundObstacle.UserGone => (403, "USER_ACCOUNT_ABNORMAL", "退款请求失败"),
        RefundObstacle.FullyRefunded => (400, "INVALID_REQUEST", "订单已全额退款"),
        RefundObstacle.MoreThanLeft => (400, "INVALID_REQUEST", "申请退款金额超过订单可退金额"),
        RefundObstacle.TooManyParts => (400, "INVALID_REQUEST", "该订单退款次数已达上限"),
        RefundObstacle.TooSoon => (400, "INVALID_REQUEST", "同一笔订单多次退款的请求需相隔1分钟"),
        RefundObstacle.NotEnough => (403, "NOT_ENOUGH", "基本账户余额不足，请充值后重新发起"),
        _ => throw new ArgumentOutOfRangeException(nameof(obstacle)),
    };

    private static void Ask(V3Call call)
    {
        if (!MayAsk(call))
        {
            return;
        }

        if (!RefundLimits.AllowsQuery(call.State, call.Merchant, call.Now))
        {
            V3Refusals.TooFast(call);
        }
        else if (Find(call) is { } refund)
        {
            Answer(call, refund);
        }
        else
        {
            call.Refuse(404, "RESOURCE_NOT_EXISTS", "退款单不存在");
        }
    }

    /// <summary>An abnormal refund is sent to a card of the user, or to the merchant's own.</summary>
    private static void Redirect(V3Call call)
    {
        if (!MayAsk(call))
        {
            return;
        }

        if (Find(call) is not { } refund || refund.RefundId != call.Text("refund_id"))
        {
            call.Refuse(404, "RESOURCE_NOT_EXISTS", "退款单不存在");
            return;
        }

        if (refund.State != RefundState.Abnormal)
        {
            Invalid(call, "退款单状态不是退款异常，不可发起异常退款处理");
            return;
        }

        var receiver = "商户结算银行账户";
        if (call.Text("type") == "USER_BANK_CARD")
        {
            if (CardOf(call) is not { } card)
            {
                return;
            }

            receiver = card;
        }

        RefundDesk.SendElsewhere(call.State, refund, receiver, call.Now);
        Answer(call, refund);
    }

    /// <summary>The card in the words of a refund; null when the answer is written.</summary>
    private static string? CardOf(V3Call call)
    {
        if (new[] { "bank_type", "bank_account", "real_name" }.FirstOrDefault(name => call.Text(name) is null) is { } missing)
        {
            call.Refuse(400, "PARAM_ERROR", $"输入源“/body/{missing}”映射到字段“{missing}”必填性规则校验失败，此字段为必填项", new("/" + missing, "required", "body"));
            return null;
        }

        if (call.PlatformSerial is not { } serial)
        {
            call.Refuse(400, "PARAM_ERROR", "HTTP header缺少微信支付平台证书序列号(Wechatpay-Serial)");
            return null;
        }

        if (call.State.Identities.Shown(call.Now).FirstOrDefault(p => p.Id == serial) is not { } platform)
        {
            call.Refuse(400, "PARAM_ERROR", "平台证书序列号Wechatpay-Serial错误");
            return null;
        }

        if (Open(platform, call.Text("bank_account")!) is not { Length: >= 4 } account || Open(platform, call.Text("real_name")!) is null)
        {
            call.Refuse(400, "PARAM_ERROR", "请确认待处理的消息是否为加密后的密文");
            return null;
        }

        return RefundRoute.Card(call.Text("bank_type")!, account[^4..]);
    }

    private static string? Open(PlatformIdentity platform, string sealedText)
    {
        try
        {
            return Encoding.UTF8.GetString(platform.Key.Decrypt(Convert.FromBase64String(sealedText), RSAEncryptionPadding.OaepSHA1));
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            return null;
        }
    }

    private static bool MayAsk(V3Call call)
    {
        if (call.Merchant.May(Permission.RefundApi))
        {
            return true;
        }

        V3Refusals.NoAuth(call, "商户无此接口权限");
        return false;
    }

    private static Refund? Find(V3Call call) =>
        call.State.FindRefund(call.Merchant.MchId, call.Text("out_refund_no")) is { } refund
        && call.State.FindOrder(refund.MchId, refund.OutTradeNo) is { IsGlobal: false } order && order.SubMchId == call.SubMchId ? refund : null;

    private static void Invalid(V3Call call, string message) => call.Refuse(400, "INVALID_REQUEST", message);

    private static void Answer(V3Call call, Refund refund) => call.Succeed(json =>
    {
        json.WriteString("refund_id", refund.RefundId);
        json.WriteString("out_refund_no", refund.OutRefundNo);
        json.WriteString("transaction_id", refund.TransactionId);
        json.WriteString("out_trade_no", refund.OutTradeNo);
        json.WriteString("channel", refund.Channel);
        json.WriteString("user_received_account", refund.Receiver);
        json.WriteTime("success_time", refund.SucceededAt);
        json.WriteTime("create_time", refund.AcceptedAt);
        json.WriteString("status", Name(refund.State));
        json.WriteString("funds_account", call.Merchant.FundFlow == FundFlow.New || refund.Account == Refund.Recharged ? "AVAILABLE" : "UNSETTLED");
        json.WriteStartObject("amount");
        var order = call.State.FindOrder(refund.MchId, refund.OutTradeNo)!;
        WriteAmounts(json, order, refund);
        json.WriteNumber("settlement_refund", refund.SettlementFee);
        json.WriteNumber("settlement_total", order.SettlementFee);
        json.WriteNumber("discount_refund", refund.Coupons.Total());
        json.WriteString("currency", "CNY");
        json.WriteNumber("refund_fee", refund.Fee);
        json.WriteEndObject();
        Promotions.WriteRefunded(json, order, refund);
    });

    /// <summary>The four amounts that reply and notice share.</summary>
    public static void WriteAmounts(Utf8JsonWriter json, Order order, Refund refund)
    {
        json.WriteNumber("total", refund.TotalFee);
        json.WriteNumber("refund", refund.Amount);
        json.WriteNumber("payer_total", order.CashFee);
        json.WriteNumber("payer_refund", refund.CashFee);
    }

    /// <summary>A state as V3 writes it.</summary>
    public static string Name(RefundState state) => state switch
    {
        RefundState.Processing => "PROCESSING",
        RefundState.Success => "SUCCESS",
        RefundState.Abnormal => "ABNORMAL",
        RefundState.Closed => "CLOSED",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };
}
