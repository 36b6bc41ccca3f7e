using System.Text;
using System.Text.Json.Nodes;
using Papaya.WeChatPay;
using Papaya.WeChatPay.Notifications;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.Tests.V3;

/// <summary>Envelope, encryption, signature at the moment of sending, repeats and probes.</summary>
public sealed class CallbackTests
{
    [Fact]
    public async Task The_body_is_encrypted_once_and_each_send_is_signed_anew()
    {
        await using var world = await World.StartAsync();
        await using var listener = await V3Listener.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        var client = shop.Client(shop.PublicKey);
        listener.Next(500, 200);
        await SignAsync(world, client, listener);
        Assert.Single(listener.Got);
        await world.AdvanceAsync(TimeSpan.FromSeconds(15));
        Assert.Equal(2, listener.Got.Count);
        Assert.Equal(listener.Got[0].Body, listener.Got[1].Body);
        Assert.NotEqual(listener.Got[0].Headers.Signature, listener.Got[1].Headers.Signature);
        Assert.Equal(15, long.Parse(listener.Got[1].Headers.Timestamp!) - long.Parse(listener.Got[0].Headers.Timestamp!));
        Assert.IsType<ScheduledContractNotification>(await listener.ReadAsync(client, 1));
        await world.AdvanceAsync(TimeSpan.FromDays(1.5));
        Assert.Equal(2, listener.Got.Count(g => Encoding.UTF8.GetString(g.Body).Contains("ENTRUST.SIGN", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_address_that_never_answers_is_tried_sixteen_times()
    {
        await using var world = await World.StartAsync();
        await using var listener = await V3Listener.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        listener.Next([.. Enumerable.Repeat(500, 20)]);
        await SignAsync(world, shop.Client(shop.PublicKey), listener);
        await world.AdvanceAsync(TimeSpan.FromSeconds(86_640));
        Assert.Equal(16, listener.Got.Count);
    }

    [Fact]
    public async Task The_envelope_has_its_form()
    {
        await using var world = await World.StartAsync();
        await using var listener = await V3Listener.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        await SignAsync(world, shop.Client(shop.Certificate), listener);
        var envelope = JsonNode.Parse(listener.Got[0].Body)!;
        Assert.Equal(36, ((string)envelope["id"]!).Length);
        Assert.Equal(
            ("encrypt-resource", "ENTRUST.SIGN", "AEAD_AES_256_GCM", "entrust", "entrust", 12),
            ((string)envelope["resource_type"]!, (string)envelope["event_type"]!, (string)envelope["resource"]!["algorithm"]!,
                (string)envelope["resource"]!["original_type"]!, (string)envelope["resource"]!["associated_data"]!, ((string)envelope["resource"]!["nonce"]!).Length));
        Assert.Equal("2026-01-15T10:00:00+08:00", (string)envelope["create_time"]!);
        Assert.Equal(shop.Certificate.Id, listener.Got[0].Headers.Serial);
    }

    [Theory]
    [InlineData("switch")]
    [InlineData("fault")]
    public async Task A_probe_goes_ahead_and_uses_up_no_send(string how)
    {
        await using var world = await World.StartAsync();
        await using var listener = await V3Listener.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        var client = shop.Client(shop.PublicKey);
        if (how == "switch")
        {
            await world.DoAsync("/switches", new JsonObject { ["v3_probes"] = "callbacks" });
        }
        else
        {
            await world.FaultAsync("v3_contract", "probe", times: 1);
        }

        listener.Next(401, 500);
        await SignAsync(world, client, listener);
        Assert.Equal(2, listener.Got.Count);
        Assert.StartsWith(V3Signature.ProbePrefix, listener.Got[0].Headers.Signature);
        var read = await client.TryReadNotificationAsync(listener.Got[0].Body, listener.Got[0].Headers);
        Assert.Equal(NotificationFault.Probe, read.Refusal!.Fault);
        Assert.NotNull(await listener.ReadAsync(client, 1));

        // The real one was refused: its first repeat comes after the first wait, and is not probed again.
        await world.AdvanceAsync(TimeSpan.FromSeconds(15));
        Assert.Equal(3, listener.Got.Count);
        Assert.NotNull(await listener.ReadAsync(client, 2));
    }

    [Fact]
    public async Task A_wrong_signature_is_refused_and_the_repeat_is_right()
    {
        await using var world = await World.StartAsync();
        await using var listener = await V3Listener.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        var client = shop.Client(shop.PublicKey);
        await world.FaultAsync("notification", "bad_signature", times: 1);
        listener.Next(401);
        await SignAsync(world, client, listener);
        Assert.Equal(NotificationFault.SignatureMismatch, (await client.TryReadNotificationAsync(listener.Got[0].Body, listener.Got[0].Headers)).Refusal!.Fault);
        await world.AdvanceAsync(TimeSpan.FromSeconds(15));
        Assert.NotNull(await listener.ReadAsync(client, 1));
    }

    [Fact]
    public async Task A_merchant_who_keeps_the_machines_time_is_told_in_it()
    {
        await using var world = await World.StartAsync();
        await using var listener = await V3Listener.StartAsync();
        using var shop = await Shop.OpenAsync(world);
        var client = shop.Client(shop.PublicKey);
        await world.AdvanceAsync(TimeSpan.FromDays(1));
        var page = await client.Scheduled.PreSignAppAsync(ScheduledTests.Sign("c1", listener.Url, day: new(2026, 2, 1)));
        await shop.SendAsync(HttpMethod.Get, "/v3/certificates", skew: TimeSpan.FromDays(-1));
        await world.DoAsync("/entrust", new JsonObject { ["pre_entrustweb_id"] = page.PreSignId, ["openid"] = await world.UserAsync(), ["action"] = "agree" });
        await world.SettleAsync();
        Assert.Equal(World.Start.ToUnixTimeSeconds().ToString(), listener.Got[0].Headers.Timestamp);
    }

    private static async Task SignAsync(World world, PapayClient client, V3Listener listener)
    {
        var page = await client.Scheduled.PreSignAppAsync(ScheduledTests.Sign("c1", listener.Url));
        await world.DoAsync("/entrust", new JsonObject { ["pre_entrustweb_id"] = page.PreSignId, ["openid"] = await world.UserAsync(), ["action"] = "agree" });
        await world.SettleAsync();
    }
}
