using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Papaya.WeChatPay;
using Papaya.WeChatPay.Hosting;
using Papaya.WeChatPay.Notifications;
using Papaya.WeChatPay.Telemetry;

namespace Papaya.World.Tests.Samples;

/// <summary>The guide of the client names every setting, instrument and event that there is, and its code compiles.</summary>
public sealed partial class ClientGuideTests
{
    [Theory]
    [InlineData("client.md")]
    [InlineData("client.zh-CN.md")]
    public void The_guide_names_every_setting_instrument_and_event(string name)
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "guides", name));
        var settings = new[] { typeof(WeChatPayOptions), typeof(CertificateSource), typeof(V3Source), typeof(LimitSource) }
            .SelectMany(type => type.GetProperties()).Select(property => property.Name);
        var events = typeof(WeChatPayEvents).GetFields().Select(field => (EventId)field.GetValue(null)!).Select(e => $"{e.Id} `{e.Name}`");
        Assert.All([.. settings, .. Instruments(), .. events], word => Assert.Contains(word, page, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("client.md", 3)]
    [InlineData("client.zh-CN.md", 3)]
    [InlineData("v3.md", 2)]
    [InlineData("v3.zh-CN.md", 2)]
    public void The_code_of_a_guide_is_code_that_compiles(string name, int count)
    {
        var compiled = Bare(File.ReadAllText(Path.Combine(Repository.Root, "tests", "Papaya.World.Tests", "Samples", "GuideCode.cs")));
        var blocks = CSharp().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "guides", name))).Select(block => block.Groups[1].Value).ToList();
        Assert.Equal(count, blocks.Count);
        Assert.All(blocks, block => Assert.Contains(Bare(block), compiled, StringComparison.Ordinal));

        // Texts and comments are in the guide's language; white space is the page's.
        static string Bare(string code) => Space().Replace(Comment().Replace(Text().Replace(code, "\"\""), ""), "");
    }

    [GeneratedRegex(@"```csharp\n(.*?)```", RegexOptions.Singleline, 1000)]
    private static partial Regex CSharp();

    [GeneratedRegex(@"""[^""\n]*""", RegexOptions.None, 1000)]
    private static partial Regex Text();

    [GeneratedRegex(@"//[^\n]*|/\*.*?\*/", RegexOptions.Singleline, 1000)]
    private static partial Regex Comment();

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex Space();

    private static List<string> Instruments()
    {
        var names = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == WeChatPayTelemetry.MeterName)
                {
                    names.Add(instrument.Name);
                }
            },
        };
        // The instruments exist from the first use of the client.
        NotificationReader.TryRead("<xml/>"u8.ToArray(), new MerchantCredentials { MerchantNumber = "10000100", ApiV2Keys = [new("k")] }, out _, out _);
        listener.Start();
        Assert.True(names.Count >= 7, string.Join(',', names));
        return names;
    }
}
