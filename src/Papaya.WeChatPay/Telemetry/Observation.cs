using System.Diagnostics;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Telemetry;

/// <summary>One call, seen by whoever listens: a client span and a duration. There is none when nobody listens.</summary>
internal sealed class Observation : IDisposable
{
    private readonly Endpoint _endpoint;
    private readonly MerchantCredentials _merchant;
    private readonly TimeProvider _clock;
    private readonly long _began;
    private readonly Activity? _activity;
    private Uri? _host;
    private string? _errorType;
    private string? _errorKind;

    private Observation(Endpoint endpoint, MerchantCredentials merchant, TimeProvider clock)
    {
        _endpoint = endpoint;
        _merchant = merchant;
        _clock = clock;
        _began = clock.GetTimestamp();
        _activity = Signals.Activities.StartActivity(endpoint.Name, ActivityKind.Client);
        _activity?.SetTag("wechatpay.endpoint", endpoint.Path);
        _activity?.SetTag("wechatpay.merchant", merchant.MerchantNumber);
    }

    /// <summary>Null when nobody listens.</summary>
    public static Observation? Begin(Endpoint endpoint, MerchantCredentials merchant, TimeProvider clock) =>
        Signals.AnyoneForCalls ? new(endpoint, merchant, clock) : null;

    /// <summary>The next try goes to this host.</summary>
    public void Trying(Uri host, int tries)
    {
        _host = host;
        if (_activity is not null)
        {
            _activity.SetTag("server.address", host.Host);
            _activity.SetTag("server.port", host.Port);
            if (tries > 1)
            {
                _activity.SetTag("wechatpay.tries", tries);
            }
        }
    }

    /// <summary>The call failed, or the caller gave it up.</summary>
    public void Failed(Exception error)
    {
        _errorType = Signals.ErrorType(error);
        _errorKind = (error as PapayException)?.Kind switch
        {
            ErrorKind.Refused => "refused",
            ErrorKind.Throttled => "throttled",
            ErrorKind.Ask => "ask",
            _ => null,
        };
        if (_activity is not null)
        {
            _activity.SetTag("error.type", _errorType);
            _activity.SetTag("wechatpay.error_kind", _errorKind);
            _activity.SetStatus(ActivityStatusCode.Error);
        }
    }

    /// <summary>Ends the span and records the duration.</summary>
    public void Dispose()
    {
        if (Signals.CallDuration.Enabled)
        {
            var tags = new TagList
            {
                { "wechatpay.endpoint", _endpoint.Path },
                { "wechatpay.merchant", _merchant.MerchantNumber },
                { "server.address", _host?.Host },
                { "server.port", _host?.Port },
            };
            if (_errorType is not null)
            {
                tags.Add("error.type", _errorType);
                tags.Add("wechatpay.error_kind", _errorKind);
            }

            Signals.CallDuration.Record(_clock.GetElapsedTime(_began).TotalSeconds, tags);
        }

        _activity?.Dispose();
    }
}
