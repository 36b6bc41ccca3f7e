using System.Text.Json;

namespace Papaya.Server.Storage;

/// <summary>How the states of the pure machines stand in columns: <c>PreSignAccepted</c> as <c>pre_sign_accepted</c>.</summary>
internal static class StateName<T>
    where T : struct, Enum
{
    private static readonly Dictionary<T, string> Names =
        Enum.GetValues<T>().ToDictionary(state => state, state => JsonNamingPolicy.SnakeCaseLower.ConvertName(state.ToString()));

    private static readonly Dictionary<string, T> States = Names.ToDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);

    public static string Of(T state) => Names[state];

    public static T Parse(string name) => States[name];

    /// <summary>All stored names whose outside name is <paramref name="apiName"/>; none when it is no name at all.</summary>
    public static IReadOnlyList<string> WithApiName(string apiName, Func<T, string> toApi) =>
        [.. Names.Where(pair => toApi(pair.Key) == apiName).Select(pair => pair.Value)];
}
