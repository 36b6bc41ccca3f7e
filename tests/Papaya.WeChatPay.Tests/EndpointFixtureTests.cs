using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Tests;

/// <summary>Each table against the fixture that was written by hand from WeChat's page, row by row and both ways.</summary>
public sealed class EndpointFixtureTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Endpoints");

    public static TheoryData<string> Names => [.. Fixtures()];

    [Fact]
    public void Every_table_has_a_fixture_and_every_fixture_a_table() =>
        Assert.Equal(Endpoints.All.Select(e => e.Name).Order(StringComparer.Ordinal), Fixtures());

    [Theory]
    [MemberData(nameof(Names))]
    public void A_table_says_what_the_page_says(string name)
    {
        var endpoint = Endpoints.All.Single(e => e.Name == name);
        var lines = File.ReadAllLines(Path.Combine(Folder, name + ".txt")).Where(line => !line.StartsWith('#')).ToList();
        var blank = lines.IndexOf("");
        Assert.Equal(lines[..blank], Facts(endpoint));
        Assert.Equal(lines[(blank + 1)..].Order(StringComparer.Ordinal), endpoint.Fields.Select(Row).Order(StringComparer.Ordinal));
        Assert.All(endpoint.Fields, field => Assert.True(field.OwnMaxLength <= field.MaxLength));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_partner_table_differs_by_the_sub_merchant_and_the_path_only(string name)
    {
        var endpoint = Endpoints.All.Single(e => e.Name == name);
        Assert.False(endpoint.IsPartner);
        if (endpoint.Partner is not { } partner)
        {
            return;
        }

        Assert.True(partner.IsPartner);
        Assert.Null(partner.Partner);
        Assert.Equal(endpoint.Name, partner.Name);
        Assert.Equal(
            Facts(endpoint).Skip(1).Where(f => !f.StartsWith("partner", StringComparison.Ordinal)),
            Facts(partner).Skip(1).Where(f => !f.StartsWith("partner", StringComparison.Ordinal)));
        Assert.Equal(
            endpoint.Fields.Select(Row).Append("sub_mch_id R 32 Digits").Append("sub_appid O 32 Alphanumeric").Order(StringComparer.Ordinal),
            partner.Fields.Select(Row).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_limiters_limits_are_the_tables()
    {
        var limits = new RateLimiterOptions();
        Assert.Equal(
            (limits.DebitsPerSecond, limits.ContractQueriesPerSecond, limits.RefundsPerSecond),
            (Endpoints.PapPayApply.PerSecond, Endpoints.QueryContract.PerSecond, Endpoints.Refund.PerSecond));
    }

    private static IEnumerable<string> Fixtures() =>
        Directory.EnumerateFiles(Folder, "*.txt").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Facts(V2Endpoint endpoint)
    {
        yield return $"{endpoint.Method} {endpoint.Path}";
        yield return $"certificate {Word(endpoint.NeedsCertificate)}";
        yield return $"nonce {Word(endpoint.HasNonce)}";
        yield return $"reply {endpoint.ReplyForm}";
        yield return $"sign {string.Join(' ', endpoint.SignTypes.Select(t => t.WireName()))}";
        yield return $"read {(endpoint.IsRepeatable ? "no, but repeatable" : Word(endpoint.IsRead))}";
        if (endpoint.PerSecond is { } rate)
        {
            yield return $"rate {rate}";
        }

        yield return $"partner {endpoint.Partner?.Path ?? "none"}";
        if (endpoint.Alternatives.Count > 0)
        {
            yield return (endpoint.AlternativesExclude ? "only-one-of " : "first-of ") + string.Join(" | ", endpoint.Alternatives.Select(set => string.Join(' ', set)));
        }

        if (endpoint.Returns.Count > 0)
        {
            yield return $"returns {string.Join(' ', endpoint.Returns)}";
        }
    }

    private static string Form(Field field) => field.OwnForm == field.Form ? field.Form.ToString() : $"{field.Form}/{field.OwnForm}";

    private static string Row(Field field) => string.Join(' ', ((string?[])
    [
        field.Name,
        field.Need.ToString()[..1],
        $"{field.MaxLength}{(field.OwnMaxLength == field.MaxLength ? "" : $"/{field.OwnMaxLength}")}{(field.Unit == LengthUnit.Bytes ? "b" : "")}",
        field.OwnMinLength == 0 ? null : field.MinLength == 0 ? $"min /{field.OwnMinLength}" : $"min {field.MinLength}",
        field.Form == FieldForm.Choice ? string.Join('|', field.Choices) : Form(field),
        field.RequiredWhen is { } when ? $"{when.Field}={when.Value}" : field.Repeats is { } other ? "=" + other : null,
    ]).Where(part => part is not null));

    private static string Word(bool isSo) => isSo ? "yes" : "no";
}
