using System.Collections.Concurrent;
using Papaya.Simulator.Calls;
using Papaya.WeChatPay.Wire;

namespace Papaya.Simulator.World;

/// <summary>
/// What there is in the world, found by each of its names. An entity that is added again, or another that stands for the same, takes the place of the
/// earlier one. What is put is written down; what is added comes from the journal. Used under the world's lock; merchants alone are found without it.
/// </summary>
internal sealed class Records(ChangeLog changes)
{
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

    /// <summary>How much there is of some of it.</summary>
    public Counts Counts { get; } = new();

    public IReadOnlyList<Movement> Movements => _movements;

    public Nicknames Nicknames { get; } = new();

    public IEnumerable<Merchant> Merchants => _merchants.Values;

    public IEnumerable<Template> Templates => _templates.Values;

    public IEnumerable<User> Users => _users.Values;

    public IEnumerable<Order> Orders => _orders.Values;

    public IEnumerable<Contract> Contracts => _contracts.Values;

    public IEnumerable<Notice> Notices => _notices.Values;

    public IEnumerable<Usage> Usages => _usages.Values;

    /// <summary>Each user's, oldest first.</summary>
    public IEnumerable<UserMessage> Messages => _messages.OrderBy(m => m.Key, StringComparer.Ordinal).SelectMany(m => m.Value);

    public IEnumerable<Refund> Refunds => _refunds.Values;

    public IEnumerable<Delivery> Deliveries => _deliveries.Values;

    /// <summary>All that may have an appointment.</summary>
    public IEnumerable<Scheduled> Scheduled =>
        _orders.Values.Concat<Scheduled>(_contracts.Values).Concat(_signings.Values).Concat(_refunds.Values).Concat(_deliveries.Values);

    public Merchant? FindMerchant(string? mchId) => mchId is null ? null : _merchants.GetValueOrDefault(mchId);

    public Template? FindTemplate(string mchId, long planId) => _templates.GetValueOrDefault((mchId, planId));

    public User? FindUser(string? openid) => openid is null ? null : _users.GetValueOrDefault(openid);

    public Order? FindOrder(string mchId, string? outTradeNo) =>
        outTradeNo is not null && _orders.TryGetValue((mchId, outTradeNo), out var order) && !order.IsLost ? order : null;

    public Order? FindOrderByTransaction(string mchId, string transactionId) =>
        _ordersByTransaction.TryGetValue(transactionId, out var order) && order.MchId == mchId ? order : null;

    public Order? FindOrderByPrepay(string? prepayId) => prepayId is null ? null : _ordersByPrepay.GetValueOrDefault(prepayId);

    /// <summary>The order that is open and would sign under this code.</summary>
    public Order? FindOpenSigning(string mchId, string code) =>
        _signingsByCode.TryGetValue((mchId, code), out var order) && order.State == TradeState.NotPay ? order : null;

    public Contract? FindContract(string? contractId) => contractId is null ? null : _contracts.GetValueOrDefault(contractId);

    /// <summary>The latest relation under a code.</summary>
    public Contract? FindContractByCode(string mchId, string? code) => code is null ? null : _contractsByCode.GetValueOrDefault((mchId, code));

    public Contract? FindActiveContract(string mchId, long planId, string openid, string? outerId = null) =>
        _activeContracts.GetValueOrDefault((mchId, planId, openid, outerId ?? ""));

    public SigningSession? FindSigning(string? id) => id is null ? null : _signings.GetValueOrDefault(id);

    /// <summary>The open session that these parameters made.</summary>
    public SigningSession? FindSigningByRequest(string mchId, string key) =>
        _signingsByRequest.TryGetValue((mchId, key), out var session) && session.IsOpen ? session : null;

    /// <summary>The sign-only session that is open and would sign under this code.</summary>
    public SigningSession? FindOpenSession(string mchId, string code) =>
        _sessionsByCode.TryGetValue((mchId, code), out var session) && session.IsOpen ? session : null;

    /// <summary>The latest notice of a contract.</summary>
    public Notice? FindNotice(string contractId) => _notices.GetValueOrDefault(contractId);

    /// <summary>The counters of a user's debits under a template; made when there are none. The caller puts them.</summary>
    public Usage UsageOf(Contract contract) =>
        _usages.GetValueOrDefault((contract.MchId, contract.PlanId, contract.Openid, contract.OuterId ?? ""))
        ?? new() { MchId = contract.MchId, PlanId = contract.PlanId, Openid = contract.Openid, OuterId = contract.OuterId ?? "" };

    /// <summary>What WeChat told a user, oldest first.</summary>
    public IReadOnlyCollection<UserMessage> MessagesOf(string openid) => _messages.TryGetValue(openid, out var list) ? list : [];

    public IEnumerable<SigningSession> Signings => _signings.Values;

    public IReadOnlyList<Contract> ContractsOf(string openid) => _contractsByUser.TryGetValue(openid, out var list) ? list : [];

