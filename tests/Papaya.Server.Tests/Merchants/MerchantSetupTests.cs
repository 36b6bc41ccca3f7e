using Papaya.Server.Merchants;
using Papaya.Testing;

namespace Papaya.Server.Tests.Merchants;

public sealed class MerchantSetupTests
{
    [Theory]
    [InlineData("http://127.0.0.1:9", false)]
    [InlineData("http://localhost:9", false)]
    [InlineData("https://api.mch.weixin.qq.com", true)]
    public void A_proxy_stands_only_on_the_way_to_other_machines(string baseUrl, bool proxy)
    {
        using var connections = Papaya.Server.WeChat.WeChatClients.Handler(MerchantSetup.Read([Preset.Merchant(baseUrl)], "https://pay.example.com").All[0]);
        Assert.Equal(proxy, connections.UseProxy);
    }

    private const string Home = "https://pay.example.com";

    [Fact]
    public void The_preset_merchant_has_an_app_for_every_channel_and_its_templates()
    {
        var directory = MerchantSetup.Read([Preset.Merchant("http://127.0.0.1:9")], Home + "/");
        var (merchant, template) = directory.FindTemplate(12537)!.Value;
        Assert.Equal(Preset.MerchantNumber, merchant.Number);
        Assert.True(template.PayLater);
        Assert.Equal(Preset.OfficialAccount, merchant.AppFor(AppKind.OfficialAccount));
        Assert.Equal(Preset.MobileApp, merchant.AppFor(AppKind.MobileApp));
        Assert.Equal(Preset.MiniProgram, merchant.AppFor(AppKind.MiniProgram));
        Assert.Equal("https://pay.example.com/wechat/10000100/debit", directory.NotifyUrl("10000100", "debit"));
        Assert.Null(directory.Find("10000101"));
        Assert.Null(directory.FindTemplate(1));
    }

    [Fact]
    public void A_key_may_stand_in_a_file()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, Preset.ApiV2Key + "\n");
            var directory = MerchantSetup.Read([Changed(m => (m.ApiV2Key, m.ApiV2KeyFile) = (null, file))], Home);
            Assert.Equal(Preset.ApiV2Key, directory.All[0].ApiV2Key);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void A_merchant_never_prints_its_key()
    {
        var merchant = MerchantSetup.Read([Preset.Merchant("http://127.0.0.1:9")], Home).All[0];
        Assert.DoesNotContain(Preset.ApiV2Key, $"{merchant}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5_000, null, 50_000, 250_000)]
    [InlineData(68_000, null, 68_000, 250_000)] // WeChat approved the price, so it allows it.
    [InlineData(68_000, 75_000L, 75_000, 250_000)]
    [InlineData(300_000, null, 300_000, 300_000)]
    public void WeChats_limits_are_the_templates_settings(long amount, long? singleMost, long single, long daily)
    {
        var merchant = Changed(m => (m.Templates[0].Amount, m.Templates[0].SingleMost) = (amount, singleMost));
        var (_, template) = MerchantSetup.Read([merchant], Home).FindTemplate(12535)!.Value;
        Assert.Equal((single, daily), (template.SingleMost, template.DailyMost));
    }

    public static TheoryData<string, Action<MerchantOptions>> Mistakes => new()
    {
        { "merchants[0].number", m => m.Number = "abc" },
        { "merchants[0].api_v2_key_file", m => m.ApiV2Key = null },
        { "merchants[0].api_v2_key", m => m.ApiV2Key = "short" },
        { "merchants[0].api_v2_key", m => m.ApiV2KeyFile = "/also/a/file" },
        { "merchants[0].api_v2_key_file", m => (m.ApiV2Key, m.ApiV2KeyFile) = (null, "/no/such/file") },
        { "merchants[0].previous_api_v2_key", m => m.PreviousApiV2Key = "short" },
        { "merchants[0].sign_type", m => m.SignType = "SHA1" },
        { "merchants[0].base_url", m => m.BaseUrl = "api.mch.weixin.qq.com" },
        { "merchants[0].base_url", m => m.BaseUrl = "http://api.mch.weixin.qq.com" },
        { "merchants[0].base_url", m => m.BaseUrl = "https://api.mch.weixin.qq.com/pay" },
        { "merchants[0].apps", m => m.Apps = [] },
        { "merchants[0].templates[0].single_most", m => m.Templates[0].SingleMost = 0 },
        { "merchants[0].templates[0].daily_most", m => m.Templates[0].DailyMost = -1 },
        { "merchants[0].apps[0].kind", m => m.Apps[0].Kind = "website" },
        { "merchants[0].apps[0].appid", m => m.Apps[0].AppId = "d930ea5d5a258f4f" },
        { "merchants[0].apps[1].kind", m => m.Apps[1].Kind = "official_account" },
        { "merchants[0].templates[0].plan_id", m => m.Templates[0].PlanId = 0 },
        { "merchants[0].templates[1].plan_id", m => m.Templates[1].PlanId = 12535 },
        { "merchants[0].templates[0].kind", m => m.Templates[0].Kind = "monthly" },
        { "merchants[0].templates[0].mode", m => m.Templates[0].Mode = "pay_later" },
        { "merchants[0].templates[0].fee", m => m.Templates[0].Fee = "free" },
        { "merchants[0].templates[0].amount", m => m.Templates[0].Amount = 0 },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_named_by_its_setting(string setting, Action<MerchantOptions> mistake)
    {
        var e = Assert.Throws<SettingException>(() => MerchantSetup.Read([Changed(mistake)], Home));
        Assert.Equal(setting, e.Setting);
        Assert.DoesNotContain(Preset.ApiV2Key, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_and_templates_belong_to_one_merchant()
    {
        var twin = Changed(m => m.Templates.Clear());
        Assert.Equal("merchants[1].number", Assert.Throws<SettingException>(() => MerchantSetup.Read([Changed(_ => { }), twin], Home)).Setting);
        var thief = Changed(m => m.Number = "10000200");
        Assert.Equal("merchants[1].templates", Assert.Throws<SettingException>(() => MerchantSetup.Read([Changed(_ => { }), thief], Home)).Setting);
        Assert.Equal("merchants", Assert.Throws<SettingException>(() => MerchantSetup.Read([], Home)).Setting);
        Assert.Equal("public_url", Assert.Throws<SettingException>(() => MerchantSetup.Read([Changed(_ => { })], "pay.example.com")).Setting);
        Assert.Equal("public_url", Assert.Throws<SettingException>(() => MerchantSetup.Read([Changed(_ => { })], Home + "/?a=b")).Setting);
    }

    [Fact]
    public void A_number_outside_its_range_is_named_by_its_setting()
    {
        var options = new PapayaServerOptions();
        options.CheckRanges();
        options.Storage.LargestGroup = 0;
        Assert.Equal("storage.largest_group", Assert.Throws<SettingException>(options.CheckRanges).Setting);
        options.Storage.LargestGroup = 1;
        options.Debits.Concurrency = 0;
        Assert.Equal("debits.concurrency", Assert.Throws<SettingException>(options.CheckRanges).Setting);
    }

    private static MerchantOptions Changed(Action<MerchantOptions> change)
    {
        var merchant = Preset.Merchant("http://127.0.0.1:9");
        change(merchant);
        return merchant;
    }
}
