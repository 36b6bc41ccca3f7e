using System.Text.Json.Nodes;
using Papaya.Simulator.Tests.V3;
using Papaya.Simulator.V3;

namespace Papaya.Simulator.Tests.Errors;

/// <summary>A well-formed V3 request; what it is about may not exist.</summary>
internal sealed record V3Request(string Name, HttpMethod Method, string Target, string? Body)
{
    public Task<V3Reply> SendAsync(Shop shop) => shop.SendAsync(Method, Target, Body);

    public V3Request As(string name, string target) => this with { Name = name, Target = target };

    /// <summary>The same with other members of the body; null takes one out.</summary>
    public V3Request With(params (string Path, JsonNode? Value)[] changes)
    {
        var body = JsonNode.Parse(Body!)!;
        foreach (var (path, value) in changes)
        {
            var parts = path.Split('.');
            var at = parts[..^1].Aggregate(body.AsObject(), (node, part) => node[part]!.AsObject());
            at.Remove(parts[^1]);
            if (value is not null)
            {
                at.Add(parts[^1], value);
            }
        }

        return this with { Body = body.ToJsonString() };
    }
}

/// <summary>One well-formed request for each V3 call of delegated debit.</summary>
internal static class V3Requests
{
    public const string NoContract = "202601150000000001";
    private const string Url = "https://shop.example/v3";
    private const string Amount = "{\"total\":2500,\"currency\":\"CNY\"}";

    public static readonly IReadOnlyList<V3Request> All =
    [
        Notice(NoContract),
        Reminder(NoContract),
        .. from channel in (string[])["jsapi", "h5", "app", "mini-program"] select PreSign(channel, "row1"),
        Post("v3-presign-multi-device", "/v3/papay/sign/contracts/pre-entrust-sign", $$"""
            {"sign_scene":"SIGN_SCENE_APP",{{Session("row1")}},"out_user_code":"u1","device_info":{"device_type":"DEVICE_TYPE_TV","device_os":"HarmonyOS","device_id":"d1",
            "device_running_as_root":false,"device_ip":"10.0.0.1","weixin_installed":true,"weixin_version":"8.0","days_since_first_login":"DAYS_SINCE_FIRST_LOGIN_UNKNOWN"} }
            """),
        Get("v3-query-contract", "/v3/papay/sign/contracts/plan-id/12535/out-contract-code/none1"),
        Terminate("none1"),
        Book(NoContract),
        Get("v3-query-schedule", $"/v3/papay/pay/schedules/contract-id/{NoContract}"),
        Apply(NoContract, "apply1"),
        Get("v3-order-by-out-trade-no", $"/v3/pay/transactions/out-trade-no/none01?mchid={World.MchId}"),
        Get("v3-order-by-id", $"/v3/pay/transactions/id/4200000000202601150000000001?mchid={World.MchId}"),
        .. from channel in (string[])["miniprogram", "app", "jsapi", "h5", "web"] select GlobalPreSign(channel, "row1"),
        Get("global-query-contract-by-id", $"/v3/global/papay/contracts/{NoContract}?appid={World.AppId}"),
        Get("global-query-contract-by-code", $"/v3/global/papay/contracts/out-contract-code/none1?plan_id=12535&appid={World.AppId}"),
        GlobalTerminate(NoContract),
        GlobalDebit(NoContract, "global1"),
        Get("global-query-by-id", "/v3/global/papay/transactions/4200000000202601150000000001"),
        Get("global-query-by-out-trade-no", "/v3/global/papay/transactions/out-trade-no/none01"),
        Reverse("none01"),
        Order("jsapi", "order1"),
        Order("app", "order1"),
        Get("v3-query-contract-harmony", "/v3/papay/sign/contracts/harmony-plan-id/12535/out-contract-code/none1"),
        Apply(NoContract, "apply1").As("v3-apply-harmony", "/v3/papay/pay/harmony/transactions/apply").With(("harmony_account_id", "h1")),
        Post("v3-refund", "/v3/refund/domestic/refunds", $$"""{"out_refund_no":"REF1","out_trade_no":"PAY000001","amount":{"refund":1000,"total":2500,"currency":"CNY"} }"""),
        Get("v3-refund-query", "/v3/refund/domestic/refunds/REF9"),
        Abnormal("50000000002026011500000000001", "REF9"),
        Get("v3-tradebill", "/v3/bill/tradebill?bill_date=2026-01-14"),
        Get("v3-fundflowbill", "/v3/bill/fundflowbill?bill_date=2026-01-14"),
        Get("v3-billdownload", "/v3/billdownload/file?token=none"),
        Get("v3-certificates", "/v3/certificates"),
    ];

