-- Journals and suspensions: records entries, receives signals, and wakes suspended executions.
--
-- The entries are fields of the execution's hash `y:<id>`, so that they are deleted with it: `s:<name>` has the value of a
-- recorded entry, and `g:<nonce>:<name>` has the position and the value of a signal. `entries` and `entry_bytes` are
-- their number and their size. `wakes` is set while a signal wakes a parked execution, and `waits` is the number of
-- executions for whose end it waits. `waiters` lists the executions that wait for the end of this one, each with the
-- token of the run that suspended it.

local JOURNAL_OVERHEAD = 64

-- Adds an entry. Returns whether the journal has room for it.
function journal.add(id, field, name, value, entry_bytes, max_bytes)
  local bytes = (tonumber(entry_bytes) or 0) + #name + #value + JOURNAL_OVERHEAD
  if bytes > tonumber(max_bytes) then
    return false
  end
  local position = call('HINCRBY', execution.rare_key(id), 'entries', 1)
  if string.sub(field, 1, 2) == 'g:' then
    value = int(position) .. ':' .. value
  end
  execution.write(id, field, value, 'entry_bytes', int(bytes))
  return true
end

-- Returns the fields of the journal as a flat list of names and values.
function journal.fields(id)
  local all, found = call('HGETALL', execution.rare_key(id)), {}
  for i = 1, #all, 2 do
    if string.find(all[i], '^[sg]:') then
      found[#found + 1] = all[i]
      found[#found + 1] = all[i + 1]
    end
  end
  return found
end

function journal.clear(id)
  local fields = journal.fields(id)
  for i = 1, #fields, 2 do
    execution.erase(id, fields[i])
  end
  execution.erase(id, 'entries', 'entry_bytes')
end

-- Gives the journal of a dead letter to its replay.
function journal.move(from, to)
  local f = execution.read_fields(from, 'entries', 'entry_bytes')
  if not f.entries then
    return
  end
  local fields = journal.fields(from)
  for i = 1, #fields, 2 do
    execution.write(to, fields[i], fields[i + 1])
  end
  execution.write(to, 'entries', f.entries, 'entry_bytes', f.entry_bytes or '0')
  journal.clear(from)
end

-- Queues a parked execution.
function journal.wake(id)
  execution.write(id, 'state', 'queued', 'due', int(now), 'updated', int(now))
  execution.erase(id, 'parked', 'wakes', 'waits')
  call('ZREM', prefix .. 'later', id)
  local f = execution.read_fields(id, 'priority', 'owner', 'watch', 'task')
  counts.moved(f.task, 'scheduled', 'queued')
  queue.push_ready_back(id, f.priority, f.owner)
  events.publish_state(id, f.watch)
end

-- Adds execution `id`, suspended by the run `token`, to those that wait for the end of `awaited`.
local function add_waiter(awaited, id, token)
  local present = execution.read(awaited, 'waiters')
  local waiters = { id .. '.' .. token }
  for waiter, run in string.gmatch(present or '', '(%d+)%.(%d+)') do
    if waiter ~= id then
      waiters[#waiters + 1] = waiter .. '.' .. run
    end
  end
  execution.write(awaited, 'waiters', table.concat(waiters, ' '))
end

-- Wakes the executions that have waited only for the end of one with these `waiters`.
function journal.wake_waiters(waiters)
  for id, token in string.gmatch(waiters, '(%d+)%.(%d+)') do
    local f = execution.read_fields(id, 'state', 'parked', 'token', 'waits')
    -- Another run of the waiter waits for other events.
    if f.state == 'scheduled' and f.parked and f.token == token and f.waits then
      local left = tonumber(f.waits) - 1
      if left <= 0 then
        journal.wake(id)
      else
        execution.write(id, 'waits', int(left))
      end
    end
  end
end

local is_pending = { scheduled = true, queued = true, running = true }

-- Parks an execution whose fields are written until one of the events of its suspension, or queues it if one has
-- already happened.
function journal.suspend(id, token, watch, suspension, due)
  local waiting = {}
  for _, awaited in ipairs(suspension.executions) do
    if is_pending[execution.read(awaited, 'state')] then
      waiting[#waiting + 1] = awaited
    end
  end
  local entries = tonumber(execution.read(id, 'entries')) or 0
  local has_news = suspension.signals and entries > suspension.known
  local have_ended = #suspension.executions > 0 and #waiting == 0
  if has_news or have_ended or (due and due <= now) then
    journal.wake(id)
    return
  end
  for _, awaited in ipairs(waiting) do
    add_waiter(awaited, id, token)
  end
  if #waiting > 0 then
    execution.write(id, 'waits', int(#waiting))
  end
  if suspension.signals then
    execution.write(id, 'wakes', '1')
  end
  if due then
    execution.write(id, 'due', int(due))
    docket.timers_changed = true
  end
  -- At infinity only an event wakes the execution.
  call('ZADD', prefix .. 'later', due and int(due) or '+inf', id)
  events.publish_state(id, watch)
end

-- Adds an entry to the journal of a running execution.
function steps.record()
  local id, token, name, value, max_bytes = ARGV[7], ARGV[8], ARGV[9], ARGV[10], ARGV[11]
  local f = execution.read_fields(id, 'state', 'token', 'entry_bytes')
  if f.state ~= 'running' or f.token ~= token then
    return 'fenced'
  end
  local present = execution.read(id, 's:' .. name)
  if present then
    return present == value and 'done' or 'exists'
  end
  return journal.add(id, 's:' .. name, name, value, f.entry_bytes, max_bytes) and 'done' or 'full'
end

-- Adds a signal to the journal of the execution that has a key, and wakes it if it waits for signals.
function steps.signal()
  local id, name, value, max_bytes = call('MGET', prefix .. 'k:' .. ARGV[7])[1], ARGV[8], ARGV[9], ARGV[10]
  if not id then
    return 'unknown'
  end
  -- The nonce identifies a repeated call, which gets the first reply again.
  local field = 'g:' .. ARGV[11] .. ':' .. name
  local f = execution.read_fields(id, 'state', 'entry_bytes', 'parked', 'wakes', field)
  if f[field] then
    return 'stored'
  elseif not is_pending[f.state] then
    return 'unknown'
  elseif not journal.add(id, field, name, value, f.entry_bytes, max_bytes) then
    return 'full'
  end
  if f.state == 'scheduled' and f.parked and f.wakes then
    journal.wake(id)
  end
  return 'stored'
end
