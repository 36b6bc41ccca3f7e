namespace Papaya.WeChatPay.Wire;

/// <summary>Which family of WeChat Pay's interfaces a call belongs to.</summary>
public enum ApiVersion
{
    /// <summary>XML with a <c>sign</c> field.</summary>
    V2,

    /// <summary>JSON with an <c>Authorization</c> header.</summary>
    V3,
}

/// <summary>One call of WeChat Pay: where it goes, what it takes, and who may repeat it.</summary>
public abstract class Endpoint
{
    private protected Endpoint(ApiVersion version, HttpMethod method, string name, string path, string title, Uri document, IReadOnlyList<Field> fields)
    {
        Version = version;
        Method = method;
        Name = name;
        Path = path;
        Title = title;
        Document = document;
        Fields = fields;
    }

    /// <summary>V2 or V3.</summary>
    public ApiVersion Version { get; }

    /// <summary>GET or POST.</summary>
    public HttpMethod Method { get; }

    /// <summary>Last part of the path, such as <c>pappayapply</c>; what error tables and exceptions call it.</summary>
    public string Name { get; }

    /// <summary>Path from the root of the host; V3 paths may hold places such as <c>{contract_id}</c>.</summary>
    public string Path { get; }

    /// <summary>WeChat's own title.</summary>
    public string Title { get; }

    /// <summary>The official page.</summary>
    public Uri Document { get; }

    /// <summary>Every documented request field, <c>sign</c> included.</summary>
    public IReadOnlyList<Field> Fields { get; }

    /// <summary>True for calls that need the merchant's client certificate.</summary>
    public bool NeedsCertificate { get; internal init; }

    /// <summary>The published limit in calls per second and merchant number; null where none is published.</summary>
    public int? PerSecond { get; internal init; }

    /// <summary>True for questions: they change nothing and may be repeated.</summary>
    public bool IsRead { get; internal init; }

    /// <summary>True for calls that change something and yet, as WeChat documents, may be sent again with the same parameters.</summary>
    public bool IsRepeatable { get; internal init; }

    /// <summary>True when a call without a usable answer may be sent again as it is: a question, or documented as repeatable.</summary>
    public bool MayRepeat => IsRead || IsRepeatable;

    /// <summary>The row of a field; null when the call has no such field.</summary>
    public Field? Find(string name) => Fields.FirstOrDefault(f => f.Name == name);
}
