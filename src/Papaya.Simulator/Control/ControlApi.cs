using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Papaya.Simulator.World;

namespace Papaya.Simulator.Control;

/// <summary><c>/_sim</c>: set the scene, act as the user, look at the truth. Each group of routes has a class; what they share is here.</summary>
internal sealed class ControlApi(SimulatorState state)
{
    public static string Route(HttpContext http, string name) => (string?)http.GetRouteValue(name) ?? "";

    public static string? Query(HttpContext http, string name) => http.Request.Query[name] is [{ Length: > 0 } value, ..] ? value : null;

    /// <summary>Reads the body, makes the change under the world's lock, answers, and lets time go on.</summary>
    public async Task ChangeAsync<TRequest, TView>(
        HttpContext http, JsonTypeInfo<TRequest> request, JsonTypeInfo<TView> view, Func<TRequest, DateTimeOffset, Outcome<TView>> change,
        TRequest? whenEmpty = null)
        where TRequest : class
        where TView : class
    {
        var (body, reason) = await http.ReadAsync(request, whenEmpty);
        if (body is null)
        {
            await http.RefuseAsync(StatusCodes.Status400BadRequest, reason);
            return;
        }

        Outcome<TView> outcome;
        using (var op = state.Begin())
        {
            outcome = change(body, op.Now);
        }

        if (outcome.View is { } done)
        {
            await http.AnswerAsync(done, view);
        }
        else
        {
            await http.RefuseAsync(outcome.Status, outcome.Reason!);
        }

        await http.Response.CompleteAsync();
        state.Arm();
    }

    public Task Read<T>(HttpContext http, JsonTypeInfo<T> type, Func<T> read)
    {
        T value;
        using (state.Begin())
        {
            value = read();
        }

        return http.AnswerAsync(value, type);
    }

    public Task ListAsync<T>(HttpContext http, JsonTypeInfo<Listing<T>> type, Func<IEnumerable<T>> list) => Read(http, type, () => new Listing<T>([.. list()]));

    public Task ShowAsync<T>(HttpContext http, JsonTypeInfo<T> type, string what, Func<T?> find)
        where T : class
    {
        T? found;
        using (state.Begin())
        {
            found = find();
        }

        return found is null ? http.RefuseAsync(StatusCodes.Status404NotFound, $"There is no such {what}.") : http.AnswerAsync(found, type);
    }
}

/// <summary>What a change gives: the view to answer with, or a refusal.</summary>
internal readonly record struct Outcome<T>(T? View, int Status, string? Reason)
    where T : class
{
    public Outcome(T view)
        : this(view, 200, null)
    {
    }

    public Outcome(int status, string reason)
        : this(null, status, reason)
    {
    }
}
