namespace Papaya.WeChatPay;

/// <summary>
/// The merchant for whom a service provider (服务商) acts. A request that names one goes to the partner variant of its call,
/// with the provider's own number, app and key, and with <c>sub_mch_id</c> and <c>sub_appid</c> added.
/// </summary>
/// <param name="Number"><c>sub_mch_id</c>: WeChat's number of the sub-merchant, at most 32 digits.</param>
/// <param name="AppId"><c>sub_appid</c>: an app bound to the sub-merchant, at most 32 letters and digits; null when none is used.</param>
public sealed record SubMerchant(string Number, string? AppId = null);
