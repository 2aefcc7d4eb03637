local apikey = require "apikey"

local function headers_of(key)
  return { headers = { ["x-api-key"] = key } }
end

describe("api key, nobody to ask:", function()
  it("an unknown key is 503 in the envelope, never a pass and never a denial", function()
    local faults = {
      function()
        return nil, "closed"
      end,
      function()
        return 500, "{}"
      end,
      function()
        return 404, "{}"
      end,
      function()
        return 429, "{}"
      end,
      function()
        return 302, "{}"
      end,
      function()
        return 403, ("x"):rep(16 * 1024 + 1)
      end,
      function()
        error "a fault of ours"
      end,
    }
    for _, fault in ipairs(faults) do
      local plugin = apikey.open()
      plugin.client.hosts.auth = fault
      local answer = plugin:ask "good"
      assert.equal(503, answer.status)
      assert.equal("1", answer.headers["retry-after"])
      assert.truthy(answer.body:find('"message":"service unavailable"', 1, true))
    end
  end)

  it("once somebody is there again the next check finds it", function()
    local plugin = apikey.open()
    plugin:kill()
    assert.equal(503, plugin:ask("good").status)
    plugin.client.hosts.auth = apikey.verifying
    plugin.scheduler:pass(0.3)
    assert.equal(200, plugin:ask("good").status)
  end)

  it("all who wait for a hanging check are answered when its time is over, and it is one check", function()
    local plugin = apikey.open()
    plugin:hang()
    local requests = {}
    for i = 1, 5 do
      requests[i] = headers_of "good"
    end
    for _, answer in ipairs(plugin:ask_all(requests)) do
      assert.equal(503, answer.status)
      assert.is_true(answer.took < 1.6, "took " .. answer.took)
    end
    assert.equal(1, plugin:checks())
  end)

  it("what the cache gives although it has expired is no answer", function()
    local plugin = apikey.open(function()
      ngx.shared.apikey_grants = nil
    end)
    plugin:ask "good"
    plugin.scheduler:pass(11)
    -- Longer than the cache makes others wait.
    plugin.client.hosts.auth = function()
      plugin.scheduler:sleep(6)
      return nil, "timeout"
    end
    for _, answer in ipairs(plugin:ask_all { headers_of "good", headers_of "good" }) do
      assert.equal(503, answer.status)
    end
  end)

  it("a known key goes on for five minutes and no longer", function()
    local plugin = apikey.open()
    plugin:ask "good"
    plugin:kill()
    for _ = 1, 29 do
      plugin.scheduler:pass(10)
      assert.equal(200, plugin:ask("good").status)
    end
    plugin.scheduler:pass(10.1)
    assert.equal(503, plugin:ask("good").status)
    assert.equal(503, plugin:ask("bad").status)
  end)

  it("a known key waits 100 ms for a hanging check, once, and is then checked without waiting", function()
    local plugin = apikey.open()
    plugin:ask "good"
    plugin:hang()
    plugin.scheduler:pass(11)
    local first = plugin:ask "good"
    assert.equal(200, first.status)
    assert.is_true(first.took > 0.09 and first.took < 0.11, "took " .. first.took)
    plugin.scheduler:pass(1.1)
    local second = plugin:ask "good"
    assert.same({ 200, 0 }, { second.status, second.took })
    assert.equal(3, plugin:checks())
  end)

  it("a known key that the check refuses soon is refused, and not known any more", function()
    local plugin = apikey.open()
    plugin:ask "good"
    plugin.scheduler:pass(11)
    plugin.client.hosts.auth = function()
      plugin.scheduler:sleep(0.05)
      return 403, "revoked", "text/plain"
    end
    for _, answer in ipairs(plugin:ask_all { headers_of "good", headers_of "good", headers_of "good" }) do
      assert.same({ 403, "revoked" }, { answer.status, answer.body })
      assert.is_true(answer.took < 0.06, "took " .. answer.took)
    end
    assert.equal(2, plugin:checks())
    assert.equal(1, ngx.timers)
    plugin:kill()
    plugin.scheduler:pass(1.1)
    assert.equal(503, plugin:ask("good").status)
  end)

  it("a known key whose refusal comes late passes until then", function()
    local plugin = apikey.open()
    plugin:ask "good"
    plugin.scheduler:pass(11)
    plugin.client.hosts.auth = function()
      plugin.scheduler:sleep(0.5)
      return 403, "revoked", "text/plain"
    end
    assert.equal(200, plugin:ask("good").status)
    assert.equal(403, plugin:ask("good").status)
  end)

  it("a known key stays known when a new configuration has emptied the cache", function()
    local plugin = apikey.open()
    plugin:ask "good"
    plugin:kill()
    kong.cache:purge()
    assert.equal(200, plugin:ask("good").status)
  end)

  it("a key known to one verifying service is not known to another", function()
    local plugin = apikey.open()
    plugin:ask "good"
    plugin.conf.verification_urls = { "http://other:8000/verify/apikey" }
    assert.equal(503, plugin:ask("good").status)
  end)

  it("without the shared dictionary known keys are asked about, and 503", function()
    local plugin = apikey.open(function()
      ngx.shared.apikey_grants = nil
    end)
    assert.equal(200, plugin:ask("good").status)
    plugin.scheduler:pass(11)
    assert.equal(200, plugin:ask("good").status)
    plugin:kill()
    plugin.scheduler:pass(11)
    assert.equal(503, plugin:ask("good").status)
  end)

  it("a flood of invented keys is bounded, and leaves known keys alone", function()
    local plugin = apikey.open()
    plugin:ask "good"
    plugin:hang()
    local requests = { headers_of "good" }
    for i = 1, 100 do
      requests[i + 1] = headers_of("invented-" .. i)
    end
    local answers = plugin:ask_all(requests)
    assert.equal(200, answers[1].status)
    local at_once = 0
    for i = 2, 101 do
      assert.equal(503, answers[i].status)
      at_once = at_once + (answers[i].took == 0 and 1 or 0)
    end
    assert.equal(36, at_once)
    assert.equal(1 + 64, plugin:checks())
  end)

  it("no key is written into the log", function()
    local plugin = apikey.open()
    plugin:kill()
    plugin:ask "secret-of-somebody"
    plugin.client.hosts.auth = function()
      error "a fault of ours"
    end
    plugin.scheduler:pass(1)
    plugin:ask "secret-of-somebody"
    assert.equal(2, #plugin.logged)
    assert.is_nil(table.concat(plugin.logged):find("secret", 1, true))
  end)
end)

describe("api key, several verification URLs:", function()
  local function with(...)
    local urls = { ... }
    return function(conf)
      conf.verification_urls = urls
    end
  end

  it("the next is asked when one does not know, from a random start", function()
    local firsts = {}
    for _ = 1, 40 do
      local plugin = apikey.open(with("http://dead/x", "http://auth/1", "http://auth/2"))
      assert.equal(200, plugin:ask("good").status)
      firsts[plugin.client.requests[1].path] = true
    end
    assert.same({ ["/1"] = true, ["/2"] = true }, firsts)
  end)

  it("one that hangs leaves time for the next", function()
    for _ = 1, 10 do
      local plugin = apikey.open(with("http://hanging/x", "http://auth/x"))
      plugin.client.hosts.hanging = function(_, timeout_ms)
        plugin.scheduler:sleep(timeout_ms / 1000)
        return nil, "timeout"
      end
      local answer = plugin:ask "good"
      assert.equal(200, answer.status)
      assert.is_true(answer.took < 0.8, "took " .. answer.took)
    end
  end)

  it("a connection that its other end has closed meanwhile is not an answer: a new one is asked", function()
    local plugin = apikey.open()
    plugin.client.reused = true
    plugin.client.hosts.auth = function(params)
      if plugin.client.reused then
        plugin.client.reused = false
        return nil, "closed"
      end
      return apikey.verifying(params)
    end
    assert.equal(200, plugin:ask("good").status)
    assert.equal(2, plugin:checks())
  end)
end)
