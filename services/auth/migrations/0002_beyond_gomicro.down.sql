-- What cannot be undone: API keys stay hashed (marked, so that the way up does not hash them twice; issue new ones),
-- emails stay in lower case, and passwords hashed with argon2id mean nothing to gomicro. The roles stay: users hold them.

drop index keystore_user_id_idx;
drop index keystore_p_key_idx;
alter table keystore drop column expires_at;

update api_keys set key = 'sha256:' || prefix || ':' || key;
alter table api_keys drop column expires_at, drop column prefix;

drop index users_email_lower_idx;
