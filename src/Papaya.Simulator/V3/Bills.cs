using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Papaya.Simulator.Bills;
using Papaya.Simulator.Faults;
using Papaya.Simulator.World;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.V3;

/// <summary>V3's bills: an address and the digest of the unpacked file, then the file, unsigned. The same files as V2's.</summary>
internal static class Bills
{
    private const string DownloadPath = "/v3/billdownload/file";
    private const string NothingThere = "请求的账单文件不存在";

    private static readonly V3Endpoint Trade = Table("v3-tradebill"), Fund = Table("v3-fundflowbill"), File = Table("v3-billdownload");

    public static readonly V3Rule[] Rules = [new(Trade, OfferTrade), new(Fund, OfferFund), new(File, Give)];

    private static V3Endpoint Table(string name) => V3Endpoints.All.Single(e => e.Name == name);

    private static void OfferTrade(V3Call call)
    {
        var day = call.Day("bill_date")!.Value;
        if (day < BeijingTime.Day(call.Now).AddMonths(-BillFile.MonthsKept))
        {
            call.Refuse(400, "INVALID_REQUEST", "参数错误");
            return;
        }

        Offer(call, day, new(call.Merchant.MchId, "trade", day, call.Text("bill_type") ?? "ALL", call.Text("tar_type")) { Fault = call.BillFault });
    }

    private static void OfferFund(V3Call call)
    {
        if (!call.Merchant.May(Permission.FundFlow))
        {
            V3Refusals.NoAuth(call, "权限异常");
            return;
        }

        if (call.State.Options.FrequencyLimit && !call.State.Throttle.Allows(call.Merchant.MchId, "v3_fund_flow", 3, call.Now))
        {
            V3Refusals.TooFast(call);
            return;
        }

        var day = call.Day("bill_date")!.Value;
        Offer(call, day, new(call.Merchant.MchId, "fund", day, call.Text("account_type") ?? "BASIC", call.Text("tar_type")) { Fault = call.BillFault });
    }

    private static void Offer(V3Call call, DateOnly day, Wanted wanted)
    {
        var today = BeijingTime.Day(call.Now);
        if (day == today.AddDays(-1) && call.Now < BillFile.MadeAt(day, call.State.Switches))
        {
            call.Refuse(400, "STATEMENT_CREATING", "账单生成中");
        }
        else if (day >= today || wanted.Write(call.State, call.Now) is not { } file)
        {
            call.Refuse(400, "NO_STATEMENT_EXIST", NothingThere);
        }
        else
        {
            var digest = wanted.Long(file) is { } bill ? bill.Digest() : BillFile.Digest(file);
            call.Succeed(json =>
            {
                json.WriteString("hash_type", "SHA1");
                json.WriteString("hash_value", digest);
                json.WriteString("download_url", $"{call.Address}{DownloadPath}?token={wanted.Token(call)}");
            });
        }
    }

    private static void Give(V3Call call)
    {
        if (Wanted.Of(call, call.Text("token")!) is not var (wanted, until) || call.Now > until)
        {
            call.Refuse(400, "INVALID_REQUEST", "参数错误");
        }
        else if (wanted.MchId != call.Merchant.MchId)
        {
            V3Refusals.NoAuth(call, "权限异常");
        }
        else if (wanted.Write(call.State, call.Now) is not { } file)
        {
            call.Refuse(400, "NO_STATEMENT_EXIST", NothingThere);
        }
        else
        {
            var isPacked = wanted.Packing is not null;
            var bill = wanted.Long(file);
            // What the journal keeps of a long one is its beginning.
            file = bill is null ? file : bill.Beginning.ToArray();
            call.Succeed(isPacked && bill is null ? BillFile.Pack(file) : file, isPacked ? "application/x-gzip" : "text/plain; charset=utf-8");
            call.LongFile = bill is null ? null : (bill, isPacked);
        }
    }

    /// <summary>Which file; what a token says, so that nothing has to be kept.</summary>
    private sealed record Wanted(string MchId, string What, DateOnly Day, string Kind, string? Packing)
    {
        /// <summary>What is wrong with the file; its digest fits it all the same.</summary>
        public FaultRule? Fault { get; init; }

        public LongBill? Long(byte[] file) => Fault is { Kind: FaultKind.Long, Rows: { } rows } ? LongBill.Of(file, rows) : null;

        public byte[]? Write(SimulatorState state, DateTimeOffset now) => File(state, now) is not { } file ? null : Fault is null ? file : BillFaults.Spoil(Fault, file);

        private byte[]? File(SimulatorState state, DateTimeOffset now)
        {
            var merchant = state.FindMerchant(MchId)!;
            Fees.Settle(state, merchant, now);
            return What == "trade"
                ? TradeBill.Write(state, merchant, Day, Kind switch { "SUCCESS" => BillKind.Success, "REFUND" => BillKind.Refund, _ => BillKind.All })
                : FundFlowBill.Write(
                    state, merchant, Day, Kind switch { "OPERATION" => FundsAccount.Operation, "FEES" => FundsAccount.Fees, _ => FundsAccount.Available });
        }

        public string Token(V3Call call)
        {
            var life = call.State.Switches.Is("v3_download_url_life", "5min") ? TimeSpan.FromMinutes(5) : TimeSpan.FromSeconds(30);
            var until = (call.Now + life).ToUnixTimeMilliseconds();
            var text = string.Create(CultureInfo.InvariantCulture, $"{MchId}.{What}.{Day:yyyyMMdd}.{Kind}.{Packing}.{until}.{(int?)Fault?.Kind}.{Fault?.Rows}");
            return $"{text}.{Seal(call, text)}";
        }

        public static (Wanted Wanted, DateTimeOffset Until)? Of(V3Call call, string token)
        {
            if (token.LastIndexOf('.') is not (> 0 and var end) || Seal(call, token[..end]) != token[(end + 1)..])
            {
                return null;
            }

            var parts = token[..end].Split('.');
            return (
                new(parts[0], parts[1], DateOnly.ParseExact(parts[2], "yyyyMMdd", CultureInfo.InvariantCulture), parts[3], parts[4].Length > 0 ? parts[4] : null)
                {
                    Fault = parts[6].Length == 0 ? null : new()
                    {
                        On = call.Rule.Path, Kind = (FaultKind)int.Parse(parts[6], CultureInfo.InvariantCulture),
                        Rows = parts[7].Length == 0 ? null : long.Parse(parts[7], CultureInfo.InvariantCulture),
                    },
                },
                DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(parts[5], CultureInfo.InvariantCulture)));
        }

        // Only this world makes tokens: its platform key is the secret.
        private static string Seal(V3Call call, string text) =>
            Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.ASCII.GetBytes(call.State.Identities.PublicKey.PrivateKeyPem), Encoding.UTF8.GetBytes(text)));
    }
}
