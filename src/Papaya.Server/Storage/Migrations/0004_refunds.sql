-- A payment that refunds were asked of. The reservation is decided by one conditional update of its row.
create table refundable (
    merchant text not null,
    number text not null,
    paid bigint not null check (paid > 0),
    reserved bigint not null,
    refunds bigint not null,
    primary key (merchant, number)
);

-- One refund under one number (Papaya.Billing.Refunds.Refund).
create table refund (
    id text primary key,
    merchant text not null,
    app_id text not null,
    refund_number text not null,
    charge_id text,
    checkout_id text,
    order_number text not null,
    transaction_id text not null,
    order_amount bigint not null,
    amount bigint not null check (amount > 0),
    reason text not null,
    state text not null,
    code text,
    wechat_refund_id text,
    received_by text,
    sent_at bigint,
    asked bigint not null,
    settled_at bigint,
    next_at bigint,
    created_at bigint not null,
    version bigint not null,
    unique (merchant, refund_number),
    foreign key (merchant, order_number) references refundable (merchant, number)
);
create index refund_next on refund (next_at) where next_at is not null;
create index refund_submitting on refund (sent_at) where state = 'submitting';
create index refund_of_charge on refund (charge_id, created_at, id) where charge_id is not null;
create index refund_of_checkout on refund (checkout_id, created_at, id) where checkout_id is not null;
create index refund_listed on refund (created_at, id);
