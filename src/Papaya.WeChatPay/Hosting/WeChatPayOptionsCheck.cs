using Microsoft.Extensions.Options;

namespace Papaya.WeChatPay.Hosting;

/// <summary>Refuses options that cannot work, when the host starts.</summary>
internal sealed class WeChatPayOptionsCheck(Setups setups) : IValidateOptions<WeChatPayOptions>
{
    public ValidateOptionsResult Validate(string? name, WeChatPayOptions options)
    {
        var problems = setups.Of(options).Problems;
        return problems.Count == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(problems.Select(problem => string.IsNullOrEmpty(name) ? "WeChatPay " + problem : $"WeChatPay '{name}' {problem}"));
    }
}
