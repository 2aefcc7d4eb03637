local kong_double = require "kong"

local function load()
  kong_double.install()
  return require "kong.plugins.envelope-plugin.handler"
end

local function rewrite(fields)
  local exchange = kong_double.exchange(fields)
  local answered = kong_double.run(load(), "rewrite", exchange)
  return exchange, answered
end

local function filter(fields)
  local handler = load()
  local exchange = kong_double.exchange(fields)
  kong_double.run(handler, "header_filter", exchange)
  kong_double.run(handler, "body_filter", exchange)
  kong_double.run(handler, "body_filter", exchange)
  return exchange.answer
end

describe("envelope: a request", function()
  it("loses what no client may say of itself, and keeps the rest", function()
    local exchange, answered = rewrite {
      headers = {
        ["X-User-Id"] = "1",
        ["X-Consumer-Custom-ID"] = { "2", "3" },
        ["X-Forwarded-For"] = "6.6.6.6",
        ["X-Forwarded-Prefix"] = "/x",
        Forwarded = "for=6.6.6.6",
        ["X-Real-IP"] = "6.6.6.6",
        ["X-Deadline-Ms"] = "1",
        ["X-Request-ID"] = "mine_1.2-3",
        ["X-Api-Key"] = "key",
        ["X-Userland"] = "kept",
      },
    }
    assert.is_false(answered)
    assert.same(
      { ["x-request-id"] = "mine_1.2-3", ["x-api-key"] = "key", ["x-userland"] = "kept" },
      exchange.headers
    )
  end)

  it("loses an id that could not be written into a log or an answer as it is", function()
    for _, id in ipairs { 'a"b', "a b", "", ("x"):rep(129), { "a", "b" } } do
      local exchange = rewrite { headers = { ["X-Request-ID"] = id } }
      assert.is_nil(exchange.headers["x-request-id"])
    end
  end)

  it("is refused with the id that correlation-id will find", function()
    local exchange, answered = rewrite { target = "/auth/../blog/x" }
    assert.is_true(answered)
    assert.equal(400, exchange.answer.status)
    assert.equal(
      '{"code":"10001","status":400,"message":"malformed path","requestId":"id-of-kong"}',
      exchange.answer.body
    )
    assert.equal("id-of-kong", exchange.headers["x-request-id"])
    assert.equal("id-of-kong", exchange.answer.headers["x-request-id"])
    assert.equal("application/json; charset=utf-8", exchange.answer.headers["content-type"])
  end)

  it("is refused for its method, an upgrade, a URL or headers beyond their bounds", function()
    local many = {}
    for i = 1, 1000 do
      many["h" .. i] = "1"
    end
    local cases = {
      { 405, { method = "PROPFIND" } },
      { 400, { headers = { Upgrade = "websocket" } } },
      { 414, { target = "/" .. ("x"):rep(8192) } },
      { 431, { headers = { cookie = ("x"):rep(16380) } } },
      { 431, { headers = { cookie = { ("x"):rep(8190), ("x"):rep(8190) } } } },
      { 431, { headers = many } },
    }
    for _, case in ipairs(cases) do
      local exchange, answered = rewrite(case[2])
      assert.is_true(answered)
      assert.equal(case[1], exchange.answer.status)
    end
    local _, answered = rewrite { target = "/" .. ("x"):rep(8191), headers = { cookie = ("x"):rep(16000) } }
    assert.is_false(answered)
  end)

  it("is told the service's time-out as its deadline, whatever the client said", function()
    local exchange = kong_double.exchange { service = { read_timeout = 2300 } }
    kong_double.run(load(), "access", exchange)
    assert.equal("2300", exchange.headers["x-deadline-ms"])
  end)
end)

describe("envelope: an answer", function()
  it("of Kong itself leaves in the envelope, whole, with its length", function()
    local messages = {
      [400] = { 400, "malformed HTTP request" },
      [404] = { 404, "url not found" },
      [405] = { 405, "method is not supported" },
      [413] = { 413, "body is too large" },
      [417] = { 413, "body is too large" },
      [429] = { 429, "too many requests" },
      [494] = { 431, "headers are too large" },
      [500] = { 500, "something went wrong" },
      [502] = { 503, "service unavailable" },
      [503] = { 503, "service unavailable" },
      [504] = { 504, "request timed out" },
      [418] = { 418, "request is refused" },
    }
    for given, expected in pairs(messages) do
      local answer = filter {
        status = given,
        source = given == 502 and "error" or "exit",
        answer_headers = { ["X-Request-ID"] = "r-1", ["Content-Type"] = "text/plain", ["Content-Encoding"] = "gzip" },
      }
      local body = ('{"code":"10001","status":%d,"message":"%s","requestId":"r-1"}'):format(expected[1], expected[2])
      assert.equal(expected[1], answer.status)
      assert.same({ body, "" }, { answer.chunks[1], answer.chunks[2] })
      assert.equal(#body, answer.headers["content-length"])
      assert.equal("application/json; charset=utf-8", answer.headers["content-type"])
      assert.is_nil(answer.headers["content-encoding"])
      assert.equal("nosniff", answer.headers["x-content-type-options"])
      local retries = expected[1] == 429 or expected[1] == 503
      assert.equal(retries and "1" or nil, answer.headers["retry-after"])
    end
  end)

  it("of rate-limiting keeps its own retry-after", function()
    local answer = filter { status = 429, source = "exit", answer_headers = { ["Retry-After"] = "42" } }
    assert.equal("42", answer.headers["retry-after"])
  end)

  it("gets an id of Kong where its own could not be written down", function()
    local answer = filter { status = 400, source = "error", answer_headers = { ["X-Request-ID"] = '"},{"' } }
    assert.equal("id-of-kong", answer.headers["x-request-id"])
    assert.truthy(answer.chunks[1]:find('"requestId":"id-of-kong"', 1, true))
  end)

  it("of ours stays as it is", function()
    local handler = load()
    local exchange = kong_double.exchange { target = "//", source = "exit" }
    assert.is_true(kong_double.run(handler, "rewrite", exchange))
    local body = exchange.answer.body
    kong_double.run(handler, "header_filter", exchange)
    kong_double.run(handler, "body_filter", exchange)
    assert.same({ body, {} }, { exchange.answer.body, exchange.answer.chunks })
  end)

  it("of a service, and one that is no failure, stays what it is, without banners", function()
    for _, source in ipairs { "service", "exit" } do
      local answer = filter {
        status = source == "service" and 500 or 200,
        source = source,
        answer_headers = { Server = source == "service" and "nginx/1" or nil, ["Content-Type"] = "text/x" },
      }
      assert.same({}, answer.chunks)
      assert.is_nil(answer.headers.server)
      assert.equal("text/x", answer.headers["content-type"])
      assert.equal("nosniff", answer.headers["x-content-type-options"])
    end
  end)
end)
