using Microsoft.AspNetCore.Http.HttpResults;

namespace Papaya.Server.Hosting;

/// <summary>
/// A refusal a caller can act on (RFC 9457): a stable code, one sentence, the field it is about, and what to do.
/// </summary>
public sealed record Problem(string Code, int Status, string Title, string? Field = null, string? Cure = null)
{
    /// <summary>Further members of the document, such as the id of what stands in the way.</summary>
    public IReadOnlyDictionary<string, object?>? More { get; init; }

    public ProblemHttpResult ToResult()
    {
        var extensions = new Dictionary<string, object?>(StringComparer.Ordinal) { ["code"] = Code };
        if (Field is not null)
        {
            extensions["field"] = Field;
        }

        foreach (var (name, value) in More ?? new Dictionary<string, object?>())
        {
            extensions[name] = value;
        }

        return TypedResults.Problem(Cure, instance: null, Status, Title, type: $"https://papaya.dev/problems/{Code}", extensions);
    }

    /// <summary>422: a member of the request breaks a rule.</summary>
    public static Problem Invalid(string field, string title, string? cure = null) => new("invalid_value", StatusCodes.Status422UnprocessableEntity, title, field, cure);

    /// <summary>404: the thing asked for is not ours.</summary>
    public static Problem NotFound(string what, string id) =>
        new("not_found", StatusCodes.Status404NotFound, $"There is no {what} '{(id.Length <= 64 ? id : id[..64])}'.", Cure: "Check the id; it is the one a POST answered or a list shows.");
}

/// <summary>Carries a <see cref="Problem"/> out of a place that cannot return it (parameter binding, a transaction that must roll back).</summary>
public sealed class ProblemException(Problem problem) : Exception(problem.Title)
{
    public Problem Problem { get; } = problem;
}
