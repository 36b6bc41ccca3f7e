using Papaya.WeChatPay.Scheduled;

namespace Papaya.WeChatPay.Tests.V3;

/// <summary>Scheduled debits: each call as WeChat publishes it, each reply typed, strange states kept.</summary>
public sealed class ScheduledTests
{
    private const string Contract = """
        {"appid":"wxd678efh567hg6787","contract_display_account":"微信代扣用户A","contract_expired_time":"2021-09-10T13:29:35+08:00","contract_id":"123124412412423431","contract_signed_time":"2020-09-10T13:29:35+08:00","contract_state":"SIGNED","deduct_schedule":{"deduct_amount":{"currency":"CNY","total":1},"deduct_date":"2019-11-22","estimated_deduct_amount":{"currency":"CNY","total":1},"estimated_deduct_date":"2019-11-22","schedule_state":"PAID","scheduled_amount":{"currency":"CNY","total":1}},"mchid":"1230000109","openid":"o-MYE42l80oelYMDE34nYD456Xoy","out_contract_code":"wxwtdk20200910100000","out_user_code":"用户A","plan_id":12535}
        """;

    private static readonly SubMerchant Sub = new("1900000109", "wxd678efh567hg6999");

    private static ScheduledSignRequest Sign => new()
    {
        AppId = "wxd678efh567hg6787",
        TemplateId = "12535",
        ContractNumber = "wxwtdk20200910100000",
        DisplayAccount = "微信代扣用户A",
        NotifyUrl = "https://yourapp.com/notify",
        UserCode = "用户A",
        Debit = new(new DateOnly(2019, 11, 22), 1, "小乔-碎云皮肤（微信83区沧海之耀）"),
    };

    [Fact]
    public async Task Signing_in_an_app_is_the_published_request()
    {
        var platform = new Platform(Reply.Ok("""{"pre_entrustweb_id":"5778aadY9nltAsZzXixCkFIGYnV2V","miniprogram_username":"gh_1","miniprogram_path":"p"}"""));

        var reply = await platform.Client().Scheduled.PreSignAppAsync(Sign);

        Assert.Equal(("5778aadY9nltAsZzXixCkFIGYnV2V", "gh_1", "p"), (reply.PreSignId, reply.UserName, reply.Path));
        Assert.Equal("/v3/papay/scheduled-deduct-sign/contracts/pre-entrust-sign/app", platform.Requests[0].Uri.PathAndQuery);
        Assert.Equal(
            """{"appid":"wxd678efh567hg6787","plan_id":12535,"out_contract_code":"wxwtdk20200910100000","contract_display_account":"微信代扣用户A","contract_notify_url":"https://yourapp.com/notify","out_user_code":"用户A","deduct_schedule":{"estimated_deduct_date":"2019-11-22","estimated_deduct_amount":{"total":1,"currency":"CNY"},"description":"小乔-碎云皮肤（微信83区沧海之耀）"}}""",
            platform.Requests[0].Body);
        Assert.True(Platform.IsSigned(platform.Requests[0]));
    }

