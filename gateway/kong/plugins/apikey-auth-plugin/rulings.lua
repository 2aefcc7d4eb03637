-- What is known of keys, and for how long. `kong.cache` keeps rulings and lets one request ask for all who wait with
-- the same key, in every worker. A shared dictionary of ours keeps which keys were good: unlike kong.cache it survives
-- a new configuration, and the moment when targets change is the moment when the verifying service is in trouble.
local semaphore = require "ngx.semaphore"
local sha256_hex = require("kong.tools.sha256").sha256_hex
local verifier = require "kong.plugins.apikey-auth-plugin.verifier"

local kong = kong
local concat = table.concat
local huge = math.huge
local max = math.max
local min = math.min
local now = ngx.now
local pcall = pcall
local random = math.random
local timer_at = ngx.timer.at

local rulings = {}

-- Made by kong.conf (nginx_http_lua_shared_dict); without it no key is known longer than cache_ttl_sec.
local grants = ngx.shared.apikey_grants
local CONFIRMED = 1
-- The last check found nobody to ask.
local UNCONFIRMED = 0
-- How long a known key is good without being confirmed.
local GRACE_SEC = 300
-- A known key waits this long for its next check, then goes on while the check does.
local KNOWN_KEY_WAIT_SEC = 0.1
-- How long until a known key is checked again after a check that found nobody.
local RECHECK_SEC = 1
-- The same for a key that is not known: those who waited for the check get its result, and soon the next one is made.
local UNANSWERED_SEC = 0.25
-- Zero would be for ever, and so would less than a millisecond.
local LEAST_TTL_SEC = 0.05
-- The cache found only what is too old, and gives it rather than nothing.
local STALE = 4

local GRANTED = { granted = true }
local UNANSWERED = { unanswered = true }

local checks = {}

local function find_grant(digest)
  return grants and grants:get(digest)
end

-- A grant that nobody could confirm, and for how long it may be used until the next check.
local function doubt(digest)
  local left = grants:ttl(digest) or 0
  if left > 0 then
    grants:replace(digest, UNCONFIRMED, left)
  end
  return min(RECHECK_SEC, left)
end

-- No longer than the key itself has left.
local function keep_grant(digest, left)
  if not grants then
    return
  end
  if left < LEAST_TTL_SEC then
    grants:delete(digest)
  else
    grants:set(digest, CONFIRMED, min(GRACE_SEC, left))
  end
end

-- The callback of kong.cache: value, no error, seconds. An error would make the cache give an expired ruling, again
-- and again; so what came to nothing is a value too.
local function check(conf, digest, key, request_id)
  local ruling = verifier.verify(conf, key, request_id)
  if not ruling then
    if not find_grant(digest) then
      return UNANSWERED, nil, UNANSWERED_SEC
    end
    return GRANTED, nil, max(LEAST_TTL_SEC, doubt(digest))
  end
  if ruling.granted then
    local left = ruling.ends_at and ruling.ends_at - now() or huge
    keep_grant(digest, left)
    -- Cut by up to a tenth: keys learnt together are not checked together.
    return ruling, nil, max(LEAST_TTL_SEC, min(conf.cache_ttl_sec * (1 - random() / 10), left))
  end
  if grants then
    grants:delete(digest)
  end
  return ruling, nil, max(LEAST_TTL_SEC, conf.negative_ttl_sec)
end

local function ask(conf, digest, key, request_id)
  local ruling, err, level = kong.cache:get(digest, nil, check, conf, digest, key, request_id)
  if err then
    kong.log.err("API keys cannot be looked up: ", err)
    return UNANSWERED
  end
  if not ruling or level == STALE then
    return UNANSWERED
  end
  return ruling
end

-- In a timer, since a request that goes on leaves none of its threads behind.
local function ask_aside(conf, digest, key, request_id)
  local running = { done = semaphore.new(), waiting = 0 }
  local ok, err = timer_at(0, function(premature)
    if not premature then
      local asked, ruling = pcall(ask, conf, digest, key, request_id)
      running.ruling = asked and ruling or nil
    end
    checks[digest] = nil
    running.done:post(max(1, running.waiting))
  end)
  if not ok then
    kong.log.err("no timer for an API key check: ", err)
    return nil
  end
  checks[digest] = running
  return running
end

-- A key that was good a while ago: refused when the check says so soon, else it goes on.
local function ask_known(grant, conf, digest, key, request_id)
  local running = checks[digest] or ask_aside(conf, digest, key, request_id)
  if not running or grant == UNCONFIRMED then
    return GRANTED
  end
  running.waiting = running.waiting + 1
  running.done:wait(KNOWN_KEY_WAIT_SEC)
  local ruling = running.ruling
  return ruling and ruling.status and ruling or GRANTED
end

--- The ruling on a key: `granted`, or a refusal with `status`, `content_type` and `body`, or `unanswered`.
-- Rulings are shared with other requests: nothing may be written into them.
function rulings.find(conf, key, request_id)
  -- Kept under a digest, so that no key lies about in memory; another verifying service is another question.
  local digest = "apikey:" .. sha256_hex(concat(conf.verification_urls, " ") .. "\n" .. key)
  local kept = kong.cache:get(digest)
  if kept then
    return kept
  end
  local grant = find_grant(digest)
  if grant then
    return ask_known(grant, conf, digest, key, request_id)
  end
  return ask(conf, digest, key, request_id)
end

return rulings
