namespace Papaya.WeChatPay.Wire;

/// <summary>
/// The reviewed tables of all V3 calls that this client makes: fields with their place and limits, from which path, query, JSON
/// and validation follow. Each table of a direct merchant has its partner variant where WeChat documents one.
/// </summary>
public static class V3Endpoints
{
    // Before All, which holds it: static members begin in the order of the text.
    internal static V3Endpoint<CertificatesRequest> CertificatesTable { get; } = new(
        HttpMethod.Get, "v3-certificates", "/v3/certificates", "获取平台证书列表",
        "docs/merchant/apis/platform-certificate/api-v3-get-certificates/get.html", [])
    {
        IsRead = true,
    };

    /// <summary>Every call; partner variants hang on them.</summary>
    public static IReadOnlyList<V3Endpoint> All { get; } =
    [
        V3NoticeEndpoints.Notice,
        V3NoticeEndpoints.Reminder,
        V3SigningEndpoints.JsApi,
        V3SigningEndpoints.App,
        V3SigningEndpoints.H5,
        V3SigningEndpoints.MiniProgram,
        V3SigningEndpoints.MultiDevice,
        V3ScheduledEndpoints.QueryContract,
        V3ScheduledEndpoints.Terminate,
        V3ScheduledEndpoints.Book,
        V3ScheduledEndpoints.QueryBooking,
        V3ScheduledEndpoints.Apply,
        V3ScheduledEndpoints.QueryDebit,
        V3GlobalSigningEndpoints.MiniProgram,
        V3GlobalSigningEndpoints.App,
        V3GlobalSigningEndpoints.JsApi,
        V3GlobalSigningEndpoints.H5,
        V3GlobalSigningEndpoints.Web,
        V3GlobalEndpoints.QueryContractById,
        V3GlobalEndpoints.QueryContractByNumber,
        V3GlobalEndpoints.Terminate,
        V3GlobalEndpoints.Debit,
        V3GlobalEndpoints.QueryById,
        V3GlobalEndpoints.QueryByNumber,
        V3GlobalEndpoints.Reverse,
        V3OrderEndpoints.JsApi,
        V3OrderEndpoints.App,
        V3BillEndpoints.Trade,
        V3BillEndpoints.FundFlow,
        V3BillEndpoints.Download,
        CertificatesTable,
    ];

    /// <summary>The call of that name; null when there is none.</summary>
    public static V3Endpoint? Find(string name) => All.FirstOrDefault(endpoint => endpoint.Name == name);
}
