using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Papaya.Billing.Calendar;
using Papaya.Billing.Contracts;
using Papaya.Server.Contracts;
using Papaya.Server.Hosting;
using Papaya.Server.Plans;
using Papaya.Server.Storage;

namespace Papaya.Server.Checkout;

/// <summary>The body of <c>POST /v1/checkouts</c>.</summary>
internal sealed record NewCheckout
{
    /// <summary>The plan's code.</summary>
    public string? Plan { get; init; }

    /// <summary><c>native</c>, <c>jsapi</c>, <c>mini_program</c>, <c>app</c> or <c>h5</c>.</summary>
    public string? Channel { get; init; }

    public NewCheckoutCustomer? Customer { get; init; }

    /// <summary>Where H5 users come back to.</summary>
    public string? ReturnUrl { get; init; }

    /// <summary>Yours, returned unchanged.</summary>
    public JsonObject? Metadata { get; init; }

    /// <summary>WeChat's optional fields.</summary>
    public WeChatOptions? Wechat { get; init; }
}

internal sealed record NewCheckoutCustomer
{
    /// <summary>Your own id of the customer.</summary>
    public string? ExternalId { get; init; }

    /// <summary>Shown in the cashier as the account to be opened; never a WeChat nickname.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Needed for jsapi and mini_program.</summary>
    public string? Openid { get; init; }

    /// <summary>The user's IPv4 address.</summary>
    public string? Ip { get; init; }

    public string? DeviceId { get; init; }
}

/// <summary>Optional fields of WeChat's order, under their wire names.</summary>
internal sealed record WeChatOptions
{
    public string? DeviceInfo { get; init; }

    public string? Detail { get; init; }

    public string? Attach { get; init; }

    /// <summary>yyyyMMddHHmmss, Beijing time.</summary>
    public string? TimeExpire { get; init; }

    public string? GoodsTag { get; init; }

    /// <summary>Native only; without it the plan's code is used.</summary>
    public string? ProductId { get; init; }

    /// <summary><c>no_credit</c>: no credit cards.</summary>
    public string? LimitPay { get; init; }
}

internal sealed record CheckoutView
{
    public required string Id { get; init; }

    /// <summary>complete, paid_not_signed, paid_signing_pending, signed_not_paid, failed or pending.</summary>
    public required string Outcome { get; init; }

    public required string Plan { get; init; }

    public required string Channel { get; init; }

    public required string Customer { get; init; }

    public required long Amount { get; init; }

    public required string Url { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public required CheckoutPaymentView Payment { get; init; }

    public required CheckoutContractView Contract { get; init; }

    public required string SubscriptionId { get; init; }

    public string? ReturnUrl { get; init; }

    public JsonElement? Metadata { get; init; }

    /// <summary>What your front end hands to WeChat; absent when there is nothing to pay (any more).</summary>
    public IReadOnlyDictionary<string, string>? Invoke { get; init; }
}

internal sealed record CheckoutPaymentView(
    string Status, string OutTradeNo, string? TransactionId, DateTimeOffset? PaidAt, string? Code, string? Reason);

internal sealed record CheckoutContractView(string Status, string ContractCode, string? Id, string? Code, string? Reason);

[JsonSerializable(typeof(NewCheckout))]
[JsonSerializable(typeof(CheckoutView))]
internal sealed partial class CheckoutJson : JsonSerializerContext;

/// <summary>How <see cref="CheckoutVisit.Options"/> is stored.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(WeChatOptions))]
internal sealed partial class StoredOptionsJson : JsonSerializerContext;

internal static class CheckoutEndpoints
{
    public static IServiceCollection AddCheckouts(this IServiceCollection services) => services
        .AddSingleton<CheckoutBook>()
        .AddSingleton<CheckoutFlow>()
        .AddSingleton<CheckoutViews>()
        .AddSingleton<ILoop, CheckoutLoop>()
        .AddSingleton<ICompleteUnfinished, UnfinishedCheckouts>()
        .AddJson(CheckoutJson.Default);

