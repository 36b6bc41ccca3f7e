namespace Papaya.WeChatPay.Sending;

/// <summary>What the address of a host must be, wherever it is given.</summary>
internal static class HostAddress
{
    /// <summary>The cure for an address that cannot be called; null when it can.</summary>
    public static string? Problem(Uri? address) =>
        address is not { IsAbsoluteUri: true, Scheme: "http" or "https" } ? "give an absolute address such as https://api.mch.weixin.qq.com."
        : address is { Scheme: "http", IsLoopback: false } ? "use https; plain http is only for a simulator on this machine."
        : address.PathAndQuery != "/" || address.UserInfo.Length > 0 || address.Fragment.Length > 0 ? "give scheme, host and port only; the client adds the paths."
        : null;
}
