using System.Buffers.Text;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace Papaya.Server.Hosting;

/// <summary>One page of a list; <see cref="Next"/> is null on the last one.</summary>
public sealed record Page<T>(IReadOnlyList<T> Data, [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.Never)] string? Next)
{
    /// <summary>From rows fetched with <see cref="PageQuery.Fetch"/>: one more than asked tells whether there is a next page.</summary>
    public static Page<T> From<TRow>(PageQuery query, IReadOnlyList<TRow> rows, Func<TRow, T> view, Func<TRow, Cursor> cursor)
    {
        var more = rows.Count > query.Limit;
        var kept = more ? rows.Take(query.Limit).ToList() : rows;
        return new Page<T>([.. kept.Select(view)], more ? cursor(kept[^1]).ToString() : null);
    }
}

/// <summary>Where a page ended: rows are listed by (at, id), both ascending.</summary>
public readonly record struct Cursor(long At, string Id)
{
    public override string ToString() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{At}|{Id}")));

    public static bool TryParse(string text, out Cursor cursor)
    {
        cursor = default;
        if (text.Length > 200 || !Base64Url.IsValid(text))
        {
            return false;
        }

        var plain = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text));
        var bar = plain.IndexOf('|', StringComparison.Ordinal);
        if (bar < 0 || !long.TryParse(plain.AsSpan(0, bar), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var at))
        {
            return false;
        }

        cursor = new Cursor(at, plain[(bar + 1)..]);
        return true;
    }
}

/// <summary>
/// <c>?limit=&amp;after=</c>, bound as an endpoint parameter. In SQL: <c>where (at &gt; @At or (at = @At and id &gt; @Id)) order by at, id limit @Fetch</c>.
/// </summary>
public sealed record PageQuery(int Limit, Cursor After)
{
    public const int DefaultLimit = 50;
    public const int LargestLimit = 200;

    /// <summary>One row more than the page shows.</summary>
    public long Fetch => Limit + 1;

    public long At => After.At;

    public string Id => After.Id;

    public static ValueTask<PageQuery> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        _ = parameter;
        return ValueTask.FromResult(Read(context.Request.Query));
    }

    internal static PageQuery Read(IQueryCollection query, bool ignoreAfter = false)
    {
        var limit = DefaultLimit;
        if (query["limit"] is [{ Length: > 0 } text, ..]
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > LargestLimit))
        {
            throw new ProblemException(Problem.Invalid("limit", "limit is not a whole number from 1 to 200.", "Leave it out for 50 rows a page."));
        }

        var after = new Cursor(long.MinValue, "");
        if (!ignoreAfter && query["after"] is [{ Length: > 0 } position, ..] && !Cursor.TryParse(position, out after))
        {
            throw new ProblemException(Problem.Invalid("after", "after is not a cursor of this list.", "Pass the 'next' of the page before, unchanged."));
        }

        return new PageQuery(limit, after);
    }
}
