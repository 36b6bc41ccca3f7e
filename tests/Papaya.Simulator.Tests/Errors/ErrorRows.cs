namespace Papaya.Simulator.Tests.Errors;

/// <summary>One row of a documented error table and the way to its documented cause.</summary>
/// <param name="Endpoint">Name of the call in the client's tables; <c>debit-notification</c> for the codes of that message.</param>
/// <param name="Code">The code as it is spelled on the page; <c>contract:</c> before a code of contractorder's second part.</param>
/// <param name="Cause">Why WeChat answers so; the row's name in the test report.</param>
/// <param name="Act">Brings the cause about in a fresh world and gives the code that came back.</param>
internal sealed record ErrorRow(string Endpoint, string Code, string Cause, Func<World, Task<string?>> Act)
{
    /// <summary>Settings of switches; where WeChat writes texts only, <c>transport_errors</c> shows the code behind the text.</summary>
    public (string Name, string Value)[] Switches { get; init; } = [];

    /// <summary>True where the code means an error inside WeChat: only then a fault may be injected.</summary>
    public bool IsInternal { get; init; }

    public string Key => $"{Endpoint}|{Code}|{Cause}";
}

/// <summary>All rows; each capability has its own file.</summary>
internal static class ErrorRows
{
    private static readonly Dictionary<string, ErrorRow> ByKey = new[] { V2SigningRows.All, V2ContractRows.All, V2DebitRows.All, V3CommonRows.All, V3OwnRows.All, V3MoneyRows.All, MoneyRows.All }
        .SelectMany(rows => rows).ToDictionary(r => r.Key, StringComparer.Ordinal);

    public static IEnumerable<ErrorRow> All => ByKey.Values;

    public static ErrorRow Find(string key) => ByKey[key];

    /// <summary>The documented rows of <c>documented.txt</c>: endpoint, code, and the words of the answer where the document gives them.</summary>
    public static IReadOnlyList<(string Endpoint, string Code, string? Text)> Documented { get; } =
    [
        .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Errors", "documented.txt"))
            .Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('|')).Select(parts => (parts[0], parts[1], parts.ElementAtOrDefault(2))),
    ];

    /// <summary>The code of a V2 reply, wherever it stands.</summary>
    public static string? CodeOf(Reply reply) =>
        reply["return_code"] == "FAIL" ? reply["return_msg"]
        : reply["result_code"] == "FAIL" ? reply["err_code"] ?? reply["result_msg"]
        : reply["contract_result_code"] == "FAIL" ? "contract:" + reply["contract_err_code"]
        : reply["result_code"];
}
