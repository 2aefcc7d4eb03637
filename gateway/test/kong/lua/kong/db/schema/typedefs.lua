-- Kong's module of this name as far as a schema has to load: what the types check is not checked here.
return setmetatable({}, {
  __index = function(_, name)
    return { type = name }
  end,
})