    public static void MapCheckouts(this IEndpointRouteBuilder routes)
    {
        var checkouts = routes.MapGroup(UnfinishedCheckouts.Path).WithTags("Checkouts");
        checkouts.MapPost("", CreateAsync)
            .WithSummary("Let a customer pay and sign in one visit")
            .Produces<CheckoutView>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status502BadGateway);
        checkouts.MapGet("/{id}", FindAsync).WithSummary("Read both halves of a visit; safe to poll");
    }

    private static async Task<IResult> CreateAsync(
        NewCheckout body, IdempotentRequest request, CheckoutFlow flow, CheckoutViews views, PlanBook plans, Database db, TimeProvider clock, CancellationToken ct)
    {
        if (CheckoutRules.Check(body, clock.GetUtcNow()) is { } wrong)
        {
            return wrong.ToResult();
        }

        if (await db.ReadAsync(reader => plans.FindByCodeAsync(reader, body.Plan!), ct) is not { } plan)
        {
            return Problem.Invalid("plan", $"There is no plan '{body.Plan}'.", "GET /v1/plans lists the codes.").ToResult();
        }

        if (flow.AppOf(body.Channel!, plan) is not { } appId)
        {
            return Problem.Invalid(
                "channel", $"The merchant of this plan has no app for the channel {body.Channel}.", "Add it under the merchant's apps, or choose another channel.").ToResult();
        }

        return await flow.CreateAsync(CheckoutRules.ToOrder(body, plan, appId), request, views.Of, ct);
    }

    private static async Task<Results<Ok<CheckoutView>, ProblemHttpResult>> FindAsync(string id, CheckoutFlow flow, CheckoutViews views, CancellationToken ct) =>
        await flow.PollAsync(id, ct) is { } visit ? TypedResults.Ok(views.Of(visit)) : Problem.NotFound("checkout", id).ToResult();
}

/// <summary>A visit as callers see it.</summary>
internal sealed class CheckoutViews(PapayaServerOptions options, ISigningGateway wechat)
{
    public CheckoutView Of(CheckoutVisit visit) => new()
    {
        Id = visit.Id,
        Outcome = visit.Outcome.ToApi(),
        Plan = visit.Plan,
        Channel = visit.Channel,
        Customer = visit.Customer,
        Amount = visit.Amount,
        Url = $"{options.PublicUrl.TrimEnd('/')}/v1/checkouts/{visit.Id}",
        CreatedAt = Instant.FromMicros(visit.CreatedAt),
        ExpiresAt = Instant.FromMicros(visit.ExpiresAt),
        Payment = new(
            visit.Payment.ToApi(), visit.OutTradeNo, visit.TransactionId, Instant.FromMicros(visit.PaidAt), visit.PaymentCode, visit.PaymentReason),
        Contract = new(visit.Contract.ToApi(), visit.ContractCode, visit.ContractId, visit.ContractReasonCode, visit.ContractReason),
        SubscriptionId = visit.SubscriptionId,
        ReturnUrl = visit.ReturnUrl,
        Metadata = visit.Metadata is null ? null : JsonElement.Parse(visit.Metadata),
        Invoke = wechat.Invocation(visit),
    };
}

/// <summary>Orders that a crash left between their commit and their answer.</summary>
internal sealed class UnfinishedCheckouts(CheckoutFlow flow, CheckoutViews views) : ICompleteUnfinished
{
    public const string Path = "/v1/checkouts";

    public string Route => Path;

    public Task CompleteAsync(IdempotentRequest unfinished, CancellationToken ct) => flow.CompleteAsync(unfinished, views.Of, ct);
}

/// <summary>What a request must obey; each refusal names the member, the rule and the cure.</summary>
internal static class CheckoutRules
{
    private static readonly string[] Channels = ["native", "jsapi", "mini_program", "app", "h5"];