    public static V3Request Of(string name) => All.Single(r => r.Name == name);

    /// <summary>The path with its places, by which faults know the call.</summary>
    public static string TemplateOf(string name) => V3Rules.All.First(r => r.Name == name).Path;

    public static V3Request Notice(string contract) => Post(
        "v3-deduct-notify", $"/v3/papay/contracts/{contract}/notify",
        $$"""{"mchid":"{{World.MchId}}","appid":"{{World.AppId}}","deduct_duration":{"count":1,"unit":"DAY"},"estimated_amount":{"amount":2500} }""");

    public static V3Request Reminder(string contract) => Post(
        "v3-fail-notify", $"/v3/papay/contracts/{contract}/fail-notify", $$"""{"mchid":"{{World.MchId}}","appid":"{{World.AppId}}"}""");

    public static V3Request PreSign(string channel, string code) => Post(
        "v3-scheduled-presign-" + channel, "/v3/papay/scheduled-deduct-sign/contracts/pre-entrust-sign/" + channel,
        $$"""{{{Session(code)}},"deduct_schedule":{"estimated_deduct_date":"2026-01-17","estimated_deduct_amount":{{Amount}},"description":"会员"} }""");

    public static V3Request Terminate(string code) => Post(
        "v3-terminate-contract", $"/v3/papay/sign/contracts/plan-id/12535/out-contract-code/{code}/terminate", """{"contract_termination_remark":"测试"}""");

    public static V3Request Book(string contract) => Post(
        "v3-schedule", $"/v3/papay/pay/schedules/contract-id/{contract}/schedule", $$"""{"appid":"{{World.AppId}}","schedule_amount":{{Amount}}}""");

    public static V3Request Apply(string contract, string number) => Post(
        "v3-apply", "/v3/papay/pay/transactions/apply",
        $$"""{"appid":"{{World.AppId}}","out_trade_no":"{{number}}","description":"会员","transaction_notify_url":"{{Url}}","contract_id":"{{contract}}","amount":{{Amount}}}""");

    public static V3Request Abnormal(string refundId, string number) => Post(
        "v3-refund-abnormal", $"/v3/refund/domestic/refunds/{refundId}/apply-abnormal-refund", $$"""{"out_refund_no":"{{number}}","type":"MERCHANT_BANK_CARD"}""");

    public static V3Request GlobalPreSign(string channel, string code) => Post(
        "global-presign-" + channel, $"/v3/global/papay/contracts/{channel}-pre-entrust-sign",
        $$"""
        {"appid":"{{World.AppId}}","plan_id":12535,"out_contract_code":"{{code}}","user_display_name":"Zhang","success_notify_url":"{{Url}}"
        {{(channel == "h5" ? ",\"user_client_ip\":\"10.0.0.1\"" : "")}}}
        """);

    public static V3Request GlobalTerminate(string contract) => Post(
        "global-terminate", $"/v3/global/papay/contracts/{contract}/terminate", $$"""{"appid":"{{World.AppId}}","termination_note":"test"}""");

    public static V3Request GlobalDebit(string contract, string number) => Post(
        "global-debit", "/v3/global/papay/transactions",
        $$"""
        {"appid":"{{World.AppId}}","out_trade_no":"{{number}}","description":"member","notify_url":"{{Url}}","merchant_category_code":"5734","contract_id":"{{contract}}",
        "amount":{"total":1000,"currency":"HKD"} }
        """);

    public static V3Request Reverse(string number) =>
        new("global-reverse", HttpMethod.Post, $"/v3/global/papay/transactions/out-trade-no/{number}/reverse", null);

    public static V3Request Order(string channel, string number) => Post(
        $"v3-{channel}-with-contract", $"/v3/pay/transactions/{channel}-with-contract",
        $$"""
        {"appid":"{{World.AppId}}","mchid":"{{World.MchId}}","description":"会员","out_trade_no":"{{number}}","notify_url":"{{Url}}","amount":{{Amount}},
        {{(channel == "jsapi" ? "\"payer\":{\"openid\":\"oSimUser0001\"}," : "")}}"contract_info":{"plan_id":"12535","contract_mchid":"{{World.MchId}}",
        "contract_appid":"{{World.AppId}}","contract_code":"row1","request_serial":"1","contract_display_account":"张三"} }
        """);

    private static string Session(string code) =>
        $$"""
        "appid":"{{World.AppId}}","plan_id":12535,"out_contract_code":"{{code}}","contract_display_account":"张三","contract_notify_url":"{{Url}}"
        """;

    private static V3Request Post(string name, string target, string body) => new(name, HttpMethod.Post, target, body);

    private static V3Request Get(string name, string target) => new(name, HttpMethod.Get, target, null);
}
