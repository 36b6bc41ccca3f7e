using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Papaya.Simulator.Pages.Room;

namespace Papaya.Simulator.Pages;

/// <summary>All that a person sees: the phone's pages and the control room.</summary>
internal static class PageRoutes
{
    public static void Add(IServiceCollection services) => services.AddSingleton<CashierRoutes>().AddSingleton<SigningPages>().AddSingleton<ServicesPages>()
        .AddSingleton<ControlDesk>().AddSingleton<RoomViews>().AddSingleton<RoomPages>();

    public static void Map(WebApplication app)
    {
        PageAnswer.MapStyle(app);
        app.Services.GetRequiredService<CashierRoutes>().Map(app);
        app.Services.GetRequiredService<SigningPages>().Map(app);
        app.Services.GetRequiredService<ServicesPages>().Map(app);
        app.Services.GetRequiredService<RoomPages>().Map(app);
    }
}
