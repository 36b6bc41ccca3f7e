using Papaya.Billing.Debits;
using Papaya.Billing.Refunds;
using Papaya.WeChatPay;

namespace Papaya.Server.Tests.WeChat;

/// <summary>The client and the domain read WeChat's codes in two tables: they must not tell different stories.</summary>
public sealed class CodeTableTests
{
    public static TheoryData<string> DebitCodes => Codes("pappayapply");

    public static TheoryData<string> RefundCodes => Codes("refund");

    [Theory]
    [MemberData(nameof(DebitCodes))]
    public void The_domain_knows_every_code_of_a_debit_and_agrees_with_the_client(string code) =>
        Assert.True(
            DebitCode.Of(code).Class switch
            {
                CodeClass.Ask => Kind("pappayapply", code) == ErrorKind.Ask,
                CodeClass.Throttle => Kind("pappayapply", code) == ErrorKind.Throttled,
                CodeClass.SoftWait or CodeClass.Hold or CodeClass.Hard or CodeClass.ConfigFault => Kind("pappayapply", code) == ErrorKind.Refused,
                _ => false,
            },
            $"{code} is {DebitCode.Of(code).Class} here and {Kind("pappayapply", code)} for the client.");

    [Theory]
    [MemberData(nameof(RefundCodes))]
    public void The_domain_knows_every_code_of_a_refund_and_agrees_with_the_client(string code) =>
        Assert.True(
            Refund.OfAnswer(code) switch
            {
                RefundEvidence.NoAnswer => Kind("refund", code) == ErrorKind.Ask,
                RefundEvidence.Refused or RefundEvidence.NotEnoughFunds => Kind("refund", code) == ErrorKind.Refused,

                // Throttled, or refused for our own set-up's sake: the same number later.
                RefundEvidence.NotTaken => Kind("refund", code) != ErrorKind.Ask,
                _ => false,
            },
            $"{code} is {Refund.OfAnswer(code)} here and {Kind("refund", code)} for the client.");

    private static ErrorKind Kind(string endpoint, string code) => ErrorCodes.Find(endpoint, code)!.Kind;

    private static TheoryData<string> Codes(string endpoint) =>
        [.. ErrorCodes.All.Where(row => row.Endpoint == endpoint || row.Endpoint == "*").Select(row => row.Code).Distinct()];
}