    public static Problem? Check(NewCheckout body, DateTimeOffset now)
    {
        if (string.IsNullOrEmpty(body.Plan))
        {
            return Problem.Invalid("plan", "plan is missing.", "Give the code of a plan; GET /v1/plans lists them.");
        }

        if (!Channels.Contains(body.Channel, StringComparer.Ordinal))
        {
            return Problem.Invalid("channel", "channel must be native, jsapi, mini_program, app or h5.", "It says where the user pays.");
        }

        if (body.Customer is not { } customer)
        {
            return Problem.Invalid("customer", "customer is missing.", "Give external_id, display_name and ip; openid too for jsapi and mini_program.");
        }

        return Check(customer, body.Channel!)
            ?? CheckReturn(body)
            ?? (body.Wechat is { } options ? Check(options, now) : null);
    }

    private static Problem? Check(NewCheckoutCustomer customer, string channel)
    {
        if (Text("customer.external_id", customer.ExternalId, 128, isRequired: true, "Your own id of the customer.") is { } id)
        {
            return id;
        }

        if (Text("customer.display_name", customer.DisplayName, 64, isRequired: true, "WeChat shows it as the account to be opened, e.g. a masked phone number.") is { } name)
        {
            return name;
        }

        if (customer.Openid is null && channel is "jsapi" or "mini_program")
        {
            return Problem.Invalid("customer.openid", $"customer.openid is missing; the channel {channel} needs it.", "It is the user's id under the channel's app; WeChat gives it at login.");
        }

        if (customer.Openid is { } openId && (openId.Length is < 1 or > 128 || !openId.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')))
        {
            return Problem.Invalid("customer.openid", "customer.openid must be 1 to 128 letters, digits, '-' or '_'.", "Pass it as WeChat gave it.");
        }

        return !IsIPv4(customer.Ip)
            ? Problem.Invalid("customer.ip", "customer.ip must be an IPv4 address.", "WeChat takes the user's own address, and no IPv6; e.g. 123.12.12.123.")
            : Text("customer.device_id", customer.DeviceId, 128, isRequired: false, "Leave it out when you have none.");
    }

    private static Problem? CheckReturn(NewCheckout body)
    {
        if (body.ReturnUrl is { } url
            && (url.Length > 512 || !Uri.TryCreate(url, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)))
        {
            return Problem.Invalid("return_url", "return_url must be an absolute http or https URL of at most 512 characters.", "E.g. https://shop.example/thanks.");
        }

        return body.Metadata is { } metadata && Encoding.UTF8.GetByteCount(metadata.ToJsonString()) > 2048
            ? Problem.Invalid("metadata", "metadata is larger than 2,048 bytes.", "Keep references there, not documents.")
            : null;
    }

    private static Problem? Check(WeChatOptions options, DateTimeOffset now)
    {
        if (Text("wechat.device_info", options.DeviceInfo, 32, isRequired: false, "E.g. WEB.") is { } device)
        {
            return device;
        }

        if (Text("wechat.detail", options.Detail, 8192, isRequired: false, "Shorten it.") is { } detail)
        {
            return detail;
        }

        if (Text("wechat.attach", options.Attach, 127, isRequired: false, "Shorten it.") is { } attach)
        {
            return attach;
        }

        if (options.Attach is { } bytes && Encoding.UTF8.GetByteCount(bytes) > 127)
        {
            return Problem.Invalid("wechat.attach", $"wechat.attach has {Encoding.UTF8.GetByteCount(bytes)} bytes; WeChat takes 127.", "A Chinese character has three bytes.");
        }

        if (Text("wechat.goods_tag", options.GoodsTag, 32, isRequired: false, "Shorten it.") is { } tag)
        {
            return tag;
        }

        if (Text("wechat.product_id", options.ProductId, 32, isRequired: false, "Shorten it.") is { } product)
        {
            return product;
        }

        if (options.LimitPay is not (null or "no_credit"))
        {
            return Problem.Invalid("wechat.limit_pay", "wechat.limit_pay must be no_credit.", "Leave it out to allow credit cards.");
        }

        return options.TimeExpire is null ? null
            : ParseExpiry(options.TimeExpire) is not { } end
                ? Problem.Invalid("wechat.time_expire", "wechat.time_expire must be yyyyMMddHHmmss in Beijing time.", "E.g. 20260131235959.")
            : end < now + TimeSpan.FromMinutes(6)
                ? Problem.Invalid("wechat.time_expire", "wechat.time_expire must lie more than 5 minutes ahead.", "WeChat gives a user at least 5 minutes; add one for the way.")
            : null;
    }

    /// <summary>WeChat takes characters of one to three UTF-8 bytes only, in every text.</summary>
    private static Problem? Text(string field, string? value, int longest, bool isRequired, string hint)
    {
        if (string.IsNullOrEmpty(value))
        {
            return value is null && !isRequired ? null : Problem.Invalid(field, $"{field} is missing or empty.", hint);
        }

        if (value.Length > longest)
        {
            return Problem.Invalid(field, $"{field} has {value.Length} characters; WeChat takes {longest}.", hint);
        }

        for (var i = 0; i < value.Length; i++)
        {
            if (char.IsSurrogate(value[i]))
            {
                return Problem.Invalid(
                    field, $"{field} has a character of four UTF-8 bytes (an emoji, for example) at position {i + 1}; WeChat refuses them.", "Remove it; a WeChat nickname is the usual source.");
            }

            if (char.IsControl(value[i]))
            {
                return Problem.Invalid(field, $"{field} has a control character at position {i + 1}.", "Remove it.");
            }
        }

        return string.IsNullOrWhiteSpace(value) ? Problem.Invalid(field, $"{field} is blank.", hint) : null;
    }

    // IPAddress reads "1" and "0x7f.1" too; WeChat wants four decimal numbers.
    private static bool IsIPv4(string? text) =>
        text is { Length: <= 15 } && text.Split('.') is { Length: 4 } parts && parts.All(part => part.Length is >= 1 and <= 3 && part.All(char.IsAsciiDigit) && (part.Length == 1 || part[0] != '0'))
        && IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetwork;

    private static DateTimeOffset? ParseExpiry(string text) =>
        DateTime.TryParseExact(text, "yyyyMMddHHmmss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? new DateTimeOffset(time, Beijing.Offset).ToUniversalTime()
            : null;

    public static CheckoutFlow.Order ToOrder(NewCheckout body, Plan plan, string appId) => new()
    {
        Plan = plan,
        Channel = body.Channel!,
        AppId = appId,
        Customer = body.Customer!.ExternalId!,
        DisplayName = body.Customer.DisplayName!,
        OpenId = body.Customer.Openid,
        Ip = body.Customer.Ip!,
        DeviceId = body.Customer.DeviceId,
        ReturnUrl = body.ReturnUrl,
        Metadata = body.Metadata?.ToJsonString(),
        Options = JsonSerializer.Serialize(body.Wechat ?? new WeChatOptions(), StoredOptionsJson.Default.WeChatOptions),
        ExpiresAt = body.Wechat?.TimeExpire is { } end ? ParseExpiry(end) : null,
    };

    /// <summary>The cashier's title: the plan's name, as much of it as WeChat's 127 bytes hold.</summary>
    public static string Title(string name)
    {
        var (kept, bytes) = (0, 0);
        foreach (var rune in name.EnumerateRunes())
        {
            if (rune.Utf8SequenceLength > 3 || (bytes += rune.Utf8SequenceLength) > 127)
            {
                break;
            }

            kept += rune.Utf16SequenceLength;
        }

        return kept > 0 ? name[..kept] : "订阅";
    }
}
