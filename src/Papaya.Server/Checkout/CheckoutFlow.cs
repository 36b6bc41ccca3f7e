using Papaya.Billing;
using Papaya.Billing.Contracts;
using Papaya.Server.Contracts;
using Papaya.Server.Hosting;
using Papaya.Server.Merchants;
using Papaya.Server.Notifications;
using Papaya.Server.Plans;
using Papaya.Server.Storage;
using Papaya.Server.Subscriptions;
using Papaya.WeChatPay.Notifications;

namespace Papaya.Server.Checkout;

/// <summary>Pay and sign in one visit. Read top to bottom: numbers are committed, WeChat is asked, its answer is committed.</summary>
internal sealed class CheckoutFlow(
    Database db, CheckoutBook book, SubscriptionBook subscriptions, PlanBook plans, MerchantDirectory merchants,
    ISigningGateway wechat, Ids ids)
{
    /// <summary>What a caller asks for, checked at the border.</summary>
    public sealed record Order
    {
        public required Plan Plan { get; init; }

        public required string Channel { get; init; }

        public required string AppId { get; init; }

        public required string Customer { get; init; }

        public required string DisplayName { get; init; }

        public string? OpenId { get; init; }

        public required string Ip { get; init; }

        public string? DeviceId { get; init; }

        public string? ReturnUrl { get; init; }

        public string? Metadata { get; init; }

        public string Options { get; init; } = "{}";

        public DateTimeOffset? ExpiresAt { get; init; }
    }

    public async Task<IResult> CreateAsync(Order order, IdempotentRequest request, Func<CheckoutVisit, CheckoutView> view, CancellationToken ct)
    {
        // 1. Fix and commit the numbers before any byte leaves. The promise to the customer opens with them.
        var (visit, refusal) = await db.WriteAsync(tx => OpenAsync(tx, order, request), ct);
        if (visit is null)
        {
            return refusal!.ToResult(); // One of the two is there.
        }

        // 2.-3. Place the order; when its answer is lost, look and place it once more while the caller waits.
        return await SubmitAsync(visit, request, view, ct);
    }

    /// <summary>After a crash between the commit and the answer: the same order again, then the caller's answer.</summary>
    public async Task CompleteAsync(IdempotentRequest unfinished, Func<CheckoutVisit, CheckoutView> view, CancellationToken ct)
    {
        var id = unfinished.Resource ?? throw new InvalidOperationException("An unfinished checkout without its id.");
        var visit = await db.ReadAsync(reader => reader.FindCheckoutAsync(id), ct) ?? throw new InvalidOperationException($"There is no checkout {id}.");
        await SubmitAsync(visit, unfinished, view, ct);
    }

    private async Task<(CheckoutVisit? Visit, Problem? Refusal)> OpenAsync(Transaction tx, Order order, IdempotentRequest request)
    {
        if (order.OpenId is { } openId && await tx.FindLiveContractAsync(order.Plan.MerchantNumber, order.Plan.TemplateId, openId) is { } existing)
        {
            return (null, CheckoutProblems.AlreadySigned(existing, await OffersAsync(tx, order.Plan)));
        }

        var now = book.Now;
        var id = ids.New("chk");
        var subscription = await subscriptions.OpenAsync(tx, order.Plan, order.Customer, id);
        var visit = new CheckoutVisit
        {
            Id = id,
            Merchant = order.Plan.MerchantNumber,
            AppId = order.AppId,
            Channel = order.Channel,
            Plan = order.Plan.Code,
            Template = order.Plan.TemplateId,
            Title = CheckoutRules.Title(order.Plan.Name),
            Amount = order.Plan.FirstPayment.Value,
            Customer = order.Customer,
            DisplayName = order.DisplayName,
            OpenId = order.OpenId,
            Ip = order.Ip,
            DeviceId = order.DeviceId,
            ReturnUrl = order.ReturnUrl,
            Metadata = order.Metadata,
            Options = order.Options,
            OutTradeNo = ids.OrderNumber(),
            ContractCode = ids.ContractCode(),
            RequestSerial = ids.RequestSerial(),
            Payment = PaymentLeg.Submitting,
            Contract = ContractLeg.Submitting,
            SubscriptionId = subscription.Id,
            CreatedAt = Instant.ToMicros(now),
            ExpiresAt = Instant.ToMicros(order.ExpiresAt is { } earlier && earlier < now + CheckoutBook.OrderLife ? earlier : now + CheckoutBook.OrderLife),
        };
        await book.OpenAsync(tx, visit);
        await request.BeginAsync(tx, id);
        return (visit, null);
    }

    /// <summary>Plans of the same merchant under templates other than the one already signed.</summary>
    private async Task<IReadOnlyList<string>> OffersAsync(Transaction tx, Plan plan) =>
        [.. (await plans.OfOtherTemplatesAsync(tx, plan.MerchantNumber, plan.TemplateId)).Select(other => other.Code)];

    private async Task<IResult> SubmitAsync(CheckoutVisit visit, IdempotentRequest request, Func<CheckoutVisit, CheckoutView> view, CancellationToken ct)
    {
        var answer = visit.Payment is PaymentLeg.Submitting or PaymentLeg.Unknown ? await wechat.OrderAsync(visit, ct) : null;
        var asked = answer is { Payment: PaymentEvidence.NoAnswer } ? await wechat.AskPaymentAsync(visit, ct) : null;
        if (asked is { Evidence: PaymentEvidence.NotPaidYet or PaymentEvidence.NotFound })
        {
            answer = await wechat.OrderAsync(visit, ct); // The same number with the same parameters: WeChat answers with the same order.
        }

        return await db.WriteAsync(
            async tx =>
            {
                var fresh = await TakeAsync(tx, visit.Id);
                if (asked is { Evidence: PaymentEvidence.PaidInFull or PaymentEvidence.PaidOtherAmount or PaymentEvidence.ClosedByWeChat })
                {
                    await book.PaymentAsync(tx, fresh, asked.Evidence, asked.Facts);
                }

                if (answer is not null)
                {
                    await book.AnsweredAsync(tx, fresh, answer);
                }

                return fresh is { Payment: PaymentLeg.Rejected, PaymentCode: { } code }
                    ? await RefuseAsync(tx, request, CheckoutProblems.RefusedByWeChat(fresh, code))
                    : await request.CompleteAsync(tx, StatusCodes.Status201Created, view(fresh), $"/v1/checkouts/{fresh.Id}");
            },
            ct);
    }

    private static async Task<Answer> RefuseAsync(Transaction tx, IdempotentRequest request, Problem problem) =>
        await request.CompleteAsync(tx, problem.Status, problem.ToResult().ProblemDetails);

    /// <summary>A payment notification, in the transaction that marks it applied.</summary>
    public async Task<NotificationOutcome> ApplyAsync(Transaction tx, PaymentNotification notification)
    {
        if (await tx.TakeCheckoutOfOrderAsync(notification.MerchantNumber, notification.OrderNumber) is not { } visit)
        {
            return NotificationOutcome.UnknownNumber;
        }

        var facts = notification is { WeChatTransactionId: { } id, AmountFen: { } amount, EndedAt: { } at } ? new PaymentFacts(id, notification.OpenId, amount, at) : null;
        await book.PaymentAsync(
            tx,
            visit,
            notification.IsPaid(visit.Amount) ? PaymentEvidence.PaidInFull
            : facts is not null && facts.Amount != visit.Amount ? PaymentEvidence.PaidOtherAmount
            : PaymentEvidence.NoAnswer,
            facts);
        return NotificationOutcome.Applied;
    }

    /// <summary>A caller polls. When a half has been silent for a while, WeChat is asked without waiting for the ladder's next step.</summary>
    public async Task<CheckoutVisit?> PollAsync(string id, CancellationToken ct)
    {
        var visit = await db.ReadAsync(reader => reader.FindCheckoutAsync(id), ct);
        if (visit is null || !IsOverdue(visit))
        {
            return visit;
        }

        await db.WriteAsync(
            async tx =>
            {
                var fresh = await TakeAsync(tx, id);
                if (IsOverdue(fresh))
                {
                    await book.AskNowAsync(tx, fresh);
                }
            },
            ct);
        return visit;
    }

    private static readonly TimeSpan PatienceOfPollers = TimeSpan.FromSeconds(15);

    private bool IsOverdue(CheckoutVisit visit)
    {
        var now = Instant.ToMicros(book.Now);
        var patience = PatienceOfPollers.Ticks / TimeSpan.TicksPerMicrosecond;
        return visit.NextAt is { } next && next > now
            && now - (visit.AskedAt ?? visit.PreparedAt ?? visit.CreatedAt) >= patience
            && (visit.PaidAt is null || visit.ContractAskAt is not null);
    }

    internal string? AppOf(string channel, Plan plan) => merchants.Find(plan.MerchantNumber)?.AppFor(channel switch
    {
        "app" => AppKind.MobileApp,
        "mini_program" => AppKind.MiniProgram,
        _ => AppKind.OfficialAccount,
    });

    private static async Task<CheckoutVisit> TakeAsync(Transaction tx, string id) =>
        await tx.TakeCheckoutAsync(id) ?? throw new InvalidOperationException($"There is no checkout {id}.");
}
