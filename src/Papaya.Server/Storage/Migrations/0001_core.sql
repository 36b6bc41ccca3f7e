-- Instants are µs since 1970 UTC, money is fen.

create table event (
    seq bigint primary key,
    id text not null unique,
    type text not null,
    at bigint not null,
    aggregate text not null,
    sequence bigint not null,
    data text not null,
    unique (aggregate, sequence)
);

create table idempotency_key (
    route text not null,
    key text not null,
    request_hash text not null,
    state text not null check (state in ('running', 'done')),
    resource text,
    status bigint,
    body text,
    location text,
    created_at bigint not null,
    primary key (route, key)
);
create index idempotency_key_running on idempotency_key (created_at) where state = 'running';

create table notification_inbox (
    id text primary key,
    merchant text not null,
    kind text not null check (kind in ('payment', 'debit', 'contract', 'refund')),
    body_hash text not null,
    body text not null,
    received_at bigint not null,
    state text not null check (state in ('waiting', 'applied', 'orphan', 'failed')),
    tries bigint not null,
    due_at bigint,
    applied_at bigint,
    error text,
    unique (merchant, kind, body_hash)
);
create index notification_inbox_due on notification_inbox (due_at, received_at, id) where due_at is not null;

-- A posting is its lines; they sum to 0. Its key is what makes booking idempotent.
create table ledger_entry (
    cause text not null,
    step text not null,
    line bigint not null,
    account text not null,
    amount bigint not null,
    posted_at bigint not null,
    primary key (cause, step, line)
);
create index ledger_entry_account on ledger_entry (account);

create table plan (
    id text primary key,
    code text not null unique,
    name text not null,
    merchant text not null,
    template_id bigint not null,
    mode text not null check (mode in ('delay_24h', 'pay_later')),
    fee text not null check (fee in ('fixed', 'capped')),
    amount bigint not null check (amount > 0),
    first_amount bigint check (first_amount > 0),
    interval_unit text not null check (interval_unit in ('day', 'week', 'month', 'quarter', 'year')),
    interval_count bigint not null check (interval_count > 0),
    policies text,
    created_at bigint not null
);
create index plan_listed on plan (created_at, id);
