using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Papaya.WeChatPay.Bills;

namespace Papaya.WeChatPay.Tests.V3;

/// <summary>Bills by V3: a signed digest first, then a file from WeChat's address and from no other.</summary>
public sealed class BillTests
{
    private const string Bill =
        "\uFEFF交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注\r\n"
        + "`2026-01-03 09:12:44,`wx8888888888888888,`1900000109,`0,`,`4200002600202601031234567890,`PAP20260103000001,`oUser,`PAP,`SUCCESS,`CMB_DEBIT,`CNY,`25.00,`0.00,`0,`0,`0.00,`0.00,`,`,`连续包月, 标准版,`a,`0.15000,`0.60%,`25.00,`0.00,`\r\n"
        + "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\r\n`1.0,`25.00,`0.00,`0.00,`0.15000,`25.00,`0.00\r\n";

    private const string Address = "https://api.mch.weixin.qq.com/v3/billdownload/file?token=ab%2Bc%3D";

    private static readonly V3BillRequest Request = new() { Day = new DateOnly(2026, 1, 3) };

    [Theory]
    [InlineData(BillCompression.Gzip)]
    [InlineData(BillCompression.None)]
    public async Task A_trade_bill_comes_from_the_address_with_a_signed_request(BillCompression compression)
    {
        var server = new Server(compression == BillCompression.Gzip ? Packed() : Encoding.UTF8.GetBytes(Bill));

        await using var reader = await server.Client().Bills.V3.OpenAsync(Request with { Compression = compression });
        var rows = await RowsAsync(reader);

        var row = Assert.Single(rows);
        Assert.Equal(("PAP20260103000001", "连续包月, 标准版"), (row.OrderNumber, row.Body));
        Assert.NotNull(reader.Summary);
        Assert.Equal(
            "/v3/bill/tradebill?bill_date=2026-01-03&bill_type=ALL" + (compression == BillCompression.Gzip ? "&tar_type=GZIP" : ""),
            server.Platform.Requests[0].Uri.PathAndQuery);
        Assert.True(Platform.IsSigned(server.Platform.Requests[0]));
        var download = Assert.Single(server.Downloads);
        Assert.Equal(Address, download.Uri.AbsoluteUri);
        Assert.True(Platform.IsSigned(download));
    }

    [Fact]
    public async Task A_damaged_file_fails_at_its_end()
    {
        var server = new Server(Encoding.UTF8.GetBytes(Bill.Replace("`25.00,`0.00,`\r", "`26.00,`0.00,`\r", StringComparison.Ordinal)));

        await using var reader = await server.Client().Bills.V3.OpenAsync(Request);
        var e = await Assert.ThrowsAsync<PapayException>(() => RowsAsync(reader));

        Assert.Equal(LocalCodes.Bill, e.Code);
        Assert.Null(reader.Summary);
    }

    [Theory]
    [InlineData("https://evil.example/v3/billdownload/file?token=a")]
    [InlineData("https://api.mch.weixin.qq.com.evil.example/v3/billdownload/file?token=a")]
    [InlineData("https://evilmch.weixin.qq.com/v3/billdownload/file?token=a")]
    [InlineData("https://evil.example#.mch.weixin.qq.com")]
    [InlineData("https://api.mch.weixin.qq.com@evil.example/v3/billdownload/file?token=a")]
    [InlineData("https://user:secret@api.mch.weixin.qq.com/v3/billdownload/file?token=a")]
    [InlineData("http://api.mch.weixin.qq.com/v3/billdownload/file?token=a")]
    [InlineData("https://api2.mch.weixin.qq.com:8443/v3/billdownload/file?token=a")]
    [InlineData("file:///etc/passwd")]
    [InlineData("/v3/billdownload/file?token=a")]
    public async Task An_address_that_leads_elsewhere_gets_no_request(string address)
    {
        var server = new Server(Encoding.UTF8.GetBytes(Bill)) { Address = address };

        var e = await Assert.ThrowsAsync<PapayException>(() => server.Client().Bills.V3.OpenAsync(Request));

        Assert.Equal(LocalCodes.Unreadable, e.Code);
        Assert.Empty(server.Downloads);
    }

    [Theory]
    [InlineData("https://api2.mch.weixin.qq.com/v3/billdownload/file?token=a", "https://api.mch.weixin.qq.com")]
    [InlineData("http://127.0.0.1:8090/v3/billdownload/file?token=a", "http://127.0.0.1:8090")]
    public async Task Other_hosts_of_WeChat_and_the_configured_one_are_fine(string address, string baseUrl)
    {
        var server = new Server(Encoding.UTF8.GetBytes(Bill)) { Address = address };

        await using var reader = await server.Client(baseUrl).Bills.V3.OpenAsync(Request);

        Assert.Single(await RowsAsync(reader));
        Assert.Equal(address, Assert.Single(server.Downloads).Uri.AbsoluteUri);
    }

