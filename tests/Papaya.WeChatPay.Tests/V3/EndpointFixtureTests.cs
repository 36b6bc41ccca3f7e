using System.Text.Json;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Tests.V3;

/// <summary>Each V3 table, and its partner variant, against the fixture that was written by hand from WeChat's page.</summary>
public sealed class EndpointFixtureTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Endpoints", "V3");

    public static TheoryData<string> Names => [.. Fixtures()];

    [Fact]
    public void Every_table_has_a_fixture_and_every_fixture_a_table() =>
        Assert.Equal(V3Endpoints.All.Select(e => e.Name).Order(StringComparer.Ordinal), Fixtures());

    [Theory]
    [MemberData(nameof(Names))]
    public void A_table_says_what_the_page_says(string name)
    {
        var endpoint = V3Endpoints.Find(name)!;
        var (facts, rows, _) = Read(name);

        Assert.Equal(facts, Facts(endpoint));
        Assert.Equal(rows.Order(StringComparer.Ordinal), endpoint.Fields.Select(Row).Order(StringComparer.Ordinal));
        Assert.All(endpoint.Fields, field => Assert.True(field.OwnMaxLength <= field.MaxLength));
        Assert.Equal("pay.weixin.qq.com", endpoint.Document.Host);
        Assert.Contains(endpoint.Document.ToString(), File.ReadLines(Path.Combine(Folder, name + ".txt")).First(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_partner_table_differs_as_the_page_says(string name)
    {
        var endpoint = V3Endpoints.Find(name)!;
        var (_, rows, changes) = Read(name);
        Assert.False(endpoint.IsPartner);
        Assert.Equal(changes.Length > 0, endpoint.Partner is not null);
        if (endpoint.Partner is not { } partner)
        {
            return;
        }

        Assert.True(partner.IsPartner);
        Assert.Null(partner.Partner);
        Assert.Equal((endpoint.Name, endpoint.Method, endpoint.Site, endpoint.SuccessStatus, endpoint.IsRead), (partner.Name, partner.Method, partner.Site, partner.SuccessStatus, partner.IsRead));
        var taken = changes.Where(c => c[0] == '-').Select(c => c[2..]).ToArray();
        Assert.All(taken, row => Assert.Contains(row, rows));
        Assert.Equal(
            rows.Except(taken).Concat(changes.Where(c => c[0] == '+').Select(c => c[2..])).Order(StringComparer.Ordinal),
            partner.Fields.Select(Row).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Places_in_the_path_and_fields_in_the_path_are_the_same(string name)
    {
        foreach (var endpoint in (V3Endpoint?[])[V3Endpoints.Find(name), V3Endpoints.Find(name)!.Partner])
        {
            Assert.Equal(
                endpoint?.Fields.Where(f => f.Place == FieldPlace.Path).Select(f => f.Name).Order(StringComparer.Ordinal),
                endpoint?.Path.Split('/').Where(part => part.StartsWith('{')).Select(part => part.Trim('{', '}')).Order(StringComparer.Ordinal));
        }
    }

    [Theory]
    [InlineData("v3-deduct-notify", """{"mchid":"1","appid":"wx1","estimated_amount":{"amount":1}}""", null)]
    [InlineData("v3-deduct-notify", """{"mchid":"1","appid":"wx1","estimated_amount":{"amount":1,"currency":"CNY"},"deduct_duration":{"count":3,"unit":"DAY"}}""", null)]
    [InlineData("v3-deduct-notify", """{"mchid":"1","appid":"wx1","estimated_amount":{"amount":1},"deduct_duration":null}""", null)]
    [InlineData("v3-deduct-notify", """{"mchid":"1","appid":"wx1","estimated_amount":{"amount":1},"deduct_duration":{"unit":"DAY"}}""", "deduct_duration.count Required")]
    [InlineData("v3-deduct-notify", """{"mchid":"1","appid":"wx1","estimated_amount":{"amount":1},"deduct_duration":{"count":7}}""", "deduct_duration.count Form")]
    [InlineData("v3-deduct-notify", """{"mchid":"1","appid":"wx1","estimated_amount":{"total":1}}""", "estimated_amount.total Unknown")]
    [InlineData("v3-deduct-notify", """{"mchid":"1","appid":"wx1","estimated_amount":{"amount":"1"}}""", "estimated_amount.amount Form")]
    [InlineData("v3-deduct-notify", """{"mchid":"1","appid":"wx1","estimated_amount":{"amount":1.0}}""", "estimated_amount.amount Form")]
    [InlineData("v3-deduct-notify", """{"mchid":"1","appid":"wx1","estimated_amount":{"amount":1e2}}""", "estimated_amount.amount Form")]
    [InlineData("v3-deduct-notify", """{"mchid":"1","appid":"wx1","estimated_amount":1}""", "estimated_amount Unknown")]
    [InlineData("v3-deduct-notify", """{"mchid":1,"appid":"wx1","estimated_amount":{"amount":1}}""", "mchid Form")]
    [InlineData("v3-deduct-notify", """{"mchid":"1","appid":"wx1","contract_id":"1","estimated_amount":{"amount":1}}""", "contract_id Unknown")]
    [InlineData("v3-deduct-notify", """{"mchid":"1","appid":"wx1"}""", "estimated_amount.amount Required")]
    [InlineData("v3-deduct-notify", """[]""", "body Form")]
    [InlineData("v3-presign-multi-device", """{"sign_scene":"SIGN_SCENE_APP","appid":"wx1","plan_id":12535,"out_contract_code":"C1","contract_display_account":"A","contract_notify_url":"https://a/b","out_user_code":"u","device_info":{"device_type":"DEVICE_TYPE_UNKNOW","device_os":"o","device_id":"d","device_running_as_root":"false","device_ip":"1.1.1.1","weixin_installed":true,"weixin_version":"8","days_since_first_login":"DAYS_SINCE_FIRST_LOGIN_UNKNOWN"}}""", "device_info.device_running_as_root Form")]
    [InlineData("v3-presign-multi-device", """{"sign_scene":"SIGN_SCENE_APP","appid":"wx1","plan_id":12535,"out_contract_code":"C1","contract_display_account":"A","contract_notify_url":"http://a/b","out_user_code":"u"}""", "contract_notify_url Form")]
    public void A_received_request_is_checked_with_the_documented_limits(string name, string json, string? problem)
    {
        using var body = JsonDocument.Parse(json);
        var endpoint = V3Endpoints.Find(name)!;
        var path = endpoint.Fields.Where(f => f.Place == FieldPlace.Path).ToDictionary(f => f.Name, _ => "1");

        var found = endpoint.Check(path, new Dictionary<string, string>(), body.RootElement);

        Assert.Equal(problem, found is null ? null : $"{found.Field} {found.Rule}");
    }

    private static IEnumerable<string> Fixtures() =>
        Directory.EnumerateFiles(Folder, "*.txt").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal);

    private static (string[] Facts, string[] Rows, string[] Changes) Read(string name)
    {
        var lines = File.ReadAllLines(Path.Combine(Folder, name + ".txt")).Where(line => !line.StartsWith('#')).ToList();
        var first = lines.IndexOf("");
        var second = lines.IndexOf("", first + 1);
        return second < 0
            ? ([.. lines[..first]], [.. lines[(first + 1)..]], [])
            : ([.. lines[..first]], [.. lines[(first + 1)..second]], [.. lines[(second + 1)..]]);
    }

    private static IEnumerable<string> Facts(V3Endpoint endpoint)
    {
        yield return $"{endpoint.Method} {endpoint.Path}";
        yield return $"site {endpoint.Site}";
        yield return $"success {(int)endpoint.SuccessStatus}";
        yield return $"read {(endpoint.IsRead ? "yes" : "no")}";
        yield return $"partner {endpoint.Partner?.Path ?? "none"}";
        if (endpoint.Alternatives.Count > 0)
        {
            yield return "one-of " + string.Join(" | ", endpoint.Alternatives.Select(set => string.Join(' ', set)));
        }
    }

    private static string Form(Field field) => field.OwnForm == field.Form ? field.Form.ToString() : $"{field.Form}/{field.OwnForm}";

    private static string Row(Field field) => string.Join(' ', ((string?[])
    [
        field.Name,
        field.Need.ToString()[..1],
        $"{field.MaxLength}{(field.OwnMaxLength == field.MaxLength ? "" : $"/{field.OwnMaxLength}")}{(field.Unit == LengthUnit.Bytes ? "b" : "")}",
        field.OwnMinLength == 0 ? null : field.MinLength == 0 ? $"min /{field.OwnMinLength}" : $"min {field.MinLength}",
        field.Form == FieldForm.Choice ? null : Form(field),
        field.Choices.Count > 0 ? string.Join('|', field.Choices) : null,
        field.Place == FieldPlace.Body ? null : field.Place.ToString().ToLowerInvariant(),
    ]).Where(part => part is not null));
}
