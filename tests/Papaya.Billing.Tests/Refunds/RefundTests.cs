using Papaya.Billing.Refunds;

namespace Papaya.Billing.Tests.Refunds;

public sealed class RefundTests
{
    public static TheoryData<RefundState, RefundEvidence, string> Expected => StateTable.Read<RefundState, RefundEvidence>("""
        evidence         Requested   Submitting    Unknown       Processing  WaitingFunds  Succeeded  Abnormal   Closed     Refused
        Claimed          Submitting  !             !             !           Submitting    -          !          !          !
        NeverLeft        -           Requested     -             -           -             -          -          -          -
        Accepted         Processing  Processing    Processing    -           Processing    -          -          !          !
        NotTaken         -           Requested     -             -           -             -          -          -          -
        NotEnoughFunds   -           WaitingFunds  WaitingFunds  !           -             -          -          -          -
        Refused          -           Refused       Refused       !           -             -          -          -          -
        NoAnswer         -           Unknown       -             -           -             -          -          -          -
        Interrupted      -           Unknown       -             -           -             -          -          -          -
        StillProcessing  Processing  Processing    Processing    -           Processing    -          -          !          !
        NotFound         -           -             Requested     !           -             -          -          -          -
        Succeeded        Succeeded   Succeeded     Succeeded     Succeeded   Succeeded     -          Succeeded  Succeeded  Succeeded
        Changed          Abnormal    Abnormal      Abnormal      Abnormal    Abnormal      !          -          !          !
        Closed           Closed      Closed        Closed        Closed      Closed        !          Closed     -          -
        Mismatched       !           !             !             !           !             !          !          !          !
        """);

    [Theory]
    [MemberData(nameof(Expected))]
    public void Every_pair_has_its_reviewed_result(RefundState state, RefundEvidence evidence, string expected)
    {
        var step = Refund.After(state, evidence);
        Assert.Equal(expected, step.ToString());
        Assert.True(step.IsMoved || step.State == state);
        Assert.Equal(step.IsContradiction, step.Why is not null);
    }

    [Theory]
    [InlineData(RefundState.Requested, "requested", "processing", true)]
    [InlineData(RefundState.Submitting, "submitting", "processing", true)]
    [InlineData(RefundState.Unknown, "unknown", "processing", true)]
    [InlineData(RefundState.Processing, "processing", "processing", true)]
    [InlineData(RefundState.WaitingFunds, "waiting_funds", "waiting_funds", true)]
    [InlineData(RefundState.Succeeded, "succeeded", "succeeded", true)]
    [InlineData(RefundState.Abnormal, "abnormal", "abnormal", true)]
    [InlineData(RefundState.Closed, "closed", "closed", false)]
    [InlineData(RefundState.Refused, "refused", "refused", false)]
    public void Every_state_has_its_names_and_holds_money_or_not(RefundState state, string stored, string shown, bool holdsMoney)
    {
        Assert.Equal(stored, Refund.Name(state));
        Assert.Equal(state, Refund.Parse(stored));
        Assert.Equal(shown, Refund.ApiName(state));
        Assert.Equal(holdsMoney, Refund.HoldsMoney(state));
    }

    [Theory]
    [InlineData("NOTENOUGH", RefundEvidence.NotEnoughFunds)]
    [InlineData("TRADE_OVERDUE", RefundEvidence.Refused)]
    [InlineData("REFUND_FEE_MISMATCH", RefundEvidence.NoAnswer)]
    [InlineData("FREQUENCY_LIMITED", RefundEvidence.NotTaken)]
    [InlineData("CERT_ERROR", RefundEvidence.NotTaken)]
    [InlineData("SYSTEMERROR", RefundEvidence.NoAnswer)]
    [InlineData("BIZERR_NEED_RETRY", RefundEvidence.NotTaken)]
    [InlineData("ERROR", RefundEvidence.NoAnswer)]
    [InlineData("INVALID_REQUEST", RefundEvidence.Refused)]
    [InlineData("A_CODE_OF_NEXT_YEAR", RefundEvidence.NoAnswer)]
    [InlineData(null, RefundEvidence.NoAnswer)]
    public void A_code_says_what_it_proves(string? code, RefundEvidence expected) => Assert.Equal(expected, Refund.OfAnswer(code));
}
