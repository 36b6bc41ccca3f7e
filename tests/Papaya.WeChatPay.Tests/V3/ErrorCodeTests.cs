using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Tests.V3;

/// <summary>The reviewed table of V3 codes. Flipping a row of the product fails here.</summary>
public sealed class ErrorCodeTests
{
    private const string Reviewed = """
        * PARAM_ERROR Refused FixRequest
        * INVALID_REQUEST Refused FixRequest
        * SIGN_ERROR Refused FixSetup
        * NO_AUTH Refused FixSetup
        * APPID_MCHID_NOT_MATCH Refused FixSetup
        * MCH_NOT_EXISTS Refused FixSetup
        * NOT_FOUND Refused NothingThere
        * RESOURCE_NOT_EXISTS Refused NothingThere
        * ORDER_NOT_EXIST Refused NothingThere
        * CONTRACT_NOT_EXIST Refused CheckContract
        * RATELIMIT_EXCEEDED Throttled SameNumberLater
        * FREQUENCY_LIMITED Throttled SameNumberLater
        * FREQUENCY_LIMIT_EXCEED Throttled SameNumberLater
        * FREQUENCY_LIMITED_EXCEED Throttled SameNumberLater
        * RULELIMIT Refused SameNumberLater
        * NOT_ENOUGH Refused NewNumberLater
        * BANKERROR Ask QueryThenSameNumber
        * SYSTEM_ERROR Ask QueryThenSameNumber
        * SERVICE_UNAVAILABLE Ask QueryThenSameNumber
        v3-deduct-notify RESOURCE_ALREADY_EXISTS Refused TreatAsDone
        v3-deduct-notify INVALID_REQUEST Refused FixRequest
        v3-deduct-notify RULELIMIT Refused SameNumberLater
        v3-deduct-notify SYSTEM_ERROR Ask SameNumberLater
        v3-fail-notify RESOURCE_ALREADY_EXISTS Refused TreatAsDone
        v3-fail-notify RULELIMIT Refused SameNumberLater
        v3-fail-notify SYSTEM_ERROR Ask SameNumberLater
        v3-schedule ALREADY_EXISTS Ask WaitAndQuery
        v3-apply ALREADY_EXISTS Ask QueryThenNewNumber
        v3-apply RULELIMIT Refused NewNumberLater
        v3-query-contract CONTRACT_NOT_EXIST Refused NothingThere
        v3-tradebill NO_STATEMENT_EXIST Refused NothingThere
        v3-tradebill STATEMENT_CREATING Throttled SameNumberLater
        v3-fundflowbill NO_STATEMENT_EXIST Refused NothingThere
        v3-fundflowbill STATEMENT_CREATING Throttled SameNumberLater
        global-debit BANKERROR Ask QueryThenSameNumber
        global-debit NOTENOUGH Refused NewNumberLater
        global-debit RULELIMIT Refused NewNumberLater
        """;

    [Fact]
    public void Every_row_is_the_reviewed_one_and_no_other_exists() => Assert.Equal(
        Reviewed.Split('\n').Order(StringComparer.Ordinal),
        V3ErrorCodes.All.Select(row => $"{row.Endpoint} {row.Code} {row.Kind} {row.Next}").Order(StringComparer.Ordinal));

    [Fact]
    public void A_row_belongs_to_a_call_that_exists() =>
        Assert.All(V3ErrorCodes.All.Where(row => row.Endpoint != "*"), row => Assert.NotNull(V3Endpoints.Find(row.Endpoint)));

    [Theory]
    [InlineData("v3-apply", "RESOURCE_ALREADY_EXISTS")]
    [InlineData("v3-apply", "ORDERPAID")]
    [InlineData("v3-apply", "SYSTEMERROR")]
    [InlineData("global-debit", "ALREADY_EXISTS")]
    [InlineData("v3-deduct-notify", "param_error")]
    public void A_code_that_is_not_in_the_table_is_never_taken_for_a_refusal(string endpoint, string code)
    {
        Assert.Null(V3ErrorCodes.Find(endpoint, code));
        var e = PapayException.V3Refusal(V3Endpoints.Find(endpoint)!, System.Net.HttpStatusCode.BadRequest, code, "m", null, null);
        Assert.Equal((ErrorKind.Ask, false), (e.Kind, e.IsKnownCode));
    }
}
