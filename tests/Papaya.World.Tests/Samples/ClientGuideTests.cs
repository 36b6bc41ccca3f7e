using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Papaya.WeChatPay;
using Papaya.WeChatPay.Hosting;
using Papaya.WeChatPay.Notifications;
using Papaya.WeChatPay.Telemetry;

namespace Papaya.World.Tests.Samples;

/// <summary>The guide of the client names every setting, instrument and event that there is.</summary>
public sealed class ClientGuideTests
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
