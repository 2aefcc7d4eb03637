-- The parts of `ngx` that the plugins use, over a scheduler.
local nginx = {}

local STEP_SEC = 0.001

local function new_dict(scheduler)
  local items = {}
  local dict = {}
  function dict:get(key)
    local item = items[key]
    return item and scheduler:now() < item.until_sec and item.value or nil
  end
  function dict:set(key, value, ttl)
    -- In whole milliseconds, of which none are for ever.
    local forever = ttl >= 0 and ttl < 0.001
    items[key] = { value = value, until_sec = forever and math.huge or scheduler:now() + ttl }
    return true
  end
  function dict:replace(key, value, ttl)
    return self:get(key) ~= nil and self:set(key, value, ttl)
  end
  function dict:ttl(key)
    return self:get(key) ~= nil and items[key].until_sec - scheduler:now() or nil
  end
  function dict:delete(key)
    items[key] = nil
  end
  return dict
end

local function new_semaphore(scheduler)
  local resources = 0
  local semaphore = {}
  function semaphore:post(n)
    resources = resources + n
  end
  function semaphore:wait(seconds)
    local deadline = scheduler:now() + seconds
    while resources == 0 do
      if scheduler:now() >= deadline then
        return nil, "timeout"
      end
      scheduler:sleep(STEP_SEC)
    end
    resources = resources - 1
    return true
  end
  return semaphore
end

--- The global `ngx`, which counts its `timers`; `ngx.semaphore` is a module there, and is one here.
function nginx.new(scheduler)
  package.loaded["ngx.semaphore"] = {
    new = function()
      return new_semaphore(scheduler)
    end,
  }
  local ngx = { timers = 0 }
  function ngx.now()
    return scheduler:now()
  end
  function ngx.update_time() end
  ngx.shared = { apikey_grants = new_dict(scheduler) }
  ngx.timer = {
    at = function(_, run)
      ngx.timers = ngx.timers + 1
      scheduler:spawn(function()
        run(false)
      end)
      return true
    end,
  }
  return ngx
end

return nginx
