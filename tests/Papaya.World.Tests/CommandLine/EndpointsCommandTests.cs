using System.Text.Json.Nodes;
using Papaya.Cli;
using Papaya.Cli.Endpoints;

namespace Papaya.World.Tests.CommandLine;

public sealed class EndpointsCommandTests
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    [Fact]
    public void The_page_in_the_documents_is_what_the_tables_say() => Assert.True(
        File.ReadAllText(Path.Combine(Repository.Root, "docs", "reference", "endpoints.md")) == EndpointPage.Write(EndpointText.All),
        "docs/reference/endpoints.md is not current: run `papaya endpoints --markdown docs/reference/endpoints.md`.");

    [Fact]
    public async Task Without_a_name_all_calls_are_listed()
    {
        Assert.Equal(0, await RunAsync("endpoints"));
        foreach (var endpoint in EndpointText.All)
        {
            Assert.Contains($" {endpoint.Path} ", _output.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_named_call_is_shown_with_its_fields()
    {
        Assert.Equal(0, await RunAsync("endpoints", "contractorder"));
        var said = _output.ToString();
        Assert.Contains("POST /pay/contractorder", said, StringComparison.Ordinal);
        Assert.Contains("Required when trade_type is JSAPI.", said, StringComparison.Ordinal);
        Assert.Contains("JSAPI | NATIVE | APP | MWEB", said, StringComparison.Ordinal);
        Assert.DoesNotContain("pappayapply", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Programs_get_json()
    {
        Assert.Equal(0, await RunAsync("endpoints", "--json"));
        var calls = JsonNode.Parse(_output.ToString())!.AsArray();
        Assert.Equal(EndpointText.All.Select(e => e.Name), calls.Select(c => (string?)c!["name"]));
        var refund = calls.Single(c => (string?)c!["name"] == "refund")!;
        Assert.True((bool)refund["needs_certificate"]!);
        Assert.Equal((64, 64, "Required"), ((int)refund["fields"]![5]!["documented_length"]!, (int)refund["fields"]![5]!["own_length"]!, (string?)refund["fields"]![5]!["need"]));
    }

    [Fact]
    public async Task An_unknown_name_is_told()
    {
        Assert.Equal(1, await RunAsync("endpoints", "unifiedorder"));
        Assert.Contains("There is no call 'unifiedorder'.", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_is_written_where_it_is_wanted()
    {
        var folder = Directory.CreateTempSubdirectory("papaya-");
        try
        {
            var file = Path.Combine(folder.FullName, "endpoints.md");
            Assert.Equal(0, await RunAsync("endpoints", "--markdown", file));
            Assert.Equal(EndpointPage.Write(EndpointText.All), await File.ReadAllTextAsync(file));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private Task<int> RunAsync(params string[] args) => PapayaCommand.RunAsync(args, _output, _error);
}
