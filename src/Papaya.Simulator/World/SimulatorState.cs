using System.Security.Cryptography;
using System.Text.Json;
using Papaya.Simulator.Calls;
using Papaya.Simulator.Clock;
using Papaya.Simulator.Faults;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.World;

/// <summary>
/// The simulated WeChat Pay: who has which money, who signed what, what falls due when. One lock guards all of it;
/// what an operation changed is one journal line, written before the lock is given back.
/// </summary>
public sealed class SimulatorState : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TestClock _clock;
    private readonly Records _records;
    private readonly Agenda _agenda;
    private readonly ChangeLog _changes;

    internal SimulatorState(SimulatorOptions options, TestClock clock)
    {
        Options = options;
        Switches = new(options.Switches);
        Snapshots = new(options);
        Faults = new(this);
        Identities = new(this);
        _clock = clock;
        Nonces = options.Seed is { } seed ? NonceSource.Seeded(seed) : new();
        Numbers = new(options.Seed, Nonces);
        _agenda = new(clock, _gate);
        _changes = new(options, clock, Snapshot);
        _records = new(_changes);
        Tallies = new(_gate);
        try
        {
            if (options.JournalPath is { } path)
            {
                Recall(path);
            }

            Switches.ApplyOptions();
            Presets.Apply(this);
            _changes.Forget();
            _changes.Rebase(Now);
        }
        catch
        {
            _changes.Dispose();
            throw;
        }

        clock.Reached += Remember;
    }

    /// <summary>Executes what the agenda holds; set by the host before <see cref="Start"/>.</summary>
    internal Action<Due>? OnDue { get => _agenda.OnDue; set => _agenda.OnDue = value; }

    internal SimulatorOptions Options { get; }

    /// <summary>Where people's browsers find the cashier.</summary>
    internal string PublicUrl { get; set; } = "";

    /// <summary>The port of the second listener, if there is one.</summary>
    internal int? BackupPort { get; set; }

    /// <summary>Whether somebody can shake hands at all.</summary>
    internal bool HasHttps { get; set; }

    internal Switches Switches { get; }

    internal Snapshots Snapshots { get; }

    /// <summary>When the next thing happens by itself.</summary>
    internal DateTimeOffset? NextEvent => _agenda.NextEvent;

    internal Tallies Tallies { get; }

    /// <summary>Used under the lock.</summary>
    internal FaultRules Faults { get; }

    /// <summary>Used under the lock.</summary>
    internal Identities Identities { get; }

    internal Numbers Numbers { get; }

    /// <summary>Used under the lock.</summary>
    internal Throttle Throttle { get; } = new();

    internal DateTimeOffset Now => _clock.GetUtcNow();

    /// <summary>The time of the machine underneath, by which foreign SDKs sign and verify.</summary>
    internal DateTimeOffset MachineNow => _clock.MachineNow;

    internal NonceSource Nonces { get; }

    /// <summary>How much there is of what people ask about most.</summary>
    internal Counts Counts => _records.Counts;

    internal IReadOnlyList<Movement> Movements => _records.Movements;

    internal IEnumerable<Merchant> Merchants => _records.Merchants;

    internal IEnumerable<Template> Templates => _records.Templates;

    internal IEnumerable<User> Users => _records.Users;

    internal IEnumerable<Order> Orders => _records.Orders;

    internal IEnumerable<Contract> Contracts => _records.Contracts;

    internal IEnumerable<SigningSession> Signings => _records.Signings;

    internal IEnumerable<Refund> Refunds => _records.Refunds;

    internal IEnumerable<Delivery> Deliveries => _records.Deliveries;

    /// <summary>Contracts signed long enough ago that the next debit waits 24 hours, each with a user of its own.</summary>
    public IReadOnlyList<SeededContract> SeedContracts(
        int count, string mchId = Presets.MchId, long planId = Presets.PeriodicPlan, long balance = 100_000_000, TimeSpan? signedAgo = null, string prefix = "oSeed") =>
        SeededContracts.Make(this, count, mchId, planId, balance, signedAgo, prefix);

    /// <summary>Begins to act on what falls due; before that nothing moves by itself.</summary>
    internal void Start() => _agenda.Start();

    /// <summary>Looks at the world without changing it.</summary>
    internal T Look<T>(Func<DateTimeOffset, T> look)
    {
        lock (_gate)
        {
            return look(_clock.GetUtcNow());
        }
    }

    /// <summary>Puts the world aside. Null, or why not.</summary>
    internal string? Save(string name, long calls)
    {
        using var op = Begin();
        return Snapshots.Keep(name, op.Now, calls, Snapshot(op.Now));
    }

    /// <summary>Makes a world that was put aside the present one. Nothing may be under way; the caller sets the clock to <paramref name="at"/>.</summary>
    internal void Restore(SavedWorld saved, DateTimeOffset at)
    {
        using var op = Begin();
        Faults.Given = Options.Seed is null ? Faults.Given : 0;
        Replace(World.Snapshots.LinesOf(saved));
        _changes.Rebase(at);
    }

    /// <summary>As at the start, or without what one merchant did; merchants' numbers, templates and users of such a merchant stay. Time goes on.</summary>
    internal void Reset(string? mchId)
    {
        using var op = Begin();
        if (mchId is null)
        {
            var offset = Numbers.Offset;
            Replace([]);
            // A seeded world repeats itself; any other gives no number twice, for merchants remember theirs.
            (Numbers.Offset, Numbers.Given, _agenda.Made) = (offset, Options.Seed is null ? Numbers.Given : 0, 0);
            Faults.Given = Options.Seed is null ? Faults.Given : 0;
            Switches.Reset();
            Presets.Apply(this);
        }
        else
        {
            var rest = Snapshot(op.Now).ToList();
            rest.ForEach(line => line.Without(mchId));
            Replace(rest);
            Presets.Open(this, mchId, op.Now);
        }

        _changes.Forget();
        _changes.Rebase(Now);
    }

    /// <summary>Takes the lock for one operation; disposing writes down what changed.</summary>
    internal Operation Begin()
    {
        _gate.Enter();
        return new(this, Microseconds.Truncate(_clock.GetUtcNow()));
    }

    internal IDisposable EnterClock() => _clock.Enter();

    /// <summary>The machine's timestamp, to measure how long somebody really takes.</summary>
    internal long Stamp() => _clock.MachineStamp;

    /// <summary>Milliseconds of the machine since a timestamp.</summary>
    internal double MillisecondsSince(long stamp) => Math.Round(_clock.ElapsedOfMachine(stamp).TotalMilliseconds, 3);

    /// <summary>Work that waits for its caller lets time go on meanwhile.</summary>
    internal IDisposable LeaveClock() => _clock.StepOut();

    internal Merchant? FindMerchant(string? mchId) => _records.FindMerchant(mchId);

    internal Template? FindTemplate(string mchId, long planId) => _records.FindTemplate(mchId, planId);

    internal User? FindUser(string? openid) => _records.FindUser(openid);

    /// <summary>How many users have this nickname, how many have it once four-byte characters are left out, and whether any user has one.</summary>
    internal (int Exact, int Filtered, bool Any) UsersNamed(string text) => _records.Nicknames.Named(text);

    internal Order? FindOrder(string mchId, string? outTradeNo) => _records.FindOrder(mchId, outTradeNo);

    internal Order? FindOrderByTransaction(string mchId, string transactionId) => _records.FindOrderByTransaction(mchId, transactionId);

    internal Order? FindOrderByPrepay(string? prepayId) => _records.FindOrderByPrepay(prepayId);

    /// <summary>The order that is open and would sign under this code.</summary>
    internal Order? FindOpenSigning(string mchId, string code) => _records.FindOpenSigning(mchId, code);

    internal Contract? FindContract(string? contractId) => _records.FindContract(contractId);

    /// <summary>The latest relation under a code.</summary>
    internal Contract? FindContractByCode(string mchId, string? code) => _records.FindContractByCode(mchId, code);

    internal Contract? FindActiveContract(string mchId, long planId, string openid, string? outerId = null) => _records.FindActiveContract(mchId, planId, openid, outerId);

    internal SigningSession? FindSigning(string? id) => _records.FindSigning(id);

    /// <summary>The open session that these parameters made.</summary>
    internal SigningSession? FindSigningByRequest(string mchId, string key) => _records.FindSigningByRequest(mchId, key);

    /// <summary>The sign-only session that is open and would sign under this code.</summary>
    internal SigningSession? FindOpenSession(string mchId, string code) => _records.FindOpenSession(mchId, code);

    /// <summary>The latest notice of a contract.</summary>
    internal Notice? FindNotice(string contractId) => _records.FindNotice(contractId);

    /// <summary>The counters of a user's debits under a template; made when there are none. The caller puts them.</summary>
    internal Usage UsageOf(Contract contract) => _records.UsageOf(contract);

    /// <summary>What WeChat told a user, oldest first.</summary>
    internal IReadOnlyCollection<UserMessage> MessagesOf(string openid) => _records.MessagesOf(openid);

    internal IReadOnlyList<Contract> ContractsOf(string openid) => _records.ContractsOf(openid);

    /// <summary>A message that is still to be sent.</summary>
    internal Delivery? FindDelivery(long id) => _records.FindDelivery(id);

    internal Refund? FindRefund(string mchId, string? outRefundNo) => _records.FindRefund(mchId, outRefundNo);

    internal Refund? FindRefundById(string mchId, string refundId) => _records.FindRefundById(mchId, refundId);

    internal IReadOnlyList<Movement> MovementsOf(string mchId, DateOnly day) => _records.MovementsOf(mchId, day);

    /// <summary>What a merchant's accounts hold. <see cref="Fees.Settle"/> brings them up to a moment.</summary>
    internal Accounts AccountsOf(string mchId) => _records.AccountsOf(mchId);

    internal void Put(Merchant merchant) => _records.Put(merchant);

    internal void Put(Template template) => _records.Put(template);

    /// <summary>Adds or changes; called again after every change inside an operation, it is written once.</summary>
    internal void Put(User user) => _records.Put(user);

    internal void Put(Order order) => _records.Put(order);

    internal void Put(Contract contract) => _records.Put(contract);

    internal void Put(SigningSession session) => _records.Put(session);

    internal void Put(Notice notice) => _records.Put(notice);

    internal void Put(Usage usage) => _records.Put(usage);

    internal void Put(UserMessage message) => _records.Put(message);

    internal void Put(Refund refund) => _records.Put(refund);

    /// <summary>Adds; a payment pays its fee here, whoever made it.</summary>
    internal void Put(Movement movement)
    {
        if (movement.IsPayment)
        {
            Fees.Charge(this, movement);
        }

        _records.Put(movement);
    }

    internal void PutKeys(MerchantKeys keys) => _changes.Note(keys);

    internal void PutPlatform(PlatformIdentity identity) => _changes.Note(identity);

    internal void Put(SwitchValue value) => _changes.Note(value);

    internal void Put(FaultRule rule) => _changes.Note(rule);

    internal void Put(FaultMark mark) => _changes.Note(mark);

    internal void PutGone(FaultRule rule) => _changes.NoteGone(rule);

    internal void Put(Delivery delivery) => _records.Put(delivery);

    /// <summary>A delivery's next appointment; its body is not written again.</summary>
    internal void PutSent(Delivery delivery) => _changes.NoteSent(delivery);

    internal void End(Delivery delivery) => _records.End(delivery);

    /// <summary>Makes an appointment, or takes back the one there was. The caller puts the entity afterwards.</summary>
    internal void Schedule(Scheduled what, DateTimeOffset? at) => _agenda.Schedule(what, at);

    /// <summary>Sets the alarm for the earliest appointment. Called when an answer has left, so that what is due at once comes after it.</summary>
    internal void Arm() => _agenda.Arm();

    /// <summary>What is due now, taken from the agenda.</summary>
    internal Due? TakeDue() => _agenda.TakeDue();

    /// <summary>One number for all that is true: equal before a crash and after the replay.</summary>
    internal string Fingerprint()
    {
        using var op = Begin();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in Snapshot(op.Now))
        {
            part.At = default;
            part.MachineAt = null;
            part.Frozen = false;
            hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(part, WorldJson.Default.Change));
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _clock.Reached -= Remember;
            _agenda.Dispose();
            _changes.Dispose();
        }
    }

    private void Commit(DateTimeOffset now)
    {
        try
        {
            _changes.Write(now, Numbers.Given, _agenda.Made);
        }
        finally
        {
            _gate.Exit();
        }
    }

    private void Remember(DateTimeOffset reached)
    {
        lock (_gate)
        {
            _changes.WriteClock();
        }
    }

    /// <summary>What an earlier run has left, and the time.</summary>
    private void Recall(string path)
    {
        var time = new RecalledTime();
        foreach (var line in WorldFile.Read(path))
        {
            Apply(line);
            time.Read(line);
        }

        // Only what is true at the end of the journal has appointments; earlier lines left copies behind that must not act.
        _agenda.Recall(_records.Scheduled);
        time.Continue(_clock, Options.OwnsClock);
    }

    /// <summary>Another world instead of this one; under the lock, nothing is under way.</summary>
    private void Replace(IEnumerable<Change> lines)
    {
        var read = lines.ToList();
        _records.Clear();
        Throttle.Forget();
        Faults.Forget();
        Identities.Forget();
        Switches.Reset();
        read.ForEach(Apply);
        _agenda.Recall(_records.Scheduled);
        _changes.Forget();
    }

    private void Apply(Change line)
    {
        Numbers.Offset = line.Offset ?? Numbers.Offset;
        Numbers.Given = line.Given ?? Numbers.Given;
        _agenda.Made = line.Due ?? _agenda.Made;
        RecordLines.Apply(_records, line);
        Faults.Recall(line);
        Identities.Recall(line);
        Switches.Recall(line);
    }

    /// <summary>All that is true, in an order that does not depend on how it came about.</summary>
    private IEnumerable<Change> Snapshot(DateTimeOffset at)
    {
        at = Microseconds.Truncate(at);
        var first = _changes.ClockLine(at);
        (first.Offset, first.Given, first.Due) = (Numbers.Offset, Numbers.Given, _agenda.Made);
        first.Merchants = [.. _records.Merchants.OrderBy(m => m.MchId, StringComparer.Ordinal)];
        first.Templates = [.. _records.Templates.OrderBy(t => t.MchId, StringComparer.Ordinal).ThenBy(t => t.PlanId)];
        yield return first;
        foreach (var line in RecordLines.Of(_records, at))
        {
            yield return line;
        }

        foreach (var line in new[] { Identities.Snapshot(), Faults.Snapshot(), Switches.Snapshot() }.OfType<Change>())
        {
            line.At = at;
            yield return line;
        }
    }

    /// <summary>One operation under the lock.</summary>
    internal readonly struct Operation(SimulatorState state, DateTimeOffset now) : IDisposable
    {
        public DateTimeOffset Now => now;

        public void Dispose() => state.Commit(now);
    }
}
