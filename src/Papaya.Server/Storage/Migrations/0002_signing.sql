-- One pay-and-sign visit: two halves, each with its own state (Papaya.Billing.Contracts).
create table checkout (
    id text primary key,
    merchant text not null,
    app_id text not null,
    channel text not null,
    plan text not null,
    template bigint not null,
    title text not null,
    amount bigint not null,
    customer text not null,
    display_name text not null,
    openid text,
    ip text not null,
    device_id text,
    return_url text,
    metadata text,
    options text not null,
    out_trade_no text not null,
    contract_code text not null,
    request_serial bigint not null,
    payment_leg text not null,
    contract_leg text not null,
    prepay_id text,
    code_url text,
    mweb_url text,
    prepared_at bigint,
    transaction_id text,
    paid_at bigint,
    payer text,
    payment_code text,
    payment_reason text,
    contract_reason_code text,
    contract_reason text,
    contract_id text,
    subscription_id text not null,
    created_at bigint not null,
    expires_at bigint not null,
    closed_at bigint,
    payment_asked bigint not null,
    payment_ask_at bigint,
    contract_asked bigint not null,
    contract_ask_at bigint,
    asked_at bigint,
    next_at bigint,
    version bigint not null,
    unique (merchant, out_trade_no),
    unique (merchant, contract_code)
);
create index checkout_next on checkout (next_at) where next_at is not null;

-- WeChat's permission to debit a user. A contract_id comes from WeChat only.
create table contract (
    id text primary key,
    merchant text not null,
    app_id text not null,
    contract_id text not null,
    contract_code text not null,
    template bigint not null,
    plan text not null,
    customer text not null,
    display_name text not null,
    openid text not null,
    checkout_id text not null,
    previous_id text,
    status text not null,
    signed_at bigint,
    expires_at bigint,
    terminated_at bigint,
    termination_mode bigint,
    termination_remark text,
    reason text,
    end_at bigint,
    asked bigint not null,
    ask_since bigint,
    next_at bigint,
    created_at bigint not null,
    version bigint not null,
    unique (merchant, contract_id)
);
-- WeChat allows one contract per merchant number, template and user; so do we, whatever order its messages come in.
create unique index contract_one_live on contract (merchant, template, openid)
    where status in ('active', 'suspended', 'in_doubt', 'terminating');
create index contract_next on contract (next_at) where next_at is not null;
create index contract_customer on contract (customer, created_at, id);
create index contract_listed on contract (created_at, id);

-- The merchant's ongoing promise to one customer. Periods count from the anchor, the first being number 0.
create table subscription (
    id text primary key,
    merchant text not null,
    plan text not null,
    customer text not null,
    checkout_id text not null unique,
    contract_id text,
    status text not null,
    auto_renew bigint not null,
    amount bigint not null,
    interval_unit text not null,
    interval_count bigint not null,
    anchor_at bigint,
    period_number bigint not null,
    period_start bigint,
    period_end bigint,
    canceled_at bigint,
    cancel_reason text,
    next_at bigint,
    created_at bigint not null,
    version bigint not null
);
create index subscription_next on subscription (next_at) where next_at is not null;
create index subscription_contract on subscription (contract_id) where contract_id is not null;
create index subscription_customer on subscription (customer, created_at, id);
create index subscription_listed on subscription (created_at, id);
