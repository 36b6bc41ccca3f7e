using Microsoft.AspNetCore.Http;

namespace Papaya.Simulator.Pages;

/// <summary>The language of a page: both texts stand side by side where they are shown. What comes from a merchant is never translated.</summary>
public readonly record struct Language
{
    private readonly bool _isEnglish;
    private readonly bool _isChosen;

    private Language(bool isEnglish, bool isChosen) => (_isEnglish, _isChosen) = (isEnglish, isChosen);

    internal string Code => _isEnglish ? "en" : "zh-CN";

    /// <summary>The word for the other language, in that language.</summary>
    internal string OtherName => _isEnglish ? "中文" : "English";

    internal string OtherCode => _isEnglish ? "zh" : "en";

    internal string this[string chinese, string english] => _isEnglish ? english : chinese;

    /// <summary>What a phone shows is Chinese unless <c>?lang=en</c> asks otherwise.</summary>
    internal static Language OfPhone(HttpContext http) => Chosen(http) ?? default;

    /// <summary>The control room speaks its visitor's language.</summary>
    internal static Language OfRoom(HttpContext http)
    {
        if (Chosen(http) is { } chosen)
        {
            return chosen;
        }

        var accepted = http.Request.Headers.AcceptLanguage.ToString();
        var english = accepted.IndexOf("en", StringComparison.OrdinalIgnoreCase);
        var chinese = accepted.IndexOf("zh", StringComparison.OrdinalIgnoreCase);
        return new(english >= 0 && (chinese < 0 || english < chinese), isChosen: false);
    }

    /// <summary>An address of ours that stays in the language somebody chose.</summary>
    internal string To(string address) => _isChosen ? PageAddress.With(address, "lang", _isEnglish ? "en" : "zh") : address;

    private static Language? Chosen(HttpContext http) => (string?)http.Request.Query["lang"] switch
    {
        "en" => new(isEnglish: true, isChosen: true),
        "zh" => new(isEnglish: false, isChosen: true),
        _ => null,
    };
}
