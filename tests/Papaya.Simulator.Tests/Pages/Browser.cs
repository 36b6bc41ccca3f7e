using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Papaya.Simulator.Tests.Pages;

[CollectionDefinition(Name)]
public sealed class BrowserCollection : ICollectionFixture<Browser>
{
    public const string Name = "browser";
}

/// <summary>Debian's Chromium, started once. It keeps pages of its history alive, as people's browsers do; Playwright would switch that off.</summary>
public sealed class Browser : IAsyncLifetime
{
    public const int Phone = 390;
    public const int Desk = 1280;

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async Task InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Environment.GetEnvironmentVariable("PAPAYA_CHROMIUM") ?? "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-gpu", "--force-color-profile=srgb", "--font-render-hinting=none"],
            IgnoreDefaultArgs = ["--disable-back-forward-cache"],
        });
    }

    public async Task DisposeAsync()
    {
        await (_browser?.CloseAsync() ?? Task.CompletedTask);
        _playwright?.Dispose();
    }

    /// <summary>A visitor with an empty browser of his own; script is off as the pages need none.</summary>
    internal async Task<Visit> VisitAsync(World world, int width = Phone, string language = "zh", bool isDark = false, string? openAs = null)
    {
        var context = await _browser!.NewContextAsync(new()
        {
            BaseURL = world.Address.ToString(),
            ViewportSize = new() { Width = width, Height = width == Phone ? 844 : 800 },
            Locale = language == "zh" ? "zh-CN" : "en-GB",
            ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
            UserAgent = openAs,
        });
        return new(await context.NewPageAsync(), width, language, isDark);
    }
}

/// <summary>One visitor's page with the verbs of these tests.</summary>
internal sealed class Visit(IPage page, int width, string language, bool isDark) : IAsyncDisposable
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("PAPAYA_SCREENS");

    // Pictures stay small: what is below is more of the same.
    private const int Tallest = 1150;
    private const int TallestOnDesk = 640;

    public IPage Page => page;

    public Task<string> TextAsync(string selector) => page.Locator(selector).InnerTextAsync();

    public async Task<int> OpenAsync(string address)
    {
        var response = await page.GotoAsync(address + (language == "en" ? (address.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "lang=en" : ""));
        return response!.Status;
    }

    /// <summary>The browser's own way back; a page that it kept alive loads nothing, so there is nothing to wait for but its address.</summary>
    public async Task BackAsync()
    {
        await page.GoBackAsync(new() { WaitUntil = WaitUntilState.Commit });
        await page.WaitForFunctionAsync("() => document.readyState === 'complete'");
    }

    /// <summary>Nothing sticks out to the right, nothing is hard to read or to reach with a keyboard; the picture is kept when PAPAYA_SCREENS names a folder.</summary>
    public async Task LookAsync(string name)
    {
        var wide = await page.EvaluateAsync<string>("""
            () => document.documentElement.scrollWidth <= window.innerWidth ? '' :
                [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > window.innerWidth + 1)
                    .map(e => e.tagName + '.' + e.className + ' ' + e.textContent.trim().slice(0, 40)).slice(0, 8).join('\n')
            """);
        Assert.True(wide.Length == 0, $"{name} is wider than {width} px:\n{wide}");
        var axe = await page.RunAxe(new AxeRunOptions { RunOnly = new() { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] } });
        Assert.True(axe.Violations.Length == 0, name + " " + page.Url + ":\n" + string.Join('\n', axe.Violations.Select(v => $"{v.Id}: {v.Help} {string.Join(' ', v.Nodes.Take(3).Select(n => n.Html))}")));
        // A picture of each page on a phone in Chinese and on a desk in English; of the dark only what shows it best.
        var isKept = isDark ? name is "cashier-ticked" or "room" : width == Browser.Phone ? language == "zh" : language == "en";
        if (Folder is not null && isKept)
        {
            Directory.CreateDirectory(Folder);
            var height = await page.EvaluateAsync<float>("() => document.documentElement.scrollHeight");
            await page.ScreenshotAsync(new()
            {
                Path = Path.Combine(Folder, $"{name}-{width}{(isDark ? "-dark" : "")}.png"), FullPage = true,
                Clip = new() { X = 0, Y = 0, Width = width, Height = Math.Min(height, width == Browser.Phone ? Tallest : TallestOnDesk) },
                Animations = ScreenshotAnimations.Disabled, Caret = ScreenshotCaret.Hide,
            });
        }
    }

    public async ValueTask DisposeAsync() => await page.Context.CloseAsync();
}
