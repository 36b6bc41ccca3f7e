using System.Net.Sockets;
using System.Security.Authentication;

namespace Papaya.Simulator.Notifications;

/// <summary>Why a message was not acknowledged, in words for programs; WeChat tells nobody, a rehearsal does.</summary>
internal static class Failure
{
    public const string Timeout = "timeout";
    public const string HttpStatus = "http_status";
    public const string Body = "body";

    /// <summary>Why nobody answered.</summary>
    public static string Of(Exception failure) => failure switch
    {
        OperationCanceledException => Timeout,
        UriFormatException or NotSupportedException or InvalidOperationException => "no_address",
        AuthenticationException => "untrusted_certificate",
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "connection_refused",
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } => "unknown_name",
        { InnerException: { } inner } => Of(inner),
        SocketException { SocketErrorCode: SocketError.NetworkUnreachable or SocketError.HostUnreachable } => "unreachable",
        _ => "broken_off",
    };
}
