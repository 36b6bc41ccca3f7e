using System.CommandLine;
using Papaya.WeChatPay.Wire;

namespace Papaya.Cli.Signing;

/// <summary><c>sign explain FILE</c> and <c>verify FILE</c>: the commonest trouble of an integration, shown instead of guessed.</summary>
internal static class SignCommands
{
    private const string KeyVariable = "PAPAYA_WECHATPAY_KEY";

    public static Command Explain(TextWriter output)
    {
        var (file, key) = Inputs();
        var explain = new Command("explain", "Show the string to sign (key masked), both signatures, and where the sign inside differs.") { file, key };
        explain.SetAction(async (parsed, ct) =>
        {
            var explanation = V2Signature.Explain(await ReadAsync(parsed.GetRequiredValue(file), ct), Key(parsed.GetValue(key)));
            await WriteAsync(explanation, output);
            return PapayaCommand.Ok;
        });
        return new Command("sign", "Work with signatures of WeChat Pay V2 messages.") { explain };
    }

    public static Command Verify(TextWriter output)
    {
        var (file, key) = Inputs();
        var verify = new Command("verify", "Check the sign inside an XML message; exit code 0 only if it fits.") { file, key };
        verify.SetAction(async (parsed, ct) =>
        {
            var message = await ReadAsync(parsed.GetRequiredValue(file), ct);
            var secret = Key(parsed.GetValue(key));
            var check = V2Signature.Verify(message, secret);
            switch (check.Verdict)
            {
                case SignatureVerdict.Valid:
                    await output.WriteLineAsync($"ok: the sign is valid ({check.Type.WireName()}).");
                    return PapayaCommand.Ok;
                case SignatureVerdict.Missing:
                    throw new CommandFailedException(
                        "The message has no sign. Replies with return_code FAIL, bills and refund notifications never carry one; anything else without it is not from WeChat Pay.");
                case SignatureVerdict.Mismatch:
                    throw new CommandFailedException(
                        $"The sign does not fit ({check.Type.WireName()}). See why: papaya sign explain {parsed.GetRequiredValue(file)}");
                default:
                    throw new InvalidOperationException($"Unknown verdict {check.Verdict}.");
            }
        });
        return verify;
    }

    private static async Task WriteAsync(SignatureExplanation explanation, TextWriter output)
    {
        await output.WriteLineAsync($"string to sign   {explanation.CanonicalText}");
        await output.WriteLineAsync($"MD5              {explanation.Md5}");
        await output.WriteLineAsync($"HMAC-SHA256      {explanation.HmacSha256}");
        await output.WriteLineAsync($"sign inside      {explanation.Received ?? "(none)"}");
        if (explanation.LeftOut.Count > 0)
        {
            await output.WriteLineAsync($"left out         {string.Join(", ", explanation.LeftOut)} (empty values are not signed)");
        }

        await output.WriteLineAsync($"verdict          {Verdict(explanation)}");
    }

    private static string Verdict(SignatureExplanation explanation) => explanation switch
    {
        { Received: null } => $"the message has no sign; as {explanation.Type.WireName()} it should be {explanation.Expected}",
        { Matches: { } type } when type == explanation.Type => $"the sign fits ({type.WireName()})",
        { Matches: { } type } => $"the sign fits {type.WireName()}, but the message is labelled {explanation.Type.WireName()}: sign_type and algorithm must agree",
        { FirstDifference: { } at } =>
            $"the sign does not fit {explanation.Type.WireName()}: it differs from position {at + 1} on. "
            + (at == 0
                ? "Compare the string to sign with the sender's: a wrong key, a value that was percent-encoded or trimmed, or a field that one side leaves out."
                : "Equal at the start and then not: the sign was cut or changed on the way."),
        _ => "the sign does not fit",
    };

    private static (Argument<string> File, Option<string?> Key) Inputs() =>
    (
        new Argument<string>("FILE") { Description = "An XML message as it was sent or received; - reads standard input." },
        new Option<string?>("--key") { Description = $"The APIv2 key; better in the environment variable {KeyVariable}, which no process list shows." });

    private static ApiV2Key Key(string? given)
    {
        var key = given ?? Environment.GetEnvironmentVariable(KeyVariable);
        if (string.IsNullOrEmpty(key))
        {
            throw new CommandFailedException($"No key: set {KeyVariable} to the merchant's APIv2 key, or pass --key.");
        }

        try
        {
            return new ApiV2Key(key);
        }
        catch (ArgumentException)
        {
            throw new CommandFailedException($"An APIv2 key has only visible ASCII characters; the one given has {key.Length} characters and does not.");
        }
    }

    private static async Task<V2Message> ReadAsync(string path, CancellationToken ct)
    {
        byte[] body;
        try
        {
            if (path == "-")
            {
                using var copy = new MemoryStream();
                await Console.OpenStandardInput().CopyToAsync(copy, ct);
                body = copy.ToArray();
            }
            else
            {
                body = await File.ReadAllBytesAsync(path, ct);
            }
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"Cannot read {path}: {missing.Message}");
        }

        return V2Message.TryParse(body, out var message, out var error) ? message! : throw new CommandFailedException($"{path} is not a V2 message. {error}");
    }
}
