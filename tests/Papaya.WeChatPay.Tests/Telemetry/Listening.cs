using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Papaya.WeChatPay.Telemetry;

namespace Papaya.WeChatPay.Tests.Telemetry;

/// <summary>Hears everything that the client says about one merchant number: log, spans, metrics.</summary>
internal sealed class Listening : ILogger, IDisposable
{
    private readonly string _merchant;
    private readonly ActivityListener _spans;
    private readonly MeterListener _metrics = new();
    private readonly Lock _lock = new();
    private readonly List<(LogLevel Level, EventId Id, string Text, string State)> _heardRecords = [];
    private readonly List<Activity> _heardSpans = [];
    private readonly List<(string Name, double Value, Dictionary<string, object?> Tags)> _heardMetrics = [];

    public Listening(string merchant)
    {
        _merchant = merchant;
        _spans = new()
        {
            ShouldListenTo = source => source.Name == WeChatPayTelemetry.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                lock (_lock)
                {
                    if (Equals(activity.GetTagItem("wechatpay.merchant"), _merchant))
                    {
                        _heardSpans.Add(activity);
                    }
                }
            },
        };
        ActivitySource.AddActivityListener(_spans);
        _metrics.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == WeChatPayTelemetry.MeterName)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _metrics.SetMeasurementEventCallback<double>(Heard);
        _metrics.SetMeasurementEventCallback<long>((instrument, value, tags, state) => Heard(instrument, value, tags, state));
        _metrics.Start();
    }

    // Copies: other tests of this process may be heard while one looks.
    public List<(LogLevel Level, EventId Id, string Text, string State)> Records => Copy(_heardRecords);

    public List<Activity> Spans => Copy(_heardSpans);

    /// <summary>Measurements of this merchant number, and those that belong to none.</summary>
    public List<(string Name, double Value, Dictionary<string, object?> Tags)> Metrics => Copy(_heardMetrics);

    /// <summary>Everything that was said, in one text.</summary>
    public string Everything() => string.Join('\n', [
        .. Records.Select(r => $"{r.Id} {r.Text} {r.State}"),
        .. Spans.Select(s => $"{s.DisplayName} {s.StatusDescription} {string.Join(' ', s.TagObjects)} {string.Join(' ', s.Events.SelectMany(e => e.Tags))} {string.Join(' ', s.Baggage)}"),
        .. Metrics.Select(m => $"{m.Name} {string.Join(' ', m.Tags)}"),
    ]);

    public void ReadGauges() => _metrics.RecordObservableInstruments();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_lock)
        {
            _heardRecords.Add((logLevel, eventId, formatter(state, exception) + exception, state is IEnumerable<KeyValuePair<string, object?>> values ? string.Join(' ', values) : ""));
        }
    }

    public void Dispose()
    {
        _spans.Dispose();
        _metrics.Dispose();
    }

    private List<T> Copy<T>(List<T> heard)
    {
        lock (_lock)
        {
            return [.. heard];
        }
    }

    private void Heard(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        var held = tags.ToArray().ToDictionary(t => t.Key, t => t.Value);
        lock (_lock)
        {
            if (!held.TryGetValue("wechatpay.merchant", out var merchant) || Equals(merchant, _merchant))
            {
                _heardMetrics.Add((instrument.Name, value, held));
            }
        }
    }
}
