local apikey = require "apikey"

describe("api key", function()
  it("none or a blank one is 401, two are 400, what can be none is 403, and nobody is asked", function()
    local plugin = apikey.open()
    for _, key in ipairs { "", "   ", "\t" } do
      local answer = plugin:ask(key)
      assert.equal(401, answer.status)
      assert.truthy(answer.body:find('"message":"x-api-key header is missing"', 1, true))
    end
    assert.equal(401, plugin:ask().status)
    assert.equal(400, plugin:ask({ "good", "good" }).status)
    for _, key in ipairs { ",", "a,b", "a b", "a\1b", "\195\169", ("k"):rep(1025) } do
      assert.equal(403, plugin:ask(key).status)
    end
    assert.equal(0, plugin:checks())
  end)

  it("is not asked for at /<service>/health, and nothing else looks like it", function()
    local plugin = apikey.open()
    assert.equal(200, plugin:ask(nil, { target = "/blog/health" }).status)
    local others = { "/blog/health/", "/blog/x/health", "/blog/healthy", "/blog/Health", "/health", "/blog/health\n" }
    for _, path in ipairs(others) do
      assert.equal(401, plugin:ask(nil, { target = path }).status, path)
    end
  end)

  it("is neither asked for nor checked where none is required", function()
    local plugin = apikey.open(function(conf)
      conf.required = false
    end)
    for _, key in ipairs { "", "bad", "good" } do
      assert.equal(200, plugin:ask(key).status)
    end
    assert.equal(200, plugin:ask().status)
    assert.equal(0, plugin:checks())
  end)

  it("that is good passes, and is asked about once for its time", function()
    local plugin = apikey.open()
    for _ = 1, 3 do
      assert.equal(200, plugin:ask(" good ").status)
    end
    assert.equal(1, plugin:checks())
    local check = plugin.client.requests[1]
    assert.equal("/verify/apikey", check.path)
    assert.equal("id-of-kong", check.headers["X-Request-ID"])
    assert.equal("1500", check.headers["X-Deadline-Ms"])
    plugin.scheduler:pass(10.1)
    plugin:ask "good"
    assert.equal(2, plugin:checks())
  end)

  it("that is refused is passed on, kept for its time, with the id of each request", function()
    local plugin = apikey.open()
    for i = 1, 2 do
      local answer = plugin:ask("bad", { headers = { ["x-request-id"] = "r-" .. i } })
      assert.equal(403, answer.status)
      assert.truthy(answer.body:find('"message":"permission denied"', 1, true))
      assert.truthy(answer.body:find('"requestId":"r-' .. i .. '"', 1, true))
      assert.equal("r-" .. i, answer.headers["x-request-id"])
    end
    assert.equal(1, plugin:checks())
    plugin.scheduler:pass(1.1)
    plugin:ask "bad"
    assert.equal(2, plugin:checks())
  end)

  it("that is refused without an envelope is refused with the very body", function()
    local plugin = apikey.open()
    plugin.client.hosts.auth = function()
      return 401, "no", "text/x"
    end
    local answer = plugin:ask "bad"
    assert.same({ 401, "no", "text/x" }, { answer.status, answer.body, answer.headers["content-type"] })
  end)

  it("is checked once for all who come with it at once", function()
    local plugin = apikey.open()
    plugin.client.hosts.auth = function(params)
      plugin.scheduler:sleep(0.2)
      return apikey.verifying(params)
    end
    local requests = {}
    for i = 1, 30 do
      requests[i] = { headers = { ["x-api-key"] = "good" } }
    end
    for _, answer in ipairs(plugin:ask_all(requests)) do
      assert.equal(200, answer.status)
    end
    assert.equal(1, plugin:checks())
  end)

  it("with a time of 0 is still not kept for ever", function()
    local plugin = apikey.open(function(conf)
      conf.cache_ttl_sec, conf.negative_ttl_sec = 0, 0
    end)
    plugin:ask "bad"
    plugin.scheduler:pass(0.06)
    plugin:ask "bad"
    assert.equal(2, plugin:checks())
    plugin:ask "good"
    plugin.scheduler:pass(0.06)
    plugin:ask "good"
    assert.equal(4, plugin:checks())
  end)

  it("stays with Kong when credentials are hidden", function()
    local plugin = apikey.open(function(conf)
      conf.hide_credentials = true
    end)
    assert.is_nil(plugin:ask("good").exchange.headers["x-api-key"])
    plugin.conf.hide_credentials = false
    assert.equal("good", plugin:ask("good").exchange.headers["x-api-key"])
  end)
end)
