local apikey = require "apikey"

-- A plugin that keeps what it is told for long, and a verifying service that says of every key what it has left.
local function open(expires_in)
  local plugin = apikey.open(function(conf)
    conf.cache_ttl_sec = 3600
  end)
  plugin.client.hosts.auth = function()
    return 200, "{}", "application/json", expires_in
  end
  return plugin
end

describe("api key, with an end:", function()
  it("is asked about again when it is over, and not before", function()
    local plugin = open "20"
    plugin:ask "good"
    plugin.scheduler:pass(19.9)
    plugin:ask "good"
    assert.equal(1, plugin:checks())
    plugin.scheduler:pass(0.2)
    plugin:ask "good"
    assert.equal(2, plugin:checks())
  end)

  it("what it has left is counted from before the question", function()
    local plugin = open "2"
    plugin.client.hosts.auth = function()
      plugin.scheduler:sleep(1.2)
      return 200, "{}", "application/json", "2"
    end
    plugin:ask "good"
    plugin.scheduler:pass(0.9)
    plugin:ask "good"
    assert.equal(2, plugin:checks())
  end)

  it("is not known any longer than that when nobody can be asked", function()
    local plugin = open "20"
    plugin:ask "good"
    plugin:kill()
    kong.cache:purge()
    plugin.scheduler:pass(19.4)
    assert.equal(200, plugin:ask("good").status)
    plugin.scheduler:pass(0.7)
    assert.equal(503, plugin:ask("good").status)
  end)

  it("a later one than the times of the cache changes nothing", function()
    local plugin = open "99999999999999999999"
    plugin:ask "good"
    plugin.scheduler:pass(3200)
    plugin:ask "good"
    assert.equal(1, plugin:checks())
    plugin.scheduler:pass(401)
    plugin:ask "good"
    assert.equal(2, plugin:checks())
    plugin:kill()
    kong.cache:purge()
    plugin.scheduler:pass(299)
    assert.equal(200, plugin:ask("good").status)
    plugin.scheduler:pass(2)
    assert.equal(503, plugin:ask("good").status)
  end)

  it("at once, or one that is none, passes and is not kept", function()
    for _, expires_in in ipairs { "0", "", "-1", "1.5", "1e3", "0x10", " 9", "soon", { "9", "9" } } do
      local plugin = open(expires_in)
      assert.equal(200, plugin:ask("good").status)
      plugin.scheduler:pass(0.06)
      assert.equal(200, plugin:ask("good").status)
      assert.equal(2, plugin:checks(), expires_in)
      plugin:kill()
      plugin.scheduler:pass(0.06)
      assert.equal(503, plugin:ask("good").status)
    end
  end)

  it("that has come meanwhile takes back what was known of it", function()
    local plugin = open()
    plugin:ask "good"
    plugin.client.hosts.auth = function()
      return 200, "{}", "application/json", "0"
    end
    kong.cache:purge()
    plugin:ask "good"
    plugin:kill()
    plugin.scheduler:pass(0.06)
    assert.equal(503, plugin:ask("good").status)
  end)
end)
