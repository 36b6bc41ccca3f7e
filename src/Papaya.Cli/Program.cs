using System.Text;
using Papaya.Cli;

// Narration and bills hold Chinese whatever the machine's locale says.
Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
return await PapayaCommand.RunAsync(args, Console.Out, Console.Error);