    [Fact]
    public async Task Another_digest_than_SHA1_is_not_taken_on_trust()
    {
        var server = new Server(Encoding.UTF8.GetBytes(Bill)) { HashType = "MD5" };

        Assert.Equal(LocalCodes.Unreadable, (await Assert.ThrowsAsync<PapayException>(() => server.Client().Bills.V3.OpenAsync(Request))).Code);
        Assert.Empty(server.Downloads);
    }

    [Theory]
    [InlineData("NO_STATEMENT_EXIST", ErrorKind.Refused, NextStep.NothingThere)]
    [InlineData("STATEMENT_CREATING", ErrorKind.Throttled, NextStep.SameNumberLater)]
    public async Task No_bill_is_told_from_a_bill_that_is_not_ready(string code, ErrorKind kind, NextStep next)
    {
        var platform = new Platform(new Reply(400, $$"""{"code":"{{code}}","message":"m"}"""));

        var e = await Assert.ThrowsAsync<PapayException>(() => platform.Client().Bills.V3.OpenAsync(Request));

        Assert.Equal((kind, next), (e.Kind, e.Next));
    }

    [Fact]
    public async Task A_refused_download_says_why()
    {
        var server = new Server(Encoding.UTF8.GetBytes("""{"code":"NO_AUTH","message":"过期"}""")) { Status = HttpStatusCode.Forbidden };

        var e = await Assert.ThrowsAsync<PapayException>(() => server.Client().Bills.V3.OpenAsync(Request));

        Assert.Equal(("NO_AUTH", "过期"), (e.Code, e.Description));
    }

    [Fact]
    public async Task A_fund_flow_bill_has_its_own_rows()
    {
        const string Flow =
            "\uFEFF记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,业务凭证号\r\n"
            + "`2026-01-03 09:12:44,`42,`43,`交易,`交易,`收入,`25.00,`125.00,`system,`,`P1\r\n"
            + "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额\r\n`1.0,`1.0,`25.00,`0.0,`0.00\r\n";
        var server = new Server(Encoding.UTF8.GetBytes(Flow)) { Text = Flow };

        await using var reader = await server.Client().Bills.V3.OpenFundFlowAsync(new() { Day = new DateOnly(2026, 1, 3), Account = FundAccount.Fees, Compression = BillCompression.None });
        var rows = new List<FundFlowRow>();
        await foreach (var row in reader.ReadRowsAsync())
        {
            rows.Add(row);
        }

        Assert.Equal("43", Assert.Single(rows).FlowNumber);
        Assert.Equal("/v3/bill/fundflowbill?bill_date=2026-01-03&account_type=FEES", server.Platform.Requests[0].Uri.PathAndQuery);
    }

    private static async Task<List<BillRow>> RowsAsync(BillReader reader)
    {
        var rows = new List<BillRow>();
        await foreach (var row in reader.ReadRowsAsync())
        {
            rows.Add(row);
        }

        return rows;
    }

    private static byte[] Packed()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(Bill));
        }

        return packed.ToArray();
    }

    /// <summary>Signs the answer to the question and hands out the file as it is.</summary>
    private sealed class Server(byte[] file) : DelegatingHandler
    {
        public string Address { get; init; } = BillTests.Address;

        public string HashType { get; init; } = "SHA1";

        public string Text { get; init; } = Bill;

        public HttpStatusCode Status { get; init; } = HttpStatusCode.OK;

        public Platform Platform { get; private set; } = null!;

        public List<(string Method, Uri Uri, string Body, Dictionary<string, string> Headers)> Downloads { get; } = [];

        public PapayClient Client(string baseUrl = "https://api.mch.weixin.qq.com")
        {
#pragma warning disable CA5350 // WeChat chose SHA-1.
            var hash = Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(Text)));
#pragma warning restore CA5350
            Platform = new(Reply.Ok($$"""{"hash_type":"{{HashType}}","hash_value":"{{hash}}","download_url":"{{Address}}"}"""));
            InnerHandler = Platform;
            return new(new HttpClient(this), Platform.Credentials(), new Uri(baseUrl), Platform.Clock);
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri!.AbsolutePath.StartsWith("/v3/bill/", StringComparison.Ordinal))
            {
                return base.SendAsync(request, cancellationToken);
            }

            Downloads.Add((request.Method.Method, request.RequestUri, "", request.Headers.ToDictionary(h => h.Key, h => string.Join(' ', h.Value))));
            return Task.FromResult(new HttpResponseMessage(Status) { Content = new ByteArrayContent(file) });
        }
    }
}
