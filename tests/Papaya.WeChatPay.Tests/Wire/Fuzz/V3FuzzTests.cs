using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Papaya.WeChatPay.Notifications;
using Papaya.WeChatPay.Tests.V3;
using Papaya.WeChatPay.Wire;
using Xunit.Abstractions;

namespace Papaya.WeChatPay.Tests.Wire.Fuzz;

/// <summary>V3 callbacks, changed at random inside and outside, before and after they are signed, against System.Text.Json and the bare cryptography.</summary>
public sealed class V3FuzzTests(ITestOutputHelper output)
{
    private const string Secret = "0123456789ABCDEF0123456789ABCDEF";
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("PAPAYA_TEST_LONG") == "1";
    private static readonly int Seed = int.TryParse(Environment.GetEnvironmentVariable("PAPAYA_FUZZ_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed : 20261122;

    private static readonly (string Event, string Original, string Plain)[] Callbacks =
    [
        ("ENTRUST.SIGN", "papay", """{"mchid":"1230000109","appid":"wxd678efh567hg6787","contract_id":"123124412412423431","out_contract_code":"C1","plan_id":123,"openid":"oH","contract_status":"SIGNED","create_time":"2026-01-03T09:00:00+08:00"}"""),
        ("ENTRUST.TERMINATE", "papay", """{"sp_mchid":"1230000109","sub_mchid":"1230000110","contract_id":"1","out_contract_code":"C1","plan_id":"123","contract_status":"TERMINATED","contract_terminate_info":{"contract_termination_mode":"USER","contract_terminated_time":"2026-01-03T09:00:00+08:00"}}"""),
        ("TRANSACTION.SUCCESS", "transaction", """{"mchid":"1230000109","appid":"wx","out_trade_no":"P1","transaction_id":"42","trade_type":"PAP","trade_state":"SUCCESS","bank_type":"CFT","attach":"续费","success_time":"2026-01-03T09:00:00+08:00","payer":{"openid":"o"},"amount":{"total":2500,"payer_total":2500,"currency":"CNY","payer_currency":"CNY"},"promotion_detail":[{"coupon_id":"1","amount":100}]}"""),
        ("TRANSACTION.FAIL", "transaction", """{"mchid":"1230000109","appid":"wx","out_trade_no":"P1","trade_state":"PAY_FAIL","trade_state_desc":"余额不足"}"""),
        ("REFUND.SUCCESS", "refund", """{"mchid":"1230000109","out_trade_no":"P1","out_refund_no":"R1","refund_id":"5","refund_status":"SUCCESS","success_time":"2026-01-03T09:00:00+08:00","amount":{"total":2500,"refund":1000,"payer_total":2500,"payer_refund":1000}}"""),
        ("SOMETHING.NEW", "new", """{"mchid":"1230000109","what":[1,2,{"a":null}]}"""),
    ];

    private static readonly string[] Values =
    [
        "null", "true", "0", "-1", "1.5", "1e400", "99999999999999999999", "\"\"", "\" \"", "\"\\u0000\"", "\"\\ud800\"", "\"\\ud83d\\ude00\"", "\"2026-01-03\"", "\"2026-13-03T09:00:00+08:00\"",
        "\"2026-01-03T09:00:00\"", "\"AEAD_AES_128_GCM\"", "\"AAAA\"", "\"SUCCESS\"", "[]", "{}", "[[[[[[]]]]]]", "{\"a\":{\"a\":{\"a\":{}}}}", "[{\"a\":1,\"a\":2}]", "\"" + "\\n\\\"" + "\"",
    ];

    [Fact]
    public void No_changed_callback_is_misread_misjudged_or_expensive()
    {
        using var platform = new Platform(Reply.Nothing);
        var (time, start) = (IsLong ? TimeSpan.FromMinutes(3) : TimeSpan.FromSeconds(6), TimeProvider.System.GetTimestamp());
        int tried = 0, accepted = 0, json = 0;
        for (; tried < (IsLong ? int.MaxValue : 30_000) && TimeProvider.System.GetElapsedTime(start) < time; tried++)
        {
            var random = new Random(unchecked((Seed * 397) ^ (tried * (int)0x9E3779B1)));
            var (body, headers) = Mutant(random, platform);
            try
            {
                accepted += Judge(body, headers, platform) ? 1 : 0;
                json += Document(body) is { } document && Free(document) ? 1 : 0;
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {Seed}, callback {tried}: {e.Message}\n{headers}\n{Convert.ToBase64String(body.AsSpan(0, Math.Min(body.Length, 6_000)))}", e);
            }
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {Seed}: {tried} callbacks, {json} well-formed, {accepted} accepted"));
        Assert.True(2 * json >= tried && accepted > tried / 10, $"Seed {Seed}: of {tried} callbacks {json} stayed well-formed and {accepted} were accepted.");
    }

    private static bool Judge(byte[] body, NotificationHeaders headers, Platform platform)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var isAccepted = NotificationReader.TryRead(body, headers, Platform.Credentials(), platform.Clock, out var notification, out var refusal);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated <= (60L * body.Length) + 65_536, $"{allocated} bytes were allocated for a body of {body.Length}.");
        Assert.Equal(isAccepted, refusal is null);
        Assert.Equal(isAccepted, notification is not null);
        if (notification is not V3Notification read)
        {
            return false;
        }

        // What is accepted is signed over these bytes, is plain JSON, and holds what the bare cipher gives.
        Assert.True(IsSigned(body, headers, platform), "A callback with a wrong signature was accepted.");
        using var outside = Document(body);
        Assert.NotNull(outside);
        var resource = outside.RootElement.GetProperty("resource");
        var plain = Decrypted(resource.GetProperty("nonce").GetString()!, resource.TryGetProperty("associated_data", out var data) && data.ValueKind == JsonValueKind.String ? data.GetString()! : "", resource.GetProperty("ciphertext").GetString()!);
        Assert.Equal(plain, read.PlainText.ToArray());
        using var inside = Document(plain);
        Assert.NotNull(inside);
        Assert.Equal(outside.RootElement.GetProperty("event_type").GetString(), read.EventType);
        Assert.NotNull(read.ToString());
        if (read is TransactionNotification transaction)
        {
            Assert.Equal(inside.RootElement.GetProperty("out_trade_no").GetString(), transaction.Transaction.OrderNumber);
            Assert.False(transaction.IsPaid(2500) && inside.RootElement.GetProperty("amount").GetProperty("total").GetInt64() != 2500);
        }
        else if (read is V3RefundNotification refund)
        {
            Assert.Equal(inside.RootElement.GetProperty("out_refund_no").GetString(), refund.RefundNumber);
        }

        return true;
    }

    private static (byte[] Body, NotificationHeaders Headers) Mutant(Random random, Platform platform)
    {
        var (type, original, plain) = Mutations.Pick(Callbacks, random);
        var inside = Encoding.UTF8.GetBytes(random.Next(2) == 0 ? plain : Changed(plain, random));
        inside = random.Next(12) == 0 ? Mutations.Pick(Mutations.OnBytes, random).Apply(inside, random) : inside;
        var nonce = "fdasflkja484";
        var envelope = "{\"id\":\"EV-1\",\"create_time\":\"2026-01-03T09:00:00+08:00\",\"resource_type\":\"encrypt-resource\",\"event_type\":\"" + type
            + "\",\"summary\":\"通知\",\"resource\":{\"original_type\":\"" + original + "\",\"algorithm\":\"AEAD_AES_256_GCM\",\"ciphertext\":\""
            + Encrypted(nonce, original, inside) + "\",\"associated_data\":\"" + original + "\",\"nonce\":\"" + nonce + "\"}}";
        var body = Encoding.UTF8.GetBytes(random.Next(3) > 0 ? envelope : Changed(envelope, random));
        body = random.Next(12) == 0 ? Mutations.Pick(Mutations.OnBytes, random).Apply(body, random) : body;
        var timestamp = platform.Clock.Now.AddSeconds(random.Next(20) == 0 ? random.Next(-700, 700) : 0).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signature = Convert.ToBase64String(platform.Signers[Platform.KeyId].SignData(Text(timestamp, "n1", body), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        var headers = new NotificationHeaders(timestamp, "n1", signature, Platform.KeyId);
        return random.Next(12) switch
        {
            0 => (Mutations.Pick(Mutations.OnBytes, random).Apply([.. body], random), headers), // After the signature: refused, or unchanged.
            1 => (body, headers with { Signature = Mutations.Pick([null, "", "AAAA", "WECHATPAY/SIGNTEST/" + signature, signature[..^4], signature + "AAAA", " " + signature, "不"], random) }),
            2 => (body, headers with { Timestamp = Mutations.Pick([null, "", "0", "-1", timestamp + "000", "99999999999999999999", "1e9", " " + timestamp], random) }),
            3 => (body, headers with { Serial = Mutations.Pick([null, "", "PUB_KEY_ID_2", "ABCDEF"], random), Nonce = Mutations.Pick([null, "", "n1", "n1\n"], random) }),
            _ => (body, headers),
        };
    }

    // One member is given another value, taken away, written twice, or joined by others.
    private static string Changed(string json, Random random)
    {
        var names = json.Split('"').Where((part, i) => i % 2 == 1 && json.Contains("\"" + part + "\":", StringComparison.Ordinal)).Distinct().ToArray();
        for (var n = random.Next(1, 3); n > 0; n--)
        {
            var name = "\"" + Mutations.Pick(names, random) + "\":";
            var value = Mutations.Pick(Values, random);
            var at = json.IndexOf(name, StringComparison.Ordinal);
            json = at < 0 ? json : random.Next(9) switch
            {
                0 => json.Insert(at, name + value + ","),
                1 => json.Insert(at, "\"new_" + random.Next(9) + "\":" + value + ","),
                2 => json.Replace(name, "\"renamed\":", StringComparison.Ordinal),
                3 => json.Insert(at, string.Concat(Enumerable.Range(0, random.Next(10, 3_000)).Select(i => $"\"m{i}\":{i},"))),
                4 => random.Next(2, 90) is var depth ? json.Insert(at, "\"deep\":" + new string('[', depth) + new string(']', depth) + ",") : json,
                5 => json.Insert(at, $"\"long\":\"{new string('x', random.Next(1_000, 50_000))}\","),
                6 => json.Insert(at, " \n\t"),
                7 => json.Insert(at, Mutations.Pick(["/* c */", ",", "'a':1,", "a:1,", "\uFEFF"], random)),
                _ => json.Insert(at + name.Length, value + ",\"was\":"),
            };
        }

        return json;
    }

    private static bool IsSigned(byte[] body, NotificationHeaders headers, Platform platform) =>
        headers.Serial == Platform.KeyId && long.TryParse(headers.Timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && Math.Abs(seconds - platform.Clock.Now.ToUnixTimeSeconds()) <= 300
        && platform.Signers[Platform.KeyId].VerifyData(Text(headers.Timestamp!, headers.Nonce!, body), Convert.FromBase64String(headers.Signature!), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    private static byte[] Text(string timestamp, string nonce, byte[] body) => [.. Encoding.UTF8.GetBytes($"{timestamp}\n{nonce}\n"), .. body, (byte)'\n'];

    private static string Encrypted(string nonce, string associatedData, byte[] plain)
    {
        using var aes = new AesGcm(Encoding.ASCII.GetBytes(Secret), 16);
        var (cipher, tag) = (new byte[plain.Length], new byte[16]);
        aes.Encrypt(Encoding.ASCII.GetBytes(nonce), plain, cipher, tag, Encoding.UTF8.GetBytes(associatedData));
        return Convert.ToBase64String([.. cipher, .. tag]);
    }

    private static byte[] Decrypted(string nonce, string associatedData, string text)
    {
        using var aes = new AesGcm(Encoding.ASCII.GetBytes(Secret), 16);
        var cipher = Convert.FromBase64String(text);
        var plain = new byte[cipher.Length - 16];
        aes.Decrypt(Encoding.ASCII.GetBytes(nonce), cipher.AsSpan(..^16), cipher.AsSpan(^16..), plain, Encoding.UTF8.GetBytes(associatedData));
        return plain;
    }

    // The document, when it is JSON in which no member stands twice.
    private static JsonDocument? Document(byte[] utf8)
    {
        try
        {
            _ = new UTF8Encoding(false, true).GetCharCount(utf8);
            var document = JsonDocument.Parse(utf8);
            return HasTwins(document.RootElement) ? null : document;
        }
        catch (Exception e) when (e is JsonException or DecoderFallbackException or InvalidOperationException)
        {
            return null;
        }
    }

    private static bool HasTwins(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().GroupBy(p => p.Name, StringComparer.Ordinal).Any(g => g.Count() > 1) || element.EnumerateObject().Any(p => HasTwins(p.Value)),
        JsonValueKind.Array => element.EnumerateArray().Any(HasTwins),
        _ => false,
    };

    private static bool Free(JsonDocument document)
    {
        document.Dispose();
        return true;
    }
}
