using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Papaya.Simulator.Calls;
using Papaya.Simulator.Clock;
using Papaya.Simulator.Faults;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.World;

/// <summary>A contract made for a benchmark.</summary>
public sealed record SeededContract(string ContractId, string Openid, string ContractCode);

/// <summary>
/// The simulated WeChat Pay: who has which money, who signed what, what falls due when. One lock guards all of it;
/// what an operation changed is one journal line, written before the lock is given back.
/// </summary>
public sealed class SimulatorState : IDisposable
{
    private readonly TestClock _clock;
    private readonly Lock _gate = new();
    private readonly List<Tally> _tallies = [];
    private WorldFile? _file;
    private long _compactAt = long.MaxValue;
    private readonly ITimer _alarm;
    private readonly PriorityQueue<Scheduled, (DateTimeOffset At, long Number)> _agenda = new();
    private readonly Dictionary<(string MchId, string OutTradeNo), Order> _orders = [];
    private readonly Dictionary<string, Order> _ordersByTransaction = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Order> _ordersByPrepay = new(StringComparer.Ordinal);
    private readonly Dictionary<(string MchId, string Code), Order> _signingsByCode = [];
    private readonly Dictionary<string, Contract> _contracts = new(StringComparer.Ordinal);
    private readonly Dictionary<(string MchId, string Code), Contract> _contractsByCode = [];
    private readonly Dictionary<(string MchId, long PlanId, string Openid, string OuterId), Contract> _activeContracts = [];
    private readonly Dictionary<string, SigningSession> _signings = new(StringComparer.Ordinal);
    private readonly Dictionary<(string MchId, string Key), SigningSession> _signingsByRequest = [];
    private readonly Dictionary<(string MchId, string Code), SigningSession> _sessionsByCode = [];
    private readonly Dictionary<string, Notice> _notices = new(StringComparer.Ordinal);
    private readonly Dictionary<(string MchId, long PlanId, string Openid, string OuterId), Usage> _usages = [];
    private readonly Dictionary<string, Queue<UserMessage>> _messages = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Contract>> _contractsByUser = new(StringComparer.Ordinal);
    private readonly Dictionary<(string MchId, string OutRefundNo), Refund> _refunds = [];
    private readonly Dictionary<string, Refund> _refundsById = new(StringComparer.Ordinal);
    private readonly Dictionary<(string MchId, DateOnly Day), List<Movement>> _movementsByDay = [];
    private readonly Dictionary<long, Delivery> _deliveries = [];
    private readonly ConcurrentDictionary<string, Merchant> _merchants = new(StringComparer.Ordinal);
    private readonly Dictionary<(string MchId, long PlanId), Template> _templates = [];
    private readonly Dictionary<string, User> _users = new(StringComparer.Ordinal);
    private readonly List<Movement> _movements = [];
    private readonly Dictionary<string, Accounts> _accounts = new(StringComparer.Ordinal);
    private Change? _change;
    private DateTimeOffset? _alarmAt;
    private long _due;
    private bool _started;
    private bool _disposed;

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
        _alarm = clock.CreateTimer(static state => ((SimulatorState)state!).Ring(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (options.JournalPath is { } path)
        {
            DateTimeOffset latest = default, clockAt = default, machineAt = clock.MachineNow;
            var isFrozen = false;
            foreach (var line in WorldFile.Read(path))
            {
                Apply(line);
                latest = line.At > latest ? line.At : latest;
                if (line.MachineAt is { } then)
                {
                    // The clock itself speaks: a restored snapshot has set it back.
                    (clockAt, machineAt, latest, isFrozen) = (line.At, then, line.At, line.Frozen);
                }
            }

            RecallAppointments();
            if (latest != default)
            {
                // Unless it stood, the clock has gone on at the machine's speed while nobody was there.
                var flowed = clockAt + (!isFrozen && clock.MachineNow > machineAt ? clock.MachineNow - machineAt : TimeSpan.Zero);
                clock.ContinueFrom(Microseconds.Truncate(flowed > latest ? flowed : latest), options.OwnsClock);
                clock.IsFrozen |= isFrozen;
            }
        }

        Switches.ApplyOptions();
        Presets.Apply(this);
        _change = null;
        Rebase();
        clock.Reached += Remember;
    }

    /// <summary>Executes what the agenda holds; set by the host before <see cref="Start"/>.</summary>
    internal Action<Due>? OnDue { get; set; }

    internal SimulatorOptions Options { get; }

    /// <summary>Where people's browsers find the cashier.</summary>
    internal string PublicUrl { get; set; } = "";

    /// <summary>The port of the second listener, if there is one.</summary>
    internal int? BackupPort { get; set; }

    internal Switches Switches { get; }

    internal Snapshots Snapshots { get; }

    /// <summary>When the next thing happens by itself.</summary>
    internal DateTimeOffset? NextEvent
    {
        get
        {
            lock (_gate)
            {
                return Next();
            }
        }
    }

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

    internal IReadOnlyList<Movement> Movements => _movements;

    internal IEnumerable<Merchant> Merchants => _merchants.Values;

    internal IEnumerable<Template> Templates => _templates.Values;

    internal IEnumerable<User> Users => _users.Values;

    internal IEnumerable<Order> Orders => _orders.Values;

    internal IEnumerable<Contract> Contracts => _contracts.Values;

    internal IEnumerable<Refund> Refunds => _refunds.Values;

    internal IEnumerable<Delivery> Deliveries => _deliveries.Values;

    /// <summary>Contracts signed long enough ago that the next debit waits 24 hours, each with a user of its own.</summary>
    public IReadOnlyList<SeededContract> SeedContracts(
        int count, string mchId = Presets.MchId, long planId = Presets.PeriodicPlan, long balance = 100_000_000, TimeSpan? signedAgo = null, string prefix = "oSeed")
    {
        var seeded = new List<SeededContract>(count);
        using var op = Begin();
        var template = FindTemplate(mchId, planId) ?? throw new ArgumentException($"Merchant {mchId} has no template {planId}.", nameof(planId));
        var appId = FindMerchant(mchId)!.Apps[0].AppId;
        for (var i = 0; i < count; i++)
        {
            var number = Numbers.Plain();
            var signedAt = op.Now - (signedAgo ?? TimeSpan.FromHours(13));
            var contract = new Contract
            {
                ContractId = Numbers.ContractId(op.Now),
                MchId = mchId,
                AppId = appId,
                PlanId = planId,
                Openid = $"{prefix}{number:D8}",
                ContractCode = $"S{number:D10}",
                RequestSerial = number.ToString(System.Globalization.CultureInfo.InvariantCulture),
                DisplayAccount = $"用户{number}",
                SignedAt = signedAt,
                ExpiresAt = signedAt.AddDays(template.ValidDays),
            };
            Put(new User { Openid = contract.Openid, Balance = balance });
            Schedule(contract, contract.ExpiresAt);
            Put(contract);
            seeded.Add(new(contract.ContractId, contract.Openid, contract.ContractCode));
        }

        return seeded;
    }

    /// <summary>Begins to act on what falls due; before that nothing moves by itself.</summary>
    internal void Start()
    {
        lock (_gate)
        {
            _started = true;
        }

        Arm();
    }

    /// <summary>Begins to count what happens.</summary>
    internal Tally StartTally()
    {
        lock (_gate)
        {
            var tally = new Tally();
            _tallies.Add(tally);
            return tally;
        }
    }

    internal Control.Happened EndTally(Tally tally)
    {
        lock (_gate)
        {
            _tallies.Remove(tally);
            return new(tally.Debits, tally.FailedDebits, tally.Refunds, new(tally.Sent, tally.Acknowledged), tally.Closed, tally.Expired, tally.First, tally.Last);
        }
    }

    /// <summary>Something fell due and was done. Under the lock.</summary>
    internal void Count(Scheduled what, DateTimeOffset now)
    {
        foreach (var tally in _tallies)
        {
            tally.At(now);
            switch (what)
            {
                case Order { IsPaid: true }:
                    tally.Debits++;
                    break;
                case Order { State: TradeState.PayFail }:
                    tally.FailedDebits++;
                    break;
                case Order { State: TradeState.Closed }:
                    tally.Closed++;
                    break;
                case Refund { State: not RefundState.Processing }:
                    tally.Refunds++;
                    break;
                case Contract or SigningSession:
                    tally.Expired++;
                    break;
            }
        }
    }

    /// <summary>A notification was sent. Under the lock.</summary>
    internal void CountSend(DateTimeOffset now, bool acknowledged)
    {
        foreach (var tally in _tallies)
        {
            tally.At(now);
            tally.Sent++;
            tally.Acknowledged += acknowledged ? 1 : 0;
        }
    }

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
        return Snapshots.Keep(name, op.Now, calls, Snapshot());
    }

