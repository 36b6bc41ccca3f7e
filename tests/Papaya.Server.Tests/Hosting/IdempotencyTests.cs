using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Papaya.Server.Hosting;
using Papaya.Server.Storage;
using Papaya.Testing;

namespace Papaya.Server.Tests.Hosting;

/// <summary>The engine decides what a unique key does when two callers race, so this runs on both.</summary>
public abstract class IdempotencyTests(TestDatabase test) : IAsyncLifetime
{
    private readonly Door _door = new();
    private RunningServer _server = null!; // Set by InitializeAsync.

    public async Task InitializeAsync() => _server = await StartAsync(_door);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task The_same_key_and_body_gets_the_first_answer_and_one_effect()
    {
        var first = await _server.SendAsync("/v1/tests/one-step", "{\"n\":1}", Key("same"));
        var second = await _server.SendAsync("/v1/tests/one-step", "{\"n\":1}", Key("same"));
        Assert.Equal((HttpStatusCode.Created, false), (first.Status, first.Replayed));
        Assert.Equal((HttpStatusCode.Created, true), (second.Status, second.Replayed));
        Assert.Equal(first.Text, second.Text);
        Assert.Equal(1, await EffectsAsync(Key("same")));
    }

    [Fact]
    public async Task The_same_key_with_another_body_is_a_conflict()
    {
        await _server.SendAsync("/v1/tests/one-step", "{\"n\":1}", Key("other-body"));
        var second = await _server.SendAsync("/v1/tests/one-step", "{\"n\":2}", Key("other-body"));
        Assert.Equal((HttpStatusCode.Conflict, "idempotency_key_reused"), (second.Status, second.Code));
        Assert.Equal(1, await EffectsAsync(Key("other-body")));
    }

    [Fact]
    public async Task A_key_belongs_to_its_path()
    {
        await _server.SendAsync("/v1/tests/one-step", "{}", Key("paths"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await _server.SendAsync("/v1/tests/refuse", "{}", Key("paths"))).Status);
    }

    [Theory]
    [InlineData("/v1/tests/one-step/")]
    [InlineData("/V1/Tests/One-Step")]
    [InlineData("/v1/tests/%6Fne-step")]
    public async Task However_the_path_is_spelled_the_key_acts_once(string path)
    {
        var key = Key(path);
        await _server.SendAsync("/v1/tests/one-step", "{}", key);
        var second = await _server.SendAsync(path, "{}", key);
        Assert.Equal((HttpStatusCode.Created, true), (second.Status, second.Replayed));
        Assert.Equal(1, await EffectsAsync(key));
    }

    [Fact]
    public async Task Values_in_the_path_tell_requests_apart()
    {
        var first = await _server.SendAsync("/v1/tests/items/A/touch", "{}", Key("values"));
        Assert.Equal("\"A\"", first.Text);
        Assert.Equal("\"a\"", (await _server.SendAsync("/v1/tests/items/a/touch", "{}", Key("values"))).Text);
        Assert.True((await _server.SendAsync("/v1/Tests/items/A/touch/", "{}", Key("values"))).Replayed);
    }

    [Fact]
    public async Task A_path_spelled_otherwise_is_driven_to_its_end_as_well()
    {
        Assert.Equal(HttpStatusCode.InternalServerError, (await _server.SendAsync("/V1/tests/two-step/?fail=true", "{}", Key("slash"))).Status);
        var answer = await EventuallyAsync(() => _server.SendAsync("/v1/tests/two-step", "{}", Key("slash")));
        Assert.Equal((HttpStatusCode.Created, true), (answer.Status, answer.Replayed));
    }

    [Fact]
    public async Task While_the_first_still_runs_the_second_is_told_so()
    {
        var first = _server.SendAsync("/v1/tests/two-step?wait=true", "{}", Key("running"));
        await _door.Reached.Task;
        var second = await _server.SendAsync("/v1/tests/two-step?wait=true", "{}", Key("running"));
        Assert.Equal((HttpStatusCode.Conflict, "request_still_running"), (second.Status, second.Code));
        Assert.NotNull(await _server.Get<UnfinishedRequests>().RunOnceAsync(default)); // Looked at again, whatever becomes of its handler.
        _door.Open.SetResult();
        Assert.Equal(HttpStatusCode.Created, (await first).Status);
        Assert.Equal(1, await EffectsAsync(Key("running")));
    }

