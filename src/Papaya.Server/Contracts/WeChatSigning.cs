using System.Text.Json;
using Papaya.Billing.Contracts;
using Papaya.Server.Checkout;
using Papaya.Server.Merchants;
using Papaya.Server.Storage;
using Papaya.Server.WeChat;
using Papaya.WeChatPay;
using Papaya.WeChatPay.Contracts;
using Papaya.WeChatPay.Orders;
using QRCoder;
using WeChatContractState = Papaya.WeChatPay.Contracts.ContractState;

namespace Papaya.Server.Contracts;

/// <summary>Signing over WeChat Pay's V2 interface.</summary>
internal sealed partial class WeChatSigning(WeChatClients clients, MerchantDirectory merchants, TimeProvider clock, ILogger<WeChatSigning> log) : ISigningGateway
{
    /// <summary>WeChat's H5 link ends after five minutes; the rest of the order does not.</summary>
    private static readonly TimeSpan H5LinkLife = TimeSpan.FromMinutes(5);

    public async Task<OrderAnswer> OrderAsync(CheckoutVisit visit, CancellationToken ct)
    {
        try
        {
            var reply = await clients.For(visit.Merchant).Contracts.PayAndSignAsync(ToRequest(visit), ct);
            return new OrderAnswer(PaymentEvidence.Prepared, reply.PreSigning switch
            {
                PreSigning.Accepted => SigningEvidence.PreSignTaken,
                PreSigning.Refused => SigningEvidence.PreSignFailed,
                _ => SigningEvidence.NoAnswer,
            })
            {
                PrepayId = reply.PrepayId,
                CodeUrl = reply.CodeUrl,
                MwebUrl = reply.H5Url,
                SigningCode = reply.ContractErrorCode,
                SigningReason = reply.ContractErrorDescription,
            };
        }
        catch (PapayException e)
        {
            Log(visit.Id, e);
            return e switch
            {
                { Code: "ORDERCLOSED" } => new OrderAnswer(PaymentEvidence.ClosedByWeChat, SigningEvidence.NoAnswer),
                { Kind: ErrorKind.Refused } => new OrderAnswer(PaymentEvidence.RefusedByWeChat, SigningEvidence.OrderRefused)
                {
                    Code = e.Code,
                    Reason = e.Field?.ToString() ?? e.Description ?? e.Message,
                },
                _ => OrderAnswer.None,
            };
        }
    }

    public async Task<PaymentAnswer> AskPaymentAsync(CheckoutVisit visit, CancellationToken ct)
    {
        try
        {
            return Read(visit, await clients.For(visit.Merchant).Orders.QueryAsync(new OrderQuery { AppId = visit.AppId, OrderNumber = visit.OutTradeNo }, ct));
        }
        catch (PapayException e)
        {
            Log(visit.Id, e);
            return new PaymentAnswer(e.Next == NextStep.NothingThere ? PaymentEvidence.NotFound : PaymentEvidence.NoAnswer);
        }
    }

    private static PaymentAnswer Read(CheckoutVisit visit, OrderReply reply) => reply switch
    {
        // A refunded order was paid once and says REFUND for ever.
        { State: TradeState.Success or TradeState.Refund, WeChatTransactionId: { } id, AmountFen: { } amount, EndedAt: { } at } =>
            new(amount == visit.Amount ? PaymentEvidence.PaidInFull : PaymentEvidence.PaidOtherAmount, new PaymentFacts(id, reply.OpenId, amount, at)),
        { State: TradeState.NotPay or TradeState.UserPaying or TradeState.PayError } => new(PaymentEvidence.NotPaidYet),
        { State: TradeState.Closed or TradeState.Revoked } => new(PaymentEvidence.ClosedByWeChat),
        _ => new(PaymentEvidence.NoAnswer),
    };

    public async Task CloseAsync(CheckoutVisit visit, CancellationToken ct)
    {
        try
        {
            await clients.For(visit.Merchant).Orders.CloseAsync(new CloseRequest { AppId = visit.AppId, OrderNumber = visit.OutTradeNo }, ct);
        }
        catch (PapayException e)
        {
            Log(visit.Id, e); // The question that follows tells what is true.
        }
    }

    public Task<ContractAnswer> AskContractAsync(CheckoutVisit visit, CancellationToken ct) => AskContractAsync(
        visit.Id, visit.Merchant, visit.ContractCode, visit.Template, new ContractQueryByNumber { AppId = visit.AppId, TemplateId = Text(visit.Template), ContractNumber = visit.ContractCode }, ct);

    public Task<ContractAnswer> AskContractAsync(Contract contract, CancellationToken ct) => AskContractAsync(
        contract.Id, contract.Merchant, contract.ContractCode, contract.Template, new ContractQueryById { AppId = contract.AppId, WeChatContractId = contract.ContractId }, ct);

    private async Task<ContractAnswer> AskContractAsync(string about, string merchant, string code, long template, ContractQuery query, CancellationToken ct)
    {
        try
        {
            var reply = await clients.For(merchant).Contracts.QueryAsync(query, ct);
            return reply switch
            {
                { State: WeChatContractState.Signed, WeChatContractId: { } id, OpenId: { } openId } => new(ContractFinding.Signed, Facts(reply, id, openId, code, template)),
                { State: WeChatContractState.NotSigned, TerminatedAt: not null, WeChatContractId: { } id, OpenId: { } openId } =>
                    new(ContractFinding.Ended, Facts(reply, id, openId, code, template)),
                { State: WeChatContractState.NotSigned } => new(ContractFinding.NotSigned),
                { State: WeChatContractState.Signing } => new(ContractFinding.InProgress),
                _ => new(ContractFinding.NoAnswer),
            };
        }
        catch (PapayException e)
        {
            Log(about, e);
            return new ContractAnswer(e.Next == NextStep.NothingThere ? ContractFinding.NotSigned : ContractFinding.NoAnswer);
        }
    }

