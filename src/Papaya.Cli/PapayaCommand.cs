using System.CommandLine;
using System.CommandLine.Parsing;
using System.Data.Common;
using System.Net.Sockets;
using System.Text.Json;
using Papaya.Cli.Bench;
using Papaya.Cli.Demo;
using Papaya.Cli.Doctor;
using Papaya.Cli.Endpoints;
using Papaya.Cli.Http;
using Papaya.Cli.Signing;
using Papaya.Cli.Sim;
using Papaya.Cli.Up;
using Papaya.Server.Merchants;
using Papaya.Simulator;
using Papaya.WeChatPay;

namespace Papaya.Cli;

/// <summary>Something the person at the shell can put right: printed as it is, without a stack.</summary>
internal sealed class CommandFailedException(string message) : Exception(message);

/// <summary>The commands of <c>papaya</c>. Exit codes: 0 ok, 1 failed, 2 usage.</summary>
internal static class PapayaCommand
{
    public const int Ok = 0;
    public const int Failed = 1;
    public const int Usage = 2;

    public static Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken ct = default)
    {
        var root = new RootCommand("Auto-renewal and delegated-debit billing on WeChat Pay.")
        {
            UpCommand.Create(output),
            ServeCommand.Create(output),
            SimulateCommand.Create(output),
            SimCommand.Create(output),
            DoctorCommand.Create(output),
            SignCommands.Explain(output),
            SignCommands.Verify(output),
            EndpointsCommand.Create(output),
            SwitchesCommand.Create(output),
            LintRulesCommand.Create(output),
            DemoCommand.Create(output),
            BenchCommand.Create(output),
        };
        return RunAsync(root, args, output, error, ct);
    }

    public static async Task<int> RunAsync(RootCommand root, string[] args, TextWriter output, TextWriter error, CancellationToken ct = default)
    {
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var mistake in parsed.Errors)
            {
                await error.WriteLineAsync(WithoutType(mistake.Message));
            }

            await error.WriteLineAsync($"See papaya{Words(parsed.CommandResult)} --help.");
            return Usage;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false }, ct);
        }
        catch (Exception failure) when (Explain(failure) is { } sentence)
        {
            await error.WriteLineAsync(sentence);
            return Failed;
        }
    }

    /// <summary>The words that led to a command, each behind a blank.</summary>
    private static string Words(CommandResult command) => command.Parent is CommandResult parent ? $"{Words(parent)} {command.Command.Name}" : "";

    /// <summary>The library ends such a sentence with the name of a .NET type.</summary>
    private static string WithoutType(string message) =>
        message.IndexOf(" as expected type '", StringComparison.Ordinal) is var at and > 0 ? message[..at] + "." : message;

    /// <summary>What happened and what to do about it; null for a bug of ours, which must show its stack.</summary>
    internal static string? Explain(Exception failure) => failure switch
    {
        CommandFailedException or FolderInUseException => failure.Message,
        OperationCanceledException => "Stopped.",
        SettingException => $"{failure.Message} `papaya doctor` checks all settings at once.",
        UnauthorizedAccessException => $"{FirstLine(failure)} Allow the user who runs papaya to read and write there, or name another place.",
        IOException { InnerException: SocketException } or SocketException =>
            $"{FirstLine(failure)} Choose another address or port, or stop the program that holds it.",
        IOException when failure.Message.Contains("address already in use", StringComparison.Ordinal) =>
            $"{FirstLine(failure)} Choose another port, or stop the program that holds it.",
        IOException => $"{FirstLine(failure)} Look at the path and at the space left on its disk.",
        DbException => $"The database failed: {FirstLine(failure)} `papaya doctor` tells whether it can be opened and written.",
        HttpRequestException => $"{FirstLine(failure)} See whether the host runs, and whether address and port are right.",
        UnexpectedAnswerException => $"{FirstLine(failure)} The answer says what was refused; put that right and run the command again.",
        PapayException => $"{FirstLine(failure)} The code's meaning and cure are in docs/reference/wechat-rules.md.",
        JsonException or FormatException or InvalidDataException => $"What was read is not in the expected form: {FirstLine(failure)} Look at the file or the host it came from.",
        _ => null,
    };

    private static string FirstLine(Exception failure)
    {
        var line = failure.Message.AsSpan().Trim();
        var end = line.IndexOfAny('\r', '\n');
        line = end < 0 ? line : line[..end].TrimEnd();
        return line is [.., '.' or '!' or '?'] ? line.ToString() : $"{line}.";
    }
}