    [Fact]
    public async Task Of_twenty_at_once_one_has_an_effect()
    {
        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _server.SendAsync("/v1/tests/one-step", "{}", Key("crowd"))));
        Assert.All(replies, r => Assert.True(r.Status is HttpStatusCode.Created || r.Code == "request_still_running"));
        Assert.Contains(replies, r => r.Status == HttpStatusCode.Created);
        Assert.Equal(1, await EffectsAsync(Key("crowd")));
    }

    [Fact]
    public async Task A_refusal_is_repeated_as_it_was()
    {
        var first = await _server.SendAsync("/v1/tests/refuse", "{}", Key("refused"));
        var second = await _server.SendAsync("/v1/tests/refuse", "{}", Key("refused"));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, false), (first.Status, first.Replayed));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, true), (second.Status, second.Replayed));
        Assert.Equal(first.Text, second.Text);
        Assert.Equal("application/problem+json", second.MediaType);
    }

    [Fact]
    public async Task A_body_that_could_not_be_read_does_not_use_the_key_up()
    {
        Assert.Equal(HttpStatusCode.BadRequest, (await _server.SendAsync("/v1/plans", "{broken", Key("broken"))).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await _server.SendAsync("/v1/plans", "{}", Key("broken"))).Status);
    }

    [Fact]
    public async Task A_handler_that_failed_half_way_is_driven_to_its_end()
    {
        var failed = await _server.SendAsync("/v1/tests/two-step?fail=true", "{}", Key("failed"));
        Assert.Equal((HttpStatusCode.InternalServerError, "internal_error"), (failed.Status, failed.Code));
        var answer = await EventuallyAsync(() => _server.SendAsync("/v1/tests/two-step?fail=true", "{}", Key("failed")));
        Assert.Equal((HttpStatusCode.Created, true), (answer.Status, answer.Replayed));
        Assert.Contains("completed", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_crash_left_unfinished_is_answered_before_the_next_run_is_ready()
    {
        // As a kill -9 after the first transaction leaves it: the row exists, nobody runs it.
        await _server.DisposeAsync();
        await test.Db.WriteAsync(tx => tx.ExecuteAsync(
            """
            insert into idempotency_key (route, key, request_hash, state, resource, created_at)
            values ('/v1/tests/two-step', @Key, @Hash, 'running', 'res-crashed', 1)
            """,
            new { Key = Key("crashed"), Hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("{}"u8)) }));
        var door = new Door { HoldsCompletion = true };
        _server = await StartAsync(door);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "not_ready"), await ReadyAsync(_server));
        Assert.Equal("request_still_running", (await _server.SendAsync("/v1/tests/two-step", "{}", Key("crashed"))).Code);
        door.Completion.SetResult();
        var answer = await EventuallyAsync(() => _server.SendAsync("/v1/tests/two-step", "{}", Key("crashed")));
        Assert.Equal((HttpStatusCode.Created, true), (answer.Status, answer.Replayed));
        Assert.Contains("res-crashed", answer.Text, StringComparison.Ordinal);
        await EventuallyAsync(() => _server.SendAsync("/readyz", apiKey: null));
    }

    [Fact]
    public async Task Whoever_asks_for_the_answer_at_the_wrong_moment_does_not_put_it_off()
    {
        await EventuallyAsync(() => _server.SendAsync("/readyz", apiKey: null));
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("{}"u8));
        await test.Db.WriteAsync(tx => tx.ExecuteAsync(
            """
            insert into idempotency_key (route, key, request_hash, state, resource, created_at)
            values ('/v1/tests/two-step', @Key, @Hash, 'running', 'res-met', 1)
            """,
            new { Key = Key("met"), Hash = hash }));
        var unfinished = _server.Get<UnfinishedRequests>();
        var asks = new IdempotentRequest("/v1/tests/two-step", Key("met"), hash, null, new(), TimeProvider.System);
        Assert.True(unfinished.TryEnter(asks));
        await unfinished.RunOnceAsync(default); // Goes past, for somebody is there.
        unfinished.Leave(asks);
        var answer = await EventuallyAsync(() => _server.SendAsync("/v1/tests/two-step", "{}", Key("met")));
        Assert.Equal((HttpStatusCode.Created, true), (answer.Status, answer.Replayed));
    }

    [Fact]
    public async Task One_request_that_cannot_be_completed_holds_no_other_up()
    {
        await _server.DisposeAsync();
        foreach (var (name, route, at) in new[] { ("strange", "/v1/tests/gone", 1L), ("broken", "/v1/tests/two-step", 2L), ("whole", "/v1/tests/two-step", 3L) })
        {
            await test.Db.WriteAsync(tx => tx.ExecuteAsync(
                """
                insert into idempotency_key (route, key, request_hash, state, resource, created_at)
                values (@Route, @Key, @Hash, 'running', @Resource, @At)
                """,
                new { Route = route, Key = Key(name), Hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("{}"u8)), Resource = "res-" + name, At = at }));
        }

        _server = await StartAsync(new Door { Breaks = "res-broken" });
        var answer = await EventuallyAsync(() => _server.SendAsync("/v1/tests/two-step", "{}", Key("whole")));
        Assert.Equal((HttpStatusCode.Created, true), (answer.Status, answer.Replayed));
        Assert.Equal(HttpStatusCode.OK, (await EventuallyAsync(() => _server.SendAsync("/readyz", apiKey: null))).Status);
        Assert.Equal("request_still_running", (await _server.SendAsync("/v1/tests/two-step", "{}", Key("broken"))).Code);
        Assert.NotNull(await _server.Get<UnfinishedRequests>().RunOnceAsync(default)); // Tried again later.
        await test.Db.WriteAsync(tx => tx.ExecuteAsync("delete from idempotency_key where state = 'running'"));
    }

    private static async Task<(HttpStatusCode Status, string? Code)> ReadyAsync(RunningServer server)
    {
        var reply = await server.SendAsync("/readyz", apiKey: null);
        return (reply.Status, reply.Code);
    }

    /// <summary>Asks until the answer is neither "still running" nor "not ready".</summary>
    private static async Task<Reply> EventuallyAsync(Func<Task<Reply>> ask)
    {
        for (var asked = 0; ; asked++)
        {
            var reply = await ask();
            Assert.True(asked < 10_000, $"Still {reply.Status}.");
            if (reply.Status is not (HttpStatusCode.Conflict or HttpStatusCode.ServiceUnavailable))
            {
                return reply;
            }

            await Task.Yield();
        }
    }

    private string Key(string name) => $"{GetType().Name}-{name}";

    private Task<RunningServer> StartAsync(Door door) => RunningServer.StartAsync(
        storage: test.Options,
        services: services => services.AddSingleton<ICompleteUnfinished>(provider => new Completer(provider.GetRequiredService<Database>(), door)),
        map: app =>
        {
            app.MapPost("/v1/tests/one-step", (IdempotentRequest idem, Database db) => db.WriteAsync(async tx =>
            {
                await EffectAsync(tx, idem.Key);
                return await idem.CompleteAsync(tx, 201, "done");
            }));
            app.MapPost("/v1/tests/items/{name}/touch", (string name, IdempotentRequest idem, Database db) => db.WriteAsync(tx => idem.CompleteAsync(tx, 201, name)));
            app.MapPost("/v1/tests/refuse", () => new Problem("no", 422, "No.").ToResult());
            app.MapPost("/v1/tests/two-step", async (IdempotentRequest idem, Database db, bool? wait, bool? fail) =>
            {
                await db.WriteAsync(async tx =>
                {
                    await EffectAsync(tx, idem.Key);
                    await idem.BeginAsync(tx, "res-" + idem.Key);
                });
                if (fail == true)
                {
                    throw new InvalidOperationException("the foreign call broke something");
                }

                if (wait == true)
                {
                    door.Reached.SetResult();
                    await door.Open.Task;
                }

                return await db.WriteAsync(tx => idem.CompleteAsync(tx, 201, "finished"));
            });
        });

    private static Task<int> EffectAsync(Transaction tx, string key) => tx.ExecuteAsync(
        "insert into ledger_entry (cause, step, line, account, amount, posted_at) values (@Key, 'effect', (select count(*) from ledger_entry where cause = @Key), 'suspense', 0, 1)",
        new { Key = key });

    private Task<long> EffectsAsync(string key) =>
        test.Db.ReadAsync(r => r.ScalarAsync<long>("select count(*) from ledger_entry where cause = @Key", new { Key = key }));

    private sealed class Door
    {
        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Open { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool HoldsCompletion { get; init; }

        public string? Breaks { get; init; }
    }

    private sealed class Completer(Database db, Door door) : ICompleteUnfinished
    {
        public string Route => "/v1/tests/two-step";

        public async Task CompleteAsync(IdempotentRequest unfinished, CancellationToken ct)
        {
            if (door.HoldsCompletion)
            {
                await door.Completion.Task;
            }

            if (door.Breaks == unfinished.Resource)
            {
                throw new InvalidOperationException("not this one");
            }

            await db.WriteAsync(tx => unfinished.CompleteAsync(tx, 201, $"completed {unfinished.Resource}"), ct);
        }
    }
}

public sealed class IdempotencyOnSqlite(SqliteFile db) : IdempotencyTests(db), IClassFixture<SqliteFile>;

public sealed class IdempotencyOnPostgres(PostgresSchema db) : IdempotencyTests(db), IClassFixture<PostgresSchema>;
