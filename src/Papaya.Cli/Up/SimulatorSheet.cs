using System.Text;
using Papaya.Simulator;

namespace Papaya.Cli.Up;

/// <summary>What a developer needs to know of a simulator that has just begun to listen.</summary>
internal static class SimulatorSheet
{
    public static string Of(WebApplication host, SimulatorOptions options, IReadOnlyList<(string Name, string Meaning)> files)
    {
        var (http, https) = (host.Urls.Where(IsHttp).ToList(), host.Urls.Where(u => !IsHttp(u)).ToList());
        var text = new StringBuilder();
        Line("simulator", (http.FirstOrDefault() ?? https[0]) + "      WeChat Pay's paths; control API under /_sim");
        if (options.BackupUrl is not null)
        {
            Line("backup", $"{http[^1]}      the same, as WeChat's second host");
        }

        foreach (var url in https)
        {
            Line("https", $"{url}      for SDKs that insist on it; they have to trust ca.pem");
        }

        if (https.Count == 0)
        {
            Line("https", "not served; --https-port takes a port, 0 any free one");
        }

        Line("merchant", $"{Sandbox.MerchantNumber}, APIv2 key {Sandbox.ApiV2Key}");
        Line("keys", options.KeysFolder!);
        foreach (var (name, meaning) in files)
        {
            Line("", $"{name}: {meaning}");
        }

        Line("apps", $"{Sandbox.OfficialAccount} (official account), {Sandbox.MobileApp} (mobile app), {Sandbox.MiniProgram} (mini program)");
        Line("templates", "12535 (24 h, up to 50.00), 12536 (pre-notice, 25.00), 12537 (pay later, up to 500.00)");
        Line("users", "oSimUser0001 to oSimUser0009, 1,000 yuan each");
        if (options.AllowRemoteControl)
        {
            Line("control", "open to everybody who can reach this machine");
        }

        return text.Append("\nCtrl-C stops it.\n").ToString();

        void Line(string name, string value) => text.Append(name.PadRight(12)).Append(value).Append('\n');
    }

    private static bool IsHttp(string url) => url.StartsWith("http://", StringComparison.Ordinal);
}
