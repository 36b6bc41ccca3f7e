using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.V3;

/// <summary>Refusals that every V3 call shares: parameters, who asks for whom, and how often.</summary>
internal static class V3Refusals
{
    /// <summary>False when the answer is written.</summary>
    public static bool MayRun(V3Call call, IReadOnlyDictionary<string, string> path, IQueryCollection query, bool isJson, JsonElement? body, V3Authorization who)
    {
        if (!isJson)
        {
            call.Refuse(400, "PARAM_ERROR", "请求体不是合法的JSON", new("/", "the body is not one JSON object", "body"));
            return false;
        }

        if (body is { } json && NullIn(json, "") is { } empty && call.State.Switches.Is("v3_null", "refused"))
        {
            call.Refuse(400, "PARAM_ERROR", "参数错误", new("/" + empty, "null is not allowed", "body"));
            return false;
        }

        var values = query.ToDictionary(q => q.Key, q => q.Value.ToString(), StringComparer.Ordinal);
        if (call.Rule.Check(path, values, Without(call.Rule.Lists, Unrepeated(call, path, body))) is { } problem && !call.Rule.Tolerates(call, problem))
        {
            Refuse(call, problem, path.ContainsKey(problem.Field) ? "url" : values.ContainsKey(problem.Field) || body is null ? "query" : "body");
            return false;
        }

        if ((call.Text("mchid") ?? call.Text("sp_mchid")) is { } named && named != who.MchId)
        {
            call.Refuse(400, "PARAM_ERROR", "http header中的mchid与post payload中的mchid不匹配", new("/mchid", "not the mchid that signed", "body"));
            return false;
        }

        return MayActFor(call) && IsInTime(call);
    }

    /// <summary>Too many calls.</summary>
    public static void TooFast(V3Call call)
    {
        var code = call.State.Switches["v3_rate_code"];
        call.Refuse(429, code == "by_call" ? IsSlow(call.Rule) ? "FREQUENCY_LIMITED" : "RATELIMIT_EXCEEDED" : code, "频率超限，请降低请求接口频率");
    }

    public static void ContractNotExist(V3Call call) =>
        call.Refuse(Status(call, "v3_status_contract_not_exist"), "CONTRACT_NOT_EXIST", "签约协议不存在，请检查传入的签约协议是否正确");

    public static void RuleLimit(V3Call call) => call.Refuse(Status(call, "v3_status_rulelimit"), "RULELIMIT", "交易金额或次数超出限制，请检查后再试");

    public static void Already(V3Call call, string code, string message) => call.Refuse(Status(call, "v3_status_already_exists"), code, message);

    public static void NotFound(V3Call call, string message) => call.Refuse(404, "NOT_FOUND", message);

    public static void NoAuth(V3Call call, string message) => call.Refuse(403, "NO_AUTH", message);

    /// <summary>Notices, refunds and bills spell the rate limit in their own way.</summary>
    private static bool IsSlow(V3Rule rule) =>
        rule.Path.EndsWith("notify", StringComparison.Ordinal) || rule.Path.StartsWith("/v3/refund/", StringComparison.Ordinal)
        || rule.Path.StartsWith("/v3/bill", StringComparison.Ordinal);

    private static bool IsInTime(V3Call call)
    {
        var limits = call.Merchant.Limits;
        var isNotice = call.Rule.Path.EndsWith("notify", StringComparison.Ordinal);
        if (!call.State.Options.FrequencyLimit
            || call.State.Throttle.Allows(call.Merchant.MchId, call.Rule.Name, isNotice ? limits.V3NoticeQps : limits.V3Qps, call.Now))
        {
            return true;
        }

        TooFast(call);
        return false;
    }

    private static int Status(V3Call call, string name) => int.Parse(call.State.Switches[name], CultureInfo.InvariantCulture);

    private static bool MayActFor(V3Call call)
    {
        if (!call.Rule.Needs.All(call.Merchant.May))
        {
            NoAuth(call, "商户未开通该产品权限");
            return false;
        }

        if (call.SubMchId is { } sub && call.Merchant.SubMerchants?.Exists(s => s.SubMchId == sub) != true)
        {
            NoAuth(call, call.Rule.Path.StartsWith("/v3/bill", StringComparison.Ordinal) ? "权限异常" : "特约商户号未授权服务商的产品权限");
            return false;
        }

        if (call.AppId is { } app && !call.Merchant.Apps.Exists(a => a.AppId == app))
        {
            if (call.State.Switches.Is("v3_foreign_appid", "NO_AUTH"))
            {
                NoAuth(call, "商户号与appid没有绑定关系");
            }
            else
            {
                call.Refuse(400, "APPID_MCHID_NOT_MATCH", "appid和mch_id不匹配");
            }

            return false;
        }

        return true;
    }

