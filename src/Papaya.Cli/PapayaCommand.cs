using System.CommandLine;
using Papaya.Cli.Bench;
using Papaya.Cli.Demo;
using Papaya.Cli.Doctor;
using Papaya.Cli.Signing;
using Papaya.Cli.Up;

namespace Papaya.Cli;

/// <summary>Something the person at the shell can put right: printed as it is, without a stack.</summary>
internal sealed class CommandFailedException(string message) : Exception(message);

/// <summary>The commands of <c>papaya</c>. Exit codes: 0 ok, 1 failed, 2 usage.</summary>
internal static class PapayaCommand
{
    public const int Ok = 0;
    public const int Failed = 1;
    public const int Usage = 2;

    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken ct = default)
    {
        var root = new RootCommand("Auto-renewal and delegated-debit billing on WeChat Pay.")
        {
            UpCommand.Create(output),
            ServeCommand.Create(output),
            SimulateCommand.Create(output),
            DoctorCommand.Create(output),
            SignCommands.Explain(output),
            SignCommands.Verify(output),
            DemoCommand.Create(output),
            BenchCommand.Create(output),
        };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var mistake in parsed.Errors)
            {
                await error.WriteLineAsync(mistake.Message);
            }

            await error.WriteLineAsync("See papaya --help.");
            return Usage;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false }, ct);
        }
        catch (CommandFailedException failure)
        {
            await error.WriteLineAsync(failure.Message);
            return Failed;
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("Stopped.");
            return Failed;
        }
    }
}
