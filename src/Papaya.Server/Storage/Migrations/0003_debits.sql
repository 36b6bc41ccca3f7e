-- One debt: a period of a subscription, or one use under a contract (Papaya.Billing.Debits.Charge).
create table charge (
    id text primary key,
    merchant text not null,
    kind text not null check (kind in ('period', 'use')),
    subscription_id text,
    period bigint,
    contract_id text not null,
    amount bigint not null check (amount > 0),
    description text not null,
    mode text not null check (mode in ('delay_24h', 'pay_later')),
    state text not null,
    period_start bigint,
    period_end bigint,
    due_day bigint not null,
    due_at bigint not null,
    noticed_at bigint,
    attempts bigint not null,
    failures bigint not null,
    refusals bigint not null,
    first_execution_at bigint,
    code text,
    reason text,
    paid_number text,
    settled_at bigint,
    next_at bigint,
    parked bigint not null default 0 check (parked in (0, 1)),
    created_at bigint not null,
    version bigint not null,
    unique (subscription_id, period)
);
create index charge_to_notice on charge (next_at) where state = 'planned' and next_at is not null;
create index charge_to_send on charge (next_at) where state in ('noticed', 'due', 'retry_wait') and next_at is not null;
create index charge_of_contract on charge (contract_id, created_at, id);
create index charge_listed on charge (created_at, id);

-- When the next charge of a renewing subscription opens.
create table renewal (
    subscription_id text primary key,
    opens_at bigint not null
);
create index renewal_next on renewal (opens_at);

-- One order number sent to collect a charge. What may exist at the same time is decided here, not in code.
create table charge_attempt (
    merchant text not null,
    number text not null,
    charge_id text not null references charge (id),
    contract_id text not null,
    attempt bigint not null,
    mode text not null check (mode in ('delay_24h', 'pay_later')),
    amount bigint not null,
    state text not null,
    excess bigint not null check (excess in (0, 1)),
    code text,
    reported_code text,
    transaction_id text,
    sender text,
    sent_at bigint,
    accepted bigint not null check (accepted in (0, 1)),
    asked bigint not null,
    not_found bigint not null,
    first_not_found_at bigint,
    undecided bigint not null default 0 check (undecided in (0, 1)),
    ask_since bigint,
    executed_at bigint,
    ended_at bigint,
    next_at bigint,
    created_at bigint not null,
    version bigint not null,
    primary key (merchant, number)
);
-- No new number while an earlier one is undecided or has succeeded; money that comes all the same is marked as excess.
create unique index charge_attempt_one_success on charge_attempt (charge_id)
    where state in ('planned', 'sending', 'accepted', 'unknown', 'closing', 'succeeded') and excess = 0;
-- WeChat holds one waiting debit per contract in 24-hour mode.
create unique index charge_attempt_one_waiting on charge_attempt (contract_id)
    where mode = 'delay_24h' and state in ('planned', 'sending', 'accepted', 'unknown', 'closing');
create unique index charge_attempt_transaction on charge_attempt (merchant, transaction_id) where transaction_id is not null;
create index charge_attempt_open_of_contract on charge_attempt (contract_id)
    where state in ('planned', 'sending', 'accepted', 'unknown', 'closing');
create index charge_attempt_of_charge on charge_attempt (charge_id, attempt);
create index charge_attempt_to_send on charge_attempt (next_at) where state = 'planned' and next_at is not null;
create index charge_attempt_to_ask on charge_attempt (next_at) where state in ('accepted', 'unknown', 'closing') and next_at is not null;
create index charge_attempt_sending on charge_attempt (sent_at) where state = 'sending';

-- What the customer was told before a debit, or why not.
create table notice (
    charge_id text not null references charge (id),
    kind text not null check (kind in ('reminder', 'waiver')),
    sent_at bigint not null,
    detail text not null,
    primary key (charge_id, kind)
);

-- What limits and plans need to know about a contract's debits without counting them again.
create table contract_debit (
    contract_id text primary key,
    day bigint not null,
    sent_today bigint not null,
    succeeded_today bigint not null,
    collected_today bigint not null,
    successes bigint not null,
    collected bigint not null,
    failures_in_a_row bigint not null,
    last_execution_at bigint
);
