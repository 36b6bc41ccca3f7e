using Papaya.Simulator.Tests.V3;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Tests.Errors;

/// <summary>What WeChat answered.</summary>
/// <param name="Code">The code of the tables.</param>
/// <param name="Channel">
/// Where it stood. V2: <c>FAIL</c> (return_code, unsigned, nothing but a text; with the number of downloadbill), <c>FAIL file</c> (with err_code, as fund-flow bills have
/// it), <c>result</c> (result_code FAIL) with <c>signed</c> and <c>nonce</c> where the reply has them, <c>contract</c> (the second part of contractorder), <c>page</c>
/// and <c>notice</c>. V3: the HTTP status, and <c>signed</c>.
/// </param>
/// <param name="Text">The words beside the code.</param>
internal readonly record struct Answer(string? Code, string Channel, string? Text);

/// <summary>One row of a documented error table and the way to its documented cause.</summary>
/// <param name="Endpoint">Name of the call in the client's tables; <c>debit-notification</c> for the codes of that message.</param>
/// <param name="Code">The code as it is spelled on the page; <c>contract:</c> before a code of contractorder's second part.</param>
/// <param name="Cause">Why WeChat answers so; the row's name in the test report.</param>
/// <param name="Act">Brings the cause about in a fresh world and gives what came back.</param>
internal sealed record ErrorRow(string Endpoint, string Code, string Cause, Func<World, Task<Answer>> Act)
{
    /// <summary>Shows the code where WeChat writes its text only.</summary>
    private static readonly (string, string) CodeForText = ("transport_errors", "code");

    /// <summary>Settings of switches.</summary>
    public (string Name, string Value)[] Switches { get; init; } = [];

    /// <summary>True where WeChat writes only a text: which code it stands for is asked in a second world.</summary>
    public bool IsTextOnly { get; init; }

    /// <summary>True where the code means an error inside WeChat: only then a fault may be injected.</summary>
    public bool IsInternal { get; init; }

    public string Key => $"{Endpoint}|{Code}|{Cause}";

    public (string Name, string Value)[] SwitchesForCode => [.. Switches, CodeForText];
}

/// <summary>A row as the list has it: what the tables say, in which channel, with which words.</summary>
internal sealed record DocumentedRow(string Endpoint, string Code, string Cause, string Channel, string Text)
{
    public string Key => $"{Endpoint}|{Code}|{Cause}";
}

/// <summary>All rows; each capability has its own file.</summary>
internal static class ErrorRows
{
    private static readonly Dictionary<string, ErrorRow> ByKey = new[] { V2SigningRows.All, V2ContractRows.All, V2DebitRows.All, V3CommonRows.All, V3OwnRows.All, V3MoneyRows.All, MoneyRows.All }
        .SelectMany(rows => rows).ToDictionary(r => r.Key, StringComparer.Ordinal);

    public static IEnumerable<ErrorRow> All => ByKey.Values;

    public static bool IsV3(string endpoint) => endpoint.StartsWith("v3-", StringComparison.Ordinal) || endpoint.StartsWith("global-", StringComparison.Ordinal);

    /// <summary>The rows of <c>documented.txt</c>.</summary>
    public static IReadOnlyList<DocumentedRow> Documented { get; } =
    [
        .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Errors", "documented.txt"))
            .Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('|')).Select(p => new DocumentedRow(p[0], p[1], p[2], p[3], p[4])),
    ];

    /// <summary>Brings the cause about and compares the answer with the list.</summary>
    public static async Task CheckAsync(string key)
    {
        var row = ByKey[key];
        var (answer, faults) = await ActAsync(row, row.Switches);
        Assert.Equal(row.Code, row.IsTextOnly ? (await ActAsync(row, row.SwitchesForCode)).Answer.Code : answer.Code);
        var documented = Documented.Single(d => d.Key == key);
        Assert.Equal((documented.Channel, documented.Text), (answer.Channel, answer.Text));

        // A fault is injected only where the code means an error inside WeChat.
        Assert.Equal(row.IsInternal, faults > 0);
    }

    /// <summary>The refusal in a V2 reply, wherever it stands; a reply that is none has no text.</summary>
    public static Answer AnswerOf(Reply reply)
    {
        Assert.Equal(200, reply.Status);
        if (reply["return_code"] == "FAIL")
        {
            var isFile = reply["result_code"] == "FAIL";
            Assert.Equal(isFile ? ["err_code", "err_code_des", "result_code", "return_code", "return_msg"] : reply["error_code"] is null ? ["return_code", "return_msg"] : ["error_code", "return_code", "return_msg"], Names(reply));
            return isFile ? new(reply["err_code"], "FAIL file", reply["err_code_des"]) : new(reply["return_msg"], $"FAIL {reply["error_code"]}".TrimEnd(), reply["return_msg"]);
        }

        Assert.True(reply["err_code"] is null or { Length: <= 32 } && reply["err_code_des"] is null or { Length: <= 128 } && reply["contract_err_code_des"] is null or { Length: <= 32 }, reply.Text);
        var channel = string.Concat(IsSigned(reply) ? " signed" : "", reply["nonce_str"] is { Length: 32 } ? " nonce" : "");
        return reply["result_code"] == "FAIL" ? new(reply["err_code"] ?? reply["result_msg"], "result" + channel, reply["err_code_des"] ?? reply["result_msg"])
            : reply["contract_result_code"] == "FAIL" ? new("contract:" + reply["contract_err_code"], "contract" + channel, reply["contract_err_code_des"])
            : new(reply["result_code"], "result" + channel, null);
    }

    public static Answer AnswerOf(V3Reply reply)
    {
        Assert.True(reply.All.Contains("Request-ID"));
        Assert.True(reply.Status < 400 || reply.Json!.AsObject().All(m => m.Key is "code" or "message" or "detail"), reply.Text);
        return new(reply.Outcome, reply.Status + (reply.All.Contains("Wechatpay-Signature") ? " signed" : ""), reply.Json?["message"]?.GetValue<string>());
    }

    private static async Task<(Answer Answer, int Faults)> ActAsync(ErrorRow row, (string Name, string Value)[] switches)
    {
        await using var world = await World.StartAsync(switches: switches);
        world.WatchesMoney = true;
        var answer = await row.Act(world);
        // A message comes a day after the call that led to it.
        Assert.True(answer.Channel == "notice" || await world.IsUnchangedAsync(), "The refusal moved money or changed a contract.");
        return (answer, (await world.SeeAsync("/faults"))["data"]!.AsArray().Count);
    }

    /// <summary>Whatever is signed is signed by the merchant's key.</summary>
    private static bool IsSigned(Reply reply)
    {
        var isSigned = reply.Message.Contains("sign"u8);
        Assert.True(!isSigned || V2Signature.Verify(reply.Message, [World.Key]).IsValid, reply.Text);
        return isSigned;
    }

    private static IEnumerable<string> Names(Reply reply) => reply.Message.Fields.Select(f => f.Key).Order(StringComparer.Ordinal);
}
