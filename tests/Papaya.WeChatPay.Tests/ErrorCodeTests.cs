using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Tests;

/// <summary>The reviewed table: what each published code of each call means. Flipping a row of the product fails here.</summary>
public sealed class ErrorCodeTests
{
    private const string Generic = """
        SYSTEMERROR Ask QueryThenSameNumber
        SIGNERROR Refused FixSetup
        SIGN_ERROR Refused FixSetup
        SIGN·ERROR Refused FixSetup
        PARAM_ERROR Refused FixRequest
        PARAMETER·FAIL Refused FixRequest
        INVALID_REQUEST Refused FixRequest
        LACK_PARAMS Refused FixRequest
        XML_FORMAT_ERROR Refused FixRequest
        XML·FAIL Refused FixRequest
        REQUIRE_POST_METHOD Refused FixRequest
        POST_DATA_EMPTY Refused FixRequest
        NOT_UTF8 Refused FixRequest
        APPID_NOT_EXIST Refused FixSetup
        MCHID_NOT_EXIST Refused FixSetup
        APPID_MCHID_NOT_MATCH Refused FixSetup
        NOAUTH Refused FixSetup
        MERCHANT·PERMISSION·ERROR Refused FixSetup
        FREQUENCY_LIMITED Throttled SameNumberLater
        ORDERPAID Ask QueryThenPaid
        ORDERCLOSED Refused NewNumberLater
        OUT_TRADE_NO_USED Ask QueryThenNewNumber
        """;

    private const string Special = """
        contractorder RESULT·NULL Refused FixRequest
        contractorder INVALID·PLAN_ID Refused FixSetup
        contractorder CONTRACT_CODE·DUPLICATION Refused NewContractNumber
        contractorder MERCHANT·AUTHORITY·ERROR Refused FixSetup
        contractorder 201 Ask QueryThenNewNumber
        querycontract RESULT·NULL Refused NothingThere
        querycontract CONTRACT_NOT_EXIST Refused NothingThere
        deletecontract CONTRACT_NOT_EXIST Refused CheckContract
        deletecontract RESULT·NULL Refused CheckContract
        pappayapply CONTRACT_NOT_EXIST Refused CheckContract
        pappayapply CONTRACTERROR Refused SignAgain
        pappayapply ORDER_ACCEPTED Ask WaitAndQuery
        pappayapply RULELIMIT Refused NewNumberLater
        pappayapply INVALID_REQUEST Refused FixRequest
        pappayapply NOTENOUGH Refused NewNumberLater
        pappayapply BANKERROR Refused NewNumberLater
        pappayapply ACCOUNTERROR Refused NewNumberLater
        pappayapply USER_ACCOUNT_ABNORMAL Refused NewNumberLater
        paporderquery ORDERNOTEXIST Refused NothingThere
        paporderquery INVALID_TRANSACTIONID Refused FixRequest
        orderquery ORDERNOTEXIST Refused NothingThere
        orderquery INVALID_TRANSACTIONID Refused FixRequest
        closeorder ORDERCLOSED Refused TreatAsDone
        closeorder ORDERNOTEXIST Refused NothingThere
        closeorder TRADE_STATE_ERROR Refused WaitAndQuery
        refund SYSTEMERROR Ask SameNumberLater
        refund BIZERR_NEED_RETRY Throttled SameNumberLater
        refund TRADE_OVERDUE Refused RefundOutside
        refund ERROR Ask QueryThenSameNumber
        refund USER_ACCOUNT_ABNORMAL Refused RefundOutside
        refund INVALID_REQ_TOO_MUCH Throttled SameNumberLater
        refund NOTENOUGH Refused TopUpThenSameNumber
        refund INVALID_TRANSACTIONID Refused FixRequest
        refund ORDERNOTEXIST Refused FixRequest
        refund REFUND_FEE_MISMATCH Ask QueryThenSameNumber
        refund CERT_ERROR Refused FixSetup
        refundquery REFUNDNOTEXIST Refused NothingThere
        refundquery INVALID_TRANSACTIONID Refused FixRequest
        downloadbill No·Bill·Exist Refused NothingThere
        downloadbill Bill·Creating Throttled SameNumberLater
        downloadbill invalid·bill_type Refused FixRequest
        downloadbill data·format·error Refused FixRequest
        downloadbill missing·parameter Refused FixRequest
        downloadbill SIGN·ERROR Refused FixSetup
        downloadbill CompressGZip·Error Throttled SameNumberLater
        downloadbill UnCompressGZip·Error Throttled SameNumberLater
        downloadbill SYSTEMERROR Ask SameNumberLater
        downloadfundflow NO_BILL_EXIST Refused NothingThere
        downloadfundflow BILL_CREATING Throttled SameNumberLater
        downloadfundflow SYSTEMERROR Ask SameNumberLater
        debit·notification ACCOUNTERROR Refused NewNumberLater
        debit·notification CONTRACT_NOT_EXIST Refused CheckContract
        debit·notification RULELIMIT Refused NewNumberLater
        debit·notification BANKERROR Refused NewNumberLater
        debit·notification NOTENOUGH Refused NewNumberLater
        debit·notification USER_ACCOUNT_ABNORMAL Refused NewNumberLater
        debit·notification USER_NOT_EXIST Refused CheckContract
        debit·notification TRADE_ERROR Refused QueryThenNewNumber
        debit·notification SYSTEMERROR Ask QueryThenNewNumber
        """;

