require("kong").install()

local function fields_of(list)
  local fields = {}
  for _, item in ipairs(list) do
    for name, field in pairs(item) do
      fields[name] = field
    end
  end
  return fields
end

describe("schema", function()
  it("of apikey-auth-plugin asks for a URL where a key is, and has a default and bounds for all else", function()
    local schema = require "kong.plugins.apikey-auth-plugin.schema"
    local config = fields_of(fields_of(schema.fields).config.fields)
    assert.equal("apikey-auth-plugin", schema.name)
    assert.same({ type = "array", len_min = 1, elements = "typedef:url" }, config.verification_urls)
    config.verification_urls = nil
    assert.same({
      if_field = "config.required",
      if_match = { eq = true },
      then_field = "config.verification_urls",
      then_match = { required = true },
    }, schema.entity_checks[1].conditional)
    local defaults = {}
    for name, field in pairs(config) do
      assert.is_true(field.required, name)
      defaults[name] = field.default
      if field.type == "integer" then
        assert.is_true(field.between[1] <= field.default and field.default <= field.between[2], name)
      end
    end
    assert.same({
      cache_ttl_sec = 10,
      negative_ttl_sec = 1,
      timeout_ms = 1500,
      required = true,
      hide_credentials = false,
    }, defaults)
  end)

  it("of envelope-plugin allows it for all requests only", function()
    local schema = require "kong.plugins.envelope-plugin.schema"
    local fields = fields_of(schema.fields)
    assert.equal("envelope-plugin", schema.name)
    assert.same({ "typedef:no_route", "typedef:no_service" }, { fields.route, fields.service })
    assert.same({ type = "record", fields = {} }, fields.config)
  end)

  it("each plugin comes after correlation-id, and refused keys after their rate has been counted", function()
    local apikey = require "kong.plugins.apikey-auth-plugin.handler"
    local envelope = require "kong.plugins.envelope-plugin.handler"
    assert.is_true(apikey.PRIORITY < 910)
    assert.is_true(envelope.PRIORITY < apikey.PRIORITY)
  end)
end)
