local function load()
  require("kong").install()
  return require "kong.plugins.envelope-plugin.request_target"
end

describe("request target", function()
  it("has one reading when it is plain, escaped where it must be, or has a query of any kind", function()
    local request_target = load()
    for _, target in ipairs {
      "/",
      "/blog/list/latest?page=1&limit=10",
      "/%62log/x",
      "/blog/list/tag/A%2FB",
      "/blog/%C3%A9%E2%82%AC%F0%9F%98%80",
      "/blog/a.b/..c/...",
      "/blog/x?next=/../%00//\\",
      "/blog/x%20y;z=1",
    } do
      assert.is_false(request_target.is_ambiguous(target), target)
    end
  end)

  it("is refused when two readers could understand it differently", function()
    local request_target = load()
    for _, target in ipairs {
      "",
      "*",
      "http://other/blog/x",
      "/auth/../blog/x",
      "/auth/%2e%2e/blog/x",
      "/auth/%2E./blog/x",
      "/auth/..%2fblog/x",
      "/auth/..;/blog/x",
      "/auth/./x",
      "/auth/..",
      "//blog/x",
      "/blog//x",
      "/auth%2Fx",
      "/auth%2fx",
      "/auth\\x",
      "/auth%5Cx",
      "/auth/%00",
      "/auth/health%0a",
      "/auth/%7f",
      "/auth/%1F",
      "/auth/%",
      "/auth/%zz",
      "/auth/%4",
      "/auth/%C0%AF",
      "/auth/%ED%A0%80",
      "/auth/%F4%90%80%80",
      "/auth/%E2%82",
      "/auth/x#y",
      "/auth/x?y#z",
      "/auth/\233",
      "/auth/\t",
    } do
      assert.is_true(request_target.is_ambiguous(target), target)
    end
  end)
end)
