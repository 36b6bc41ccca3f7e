using System.IO.Compression;
using System.Security.Cryptography;
using Papaya.WeChatPay.Bills;
using Papaya.WeChatPay.Wire;

namespace Papaya.WeChatPay.Tests;

public sealed class FundFlowTests
{
    private const string Sample = """
        记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,业务凭证号
        `2026-01-03 09:12:44,`50000305742018020103387128253,`1900009231201802015884652186,`退款,`退款,`支出,`0.02,`0.17,`system,`缺货, 退一件,`REF4200000068201801293084726067
        `2026-01-03 10:00:00,`4200002600202601031234567890,`1900009231201802015884652187,`交易,`交易,`收入,`25.00,`25.17,`system,`,`4200002600202601031234567890
        `2026-01-03 10:00:01,`4200002600202601031234567890,`1900009231201802015884652188,`扣除交易手续费,`扣除交易手续费,`冻结,`0.15,`25.02,`system,`,`
        资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额
        `3.0,`1.0,`25.00,`2.0,`0.17
        """;

    [Theory]
    [InlineData("\n", "", false)]
    [InlineData("\r\n", "\uFEFF", false)]
    [InlineData("\r\n", "\uFEFF", true)]
    public async Task Rows_are_typed_by_the_names_of_their_columns_and_the_digest_is_checked(string lineEnd, string mark, bool isPacked)
    {
        var file = Some.Utf8(mark + Sample.ReplaceLineEndings(lineEnd));
        var wechat = Answer(file, isPacked, Digest(file));
        var (rows, summary) = await ReadAsync(wechat.Client());

        Assert.Equal([FundDirection.Out, FundDirection.In, FundDirection.Unknown], rows.Select(r => r.Direction));
        Assert.Equal([2L, 2500, 15], rows.Select(r => r.AmountFen));
        Assert.Equal([17L, 2517, 2502], rows.Select(r => r.BalanceFen));
        var first = rows[0];
        Assert.Equal(new DateTimeOffset(2026, 1, 3, 9, 12, 44, TimeSpan.FromHours(8)), first.At);
        Assert.Equal(("50000305742018020103387128253", "1900009231201802015884652186", "退款", "退款"), (first.WeChatBusinessNumber, first.FlowNumber, first.BusinessName, first.BusinessKind));
        Assert.Equal(("system", "缺货, 退一件", "REF4200000068201801293084726067"), (first.Applicant, first.Remark, first.VoucherNumber));
        Assert.Equal(("冻结", (string?)null), (rows[2].DirectionText, rows[2].VoucherNumber));
        Assert.Equal(new FundFlowSummary { Lines = 3, LinesIn = 1, FenIn = 2500, LinesOut = 2, FenOut = 17 }, summary);

        var sent = V2Message.Parse(wechat.Requests.Single().Body);
        Assert.Equal(("/pay/downloadfundflow", "10000100"), (wechat.Requests.Single().Path, wechat.Requests.Single().Certificate));
        Assert.Equal(("20260103", "Operation", "GZIP", "HMAC-SHA256"), (sent["bill_date"], sent["account_type"], sent["tar_type"], sent["sign_type"]));
        Assert.Equal(SignType.HmacSha256, V2Signature.Verify(sent, Some.Key).Type);
        Assert.True(V2Signature.Verify(sent, Some.Key).IsValid);
        Assert.Null(Endpoints.DownloadFundFlow.Check(sent));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_that_is_not_its_digests_has_no_summary(bool isPacked)
    {
        var file = Some.Utf8(Sample);
        var client = Answer(Some.Utf8(Sample.Replace("25.00", "26.00", StringComparison.Ordinal)), isPacked, Digest(file)).Client();
        await using var reader = await client.Bills.OpenFundFlowAsync(Request());
        var error = await Assert.ThrowsAsync<PapayException>(async () =>
        {
            await foreach (var row in reader.ReadRowsAsync())
            {
                Assert.NotEmpty(row.FlowNumber);
            }
        });
        Assert.Equal((LocalCodes.Bill, "downloadfundflow"), (error.Code, error.Endpoint));
        Assert.Contains("digest", error.Message, StringComparison.Ordinal);
        Assert.Null(reader.Summary);
    }

    [Fact]
    public async Task Without_a_digest_nothing_is_compared()
    {
        var (rows, summary) = await ReadAsync(Answer(Some.Utf8(Sample), false, null).Client());
        Assert.Equal((3, 3), (rows.Count, summary!.Lines));
    }

    [Theory]
    [InlineData("return_code=FAIL|return_msg=|result_code=FAIL|err_code=NO_BILL_EXIST|err_code_des=账单不存在", "NO_BILL_EXIST", ErrorKind.Refused, NextStep.NothingThere)]
    [InlineData("return_code=FAIL|return_msg=OK|result_code=FAIL|err_code=BILL_CREATING|err_code_des=账单生成中", "BILL_CREATING", ErrorKind.Throttled, NextStep.SameNumberLater)]
    [InlineData("return_code=FAIL|return_msg=签名错误", "SIGNERROR", ErrorKind.Refused, NextStep.FixSetup)]
    public async Task An_error_comes_as_xml_in_place_of_the_file(string reply, string code, ErrorKind kind, NextStep next)
    {
        var error = await Assert.ThrowsAsync<PapayException>(() => new Answering(_ => Some.Unsigned(reply)).Client().Bills.OpenFundFlowAsync(Request()));
        Assert.Equal((code, kind, next), (error.Code, error.Kind, error.Next));
    }

    [Fact]
    public async Task It_needs_the_client_certificate()
    {
        var error = await Assert.ThrowsAsync<PapayException>(
            () => new Answering(_ => []).Client(Some.Credentials(certificate: ClientCertificateMode.None)).Bills.OpenFundFlowAsync(Request()));
        Assert.Equal(LocalCodes.NoCertificate, error.Code);
    }

    private static FundFlowRequest Request() => new() { AppId = Some.AppId, Day = new DateOnly(2026, 1, 3), Account = FundAccount.Operation };

    private static string Digest(byte[] file) =>
#pragma warning disable CA5350 // WeChat's choice.
        "SHA=" + Convert.ToHexStringLower(SHA1.HashData(file));
#pragma warning restore CA5350

    private static Answering Answer(byte[] file, bool isPacked, string? digest)
    {
        if (isPacked)
        {
            using var packed = new MemoryStream();
            using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            {
                gzip.Write(file);
            }

            file = packed.ToArray();
        }

        var wechat = new Answering(_ => file);
        if (digest is not null)
        {
            wechat.Headers["Digest"] = digest;
        }

        return wechat;
    }

    private static async Task<(List<FundFlowRow> Rows, FundFlowSummary? Summary)> ReadAsync(PapayClient client)
    {
        await using var reader = await client.Bills.OpenFundFlowAsync(Request());
        var rows = new List<FundFlowRow>();
        await foreach (var row in reader.ReadRowsAsync())
        {
            rows.Add(row);
        }

        return (rows, reader.Summary);
    }
}
