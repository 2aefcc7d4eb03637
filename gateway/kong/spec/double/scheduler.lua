-- Time and concurrency of nginx's Lua module without nginx: tasks that wait are coroutines, and when all of them wait,
-- the clock goes to the next one's hour.
local scheduler = {}
scheduler.__index = scheduler

function scheduler.new()
  -- A time of day like any other: nothing may depend on a clock that begins at 0.
  return setmetatable({ time = 1700000000, tasks = {} }, scheduler)
end

function scheduler:now()
  return self.time
end

function scheduler:spawn(run)
  table.insert(self.tasks, { thread = coroutine.create(run), at = self.time })
end

--- To be called within a task.
function scheduler:sleep(seconds)
  coroutine.yield(self.time + seconds)
end

function scheduler:next_task()
  local first
  for index, task in ipairs(self.tasks) do
    if not first or task.at < self.tasks[first].at then
      first = index
    end
  end
  return first and table.remove(self.tasks, first)
end

--- Runs the functions at once, and all that they start, to the end.
function scheduler:run(...)
  for _, run in ipairs { ... } do
    self:spawn(run)
  end
  for task in self.next_task, self do
    self.time = math.max(self.time, task.at)
    local ok, at = coroutine.resume(task.thread)
    if not ok then
      error(debug.traceback(task.thread, at), 0)
    end
    if coroutine.status(task.thread) ~= "dead" then
      task.at = at
      table.insert(self.tasks, task)
    end
  end
end

--- Lets time pass.
function scheduler:pass(seconds)
  self.time = self.time + seconds
end

return scheduler