    /// <summary>Makes a world that was put aside the present one. Nothing may be under way; the caller sets the clock to <paramref name="at"/>.</summary>
    internal void Restore(SavedWorld saved, DateTimeOffset at)
    {
        using var op = Begin();
        Replace(World.Snapshots.LinesOf(saved));
        Rebase(at);
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
            (Numbers.Offset, Numbers.Given, _due) = (offset, Options.Seed is null ? Numbers.Given : 0, 0);
            Switches.Reset();
            Presets.Apply(this);
        }
        else
        {
            var rest = Snapshot().ToList();
            rest.ForEach(line => line.Without(mchId));
            Replace(rest);
            Presets.Open(this, mchId, op.Now);
        }

        _change = null;
        Rebase();
    }

    /// <summary>Takes the lock for one operation; disposing writes down what changed.</summary>
    internal Operation Begin()
    {
        _gate.Enter();
        return new(this, Microseconds.Truncate(_clock.GetUtcNow()));
    }

    internal IDisposable EnterClock() => _clock.Enter();

    internal Merchant? FindMerchant(string? mchId) => mchId is null ? null : _merchants.GetValueOrDefault(mchId);

    internal Template? FindTemplate(string mchId, long planId) => _templates.GetValueOrDefault((mchId, planId));

    internal User? FindUser(string? openid) => openid is null ? null : _users.GetValueOrDefault(openid);

    internal Order? FindOrder(string mchId, string? outTradeNo) =>
        outTradeNo is not null && _orders.TryGetValue((mchId, outTradeNo), out var order) && !order.IsLost ? order : null;

    internal Order? FindOrderByTransaction(string mchId, string transactionId) =>
        _ordersByTransaction.TryGetValue(transactionId, out var order) && order.MchId == mchId ? order : null;

    internal Order? FindOrderByPrepay(string? prepayId) => prepayId is null ? null : _ordersByPrepay.GetValueOrDefault(prepayId);

    /// <summary>The order that is open and would sign under this code.</summary>
    internal Order? FindOpenSigning(string mchId, string code) =>
        _signingsByCode.TryGetValue((mchId, code), out var order) && order.State == TradeState.NotPay ? order : null;

    internal Contract? FindContract(string? contractId) => contractId is null ? null : _contracts.GetValueOrDefault(contractId);

    /// <summary>The latest relation under a code.</summary>
    internal Contract? FindContractByCode(string mchId, string? code) => code is null ? null : _contractsByCode.GetValueOrDefault((mchId, code));

    internal Contract? FindActiveContract(string mchId, long planId, string openid, string? outerId = null) =>
        _activeContracts.GetValueOrDefault((mchId, planId, openid, outerId ?? ""));

    internal SigningSession? FindSigning(string? id) => id is null ? null : _signings.GetValueOrDefault(id);

    /// <summary>The open session that these parameters made.</summary>
    internal SigningSession? FindSigningByRequest(string mchId, string key) =>
        _signingsByRequest.TryGetValue((mchId, key), out var session) && session.IsOpen ? session : null;

    /// <summary>The sign-only session that is open and would sign under this code.</summary>
    internal SigningSession? FindOpenSession(string mchId, string code) =>
        _sessionsByCode.TryGetValue((mchId, code), out var session) && session.IsOpen ? session : null;

    /// <summary>The latest notice of a contract.</summary>
    internal Notice? FindNotice(string contractId) => _notices.GetValueOrDefault(contractId);

    /// <summary>The counters of a user's debits under a template; made when there are none. The caller puts them.</summary>
    internal Usage UsageOf(Contract contract) =>
        _usages.GetValueOrDefault((contract.MchId, contract.PlanId, contract.Openid, contract.OuterId ?? ""))
        ?? new() { MchId = contract.MchId, PlanId = contract.PlanId, Openid = contract.Openid, OuterId = contract.OuterId ?? "" };

    /// <summary>What WeChat told a user, oldest first.</summary>
    internal IReadOnlyCollection<UserMessage> MessagesOf(string openid) => _messages.TryGetValue(openid, out var list) ? list : [];

    internal IEnumerable<SigningSession> Signings => _signings.Values;

    internal IReadOnlyList<Contract> ContractsOf(string openid) => _contractsByUser.TryGetValue(openid, out var list) ? list : [];

    /// <summary>A message that is still to be sent.</summary>
    internal Delivery? FindDelivery(long id) => _deliveries.GetValueOrDefault(id);

    internal Refund? FindRefund(string mchId, string? outRefundNo) => outRefundNo is null ? null : _refunds.GetValueOrDefault((mchId, outRefundNo));

    internal Refund? FindRefundById(string mchId, string refundId) =>
        _refundsById.TryGetValue(refundId, out var refund) && refund.MchId == mchId ? refund : null;

    internal IReadOnlyList<Movement> MovementsOf(string mchId, DateOnly day) => _movementsByDay.TryGetValue((mchId, day), out var list) ? list : [];

    /// <summary>What a merchant's accounts hold. <see cref="Fees.Settle"/> brings them up to a moment.</summary>
    internal Accounts AccountsOf(string mchId)
    {
        if (!_accounts.TryGetValue(mchId, out var accounts))
        {
            _accounts[mchId] = accounts = new();
        }

        return accounts;
    }

    internal void Put(Merchant merchant)
    {
        _merchants[merchant.MchId] = merchant;
        (Changed().Merchants ??= []).Add(merchant);
    }

    internal void Put(Template template)
    {
        _templates[(template.MchId, template.PlanId)] = template;
        (Changed().Templates ??= []).Add(template);
    }

    /// <summary>Adds or changes; called again after every change inside an operation, it is written once.</summary>
    internal void Put(User user)
    {
        _users[user.Openid] = user;
        Add(Changed().Users ??= [], user);
    }

    internal void Put(Order order)
    {
        Index(order);
        Add(Changed().Orders ??= [], order);
    }

    internal void Put(Contract contract)
    {
        Index(contract);
        Add(Changed().Contracts ??= [], contract);
    }

    internal void Put(SigningSession session)
    {
        Index(session);
        Add(Changed().Signings ??= [], session);
    }

    internal void Put(Notice notice)
    {
        _notices[notice.ContractId] = notice;
        Add(Changed().Notices ??= [], notice);
    }

    internal void Put(Usage usage)
    {
        Index(usage);
        Add(Changed().Usages ??= [], usage);
    }

    internal void Put(UserMessage message)
    {
        Index(message);
        (Changed().Messages ??= []).Add(message);
    }

    internal void Put(Refund refund)
    {
        Index(refund);
        Add(Changed().Refunds ??= [], refund);
    }

    /// <summary>Adds; a payment pays its fee here, whoever made it.</summary>
    internal void Put(Movement movement)
    {
        if (movement.IsPayment)
        {
            Fees.Charge(this, movement);
        }

        Index(movement);
        (Changed().Movements ??= []).Add(movement);
    }

    internal void PutKeys(MerchantKeys keys) => Add(Changed().Keys ??= [], keys);

    internal void PutPlatform(PlatformIdentity identity) => Add(Changed().Platform ??= [], identity);

    internal void Put(SwitchValue value) => (Changed().Switches ??= []).Add(value);

    internal void Put(FaultRule rule) => (Changed().Faults ??= []).Add(rule);

    internal void Put(FaultMark mark) => (Changed().FaultMarks ??= []).Add(mark);

    internal void PutGone(FaultRule rule) => (Changed().FaultsGone ??= []).Add(rule.Id);

    internal void Put(Delivery delivery)
    {
        _deliveries[delivery.Id] = delivery;
        Add(Changed().Deliveries ??= [], delivery);
    }

    /// <summary>A delivery's next appointment; its body is not written again.</summary>
    internal void PutSent(Delivery delivery) =>
        (Changed().Sent ??= []).Add(new(delivery.Id, delivery.Sends, delivery.HeldBack, delivery.DueAt!.Value, delivery.DueNumber));

    internal void End(Delivery delivery)
    {
        delivery.DueAt = null;
        if (_deliveries.Remove(delivery.Id))
        {
            (Changed().Ended ??= []).Add(delivery.Id);
        }
    }

    /// <summary>Makes an appointment, or takes back the one there was. The caller puts the entity afterwards.</summary>
    internal void Schedule(Scheduled what, DateTimeOffset? at)
    {
        what.DueAt = at;
        what.DueNumber = at is null ? 0 : ++_due;
        if (at is { } due)
        {
            _agenda.Enqueue(what, (due, what.DueNumber));
        }
    }

    /// <summary>Sets the alarm for the earliest appointment. Called when an answer has left, so that what is due at once comes after it.</summary>
    internal void Arm()
    {
        lock (_gate)
        {
            if (!_started || _disposed)
            {
                return;
            }

            var next = Next();
            if (next == _alarmAt)
            {
                return;
            }

            _alarmAt = next;
            var wait = next is { } at ? at - _clock.GetUtcNow() : Timeout.InfiniteTimeSpan;
            _alarm.Change(next is not null && wait < TimeSpan.Zero ? TimeSpan.Zero : wait, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>One number for all that is true: equal before a crash and after the replay.</summary>
    internal string Fingerprint()
    {
        using var op = Begin();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in Snapshot())
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
            _disposed = true;
            _clock.Reached -= Remember;
            _alarm.Dispose();
            _file?.Dispose();
        }
    }

    private static void Add<T>(List<T> list, T item)
        where T : class
    {
        foreach (var known in list)
        {
            if (ReferenceEquals(known, item))
            {
                return;
            }

            // A long list is a bulk load: writing something twice is harmless, searching it is not.
            if (list.Count > 16)
            {
                break;
            }
        }

        list.Add(item);
    }

    private Change Changed() => _change ??= new();

    private void Commit(DateTimeOffset now)
    {
        try
        {
            if (_change is { IsEmpty: false } change && _file is not null && !_disposed)
            {
                change.At = now;
                change.Given = Numbers.Given;
                change.Due = _due;
                _file.Append(change);
                if (_file.Length >= _compactAt)
                {
                    _change = null;
                    Rebase();
                }
            }
        }
        finally
        {
            _change = null;
            _gate.Exit();
        }
    }

    private void Remember(DateTimeOffset reached)
    {
        if (Options.JournalPath is null)
        {
            return;
        }

        lock (_gate)
        {
            if (!_disposed)
            {
                // Read under the lock: no line before this one is later.
                _file?.Append(ClockLine(Microseconds.Truncate(_clock.GetUtcNow())));
            }
        }
    }

    private Change ClockLine(DateTimeOffset at) => new() { At = at, MachineAt = _clock.MachineNow, Frozen = _clock.IsFrozen };

    private DateTimeOffset? Next()
    {
        while (_agenda.TryPeek(out var what, out var due))
        {
            if (what.DueNumber == due.Number && what.DueAt is not null)
            {
                return due.At;
            }

            _agenda.Dequeue();
        }

        return null;
    }

    private void Ring()
    {
        using var work = _clock.Enter();
        lock (_gate)
        {
            _alarmAt = null;
        }

        while (TakeDue() is { } due)
        {
            OnDue?.Invoke(due);
        }

        Arm();
    }

    /// <summary>What is due now, taken from the agenda.</summary>
    internal Due? TakeDue()
    {
        lock (_gate)
        {
            return !_disposed && Next() is { } at && at <= _clock.GetUtcNow() && _agenda.TryDequeue(out var what, out var due) ? new(what, due.Number) : null;
        }
    }

    /// <summary>The journal begins anew with what is true now.</summary>
    private void Rebase(DateTimeOffset? at = null)
    {
        if (Options.JournalPath is { } path && !_disposed)
        {
            _file?.Dispose();
            _file = WorldFile.StartFrom(path, Snapshot(at));
            _compactAt = _file.Length + Math.Max(_file.Length, Options.CompactAfterBytes);
        }
    }

    /// <summary>Another world instead of this one; under the lock, nothing is under way.</summary>
    private void Replace(IEnumerable<Change> lines)
    {
        var read = lines.ToList();
        _agenda.Clear();
        _orders.Clear();
        _ordersByTransaction.Clear();
        _ordersByPrepay.Clear();
        _signingsByCode.Clear();
        _contracts.Clear();
        _contractsByCode.Clear();
        _activeContracts.Clear();
        _signings.Clear();
        _signingsByRequest.Clear();
        _sessionsByCode.Clear();
        _notices.Clear();
        _usages.Clear();
        _messages.Clear();
        _contractsByUser.Clear();
        _refunds.Clear();
        _refundsById.Clear();
        _movementsByDay.Clear();
        _deliveries.Clear();
        _merchants.Clear();
        _templates.Clear();
        _users.Clear();
        _movements.Clear();
        _accounts.Clear();
        Throttle.Forget();
        Faults.Forget();
        Identities.Forget();
        Switches.Reset();
        read.ForEach(Apply);
        RecallAppointments();
        _alarmAt = null;
        _change = null;
    }

    private void Apply(Change line)
    {
        Numbers.Offset = line.Offset ?? Numbers.Offset;
        Numbers.Given = line.Given ?? Numbers.Given;
        _due = line.Due ?? _due;
        line.Merchants?.ForEach(m => _merchants[m.MchId] = m);
        line.Templates?.ForEach(t => _templates[(t.MchId, t.PlanId)] = t);
        line.Users?.ForEach(u =>
        {
            u.Items = _users.TryGetValue(u.Openid, out var known) ? known.Items : 0;
            _users[u.Openid] = u;
        });
        line.Contracts?.ForEach(Index);
        line.Signings?.ForEach(Index);
        line.Notices?.ForEach(n => _notices[n.ContractId] = n);
        line.Usages?.ForEach(Index);
        line.Messages?.ForEach(Index);
        line.Orders?.ForEach(o =>
        {
            o.Refunds = FindOrder(o.MchId, o.OutTradeNo)?.Refunds;
            Index(o);
        });
        line.Refunds?.ForEach(Index);
        line.Movements?.ForEach(Index);
        line.Deliveries?.ForEach(d => _deliveries[d.Id] = d);
        line.Sent?.ForEach(s =>
        {
            if (_deliveries.TryGetValue(s.Id, out var delivery))
            {
                (delivery.Sends, delivery.HeldBack, delivery.DueAt, delivery.DueNumber) = (s.Sends, s.HeldBack, s.DueAt, s.DueNumber);
            }
        });
        line.Ended?.ForEach(id => _deliveries.Remove(id));
        Faults.Recall(line);
        Identities.Recall(line);
        Switches.Recall(line);
    }

    /// <summary>Only what is true at the end of the journal has appointments; earlier lines left copies behind that must not act.</summary>
    private void RecallAppointments()
    {
        foreach (var what in _orders.Values.Concat<Scheduled>(_contracts.Values).Concat(_signings.Values).Concat(_refunds.Values).Concat(_deliveries.Values))
        {
            if (what.DueAt is { } at)
            {
                _agenda.Enqueue(what, (at, what.DueNumber));
            }
        }
    }

    private void Index(Order order)
    {
        _orders[(order.MchId, order.OutTradeNo)] = order;
        if (order.TransactionId is { } transaction)
        {
            _ordersByTransaction[transaction] = order;
        }

        if (order.PrepayId is { } prepay)
        {
            _ordersByPrepay[prepay] = order;
            _signingsByCode[(order.MchId, order.ContractCode!)] = order;
        }
    }

    private void Index(Contract contract)
    {
        var isNew = !_contracts.TryGetValue(contract.ContractId, out var known);
        _contracts[contract.ContractId] = contract;
        if (isNew || (_contractsByCode.TryGetValue((contract.MchId, contract.ContractCode), out var latest) && latest.ContractId == contract.ContractId))
        {
            _contractsByCode[(contract.MchId, contract.ContractCode)] = contract;
        }

        if (!_contractsByUser.TryGetValue(contract.Openid, out var mine))
        {
            _contractsByUser[contract.Openid] = mine = [];
        }

        if (isNew)
        {
            mine.Add(contract);
        }
        else if (!ReferenceEquals(known, contract))
        {
            mine[mine.IndexOf(known!)] = contract;
        }

        var key = (contract.MchId, contract.PlanId, contract.Openid, contract.OuterId ?? "");
        var wasActive = _activeContracts.TryGetValue(key, out var active) && active.ContractId == contract.ContractId;
        if (contract.IsActive)
        {
            _activeContracts[key] = contract;
        }
        else if (wasActive)
        {
            _activeContracts.Remove(key);
        }

        if (wasActive != contract.IsActive && _users.TryGetValue(contract.Openid, out var user))
        {
            user.Items += contract.IsActive ? 1 : -1;
        }
    }

    private void Index(SigningSession session)
    {
        _signings[session.Id] = session;
        _sessionsByCode[(session.MchId, session.ContractCode)] = session;
        if (session.RequestKey is { } key)
        {
            _signingsByRequest[(session.MchId, key)] = session;
        }
    }

    private void Index(Usage usage) => _usages[(usage.MchId, usage.PlanId, usage.Openid, usage.OuterId)] = usage;

    private void Index(UserMessage message)
    {
        if (!_messages.TryGetValue(message.Openid, out var list))
        {
            _messages[message.Openid] = list = new();
        }

        list.Enqueue(message);
        if (list.Count > UserMessage.MostKept)
        {
            list.Dequeue();
        }
    }

    private void Index(Refund refund)
    {
        if (FindOrder(refund.MchId, refund.OutTradeNo) is { } order)
        {
            var list = order.Refunds ??= [];
            var at = list.FindIndex(r => r.OutRefundNo == refund.OutRefundNo);
            if (at < 0)
            {
                list.Add(refund);
            }
            else
            {
                list[at] = refund;
            }
        }

        _refunds[(refund.MchId, refund.OutRefundNo)] = refund;
        _refundsById[refund.RefundId] = refund;
    }

    private void Index(Movement movement)
    {
        _movements.Add(movement);
        AccountsOf(movement.MchId).Apply(movement);
        var key = (movement.MchId, BeijingTime.Day(movement.At));
        if (!_movementsByDay.TryGetValue(key, out var day))
        {
            _movementsByDay[key] = day = [];
        }

        day.Add(movement);
    }

    /// <summary>All that is true, in an order that does not depend on how it came about.</summary>
    private IEnumerable<Change> Snapshot(DateTimeOffset? at = null)
    {
        var now = Microseconds.Truncate(at ?? _clock.GetUtcNow());
        var first = ClockLine(now);
        (first.Offset, first.Given, first.Due) = (Numbers.Offset, Numbers.Given, _due);
        first.Merchants = [.. _merchants.Values.OrderBy(m => m.MchId, StringComparer.Ordinal)];
        first.Templates = [.. _templates.Values.OrderBy(t => t.MchId, StringComparer.Ordinal).ThenBy(t => t.PlanId)];
        yield return first;
        foreach (var some in _users.Values.OrderBy(u => u.Openid, StringComparer.Ordinal).Chunk(1000))
        {
            yield return new() { At = now, Users = [.. some] };
        }

        foreach (var some in _contracts.Values.OrderBy(c => c.SignedAt).ThenBy(c => c.ContractId, StringComparer.Ordinal).Chunk(1000))
        {
            yield return new() { At = now, Contracts = [.. some] };
        }

        foreach (var some in _signings.Values.OrderBy(s => s.OpenedAt).ThenBy(s => s.Id, StringComparer.Ordinal).Chunk(1000))
        {
            yield return new() { At = now, Signings = [.. some] };
        }

        foreach (var some in _notices.Values.OrderBy(n => n.ContractId, StringComparer.Ordinal).Chunk(1000))
        {
            yield return new() { At = now, Notices = [.. some] };
        }

        foreach (var some in _usages.Values.OrderBy(u => u.MchId, StringComparer.Ordinal).ThenBy(u => u.PlanId).ThenBy(u => u.Openid, StringComparer.Ordinal)
            .ThenBy(u => u.OuterId, StringComparer.Ordinal).Chunk(1000))
        {
            yield return new() { At = now, Usages = [.. some] };
        }

        foreach (var some in _messages.OrderBy(m => m.Key, StringComparer.Ordinal).SelectMany(m => m.Value).Chunk(1000))
        {
            yield return new() { At = now, Messages = [.. some] };
        }

        foreach (var some in _orders.Values.OrderBy(o => o.MchId, StringComparer.Ordinal).ThenBy(o => o.OutTradeNo, StringComparer.Ordinal).Chunk(1000))
        {
            yield return new() { At = now, Orders = [.. some] };
        }

        foreach (var some in _refunds.Values.OrderBy(r => r.AcceptedAt).ThenBy(r => r.RefundId, StringComparer.Ordinal).Chunk(1000))
        {
            yield return new() { At = now, Refunds = [.. some] };
        }

        foreach (var some in _movements.Chunk(1000))
        {
            yield return new() { At = now, Movements = [.. some] };
        }

        foreach (var some in _deliveries.Values.OrderBy(d => d.Id).Chunk(1000))
        {
            yield return new() { At = now, Deliveries = [.. some] };
        }

        if (Identities.Snapshot() is { } identities)
        {
            identities.At = now;
            yield return identities;
        }

        if (Faults.Snapshot() is { } rules)
        {
            rules.At = now;
            yield return rules;
        }

        if (Switches.Snapshot() is { } switches)
        {
            switches.At = now;
            yield return switches;
        }
    }

    /// <summary>One operation under the lock.</summary>
    internal readonly struct Operation(SimulatorState state, DateTimeOffset now) : IDisposable
    {
        public DateTimeOffset Now => now;

        public void Dispose() => state.Commit(now);
    }
}