    public static TheoryData<string, string, string, string> Rows
    {
        get
        {
            var rows = new TheoryData<string, string, string, string>();
            var special = Lines(Special).Select(p => (Endpoint: p[0], Code: p[1], Kind: p[2], Next: p[3])).ToArray();
            foreach (var row in special)
            {
                rows.Add(row.Endpoint, row.Code, row.Kind, row.Next);
            }

            foreach (var endpoint in Endpoints.All)
            {
                foreach (var p in Lines(Generic).Where(p => !special.Any(s => s.Endpoint == endpoint.Name && s.Code == p[0])))
                {
                    rows.Add(endpoint.Name, p[0], p[1], p[2]);
                }
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Every_code_of_every_call_has_its_reviewed_meaning(string endpoint, string code, string kind, string next)
    {
        var meaning = ErrorCodes.Find(endpoint, code);
        Assert.NotNull(meaning);
        Assert.Equal((kind, next), (meaning.Kind.ToString(), meaning.Next.ToString()));
        Assert.NotEmpty(meaning.Meaning);
        if (endpoint != ErrorCodes.DebitNotification)
        {
            var error = PapayException.Refusal(Endpoints.All.Single(e => e.Name == endpoint), code, "说明");
            Assert.Equal((code, kind, next, "说明", true), (error.Code, error.Kind.ToString(), error.Next.ToString(), error.Description, error.IsKnownCode));
        }
    }

    [Fact]
    public void The_product_has_no_row_that_was_not_reviewed()
    {
        var reviewed = Lines(Special).Select(p => p[0] + "/" + p[1]).Concat(Lines(Generic).Select(p => "*/" + p[0]));
        Assert.Equal(reviewed.Order(), ErrorCodes.All.Select(m => m.Endpoint + "/" + m.Code).Order());
    }

    [Theory]
    [InlineData("pappayapply", "BRAND_NEW_CODE")]
    [InlineData("pappayapply", "ORDERNOTEXIST")]
    [InlineData("pappayapply", "USER_NOT_EXIST")]
    [InlineData("contractorder", "CONTRACT_NOT_EXIST")]
    [InlineData("debit notification", "SIGNERROR")]
    public void An_unknown_code_is_never_taken_for_a_refusal(string endpoint, string code)
    {
        Assert.Null(ErrorCodes.Find(endpoint, code));
        if (endpoint != ErrorCodes.DebitNotification)
        {
            var error = PapayException.Refusal(Endpoints.All.Single(e => e.Name == endpoint), code, null);
            Assert.Equal((ErrorKind.Ask, NextStep.QueryThenSameNumber, false), (error.Kind, error.Next, error.IsKnownCode));
        }
    }

    private static IEnumerable<string[]> Lines(string table) =>
        table.Split('\n').Select(line => line.Trim().Split(' ').Select(word => word.Replace('·', ' ')).ToArray());
}
