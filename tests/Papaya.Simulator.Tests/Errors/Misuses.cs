using System.Text;
using System.Text.Json.Nodes;
using Papaya.WeChatPay.Wire;
using static Papaya.Simulator.Tests.Errors.ErrorRows;

namespace Papaya.Simulator.Tests.Errors;

/// <summary>The rows that many calls share: wrong transport, wrong sign, wrong identity, and WeChat's own error.</summary>
internal static class Misuses
{
    private static readonly ApiV2Key WrongKey = new("00000000000000000000000000000000");

    /// <summary>Rows for a call by POST. For most of them WeChat writes only a text.</summary>
    /// <param name="endpoint">Name of the call.</param>
    /// <param name="path">Its path.</param>
    /// <param name="fields">A request that passes every check of its form.</param>
    /// <param name="sign">Its spelling of a wrong sign.</param>
    /// <param name="xml">Its spelling of broken XML.</param>
    /// <param name="missing">Its spelling of a missing parameter.</param>
    /// <param name="type">The algorithm of its sign.</param>
    /// <param name="switches">Switches beside; then only what they change.</param>
    public static IEnumerable<ErrorRow> MisuseRows(
        string endpoint, string path, Func<World, List<(string Name, string? Value)>> fields, string sign, string xml = "XML_FORMAT_ERROR", string missing = "LACK_PARAMS",
        SignType type = SignType.Md5, params (string Name, string Value)[] switches)
    {
        var (note, isBill) = (string.Concat(switches.Select(s => $" ({s.Name}={s.Value})")), endpoint == "downloadbill");
        yield return Row(sign, "signed with a wrong key", w => PostAsync(w, fields(w), WrongKey));
        yield return Row(sign, "a field altered after signing", w => w.SendAsync(path, Altered(fields(w), type), "text/xml"));
        yield return Row(xml, "cut short", w => w.SendAsync(path, "<xml><appid>"u8.ToArray(), "text/xml"));
        yield return Row(xml, "a field twice", w => w.SendAsync(path, "<xml><appid>a</appid><appid>b</appid></xml>"u8.ToArray(), "text/xml"));
        yield return Row(xml, "a document type", w => w.SendAsync(path, "<!DOCTYPE xml [<!ENTITY a \"b\">]><xml><appid>&a;</appid></xml>"u8.ToArray(), "text/xml"));
        yield return Row(missing, "no mch_id", w => PostAsync(w, World.With(fields(w), ("mch_id", null))));
        if (!isBill)
        {
            yield return Row(sign, "a field altered after signing, told at the second level", w => w.SendAsync(path, Altered(fields(w), type), "text/xml")) with
            {
                Switches = [.. switches, ("sign_error", "result")],
                IsTextOnly = false,
            };
        }

        if (switches.Length > 0)
        {
            yield break;
        }

        yield return Row("SYSTEMERROR", "an error inside WeChat", async w =>
        {
            await w.FaultAsync(path, "system_error");
            return await PostAsync(w, fields(w));
        }) with { IsInternal = true, IsTextOnly = false };
        yield return Row("REQUIRE_POST_METHOD", "GET", w => w.SendAsync(path, [], null, method: HttpMethod.Get));
        yield return Row("POST_DATA_EMPTY", "no body", w => w.SendAsync(path, [], "text/xml"));
        yield return Row("NOT_UTF8", "GBK", w => w.SendAsync(path, [.. "<xml><body>"u8, 0xD6, 0xD0, 0xB9, 0xFA, .. "</body></xml>"u8], "text/xml"));
        yield return Row("MCHID_NOT_EXIST", "a merchant that is none", w => PostAsync(w, World.With(fields(w), ("mch_id", "1"))));
        yield return Row(isBill ? "data format error" : "APPID_NOT_EXIST", "an appid that is none", w =>
            PostAsync(w, World.With(fields(w), ("appid", "wx0000000000000000"), ("contract_appid", null)))) with { IsTextOnly = false };
        yield return Row(isBill ? "data format error" : "APPID_MCHID_NOT_MATCH", "another merchant's appid", async w =>
        {
            await w.DoAsync("/merchants", new JsonObject
            {
                ["mch_id"] = "20000200", ["apps"] = new JsonArray(new JsonObject { ["app_id"] = "wx2222222222222222", ["kind"] = "official_account" }),
            });
            return await PostAsync(w, World.With(fields(w), ("appid", "wx2222222222222222")));
        }) with { IsTextOnly = false };

        ErrorRow Row(string code, string cause, Func<World, Task<Reply>> act) =>
            new(endpoint, code, cause + note, async w => AnswerOf(await act(w))) { Switches = switches, IsTextOnly = true };

        Task<Reply> PostAsync(World w, List<(string Name, string? Value)> given, ApiV2Key? key = null) => w.PostAsync(path, given, type, key, World.MchId);
    }

    private static byte[] Altered(IEnumerable<(string Name, string? Value)> fields, SignType type)
    {
        using var writer = new V2Writer();
        foreach (var (name, value) in fields.Where(f => f.Value is not null))
        {
            writer.Add(name, value);
        }

        if (type != SignType.Md5)
        {
            writer.Add("sign_type", type.WireName());
        }

        var xml = Encoding.UTF8.GetString(writer.Sign(World.Key, type).Span);
        return Encoding.UTF8.GetBytes(xml.Replace(World.AppId, World.AppId[..^1] + "0", StringComparison.Ordinal));
    }
}
