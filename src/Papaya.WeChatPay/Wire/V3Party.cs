namespace Papaya.WeChatPay.Wire;

/// <summary>Who calls: a merchant for itself, or a service provider for a sub-merchant.</summary>
internal enum Party
{
    /// <summary>The merchant itself.</summary>
    Merchant,

    /// <summary>A service provider.</summary>
    Provider,
}

/// <summary>A V3 request that a service provider may make for a sub-merchant.</summary>
internal interface IPartyRequest
{
    SubMerchant? SubMerchant { get; }
}

/// <summary>Fields that many V3 calls share.</summary>
internal static class V3Fields
{
    internal const FieldNeed R = FieldNeed.Required;
    internal const FieldNeed C = FieldNeed.Conditional;
    internal const FieldNeed O = FieldNeed.Optional;

    /// <summary>The caller's app, or the provider's app and the sub-merchant.</summary>
    public static IEnumerable<Field> Apps<TRequest>(Party party, Func<TRequest, string?> appId, FieldPlace place = FieldPlace.Body)
        where TRequest : class, IPartyRequest =>
        party == Party.Merchant
            ? [new Field<TRequest>("appid", R, FieldForm.Alphanumeric, 32) { Place = place, Text = (r, _) => appId(r) }]
            : [
                new Field<TRequest>("sp_appid", R, FieldForm.Alphanumeric, 32) { Place = place, Text = (r, _) => appId(r) },
                SubMerchantNumber<TRequest>(place),
                new Field<TRequest>("sub_appid", O, FieldForm.Alphanumeric, 32) { Place = place, Text = (r, _) => r.SubMerchant?.AppId },
            ];

    /// <summary>The sub-merchant's number alone; nothing when a merchant calls for itself.</summary>
    public static IEnumerable<Field> SubMerchantOf<TRequest>(Party party, FieldPlace place)
        where TRequest : class, IPartyRequest => party == Party.Merchant ? [] : [SubMerchantNumber<TRequest>(place)];

    private static Field<TRequest> SubMerchantNumber<TRequest>(FieldPlace place)
        where TRequest : class, IPartyRequest => new("sub_mchid", R, FieldForm.Digits, 32) { Place = place, Text = (r, _) => r.SubMerchant?.Number };
}