    [Fact]
    public async Task The_other_channels_differ_by_path_and_reply()
    {
        var platform = new Platform(Reply.Ok("""{"redirect_url":"https://a/b","pre_entrustweb_id":"5778","redirect_appid":"wxbd687630cd02ce1d","redirect_path":"pages/PwdExemptContract/index"}"""));
        var scheduled = platform.Client().Scheduled;

        Assert.Equal("https://a/b", (await scheduled.PreSignJsApiAsync(Sign with { OpenId = "oUser" })).RedirectUrl);
        Assert.Equal("https://a/b", (await scheduled.PreSignH5Async(Sign with { JumpAppId = "wx9" })).RedirectUrl);
        var mini = await scheduled.PreSignMiniProgramAsync(Sign);

        Assert.Equal(("wxbd687630cd02ce1d", "pages/PwdExemptContract/index"), (mini.AppId, mini.Path));
        Assert.Equal(["jsapi", "h5", "mini-program"], platform.Requests.Select(r => r.Uri.Segments[^1]));
        Assert.Contains("""{"appid":"wxd678efh567hg6787","openid":"oUser","plan_id":12535,""", platform.Requests[0].Body, StringComparison.Ordinal);
        Assert.EndsWith(""","jump_control":{"jump_appid":"wx9"}}""", platform.Requests[1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_provider_signs_for_its_sub_merchant()
    {
        var platform = new Platform(Reply.Ok("""{"redirect_url":"https://a/b"}"""));

        await platform.Client().Scheduled.PreSignJsApiAsync(Sign with { SubMerchant = Sub, OpenId = "oSp", SubOpenId = "oSub" });

        Assert.Equal("/v3/papay/scheduled-deduct-sign/partner/contracts/pre-entrust-sign/jsapi", platform.Requests[0].Uri.PathAndQuery);
        Assert.StartsWith(
            """{"sp_appid":"wxd678efh567hg6787","sub_mchid":"1900000109","sub_appid":"wxd678efh567hg6999","sp_openid":"oSp","sub_openid":"oSub","plan_id":12535,""",
            platform.Requests[0].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signing_from_many_devices_tells_the_device()
    {
        var platform = new Platform(Reply.Ok("""{"pre_entrustweb_id":"5778","mini_program_username":"gh_2","mini_program_path":"q","redirect_url":"https://qr"}"""));

        var reply = await platform.Client().Scheduled.PreSignMultiDeviceAsync(new()
        {
            Scene = SignScene.QrCode,
            AppId = "wx1",
            TemplateId = "12535",
            ContractNumber = "C1",
            DisplayAccount = "A",
            NotifyUrl = "https://a/b",
            UserCode = "u",
            Device = new(DeviceKind.Unknown, "HarmonyOS 5", "d", IsRooted: false, "2001:db8::1", HasWeChat: true, "8.0.50", DeviceAge.Longer),
        });

        Assert.Equal(("gh_2", "q", "https://qr"), (reply.UserName, reply.Path, reply.RedirectUrl));
        Assert.EndsWith(
            ""","device_info":{"device_type":"DEVICE_TYPE_UNKNOW","device_os":"HarmonyOS 5","device_id":"d","device_running_as_root":false,"device_ip":"2001:db8::1","weixin_installed":true,"weixin_version":"8.0.50","days_since_first_login":"DAYS_SINCE_FIRST_LOGIN_MORE_THEN_180_DAYS"}}""",
            platform.Requests[0].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_contract_is_asked_for_by_template_and_number()
    {
        var platform = new Platform(Reply.Ok(Contract));

        var contract = await platform.Client().Scheduled.QueryContractAsync(new() { TemplateId = "12535", ContractNumber = "wxwtdk20200910100000" });

        Assert.Equal("GET /v3/papay/sign/contracts/plan-id/12535/out-contract-code/wxwtdk20200910100000", $"{platform.Requests[0].Method} {platform.Requests[0].Uri.PathAndQuery}");
        Assert.Equal("", platform.Requests[0].Body);
        Assert.True(Platform.IsSigned(platform.Requests[0]));
        Assert.Equal((ScheduledContractState.Signed, "123124412412423431", "12535", "用户A"), (contract.State, contract.WeChatContractId, contract.TemplateId, contract.UserCode));
        Assert.Equal(new DateTimeOffset(2020, 9, 10, 13, 29, 35, TimeSpan.FromHours(8)), contract.SignedAt);
        Assert.Equal((BookingState.Paid, new DateOnly(2019, 11, 22), 1L, 1L), (contract.Booking!.State, contract.Booking.DebitedDay, contract.Booking.BookedFen, contract.Booking.DebitedFen));
        Assert.Null(contract.Termination);
        Assert.Null(contract.SubMerchant);
    }

    [Fact]
    public async Task A_state_that_nobody_knows_is_kept_by_name()
    {
        var platform = new Platform(Reply.Ok(Contract.Replace("\"SIGNED\"", "\"HIBERNATING\"", StringComparison.Ordinal).Replace("\"PAID\"", "\"LATER\"", StringComparison.Ordinal)));

        var contract = await platform.Client().Scheduled.QueryContractAsync(new() { TemplateId = "12535", ContractNumber = "wxwtdk20200910100000" });

        Assert.Equal((ScheduledContractState.Unknown, "HIBERNATING"), (contract.State, contract.StateText));
        Assert.Equal((BookingState.Unknown, "LATER"), (contract.Booking!.State, contract.Booking.StateText));
    }

    [Theory]
    [InlineData("wxwtdk20200910100000", "wxwtdk20200910100001")]
    [InlineData("\"mchid\":\"1230000109\"", "\"mchid\":\"1230000110\"")]
    [InlineData("12535", "12536")]
    public async Task A_reply_about_something_else_is_not_believed(string asked, string answered)
    {
        var platform = new Platform(Reply.Ok(Contract.Replace(asked, answered, StringComparison.Ordinal)));

        var e = await Assert.ThrowsAsync<PapayException>(() => platform.Client().Scheduled.QueryContractAsync(new() { TemplateId = "12535", ContractNumber = "wxwtdk20200910100000" }));

        Assert.Equal((LocalCodes.ForeignReply, ErrorKind.Ask), (e.Code, e.Kind));
    }

    [Fact]
    public async Task Termination_answers_with_the_contract()
    {
        var platform = new Platform(Reply.Ok(Contract.Replace("\"SIGNED\"", """
            "TERMINATED","contract_terminate_info":{"contract_termination_mode":"USER_TERMINATE","contract_terminated_time":"2020-09-11T13:29:35+08:00","contract_termination_remark":"用户要求"}
            """, StringComparison.Ordinal)));

        var contract = await platform.Client().Scheduled.TerminateAsync(new() { TemplateId = "12535", ContractNumber = "wxwtdk20200910100000", Remark = "用户要求", SubMerchant = Sub });

        Assert.Equal("/v3/papay/sign/partner/contracts/plan-id/12535/out-contract-code/wxwtdk20200910100000/terminate", platform.Requests[0].Uri.PathAndQuery);
        Assert.Equal("""{"sub_mchid":"1900000109","contract_termination_remark":"用户要求"}""", platform.Requests[0].Body);
        Assert.Equal((ScheduledContractState.Terminated, "USER_TERMINATE"), (contract.State, contract.Termination!.Mode));
    }

    [Fact]
    public async Task A_debit_is_booked_and_the_booking_asked_for()
    {
        var platform = new Platform(Reply.Ok("""{"schedule_state":"SCHEDULED","deduct_start_date":"2026-01-04","deduct_end_date":"2026-01-04","scheduled_amount":{"total":100,"currency":"CNY"}}"""));
        var scheduled = platform.Client().Scheduled;

        var booked = await scheduled.BookAsync(new() { WeChatContractId = "123", AppId = "wx1", AmountFen = 100 });
        await scheduled.QueryBookingAsync(new() { WeChatContractId = "123", SubMerchant = Sub });

        Assert.Equal((BookingState.Booked, new DateOnly(2026, 1, 4), 100L), (booked.State, booked.FirstDay, booked.BookedFen));
        Assert.Equal("""{"appid":"wx1","schedule_amount":{"total":100,"currency":"CNY"}}""", platform.Requests[0].Body);
        Assert.Equal("/v3/papay/pay/schedules/contract-id/123/schedule", platform.Requests[0].Uri.PathAndQuery);
        Assert.Equal("/v3/papay/pay/partner/schedules/contract-id/123?sub_mchid=1900000109", platform.Requests[1].Uri.PathAndQuery);
        Assert.True(Platform.IsSigned(platform.Requests[1]));
    }

    [Fact]
    public async Task An_application_is_accepted_and_its_outcome_asked_for()
    {
        var platform = new Platform((request, _) => request.Method == HttpMethod.Post
            ? Reply.Ok("""{"out_trade_no":"P_1-2-3","amount":{"total":100,"currency":"CNY"}}""")
            : Reply.Ok("""{"mchid":"1230000109","appid":"wx1","out_trade_no":"P_1-2-3","transaction_id":"4200","trade_state":"SUCCESS","trade_state_desc":"支付成功","success_time":"2026-01-03T09:00:00+08:00","payer":{"openid":"o"},"amount":{"total":100,"payer_total":90,"currency":"CNY"}}"""));
        var scheduled = platform.Client().Scheduled;

        var accepted = await scheduled.ApplyAsync(new()
        {
            AppId = "wx1",
            OrderNumber = "P_1-2-3",
            Description = "小乔",
            NotifyUrl = "https://a/b",
            WeChatContractId = "123",
            AmountFen = 100,
            Attach = "a\"b",
        });
        var order = await scheduled.QueryDebitAsync(new() { OrderNumber = "P_1-2-3" });

        Assert.Equal(("P_1-2-3", 100L), (accepted.OrderNumber, accepted.AmountFen));
        Assert.Equal(
            """{"appid":"wx1","out_trade_no":"P_1-2-3","description":"小乔","transaction_notify_url":"https://a/b","contract_id":"123","amount":{"total":100,"currency":"CNY"},"attach":"a\"b"}""",
            platform.Requests[0].Body);
        Assert.StartsWith("/v3/pay/transactions/out-trade-no/P_1-2", platform.Requests[1].Uri.PathAndQuery, StringComparison.Ordinal);
        Assert.EndsWith("?mchid=1230000109", platform.Requests[1].Uri.PathAndQuery, StringComparison.Ordinal);
        Assert.All(platform.Requests, request => Assert.True(Platform.IsSigned(request)));
        Assert.True(order.IsPaid(100));
        Assert.Equal((90L, "o"), (order.PayerFen, order.OpenId));
    }

    [Theory]
    [InlineData("\"trade_state\":\"SUCCESS\"", "\"trade_state\":\"PAY_FAIL\"")]
    [InlineData("\"trade_state\":\"SUCCESS\"", "\"trade_state\":\"REFUND\"")]
    [InlineData("\"trade_state\":\"SUCCESS\"", "\"trade_state\":\"PERHAPS\"")]
    [InlineData("\"transaction_id\":\"4200\"", "\"transaction_id\":\"\"")]
    [InlineData("\"success_time\":\"2026-01-03T09:00:00+08:00\"", "\"success_time\":\"2026-01-03 09:00:00\"")]
    [InlineData("\"total\":100", "\"total\":99")]
    [InlineData("\"total\":100", "\"total\":\"100\"")]
    [InlineData("\"total\":100", "\"total\":100.5")]
    [InlineData("\"currency\":\"CNY\"", "\"currency\":\"HKD\"")]
    public async Task Every_proof_of_a_payment_is_needed(string from, string to)
    {
        const string Paid = """{"out_trade_no":"PAY001","transaction_id":"4200","trade_state":"SUCCESS","success_time":"2026-01-03T09:00:00+08:00","amount":{"total":100,"currency":"CNY"}}""";

        Assert.True((await QueryAsync(Paid)).IsPaid(100));
        Assert.True((await QueryAsync(Paid.Replace(",\"currency\":\"CNY\"", "", StringComparison.Ordinal))).IsPaid(100));
        Assert.False((await QueryAsync(Paid.Replace(from, to, StringComparison.Ordinal))).IsPaid(100));

        static Task<V3Transaction> QueryAsync(string json) => new Platform(Reply.Ok(json)).Client().Scheduled.QueryDebitAsync(new() { OrderNumber = "PAY001" });
    }

    [Fact]
    public async Task A_state_that_does_not_say_whose_it_is_is_not_believed()
    {
        var e = await Assert.ThrowsAsync<PapayException>(
            () => new Platform(Reply.Ok("""{"transaction_id":"4200","trade_state":"SUCCESS"}""")).Client().Scheduled.QueryDebitAsync(new() { OrderNumber = "PAY001" }));
        Assert.Equal((LocalCodes.Unreadable, ErrorKind.Ask), (e.Code, e.Kind));
    }

    [Theory]
    [InlineData("""{"out_trade_no":"PAY001","amount":{"total":1},"amount":{"total":2}}""")]
    [InlineData("""{"out_trade_no":"PAY001","out\u005ftrade_no":"P2"}""")]
    [InlineData("""{"out_trade_no":"PAY001"}{}""")]
    [InlineData("""{"out_trade_no":"\ud800"}""")]
    [InlineData("""["PAY001"]""")]
    [InlineData("""{"amount":{"total":1}}""")]
    [InlineData("""{"a":[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]}""")]
    [InlineData("")]
    public async Task An_answer_that_is_no_answer_leaves_the_outcome_unknown(string json)
    {
        var e = await Assert.ThrowsAsync<PapayException>(() => new Platform(Reply.Ok(json)).Client().Scheduled.ApplyAsync(new()
        {
            AppId = "wx1",
            OrderNumber = "PAY001",
            Description = "d",
            NotifyUrl = "https://a/b",
            WeChatContractId = "1",
            AmountFen = 1,
        }));

        Assert.Equal((LocalCodes.Unreadable, ErrorKind.Ask), (e.Code, e.Kind));
    }
}
