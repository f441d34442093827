-- The numbers of executions by task and state, and the bookkeeping of ended executions.
--
-- The root has a field `<state>:<task>` for each number, and `started:<task>`, `lateness:<task>` and
-- `total_lateness:<task>`. `all` lists every execution by ID. `ended` has an entry for each result by its expiry, and
-- `over` for each dead letter and each execution with its own retention: Redis deletes the execution itself, and the entry
-- says what to subtract.

local counted = {}
local latest_lateness = {}

function counts.count(task, state, by)
  local name = state .. ':' .. (task or 'unreadable')
  counted[name] = (counted[name] or 0) + by
end

-- Counts a change of state.
function counts.moved(task, from, to)
  if from ~= to then
    counts.count(task, from, -1)
    counts.count(task, to, 1)
  end
end

-- Counts a start, and its lateness.
function counts.started(task, due)
  local lateness = math.max(now - (tonumber(due) or now), 0)
  counts.count(task, 'started', 1)
  counts.count(task, 'total_lateness', lateness)
  latest_lateness['lateness:' .. task] = int(lateness)
end

function counts.write_counts()
  for name, by in pairs(counted) do
    if by ~= 0 then
      call('HINCRBY', KEYS[1], name, int(by))
    end
  end
  for name, value in pairs(latest_lateness) do
    call('HSET', KEYS[1], name, value)
  end
  counted, latest_lateness = {}, {}
end

local function add_kept_bytes(place, bytes)
  if docket.kept_bytes[place] then
    docket.kept_bytes[place] = math.max(docket.kept_bytes[place] + bytes, 0)
    docket.root_changed = true
  end
end

-- Returns the set that has the entries of a place.
local function entries_of(place)
  return place == 'ended' and 'ended' or 'over'
end

-- Returns the entry of an ended execution, and its parts.
local function over_entry(id)
  local f = execution.read_fields(id, 'state', 'task', 'letter', 'keep', 'entry_bytes')
  if not f.state then
    return nil
  end
  local place = f.keep and 'kept' or f.letter and 'dead' or 'ended'
  local bytes
  if f.state == 'completed' then
    local result, _, note = execution.lengths(id, 'note')
    bytes = result + note
  else
    local result, body, others = execution.lengths(id, 'note', 'failure', 'reason', 'history')
    bytes = result + body + others + (tonumber(f.entry_bytes or 0) or 0)
  end
  local task = f.task or 'unreadable'
  return id .. ' ' .. int(bytes) .. ' ' .. place .. ' ' .. f.state .. ' ' .. task, place, bytes
end

-- The latest expiry of an entry that this step adds, by set.
counts.latest_expiry = {}
-- The executions that exceed the limit of bytes alone, by place. They must not push all others out.
counts.oversized = { ended = {}, dead = {} }

-- Adds an execution that has just ended.
function counts.add_over(id, expires)
  local entry, place, bytes = over_entry(id)
  if entry then
    docket.defer('ZADD', entries_of(place), int(expires), entry)
    add_kept_bytes(place, bytes)
    docket.sweep_at = math.min(docket.sweep_at, expires)
    counts.latest_expiry[entries_of(place)] = math.max(counts.latest_expiry[entries_of(place)] or 0, expires)
    if counts.oversized[place] and bytes > docket.limits_of[place].bytes then
      table.insert(counts.oversized[place], id)
    end
  end
end

-- Removes the entry of an execution that is about to change or to be deleted.
function counts.remove_over(id)
  local entry, place, bytes = over_entry(id)
  if entry then
    call('ZREM', prefix .. entries_of(place), entry)
    add_kept_bytes(place, -bytes)
  end
end

-- Begins again at zero if all ended executions have expired together.
function counts.forget_expired()
  if docket.kept_bytes.ended + docket.kept_bytes.dead > 0 and call('EXISTS', prefix .. 'over', prefix .. 'ended') == 0 then
    docket.kept_bytes.ended, docket.kept_bytes.dead, docket.root_changed = 0, 0, true
  end
end

-- Takes an execution out of the numbers. Returns its ID.
function counts.forget_entry(entry)
  local id, bytes, place, state, task = string.match(entry, '^(%d+) (%d+) (%a+) (%a+) (.*)$')
  if id then
    docket.defer('ZREM', 'all', id)
    counts.count(task, state, -1)
    add_kept_bytes(place, -tonumber(bytes))
  end
  return id
end

-- Takes expired executions out of the numbers, at most 1000 of each set per step. Returns whether there may be more.
function counts.sweep_over()
  local has_more = false
  for _, set in ipairs({ 'over', 'ended' }) do
    local expired = call('ZRANGEBYSCORE', prefix .. set, '-inf', int(now), 'LIMIT', 0, 1000)
    for _, entry in ipairs(expired) do
      counts.forget_entry(entry)
    end
    if #expired > 0 then
      call('ZREMRANGEBYRANK', prefix .. set, 0, #expired - 1)
    end
    has_more = has_more or #expired == 1000
  end
  return has_more
end

-- Sets the moment of the next sweep: at the first expiry, but at most once per second if entries expire steadily.
function counts.plan_sweep(has_more)
  docket.sweep_at = math.huge
  for _, set in ipairs({ 'over', 'ended' }) do
    local first = call('ZRANGE', prefix .. set, 0, 0, 'WITHSCORES')[2]
    docket.sweep_at = math.min(docket.sweep_at, tonumber(first) or math.huge)
  end
  if not has_more then
    docket.sweep_at = math.max(docket.sweep_at, now + 1000000)
  end
end

-- Lets the entries expire after the last one, and `all` with them once nothing is pending.
function counts.expire_lists(was_empty)
  local all = prefix .. 'all'
  for set, expiry in pairs(counts.latest_expiry) do
    local left = math.ceil((expiry - now) / 1000) + 1000
    if call('PTTL', prefix .. set) < left then
      call('PEXPIRE', prefix .. set, int(left))
    end
  end
  if docket.pending == 0 then
    local left = math.max(call('PTTL', prefix .. 'over'), call('PTTL', prefix .. 'ended'))
    if left > 0 then
      call('PEXPIRE', all, int(left))
    else
      call('UNLINK', all)
    end
  elseif was_empty then
    call('PERSIST', all)
  end
end

local ENDED_STATES = { completed = true, failed = true, cancelled = true, dead = true }
counts.PENDING_STATES = { scheduled = true, queued = true, running = true }

-- Returns the numbers by task. Numbers can be wrong if another program, or an earlier version of this one, has written
-- to the docket. They begin again at zero once there is nothing to count.
function counts.read_counts()
  docket.run_deferred()
  while counts.sweep_over() do
    docket.run_deferred()
  end
  docket.run_deferred()
  counts.write_counts()
  local has_over = call('EXISTS', prefix .. 'over', prefix .. 'ended') > 0
  local flat, found = call('HGETALL', KEYS[1]), {}
  for i = 1, #flat, 2 do
    local kind, task = string.match(flat[i], '^([%a_]+):(.*)$')
    if kind then
      local is_wrong = docket.pending == 0 and counts.PENDING_STATES[kind] or not has_over and ENDED_STATES[kind]
        or tonumber(flat[i + 1]) < 0
      if is_wrong then
        call('HDEL', KEYS[1], flat[i])
      elseif flat[i + 1] == '0' and (counts.PENDING_STATES[kind] or ENDED_STATES[kind]) then
        call('HDEL', KEYS[1], flat[i])
      else
        found[#found + 1] = { kind, task, flat[i + 1] }
      end
    end
  end
  return found
end
