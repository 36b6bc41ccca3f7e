using System.Net;
using System.Security;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Papaya.Simulator.Calls;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Wire;

/// <summary>Signing requests that are no XML: addresses and a mini program's parameters. They are verified as their table says and open a session.</summary>
internal static partial class SigningRequests
{
    /// <summary>WeChat answers longer addresses with 502.</summary>
    public const int LongestAddress = 1024;

    /// <summary>An address of official-account or H5 signing.</summary>
    /// <param name="state">The world, its lock held.</param>
    /// <param name="endpoint">Which of them.</param>
    /// <param name="query">The query, with or without its question mark.</param>
    /// <param name="now">The instant.</param>
    public static Opening FromQuery(SimulatorState state, V2Endpoint endpoint, string query, DateTimeOffset now)
    {
        List<(string, string)> fields = [];
        var isEscapedRight = !LowerCaseEscape().IsMatch(query);
        foreach (var part in query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            fields.Add(at < 0 ? (part, "") : (WebUtility.UrlDecode(part[..at]), WebUtility.UrlDecode(part[(at + 1)..])));
        }

        var channel = endpoint.ReplyForm == ReplyForm.Page ? SigningChannel.OfficialAccount : SigningChannel.H5;
        return Open(state, endpoint, channel, fields, now, isEscapedRight);
    }

    /// <summary>
    /// extraData of a mini program: strings, or JSON numbers where the official sample has them. <c>notify_url</c> may be percent-encoded; the sign is over the raw one.
    /// </summary>
    public static Opening FromExtraData(SimulatorState state, IReadOnlyDictionary<string, JsonElement> data, DateTimeOffset now) =>
        Open(state, Endpoints.MiniProgram, SigningChannel.MiniProgram,
            [.. data.Select(d => (d.Key, Raw(d.Key, d.Value.ValueKind == JsonValueKind.String ? d.Value.GetString()! : d.Value.GetRawText())))], now);

    private static string Raw(string name, string value) =>
        name == "notify_url" && !value.Contains("://", StringComparison.Ordinal) ? Uri.UnescapeDataString(value) : value;

    private static Opening Open(
        SimulatorState state, V2Endpoint endpoint, SigningChannel channel, List<(string Name, string Value)> fields, DateTimeOffset now, bool isEscapedRight = true)
    {
        if (Read(fields) is not { } request)
        {
            return new(null, "PARAM_ERROR", "参数构造错误");
        }

        var merchant = state.FindMerchant(request.GetString("mch_id"u8));
        if (merchant is null)
        {
            return new(null, "MCHID_NOT_EXIST", Texts.NoMerchant);
        }

        state.Switches.ActFor(merchant.MchId);
        // Escapes are upper-case hexadecimal (docs/reference/wechat-rules.md): with others the address is another text than WeChat's.
        if (!isEscapedRight || SignTypeOf(state, endpoint, merchant, request, fields, now) is not { } signType)
        {
            return new(null, "SIGN_ERROR", channel == SigningChannel.H5 ? "签约参数签名校验错误" : Texts.BadSign);
        }

        if (endpoint.Check(request, Tolerated(state, channel)) is { } problem)
        {
            return new(null, "PARAM_ERROR", problem.Rule switch
            {
                FieldRule.Unknown => $"不识别的参数{problem.Field}",
                FieldRule.Required => $"缺少参数{problem.Field}",
                _ => problem.Field == "outerid" ? "PARAMERROR:outerid" : $"参数格式校验错误:{problem.Field}",
            });
        }

        if (!merchant.Apps.Exists(a => a.AppId == request.GetString("appid"u8)))
        {
            return new(null, "APPID_MCHID_NOT_MATCH", "appid和mch_id不匹配");
        }

        return SignOnly.Open(state, merchant, request, channel, signType, now);
    }

    /// <summary>The algorithm whose sign fits; null when none does.</summary>
    private static SignType? SignTypeOf(
        SimulatorState state, V2Endpoint endpoint, Merchant merchant, V2Message request, List<(string Name, string Value)> fields, DateTimeOffset now)
    {
        var label = request.TryGet("sign_type"u8, out var given) && !given.IsEmpty ? SignTypes.Parse(given) : endpoint.DefaultSignType;
        if (label is not { } type)
        {
            return null;
        }

        // Reports say that H5 signing refuses a sign over its own sign_type; both are taken unless the switch says otherwise.
        var withoutLabel = given.IsEmpty ? null : Read([.. fields.Where(f => f.Name != "sign_type")]);
        var isNamed = withoutLabel is null || state.Switches.Is("h5_sign_type", "either") || endpoint.ReplyForm != ReplyForm.UnsignedXml;
        return (isNamed && Fits(request)) || (withoutLabel is not null && Fits(withoutLabel)) ? type : null;

        bool Fits(V2Message message) => V2Signature.Verify(message, merchant.SecretsAt(now), type) is { IsValid: true } check && check.Type == type;
    }

    private static string[]? Tolerated(SimulatorState state, SigningChannel channel) =>
        channel != SigningChannel.MiniProgram && state.Switches.Is("papay_nonce", "tolerated") ? ["nonce_str"] : null;

    /// <summary>The fields as WeChat's checks see them; null when a name is none, or stands there twice, or a value has characters that nobody can carry.</summary>
    private static V2Message? Read(List<(string Name, string Value)> fields)
    {
        var xml = new StringBuilder("<xml>");
        foreach (var (name, value) in fields)
        {
            if (!Name().IsMatch(name))
            {
                return null;
            }

            // A carriage return would come out of XML as a line feed.
            xml.Append('<').Append(name).Append('>').Append(SecurityElement.Escape(value).Replace("\r", "&#13;", StringComparison.Ordinal))
                .Append("</").Append(name).Append('>');
        }

        return V2Message.TryParse(Encoding.UTF8.GetBytes(xml.Append("</xml>").ToString()), out var message, out _) ? message : null;
    }

    [GeneratedRegex("%(?:[0-9A-Fa-f][a-f]|[a-f][0-9A-F])", RegexOptions.None, 1000)]
    private static partial Regex LowerCaseEscape();

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]{0,63}$", RegexOptions.None, 1000)]
    private static partial Regex Name();
}
