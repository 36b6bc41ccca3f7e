using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Papaya.Server.Debits;
using Papaya.Server.Merchants;
using Papaya.Server.Storage;

namespace Papaya.Server;

/// <summary>Everything the server is told: from <c>papaya.json</c>, <c>PAPAYA__…</c> environment variables, or code.</summary>
public sealed class PapayaServerOptions
{
    /// <summary>Where WeChat and end users reach this server, e.g. <c>https://pay.example.com</c>; no path, no trailing slash needed.</summary>
    [ConfigurationKeyName("public_url")]
    public string PublicUrl { get; set; } = "";

    /// <summary>Bearer keys of the REST API; at least one.</summary>
    [ConfigurationKeyName("api_keys")]
    public List<string> ApiKeys { get; set; } = [];

    [ConfigurationKeyName("storage")]
    public StorageOptions Storage { get; set; } = new();

    [ConfigurationKeyName("merchants")]
    public List<MerchantOptions> Merchants { get; set; } = [];

    [ConfigurationKeyName("debits")]
    public DebitOptions Debits { get; set; } = new();

    /// <summary>Sandbox only: the clock resource <c>/v1/sandbox/clock</c> forwards to. Unset, that path does not exist.</summary>
    [ConfigurationKeyName("sandbox_clock_url")]
    public string? SandboxClockUrl { get; set; }

    /// <exception cref="SettingException">A number lies outside the range its setting allows.</exception>
    internal void CheckRanges()
    {
        foreach (var (section, part) in new (string, object)[] { ("storage", Storage), ("debits", Debits) })
        {
            var wrong = new List<ValidationResult>();
            if (!Validator.TryValidateObject(part, new ValidationContext(part), wrong, validateAllProperties: true))
            {
                var name = part.GetType().GetProperty(wrong[0].MemberNames.First())!.GetCustomAttribute<ConfigurationKeyNameAttribute>()!.Name; // Every setting has one.
                throw new SettingException($"{section}.{name}", wrong[0].ErrorMessage ?? "is outside its range.");
            }
        }
    }
}