    /// <summary>The first member whose value is null, as a path.</summary>
    private static string? NullIn(JsonElement element, string prefix) => element.EnumerateObject()
        .Select(m => m.Value.ValueKind switch
        {
            JsonValueKind.Null => prefix + m.Name,
            JsonValueKind.Object => NullIn(m.Value, prefix + m.Name + "/"),
            _ => null,
        })
        .FirstOrDefault(found => found is not null);

    private static void Refuse(V3Call call, FieldProblem problem, string location)
    {
        var pointer = location == "body" ? "/" + problem.Field.Replace('.', '/') : problem.Field;
        var source = $"/{location}/{problem.Field.Replace('.', '/')}";
        var name = problem.Field.Split('.')[^1];
        var length = problem.ValueLength.ToString(CultureInfo.InvariantCulture);
        if (problem.Rule == FieldRule.Unknown)
        {
            call.Refuse(400, "PARAM_ERROR", "请求中含有未在API文档中定义的参数", new(null, null, null) { Value = source });
            return;
        }

        var message = problem.Rule switch
        {
            FieldRule.Required or FieldRule.Combination => $"输入源“{source}”映射到字段“{name}”必填性规则校验失败，此字段为必填项",
            FieldRule.Length when problem.Explanation.StartsWith("at least", StringComparison.Ordinal) =>
                $"输入源“{source}”映射到值字段“{name}”字符串规则校验失败，字符数 {length}，小于最小值 {Digits(problem.Explanation)}",
            FieldRule.Length => $"输入源“{source}”映射到值字段“{name}”字符串规则校验失败，字符数 {length}，大于最大值 {Digits(problem.Explanation)}",
            _ when problem.Explanation is "a JSON number" => $"无法将 JSON 输入源“{source}”映射到目标字段“{name}”中，此字段需要一个合法的 64 位无符号整数",
            _ when problem.Explanation is "a JSON string" => $"无法将 JSON 输入源“{source}”映射到目标字段“{name}”中，此字段需要一个合法的字符串",
            _ when problem.Explanation is "a JSON object" => $"无法将 JSON 输入源“{source}”映射到目标字段“{name}”中，此字段需要一个合法的 Json 对象",
            _ => "参数错误",
        };
        call.Refuse(400, "PARAM_ERROR", message, new(pointer, problem.Explanation, location));
    }

    private static string Digits(string text) => string.Concat(text.Where(char.IsAsciiDigit));

    /// <summary>The body without the numbers that stand in the path as well, where the switch lets them pass.</summary>
    private static JsonElement? Unrepeated(V3Call call, IReadOnlyDictionary<string, string> path, JsonElement? body)
    {
        if (body is not { } json || !json.EnumerateObject().Any(member => path.ContainsKey(member.Name)) || call.State.Switches.Is("v3_path_id_in_body", "refused"))
        {
            return body;
        }

        using var document = JsonDocument.Parse(V3Call.Write(writer =>
        {
            foreach (var member in json.EnumerateObject().Where(member => !path.ContainsKey(member.Name)))
            {
                member.WriteTo(writer);
            }
        }));
        return document.RootElement.Clone();
    }

    /// <summary>The body without the lists that the table does not know.</summary>
    private static JsonElement? Without(IReadOnlyList<string> lists, JsonElement? body)
    {
        if (lists.Count == 0 || body is not { } json)
        {
            return body;
        }

        using var document = JsonDocument.Parse(V3Call.Write(writer => Copy(writer, json, "", lists)));
        return document.RootElement.Clone();
    }

    private static void Copy(Utf8JsonWriter writer, JsonElement element, string prefix, IReadOnlyList<string> lists)
    {
        foreach (var member in element.EnumerateObject())
        {
            var name = prefix + member.Name;
            if (member.Value.ValueKind == JsonValueKind.Object)
            {
                writer.WriteStartObject(member.Name);
                Copy(writer, member.Value, name + ".", lists);
                writer.WriteEndObject();
            }
            else if (member.Value.ValueKind != JsonValueKind.Array || !lists.Contains(name))
            {
                member.WriteTo(writer);
            }
        }
    }
}
