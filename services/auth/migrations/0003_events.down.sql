-- Events that are not out yet would be lost, and with them what other services are to know.

do $$
begin
  if exists (select from events_outbox) then
    raise exception 'events are waiting to be published: start the service with NATS until events_outbox is empty';
  end if;
end
$$;

drop table events_inbox, events_outbox;
