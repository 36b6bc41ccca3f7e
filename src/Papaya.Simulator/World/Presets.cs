namespace Papaya.Simulator.World;

/// <summary>What is there before anybody has set up anything: one merchant, three apps, nine users, three templates.</summary>
internal static class Presets
{
    public const string MchId = "10000100";
    public const string Key = "192006250b4c09247ec02edce69f6a2d";
    public const string OfficialAccount = "wxd930ea5d5a258f4f";
    public const string MobileApp = "wx2421b1c4370ec43b";
    public const string MiniProgram = "wx426a3015555a46be";
    public const long PeriodicPlan = 12535;
    public const long PreNoticePlan = 12536;
    public const long PayLaterPlan = 12537;
    private const long WalletFen = 100_000;
    private const long OpeningFen = 10_000_000;

    public static void Apply(SimulatorState state)
    {
        if (state.FindMerchant(MchId) is null)
        {
            state.Put(new Merchant
            {
                MchId = MchId,
                Name = "木瓜会员",
                Key = Key,
                Apps =
                [
                    new() { AppId = OfficialAccount, Kind = AppKind.OfficialAccount },
                    new() { AppId = MobileApp, Kind = AppKind.MobileApp },
                    new() { AppId = MiniProgram, Kind = AppKind.MiniProgram },
                ],
            });
            Open(state, MchId, state.Now);
        }

        for (var i = 1; i <= 9; i++)
        {
            var openid = $"oSimUser{i:D4}";
            if (state.FindUser(openid) is null)
            {
                state.Put(new User { Openid = openid, Balance = WalletFen });
            }
        }

        Template(PeriodicPlan, "月度会员", TemplateKind.Periodic, FeeRule.Capped, 5_000, NoticeMode.Delay24h);
        Template(PreNoticePlan, "月度会员（扣费前通知）", TemplateKind.Periodic, FeeRule.Fixed, 2_500, NoticeMode.PreNotice);
        Template(PayLaterPlan, "先享后付", TemplateKind.PayLater, FeeRule.Capped, 50_000, NoticeMode.Delay24h);

        void Template(long planId, string name, TemplateKind kind, FeeRule fee, long amount, NoticeMode mode)
        {
            var template = state.FindTemplate(MchId, planId);
            if (template is null)
            {
                template = new() { MchId = MchId, PlanId = planId, Name = name, Kind = kind, Fee = fee, Amount = amount, Mode = mode };
                Limits(template);
                template.Cycle = kind == TemplateKind.Periodic ? "month" : "use";
            }

            // The address of the server changes with its port; what was kept from an earlier run is of no use.
            template.TerminateNotifyUrl = state.Options.TerminateNotifyUrl ?? template.TerminateNotifyUrl;
            state.Put(template);
        }
    }

    /// <summary>A merchant does not start with nothing: refunds of last month's orders need money that is there.</summary>
    public static void Open(SimulatorState state, string mchId, DateTimeOffset now) => state.Put(new Movement
    {
        MchId = mchId, Kind = MovementKind.Opening, Account = FundsAccount.Available, Amount = OpeningFen, At = Microseconds.Truncate(now),
    });

    /// <summary>WeChat starts with 500 yuan for one debit and 2,500 a day; a template whose price is higher has been granted more.</summary>
    public static void Limits(Template template) => (template.SingleLimit, template.DailyLimit) = Limits(template.Amount);

    public static (long Single, long Daily) Limits(long price) => (Math.Max(50_000, price), Math.Max(250_000, 5 * price));
}