    public async Task<bool> TerminateAsync(Contract contract, CancellationToken ct)
    {
        try
        {
            await clients.For(contract.Merchant).Contracts.TerminateAsync(
                new TerminateRequest { AppId = contract.AppId, WeChatContractId = contract.ContractId, Remark = contract.Reason ?? "terminated by the merchant" }, ct);
            return true;
        }
        catch (PapayException e)
        {
            Log(contract.Id, e);
            return false;
        }
    }

    public IReadOnlyDictionary<string, string>? Invocation(CheckoutVisit visit)
    {
        var now = clock.GetUtcNow();
        if (visit is not { Payment: PaymentLeg.Prepaid, PrepayId: { } prepayId } || Instant.FromMicros(visit.ExpiresAt) <= now)
        {
            return null;
        }

        var invocations = clients.For(visit.Merchant).Invocations;
        return visit.Channel switch
        {
            "native" => visit.CodeUrl is { } url ? Native(url) : null,
            "h5" => visit.MwebUrl is { } link && visit.PreparedAt is { } at && now - Instant.FromMicros(at) < H5LinkLife
                ? new Dictionary<string, string>(StringComparer.Ordinal) { ["mweb_url"] = Invocations.H5(link, visit.ReturnUrl) }
                : null,
            "app" => Of(invocations.App(visit.AppId, prepayId)),
            _ => Of(invocations.JsApi(visit.AppId, prepayId)),
        };
    }

    private static Dictionary<string, string> Native(string url)
    {
        using var generator = new QRCodeGenerator();
        using var code = generator.CreateQrCode(url, QRCodeGenerator.ECCLevel.M);
        using var svg = new SvgQRCode(code);
        return new(StringComparer.Ordinal) { ["code_url"] = url, ["qr_svg"] = svg.GetGraphic(4) };
    }

    private static Dictionary<string, string> Of(JsApiInvocation i) => new(StringComparer.Ordinal)
    {
        ["appId"] = i.AppId, ["timeStamp"] = i.TimeStamp, ["nonceStr"] = i.NonceStr, ["package"] = i.Package, ["signType"] = i.SignType, ["paySign"] = i.PaySign,
    };

    private static Dictionary<string, string> Of(AppInvocation i) => new(StringComparer.Ordinal)
    {
        ["appid"] = i.AppId, ["partnerid"] = i.PartnerId, ["prepayid"] = i.PrepayId, ["package"] = i.Package,
        ["noncestr"] = i.NonceStr, ["timestamp"] = i.TimeStamp, ["sign"] = i.Sign,
    };

    private PayAndSignRequest ToRequest(CheckoutVisit visit)
    {
        var options = JsonSerializer.Deserialize(visit.Options, StoredOptionsJson.Default.WeChatOptions)!; // Written by us.
        return new PayAndSignRequest
        {
            AppId = visit.AppId,
            OrderNumber = visit.OutTradeNo,
            Body = visit.Title,
            AmountFen = visit.Amount,
            ClientIp = visit.Ip,
            TradeType = visit.Channel switch
            {
                "native" => TradeType.Native,
                "app" => TradeType.App,
                "h5" => TradeType.Mweb,
                _ => TradeType.JsApi,
            },
            PaymentNotifyUrl = merchants.NotifyUrl(visit.Merchant, "payment"),
            ContractNotifyUrl = merchants.NotifyUrl(visit.Merchant, "contract"),
            TemplateId = Text(visit.Template),
            ContractNumber = visit.ContractCode,
            SigningSequence = visit.RequestSerial,
            DisplayAccount = visit.DisplayName,
            OpenId = visit.OpenId,
            ProductId = options.ProductId ?? (visit.Channel == "native" ? visit.Plan[..Math.Min(visit.Plan.Length, 32)] : null),
            DeviceInfo = options.DeviceInfo,
            Detail = options.Detail,
            Attach = options.Attach,
            ExpiresAt = options.TimeExpire is null ? null : Instant.FromMicros(visit.ExpiresAt),
            GoodsTag = options.GoodsTag,
            LimitPay = options.LimitPay,
        };
    }

    private static ContractFacts Facts(ContractReply reply, string id, string openId, string code, long template) => new()
    {
        ContractId = id,
        ContractCode = reply.ContractNumber ?? code,
        Template = template,
        OpenId = openId,
        SignedAt = reply.SignedAt,
        ExpiresAt = reply.ExpiresAt,
        TerminatedAt = reply.TerminatedAt,
        TerminationMode = reply.TerminationMode,
        TerminationRemark = reply.TerminationRemark,
    };

    private static string Text(long template) => template.ToString(System.Globalization.CultureInfo.InvariantCulture);

    [LoggerMessage(2101, LogLevel.Information, "{About}: {Call} answered {Code} ({Kind})")]
    private partial void LogFailed(string about, string call, string code, ErrorKind kind);

    private void Log(string about, PapayException e)
    {
        if (e.Next != NextStep.NothingThere)
        {
            LogFailed(about, e.Endpoint, e.Code, e.Kind); // "No such thing" is an ordinary answer.
        }
    }
}
