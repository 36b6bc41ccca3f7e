using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Papaya.Cli.Http;
using Papaya.Server.Ledger;
using Papaya.Server.Storage;
using Xunit.Abstractions;

namespace Papaya.World.Tests.Crash;

/// <summary>
/// The built program is killed at random moments of a clock advance while debits are under way. Afterwards the simulator's ledger is the judge, and
/// what the program had answered before it died is the charge.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Subscribers = 48;
    private const long PriceFen = 2_500;

    /// <summary>Answers that every client must get again, word for word.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly bool IsLong = Environment.GetEnvironmentVariable("PAPAYA_TEST_LONG") == "1";

    [Fact]
    public async Task Killed_at_any_moment_nothing_is_debited_twice_and_nothing_acknowledged_is_lost()
    {
        var rounds = IsLong ? 50 : 8;
        var seed = int.TryParse(Environment.GetEnvironmentVariable("PAPAYA_TEST_SEED"), CultureInfo.InvariantCulture, out var given) ? given : (int)(new Ids().RequestSerial() & 0xFFFF);
        var report = new TestReport("kill -9", output);
        report.Line($"seed {seed} (PAPAYA_TEST_SEED repeats it), {rounds} kills");
        var folder = Directory.CreateTempSubdirectory("papaya-kill-");
        try
        {
            var town = new Town(folder.FullName, new Random(seed), report);
            await town.SettleAsync();
            var counted = 0;
            for (var tries = 0; counted < rounds; tries++)
            {
                Assert.True(tries < rounds * 4, "Too few of the kills hit a moment with a debit under way.");
                counted += await town.KillOnceAsync(counted + 1) ? 1 : 0;
            }

            await town.JudgeAsync();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>One request a client made: after a crash it does not know more than this.</summary>
    private sealed class Written(string path, JsonObject body, string key)
    {
        public string Path { get; } = path;

        public JsonObject Body { get; } = body;

        public string Key { get; } = key;

        /// <summary>Null when the program died before it answered.</summary>
        public Answer? Answer { get; set; }
    }

    /// <summary>Everybody who lives through the kills: subscribers with anchors on many days, and a client that keeps buying, refunding and cancelling.</summary>
    private sealed class Town(string folder, Random random, TestReport report)
    {
        private readonly int _port = FreePort();
        private readonly int _simulatorPort = FreePort();
        private readonly List<Written> _written = [];
        private readonly HashSet<string> _acknowledged = new(StringComparer.Ordinal);
        private int _names;
        private string _plan = "";
        private DateTimeOffset _target;
        private volatile bool _isAdvancing;

        private string Database => Path.Combine(folder, "papaya.db");

        /// <summary>Signs up subscribers over thirty days, so that from then on there is hardly a moment without a debit under way.</summary>
        public async Task SettleAsync()
        {
            await using var running = await StartAsync();
            _plan = (await PostAsync(running, "/v1/plans", new JsonObject
            {
                ["code"] = "town", ["name"] = "月度会员", ["template_id"] = World.MonthlyTemplate, ["mode"] = "delay_24h", ["amount"] = PriceFen, ["fee"] = "capped",
                ["interval"] = new JsonObject { ["unit"] = "month", ["count"] = 1 },
            })).Body.Text("code");
            for (var i = 0; i < Subscribers; i++)
            {
                // Every sixth runs out of money some day, so that repeats under new numbers are under way too.
                await SubscribeAsync(running, balanceFen: i % 6 == 5 ? 2 * PriceFen : 1_000 * PriceFen);
                await running.WeChat.AdvanceAsync(TimeSpan.FromHours(15), default);
            }

            await KillAsync(running);
        }

        /// <summary>True when the kill came during an advance and met at least one attempt that was sending or accepted.</summary>
        public async Task<bool> KillOnceAsync(int round)
        {
            var from = _written.Count;
            int sending, accepted;
            bool isAdvancing;
            var after = TimeSpan.FromMilliseconds(random.Next(5, 1_500));
            DateTimeOffset began;
            await using (var running = await StartAsync())
            {
                // A cold process mostly compiles; the kill is meant to meet one that works.
                await SubscribeAsync(running, balanceFen: 1_000 * PriceFen);
                began = await running.WeChat.AdvanceAsync(TimeSpan.FromDays(1), default);
                var advance = AdvanceAsync(running);
                var client = ClientAsync(running);
                await Task.Delay(after, TimeProvider.System);
                if (round % 2 == 0)
                {
                    WaitForSending();
                }

                isAdvancing = _isAdvancing;
                await KillAsync(running);
                await SwallowAsync(advance);
                await SwallowAsync(client);
                (sending, accepted) = CountOpen();
            }

            var counts = isAdvancing && sending + accepted > 0;
            await using (var again = await StartAsync())
            {
                var at = await again.WeChat.NowAsync(default);
                var unanswered = _written.Skip(from).Count(written => written.Answer is null);
                await ReplayAsync(again, from);
                report.Line(
                    $"round {round,2}: killed after {after.TotalMilliseconds,4:0} ms and {(at - began).TotalDays,5:0.00} days of the clock ({at:yyyy-MM-dd HH:mm:ss}), {sending} sending, {accepted} accepted, "
                    + $"{_written.Count - from} requests of which {unanswered} unanswered{(counts ? "" : " (not counted)")}");
                if (_target > at)
                {
                    await again.WeChat.AdvanceToAsync(_target, default); // Finish what was interrupted.
                }

                await KillAsync(again);
            }

            return counts;
        }

        private async Task KillAsync(PapayaProcess running)
        {
            await running.KillAsync();
            NoteAcknowledged();
        }

        /// <summary>One advance after the other until the program dies under it.</summary>
        private async Task AdvanceAsync(PapayaProcess running)
        {
            while (true)
            {
                _target = await running.WeChat.NowAsync(default) + TimeSpan.FromDays(10);
                _isAdvancing = true;
                await running.WeChat.AdvanceToAsync(_target, default);
                _isAdvancing = false;
            }
        }

        /// <summary>The simulator's ledger against everything the server says and holds.</summary>
        public async Task JudgeAsync()
        {
            IReadOnlyList<TruthEntry> truth;
            await using (var running = await StartAsync())
            {
                await running.WeChat.AdvanceAsync(TimeSpan.FromDays(8), default);
                truth = await running.WeChat.LedgerAsync(default);
                await ReplayAsync(running, 0);
                await JudgeDebitsAsync(running, truth);
                await JudgeWrittenAsync(running, truth);
                await KillAsync(running);
            }

            JudgeNotifications();
            await JudgeLedgerAsync(truth);
        }

        private async Task JudgeDebitsAsync(PapayaProcess running, IReadOnlyList<TruthEntry> truth)
        {
            var paidBy = new Dictionary<string, string>(StringComparer.Ordinal);
            var charges = await running.Papaya.AllAsync("/v1/charges", default);
            foreach (var row in charges)
            {
                var charge = await running.Papaya.ChargeAsync(row.Text("id"), default);
                foreach (var attempt in charge.List("attempts"))
                {
                    Assert.True(paidBy.TryAdd(attempt.Text("out_trade_no"), charge.Text("id")), $"{attempt.Text("out_trade_no")} belongs to two charges.");
                }
            }

            var debits = truth.Where(entry => entry.Kind == "debit").ToList();
            Assert.True(debits.Count >= Subscribers, $"Only {debits.Count} debits happened; this run proves too little.");
            foreach (var debit in debits)
            {
                Assert.True(paidBy.ContainsKey(debit.OrderNumber), $"WeChat debited {debit.OrderNumber}, which no charge knows.");
            }

            foreach (var charge in debits.GroupBy(debit => paidBy[debit.OrderNumber]))
            {
                Assert.True(charge.Count() == 1, $"Charge {charge.Key} was debited {charge.Count()} times: {string.Join(", ", charge.Select(debit => debit.OrderNumber))}.");
                var ours = await running.Papaya.ChargeAsync(charge.Key, default);
                Assert.Equal("succeeded", ours.Text("status"));
                Assert.Equal(PriceFen, charge.Single().AmountFen);
            }

            Assert.Equal(debits.Count, charges.Count(charge => charge.Text("status") == "succeeded"));
            // No two debits of one contract within one month, whatever the server calls its charges.
            foreach (var contract in debits.GroupBy(debit => debit.ContractId))
            {
                var at = contract.Select(debit => debit.At).Order().ToList();
                Assert.All(at.Zip(at.Skip(1)), pair => Assert.True(pair.Second - pair.First > TimeSpan.FromDays(20), $"{contract.Key}: {pair.First:u} and {pair.Second:u}"));
            }

            report.Line($"{debits.Count} debits, {charges.Count} charges, {truth.Count} movements of money in all");
        }

        private async Task JudgeWrittenAsync(PapayaProcess running, IReadOnlyList<TruthEntry> truth)
        {
            var succeeded = 0;
            foreach (var written in _written.Where(written => written.Answer is { IsSuccess: true }))
            {
                var id = written.Answer!.Body.Text("id");
                switch (written.Path)
                {
                    case "/v1/checkouts":
                        var checkout = await running.Papaya.CheckoutAsync(id, default);
                        var paid = truth.Count(entry => entry.Kind == "payment" && entry.OrderNumber == checkout.Text("payment.out_trade_no"));
                        Assert.True(
                            (paid == 1) == (checkout.Text("payment.status") == "paid"), $"{id} is {checkout.Text("payment.status")}; WeChat has {paid} payments of it.");
                        break;
                    case "/v1/refunds":
                        Assert.Equal("succeeded", (await running.Papaya.RefundAsync(id, default)).Text("status"));
                        succeeded++;
                        break;
                    case var path when path.EndsWith("/terminate", StringComparison.Ordinal):
                        var contract = await running.Papaya.ContractAsync(path.Split('/')[3], default);
                        Assert.Equal("terminated", contract.Text("status"));
                        break;
                }
            }

            Assert.Equal(succeeded, truth.Count(entry => entry.Kind == "refund"));
            report.Line(
                $"{_written.Count} requests: {string.Join(", ", _written.GroupBy(written => written.Path.Split('/') is [_, _, _, _, var act] ? act : written.Path).Select(group => $"{group.Count()} {group.Key}"))}");
        }

        /// <summary>What the simulator holds our SUCCESS for must be in the inbox, and applied.</summary>
        private void JudgeNotifications()
        {
            var inbox = new HashSet<string>(StringComparer.Ordinal);
            foreach (var (state, body) in Rows("select state, body from notification_inbox", row => (row.GetString(0), row.GetString(1))))
            {
                Assert.True(state == "applied", $"A notification is {state}: {Encoding.UTF8.GetString(Convert.FromBase64String(body))}");
                inbox.Add(Canonical(Encoding.UTF8.GetString(Convert.FromBase64String(body))));
            }

            Assert.NotEmpty(_acknowledged);
            foreach (var body in _acknowledged)
            {
                Assert.True(inbox.Contains(Canonical(body)), $"This notification was acknowledged and is not in the inbox: {body}");
            }

            report.Line($"{_acknowledged.Count} acknowledged notifications, all in the inbox");

            static string Canonical(string body) => body.Trim();
        }

        private async Task JudgeLedgerAsync(IReadOnlyList<TruthEntry> truth)
        {
            await using var database = Papaya.Server.Storage.Database.Open(new StorageOptions { SqliteFile = Database });
            Assert.Empty(await InvariantCheck.RunAsync(database));
            var clearing = Rows("select coalesce(sum(amount), 0) from ledger_entry where account = 'wechat_clearing'", row => row.GetInt64(0)).Single();
            Assert.Equal(truth.Sum(entry => entry.Kind == "refund" ? -Math.Abs(entry.AmountFen) : entry.AmountFen), clearing);
        }

        private async Task SubscribeAsync(PapayaProcess running, long balanceFen)
        {
            var openid = $"oTown{++_names:00000}";
            await running.WeChat.UserAsync(openid, balanceFen, default);
            var checkout = await PostAsync(running, "/v1/checkouts", World.CheckoutBody(_plan, openid));
            await running.WeChat.PayAsync(SimulatorControl.PrepayId(checkout.Body), openid, sign: true, default);
        }

        /// <summary>Buys, asks for money back and cancels until the program dies under it.</summary>
        private async Task ClientAsync(PapayaProcess running)
        {
            while (true)
            {
                var openid = $"oTown{++_names:00000}";
                await running.WeChat.UserAsync(openid, 100 * PriceFen, default);
                var checkout = await PostAsync(running, "/v1/checkouts", World.CheckoutBody(_plan, openid));
                if (!checkout.IsSuccess)
                {
                    continue;
                }

                // The clock runs on meanwhile: the order may have closed, and then nothing is paid.
                try
                {
                    await running.WeChat.PayAsync(SimulatorControl.PrepayId(checkout.Body), openid, sign: true, default);
                }
                catch (UnexpectedAnswerException)
                {
                    continue;
                }

                for (var looks = 0; looks < 20; looks++)
                {
                    var now = await running.Papaya.CheckoutAsync(checkout.Body.Text("id"), default);
                    if (now.Text("outcome") == "complete")
                    {
                        await PostAsync(running, "/v1/refunds", new JsonObject { ["checkout"] = now.Text("id"), ["amount"] = 700, ["reason"] = "演练" });
                        await PostAsync(running, $"/v1/contracts/{now.Text("contract.id")}/terminate", new JsonObject { ["reason"] = "演练" });
                        break;
                    }

                    await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
                }

                // A client that never rests would hold the clock, which waits until nobody is at work.
                await Task.Delay(TimeSpan.FromMilliseconds(30), TimeProvider.System);
            }
        }

        private async Task<Answer> PostAsync(PapayaProcess running, string path, JsonObject body)
        {
            var written = new Written(path, body, $"town-{_written.Count + 1}");
            _written.Add(written);
            written.Answer = await running.Papaya.SendAsync(HttpMethod.Post, path, body, default, written.Key);
            return written.Answer;
        }

        /// <summary>A client that asks again with the same key gets the same answer; one that never got an answer gets it now.</summary>
        private async Task ReplayAsync(PapayaProcess running, int from)
        {
            foreach (var written in _written.Skip(from))
            {
                var began = TimeProvider.System.GetTimestamp();
                Answer now;
                while (true)
                {
                    now = await running.Papaya.SendAsync(HttpMethod.Post, written.Path, written.Body, default, written.Key);
                    if (now.Status != 409 || written.Answer is { Status: 409 } || TimeProvider.System.GetElapsedTime(began) > Patience)
                    {
                        break;
                    }

                    await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
                }

                if (written.Answer is { } before)
                {
                    Assert.True(before.Status == now.Status && before.Text == now.Text, $"{written.Path} {written.Key}: answered {before.Status} {before.Text}, now {now.Status} {now.Text}");
                }
                else
                {
                    Assert.True(now.Status is not (409 or >= 500), $"{written.Path} {written.Key} was never driven to its end: {now.Status} {now.Text}");
                    written.Answer = now;
                }
            }
        }

        /// <summary>
        /// Bodies of the notifications that the simulator holds our SUCCESS for. It writes down what it is about to send and what has ended, so its
        /// journal is read whenever the program is dead (it begins a new one at its start); what ended without an answer had been repeated for hours, which no round lasts.
        /// </summary>
        private void NoteAcknowledged()
        {
            var sent = new Dictionary<long, string>();
            foreach (var line in File.ReadLines(Path.Combine(folder, "simulator.journal")))
            {
                if (Parse(line) is not { } change)
                {
                    continue;
                }

                foreach (var delivery in change.List("deliveries"))
                {
                    sent[delivery.Number("id")] = delivery.Text("body");
                }

                _acknowledged.UnionWith(change.List("ended").Select(id => sent[id.GetValue<long>()]));
            }

            static JsonNode? Parse(string line)
            {
                try
                {
                    return JsonNode.Parse(line);
                }
                catch (JsonException)
                {
                    return null; // The last line may have been cut by the kill.
                }
            }
        }

        /// <summary>An attempt is sending for a few milliseconds only; every other kill waits until one is, or for a second.</summary>
        private void WaitForSending()
        {
            using var connection = Open();
            using var command = connection.CreateCommand();
            command.CommandText = "select exists (select 1 from charge_attempt where state = 'sending')";
            var began = TimeProvider.System.GetTimestamp();
            while (command.ExecuteScalar() is 0L && TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(1))
            {
                Thread.Yield();
            }
        }

        private SqliteConnection Open()
        {
            var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Database, Pooling = false }.ToString());
            connection.Open();
            return connection;
        }

        private (int Sending, int Accepted) CountOpen()
        {
            var states = Rows("select state from charge_attempt where state in ('sending', 'accepted')", row => row.GetString(0)).ToList();
            return (states.Count(state => state == "sending"), states.Count(state => state == "accepted"));
        }

        private List<T> Rows<T>(string sql, Func<SqliteDataReader, T> read)
        {
            using var connection = Open();
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            using var reader = command.ExecuteReader();
            List<T> rows = [];
            while (reader.Read())
            {
                rows.Add(read(reader));
            }

            return rows;
        }

        private Task<PapayaProcess> StartAsync() => PapayaProcess.StartAsync(folder, _port, _simulatorPort, "town", () => $"unused-{++_names}", default);

        private static async Task SwallowAsync(Task task)
        {
            try
            {
                await task;
            }
            catch (Exception died) when (died is HttpRequestException or IOException or OperationCanceledException)
            {
                // The program was killed under this request: that is the point.
            }
        }

        private static int FreePort()
        {
            using var socket = new TcpListener(IPAddress.Loopback, 0);
            socket.Start();
            return ((IPEndPoint)socket.LocalEndpoint).Port;
        }
    }
}
