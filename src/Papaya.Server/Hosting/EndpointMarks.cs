namespace Papaya.Server.Hosting;

/// <summary>On an endpoint that needs no API key: its callers prove themselves otherwise, or it tells nothing. Whatever is not marked needs one.</summary>
internal sealed class OpenToAll;

/// <summary>
/// On the sandbox's clock. It waits until no work is in flight, so it is no such work itself; and moving a clock twice is no harm that an
/// Idempotency-Key would prevent, since the caller can name the instant to reach.
/// </summary>
internal sealed class MovesTheClock;

internal static class EndpointMarks
{
    public static TBuilder NeedsNoKey<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new OpenToAll());

    public static bool Has<T>(this HttpContext context)
        where T : class => context.GetEndpoint()?.Metadata.GetMetadata<T>() is not null;
}
