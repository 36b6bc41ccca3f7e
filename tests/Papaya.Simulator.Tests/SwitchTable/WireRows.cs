using System.Text;
using Papaya.WeChatPay.Wire;
using static Papaya.Simulator.Tests.SwitchTable.SwitchRow;

namespace Papaya.Simulator.Tests.SwitchTable;

/// <summary>Switches of parameters, signatures and answers in general.</summary>
internal static class WireRows
{
    private const string NoContract = "202601010000000000";
    private static readonly ApiV2Key Wrong = new("ffffffffffffffffffffffffffffffff");

    public static IEnumerable<SwitchRow> All =>
    [
        new("sign_error", "an order with a wrong sign", async w => (await w.PostAsync("/pay/contractorder", w.OrderFields("oSimUser0001"), key: Wrong)).Outcome,
            ("return", "FAIL 签名错误，请检查后再试"), ("result", "SIGN_ERROR")),
        new("sign_error", "a refund with a wrong sign", async w => (await w.PostAsync("/secapi/pay/refund", Refund, key: Wrong, certificate: World.MchId)).Outcome,
            ("return", "FAIL 签名错误，请检查后再试"), ("result", "SIGNERROR")),
        new("transport_errors", "a debit with a wrong sign", async w => (await w.PostAsync("/pay/pappayapply", w.ApplyFields(NoContract), key: Wrong)).Outcome,
            ("text", "FAIL 签名错误，请检查后再试"), ("code", "FAIL SIGNERROR")),
        new("parameter_errors", "an order of nothing", async w => (await w.ContractOrderAsync("oSimUser0001", ("total_fee", "0"))).Outcome,
            ("result", "PARAMETER FAIL"), ("return", "FAIL 参数格式校验错误:total_fee")),
        new("papay_nonce", "querycontract with a nonce_str", async w => (await AskAsync(w, ("nonce_str", "x"))).Outcome,
            ("tolerated", "CONTRACT_NOT_EXIST"), ("refused", "FAIL 不识别的参数nonce_str")),
        new("empty_surplus", "querycontract with an empty element", EmptyAsync, ("tolerated", "CONTRACT_NOT_EXIST"), ("refused", "FAIL 不识别的参数nonce_str")),
        new("refund_op_user_id", "a refund as of old", async w => (await w.RefundAsync("NONE", "R1", 1, changes: ("op_user_id", World.MchId))).Outcome,
            ("tolerated", "ORDERNOTEXIST"), ("refused", "FAIL 不识别的参数op_user_id")),
        new("refund_op_user_id", "a refund with the password of old", async w => (await w.RefundAsync("NONE", "R1", 1, changes: ("op_user_passwd", "x"))).Outcome,
            ("tolerated", "ORDERNOTEXIST"), ("refused", "FAIL 不识别的参数op_user_passwd")),
        new("surplus_sign_type", "deletecontract with sign_type", async w => (await EndAsync(w, ("sign_type", "MD5"))).Outcome,
            ("refused", "FAIL 不识别的参数sign_type"), ("tolerated", "CONTRACT_NOT_EXIST")),
        new("field_limits", "a contract_code of 33 characters", async w => (await w.ContractOrderAsync("oSimUser0001", ("contract_code", new('c', 33)))).Outcome,
            ("widest", "SUCCESS"), ("narrowest", "PARAMETER FAIL")),
        new("field_limits", "a number of five characters", async w => (await w.ContractOrderAsync("oSimUser0001", ("out_trade_no", "12345"))).Outcome,
            ("widest", "SUCCESS"), ("narrowest", "PARAMETER FAIL")),
        new("cert_check", "a refund of nothing without certificate", async w => (await w.RefundAsync("P1", "R1", 0, certificate: null)).Outcome,
            ("last", "PARAM_ERROR"), ("first", "CERT_ERROR")),
        new("cert_check", "a fund-flow bill of no account with another merchant's certificate", async w => (await w.PostAsync("/pay/downloadfundflow", FundFlow, SignType.HmacSha256, certificate: "1")).Outcome,
            ("last", "FAIL 参数格式校验错误:account_type"), ("first", "FAIL 证书校验错误")),
        new("ack_strictness", "an acknowledgement behind a blank line", AcknowledgedAsync, ("parsed", "1"), ("exact", "2")),
    ];

    private static (string, string?)[] Refund =>
        [("appid", World.AppId), ("mch_id", World.MchId), ("nonce_str", "n"), ("out_trade_no", "P1"), ("out_refund_no", "R1"), ("total_fee", "2"), ("refund_fee", "1")];

    private static (string, string?)[] FundFlow => [("appid", World.AppId), ("mch_id", World.MchId), ("nonce_str", "n"), ("bill_date", "20260110"), ("account_type", "None")];

    private static Task<Reply> AskAsync(World world, (string, string?) more) =>
        world.PostAsync("/papay/querycontract", [("appid", World.AppId), ("mch_id", World.MchId), ("contract_id", NoContract), ("version", "1.0"), more]);

    private static Task<Reply> EndAsync(World world, (string, string?) more) => world.PostAsync(
        "/papay/deletecontract",
        [("appid", World.AppId), ("mch_id", World.MchId), ("contract_id", NoContract), ("contract_termination_remark", "测试"), ("version", "1.0"), more]);

    private static async Task<string?> EmptyAsync(World world)
    {
        using var writer = new V2Writer();
        writer.Add("appid", World.AppId).Add("mch_id", World.MchId).Add("contract_id", NoContract).Add("version", "1.0");
        var xml = Encoding.UTF8.GetString(writer.Sign(World.Key, SignType.Md5).Span).Replace("</xml>", "<nonce_str></nonce_str></xml>", StringComparison.Ordinal);
        return (await world.SendAsync("/papay/querycontract", Encoding.UTF8.GetBytes(xml), "text/xml")).Outcome;
    }

    /// <summary>How often the message comes.</summary>
    private static async Task<string?> AcknowledgedAsync(World world)
    {
        await using var listener = await Listener.StartAsync(world.Clock);
        listener.Next(200, "\n<xml><return_code>SUCCESS</return_code></xml>");
        await world.SignedAsync(changes: ("notify_url", listener.Url));
        await world.AdvanceAsync(TimeSpan.FromMinutes(1));
        return listener.Got.Count.ToString();
    }
}
