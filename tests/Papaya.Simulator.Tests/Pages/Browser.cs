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
    public const int PhoneHeight = 844;
    public const int DeskHeight = 800;

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
            ViewportSize = new() { Width = width, Height = width == Phone ? PhoneHeight : DeskHeight },
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

    // All of a page but what is below only as more of the same, such as the fortieth switch.
    private const int Tallest = 2600;
    private const int TallestOnDesk = 1700;

    /// <summary>What Chinese readers of the documents see on a desk as well.</summary>
    private static readonly string[] AlsoInChinese =
        ["room", "room-contract", "room-order", "room-merchant", "room-snapshots", "room-switches-of-one", "room-faults", "room-lint"];

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

    /// <param name="name">What the picture is called.</param>
    /// <param name="isOnlyHere">No other look shows this state: its picture is taken at both widths.</param>
    /// <summary>Nothing sticks out to the right, nothing is hard to read or to reach with a keyboard; the picture is kept when PAPAYA_SCREENS names a folder.</summary>
    public async Task LookAsync(string name, bool isOnlyHere = false)
    {
        await FitsAsync(name);
        var axe = await page.RunAxe(new AxeRunOptions { RunOnly = new() { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] } });
        Assert.True(axe.Violations.Length == 0, name + " " + page.Url + ":\n" + string.Join('\n', axe.Violations.Select(v => $"{v.Id}: {v.Help} {string.Join(' ', v.Nodes.Take(3).Select(n => n.Html))}")));
        // A picture of each page on a phone in Chinese and on a desk in English; of the dark only what shows it best.
        if (isDark ? name is "cashier-ticked" or "room" : width == Browser.Phone ? language == "zh" : language == "en")
        {
            await KeepAsync($"{name}-{width}{(isDark ? "-dark" : "")}", width == Browser.Phone ? Tallest : TallestOnDesk);
        }

        if (width == Browser.Phone && language == "zh" && !isDark && (isOnlyHere || (Folder is not null && AlsoInChinese.Contains(name))))
        {
            await page.SetViewportSizeAsync(Browser.Desk, Browser.DeskHeight);
            await FitsAsync(name);
            await KeepAsync($"{name}-{Browser.Desk}-zh", TallestOnDesk);
            await page.SetViewportSizeAsync(Browser.Phone, Browser.PhoneHeight);
        }
    }

    private async Task FitsAsync(string name)
    {
        var wide = await page.EvaluateAsync<string>("""
            () => document.documentElement.scrollWidth <= window.innerWidth ? '' :
                [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > window.innerWidth + 1)
                    .map(e => e.tagName + '.' + e.className + ' ' + e.textContent.trim().slice(0, 40)).slice(0, 8).join('\n')
            """);
        Assert.True(wide.Length == 0, $"{name} is wider than its screen:\n{wide}");
    }

    private async Task KeepAsync(string file, int tallest)
    {
        if (Folder is not null)
        {
            Directory.CreateDirectory(Folder);
            var height = await page.EvaluateAsync<float>("() => document.documentElement.scrollHeight");
            await page.ScreenshotAsync(new()
            {
                Path = Path.Combine(Folder, file + ".png"), FullPage = true,
                Clip = new() { X = 0, Y = 0, Width = page.ViewportSize!.Width, Height = Math.Min(height, tallest) },
                Animations = ScreenshotAnimations.Disabled, Caret = ScreenshotCaret.Hide,
            });
        }
    }

    public async ValueTask DisposeAsync() => await page.Context.CloseAsync();
}