    /// <summary>A message that is still to be sent.</summary>
    public Delivery? FindDelivery(long id) => _deliveries.GetValueOrDefault(id);

    public Refund? FindRefund(string mchId, string? outRefundNo) => outRefundNo is null ? null : _refunds.GetValueOrDefault((mchId, outRefundNo));

    public Refund? FindRefundById(string mchId, string refundId) =>
        _refundsById.TryGetValue(refundId, out var refund) && refund.MchId == mchId ? refund : null;

    public IReadOnlyList<Movement> MovementsOf(string mchId, DateOnly day) => _movementsByDay.TryGetValue((mchId, day), out var list) ? list : [];

    /// <summary>What a merchant's accounts hold. <see cref="Fees.Settle"/> brings them up to a moment.</summary>
    public Accounts AccountsOf(string mchId)
    {
        if (!_accounts.TryGetValue(mchId, out var accounts))
        {
            _accounts[mchId] = accounts = new();
        }

        return accounts;
    }

    // ---- what an operation changes: it is written down ------------------------------------------------------------------

    public void Put(Merchant merchant)
    {
        Add(merchant);
        changes.Note(merchant);
    }

    public void Put(Template template)
    {
        Add(template);
        changes.Note(template);
    }

    public void Put(User user)
    {
        Add(user);
        changes.Note(user);
    }

    public void Put(Order order)
    {
        Add(order);
        changes.Note(order);
    }

    public void Put(Contract contract)
    {
        Add(contract);
        changes.Note(contract);
    }

    public void Put(SigningSession session)
    {
        Add(session);
        changes.Note(session);
    }

    public void Put(Notice notice)
    {
        Add(notice);
        changes.Note(notice);
    }

    public void Put(Usage usage)
    {
        Add(usage);
        changes.Note(usage);
    }

    public void Put(UserMessage message)
    {
        Add(message);
        changes.Note(message);
    }

    public void Put(Refund refund)
    {
        Add(refund);
        changes.Note(refund);
    }

    public void Put(Movement movement)
    {
        Add(movement);
        changes.Note(movement);
    }

    public void Put(Delivery delivery)
    {
        Add(delivery);
        changes.Note(delivery);
    }

    /// <summary>It is sent no more.</summary>
    public void End(Delivery delivery)
    {
        delivery.DueAt = null;
        if (_deliveries.Remove(delivery.Id))
        {
            changes.NoteEnded(delivery);
        }
    }

    // ---- what the journal tells ---------------------------------------------------------------------------------------

    public void Add(Merchant merchant) => _merchants[merchant.MchId] = merchant;

    public void Add(Template template) => _templates[(template.MchId, template.PlanId)] = template;

    public void Add(User user)
    {
        if (_users.GetValueOrDefault(user.Openid) is { } before && before != user)
        {
            Nicknames.Unlist(before);
        }

        _users[user.Openid] = user;
        Nicknames.List(user);
    }

    public void Add(Notice notice) => _notices[notice.ContractId] = notice;

    public void Add(Delivery delivery) => _deliveries[delivery.Id] = delivery;

    public void Remove(long delivery) => _deliveries.Remove(delivery);

    public void Add(Order order)
    {
        var key = (order.MchId, order.OutTradeNo);
        Counts.Note(order, _orders.GetValueOrDefault(key));
        _orders[key] = order;
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

    public void Add(Contract contract)
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

        if (wasActive != contract.IsActive)
        {
            Counts.Note(contract, contract.IsActive ? 1 : -1);
        }

        if (wasActive != contract.IsActive && _users.TryGetValue(contract.Openid, out var user))
        {
            user.Items += contract.IsActive ? 1 : -1;
        }
    }

    public void Add(SigningSession session)
    {
        _signings[session.Id] = session;
        _sessionsByCode[(session.MchId, session.ContractCode)] = session;
        if (session.RequestKey is { } key)
        {
            _signingsByRequest[(session.MchId, key)] = session;
        }
    }

    public void Add(Usage usage) => _usages[(usage.MchId, usage.PlanId, usage.Openid, usage.OuterId)] = usage;

    public void Add(UserMessage message)
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

    public void Add(Refund refund)
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

    public void Add(Movement movement)
    {
        _movements.Add(movement);
        Counts.Note(movement);
        AccountsOf(movement.MchId).Apply(movement);
        var key = (movement.MchId, BeijingTime.Day(movement.At));
        if (!_movementsByDay.TryGetValue(key, out var day))
        {
            _movementsByDay[key] = day = [];
        }

        day.Add(movement);
    }

    public void Clear()
    {
        Counts.Clear();
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
        foreach (var user in _users.Values)
        {
            // The same object may be added again: it is listed nowhere then.
            user.ListedAs = null;
        }

        _users.Clear();
        Nicknames.Clear();
        _movements.Clear();
        _accounts.Clear();
    }
}
