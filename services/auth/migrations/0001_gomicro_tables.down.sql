-- Whether the tables were there before cannot be told any more, so accounts are never dropped by this.

do $$
begin
  if exists (select from users) then
    raise exception 'the table users is not empty: drop the tables by hand if the accounts are to go';
  end if;
end
$$;

drop table keystore, api_keys, user_roles, roles, users;
