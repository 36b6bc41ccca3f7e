using System.Text;
using System.Text.Json.Nodes;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Tests.Wire;

/// <summary>Clients write the same request in many ways; what they may add and leave out is a matter of switches.</summary>
public sealed class ClientFormTests
{
    public static TheoryData<string?, string> Forms
    {
        get
        {
            var data = new TheoryData<string?, string>();
            foreach (var type in (string?[])["application/xml", "text/xml", "application/octet-stream", "application/x-www-form-urlencoded", null])
            {
                foreach (var form in (string[])["plain", "cdata", "declared", "indented", "empties", "reversed"])
                {
                    data.Add(type, form);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_request_is_read_however_it_is_written(string? contentType, string form)
    {
        await using var world = await World.StartAsync();
        var fields = world.OrderFields("oSimUser0001").ToDictionary(f => f.Name, f => f.Value);
        fields["sign"] = V2Signature.Compute(fields, World.Key, SignType.Md5);
        var reply = await world.SendAsync("/pay/contractorder", Encoding.UTF8.GetBytes(Write(fields, form)), contentType);
        Assert.Equal("SUCCESS", reply.Outcome);
        Assert.True(V2Signature.Verify(reply.Message, World.Key).IsValid);
    }

    [Theory]
    [InlineData("/papay/querycontract", "nonce_str", "abc", "papay_nonce", "refused")]
    [InlineData("/papay/querycontract", "nonce_str", "", "empty_surplus", "refused")]
    [InlineData("/secapi/pay/refund", "op_user_id", "10000100", "refund_op_user_id", "refused")]
    [InlineData("/papay/deletecontract", "sign_type", "MD5", "surplus_sign_type", "tolerated")]
    public async Task Known_additions_are_a_matter_of_switches(string path, string name, string value, string @switch, string other)
    {
        await using var world = await World.StartAsync();
        var before = await IsTakenAsync(world, path, name, value);
        await world.ControlAsync(HttpMethod.Post, "/switches", new JsonObject { [@switch] = other });
        Assert.NotEqual(before, await IsTakenAsync(world, path, name, value));
        Assert.Equal(other == "tolerated", !before);
    }

    [Theory]
    [InlineData("/pay/pappayapply")]
    [InlineData("/papay/querycontract")]
    [InlineData("/pay/orderquery")]
    [InlineData("/pay/closeorder")]
    public async Task Any_other_addition_is_refused_by_name(string path)
    {
        await using var world = await World.StartAsync();
        var reply = await world.PostAsync(path, [("appid", World.AppId), ("mch_id", World.MchId), ("colour", "red")]);
        Assert.Equal("FAIL 不识别的参数colour", reply.Outcome);
    }

    [Fact]
    public async Task The_default_algorithm_is_that_of_the_call()
    {
        await using var world = await World.StartAsync();
        // An HMAC without its label is not MD5.
        var fields = world.ApplyFields("1").ToDictionary(f => f.Name, f => f.Value);
        fields["sign"] = V2Signature.Compute(fields, World.Key, SignType.HmacSha256);
        Assert.StartsWith("FAIL 签名错误", (await world.SendAsync("/pay/pappayapply", Encoding.UTF8.GetBytes(Write(fields, "plain")), "text/xml")).Outcome);
    }

    private static async Task<bool> IsTakenAsync(World world, string path, string name, string value)
    {
        Dictionary<string, string?> fields = new() { ["appid"] = World.AppId, ["mch_id"] = World.MchId, [name] = value };
        fields["sign"] = V2Signature.Compute(fields, World.Key, SignType.Md5);
        var reply = await world.SendAsync(path, Encoding.UTF8.GetBytes(Write(fields, "plain")), "text/xml", World.MchId);
        return reply["return_msg"] != "不识别的参数" + name;
    }

    private static string Write(Dictionary<string, string?> fields, string form)
    {
        IEnumerable<KeyValuePair<string, string?>> list = form == "reversed" ? fields.Reverse() : fields;
        var (start, gap) = form switch
        {
            "declared" => ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xml>", ""),
            "indented" => ("<xml>\r\n  ", "\r\n  "),
            _ => ("<xml>", ""),
        };
        var empty = form == "empties" ? "<attach/><detail></detail><goods_tag><![CDATA[]]></goods_tag>" : "";
        return start + string.Join(gap, list.Select(f => $"<{f.Key}>{(form == "cdata" ? $"<![CDATA[{f.Value}]]>" : System.Security.SecurityElement.Escape(f.Value))}</{f.Key}>"))
            + empty + gap + "</xml>";
    }
}
