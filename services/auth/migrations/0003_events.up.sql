-- Events on their way to NATS: written with the change that they tell of, removed once they are out. For one entity seq
-- is the order of the changes: whoever writes holds the entity's lock until its transaction is over. The owner is the
-- instance that wrote the event, whose relay comes first.

create table events_outbox (
  seq bigint generated always as identity primary key,
  id uuid not null unique,
  type text not null,
  entity text not null,
  time timestamptz not null,
  data json not null,
  traceparent text,
  tracestate text,
  owner uuid not null,
  written_at timestamptz not null default clock_timestamp()
);

create index events_outbox_entity_idx on events_outbox (entity, seq);

-- Events that were handled, each once for a consumer; a row goes when NATS can no longer bring its event again.

create table events_inbox (
  consumer text not null,
  event_id uuid not null,
  handled_at timestamptz not null default now(),
  primary key (consumer, event_id)
);

create index events_inbox_handled_at_idx on events_inbox (handled_at);
