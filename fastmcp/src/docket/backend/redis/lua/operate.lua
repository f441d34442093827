-- Lists, statistics, and changes of many executions.

-- The numbers of executions that one step examines and changes, so that Redis is not blocked.
local MAX_EXAMINED, MAX_CHANGED = 500, 100

-- Returns the value of a filter's field; nil if it is not set.
local function condition(filter, name)
  local value = filter[name]
  if value == cjson.null then
    return nil
  end
  return value
end

local function is_within(time, since, before)
  return (not since or time and time >= since) and (not before or time and time < before)
end

-- Returns whether an execution matches, and its fields.
local function matches(id, filter)
  local f = execution.read_fields(id, 'state', 'task', 'key', 'submitted', 'ended', 'letter', 'keep')
  if not f.state then
    -- It has expired or was deleted by another program.
    call('ZREM', prefix .. 'all', id)
    return false
  end
  local task, key, start = condition(filter, 'task'), condition(filter, 'key'), condition(filter, 'key_prefix')
  local is_match = (not filter.has_states or filter.states[f.state]) and (not filter.dead_letters or f.letter)
    and (not task or task == f.task) and (not key or key == f.key)
    and (not start or string.sub(f.key or '', 1, #start) == start)
    and is_within(tonumber(f.submitted), condition(filter, 'submitted_since'), condition(filter, 'submitted_before'))
    and is_within(tonumber(f.ended or nil), condition(filter, 'ended_since'), condition(filter, 'ended_before'))
  return is_match, f
end

-- Returns the IDs to examine, and whether the range contains no others.
local function candidates(filter, after, last)
  local id, is_reverse = condition(filter, 'id'), filter.newest_first
  local from = after ~= '' and '(' .. after or is_reverse and '+inf' or '-inf'
  local to = last ~= '' and last or is_reverse and '-inf' or '+inf'
  -- Returns whether the first number comes before the second one in the list.
  local function is_before(a, b)
    if is_reverse then
      return a > b
    end
    return a < b
  end
  local function is_in_range(number)
    return (after == '' or is_before(tonumber(after), number)) and (last == '' or not is_before(tonumber(last), number))
  end
  if id then
    return is_in_range(tonumber(id)) and { id } or {}, true
  end
  if filter.dead_letters and call('ZCARD', prefix .. 'dead') <= 10 * MAX_EXAMINED then
    local ids, sorted = call('ZRANGE', prefix .. 'dead', 0, -1), {}
    for _, letter in ipairs(ids) do
      local number = tonumber(letter)
      if number and is_in_range(number) then
        sorted[#sorted + 1] = letter
      end
    end
    table.sort(sorted, function(a, b)
      return is_before(tonumber(a), tonumber(b))
    end)
    return sorted, true
  end
  local read = is_reverse and 'ZREVRANGEBYSCORE' or 'ZRANGEBYSCORE'
  local ids = call(read, prefix .. 'all', from, to, 'LIMIT', 0, MAX_EXAMINED)
  return ids, #ids < MAX_EXAMINED
end

-- Calls `visit(id, fields)` for the matching executions of a range until it has accepted `limit` of them. Returns the ID
-- after which the search continues; an empty text at the end of the range.
local function each_match(text, after, last, limit, visit)
  local filter = cjson.decode(text)
  local states = {}
  for _, state in ipairs(filter.states) do
    states[state] = true
    filter.has_states = true
  end
  filter.states = states
  local ids, is_all = candidates(filter, after, last)
  local found = 0
  for i, id in ipairs(ids) do
    local is_match, f = matches(id, filter)
    if is_match then
      visit(id, f)
      found = found + 1
      if found >= limit and not (is_all and i == #ids) then
        return id
      end
    end
  end
  return not is_all and ids[#ids] or ''
end

function steps.list()
  local records = {}
  local next_id = each_match(ARGV[7], ARGV[8], ARGV[9], tonumber(ARGV[10]), function(id)
    records[#records + 1] = ending.guarded(id, execution.read_record) or nil
  end)
  return { records, next_id }
end

-- Applies one change. Returns true if it was made, false if it was not possible, and nil if it does not apply.
local function change_one(id, kind, f, nonce)
  local is_pending = counts.PENDING_STATES[f.state]
  if kind == 'retry' then
    if not f.letter then
      return nil
    end
    local answer = control.resubmit(id, nonce .. '.' .. id)
    return answer ~= nil and answer[1] == 'accepted'
  elseif kind == 'discard' then
    if f.letter then
      control.keep_as_result(id, f.key)
    elseif is_pending then
      if not ending.cancel_waiting(id, 'discarded by request') then
        ending.signal_cancel(id, 'discarded by request')
      end
    else
      return nil
    end
    return true
  end
  if is_pending then
    return nil
  end
  if f.keep then
    return false
  end
  call('ZREM', prefix .. 'dead', id)
  ending.delete_ended(id)
  return true
end

-- Returns the numbers of changed and skipped executions, the ID after which the next step continues, and the last ID
-- before this step.
function steps.change()
  local kind, nonce, last_before = ARGV[7], ARGV[8], int(docket.last_id)
  local changed, skipped = 0, 0
  local next_id = each_match(ARGV[9], ARGV[10], ARGV[11], MAX_CHANGED, function(id, f)
    local is_done = ending.guarded(id, change_one, kind, f, nonce)
    if is_done then
      changed = changed + 1
    elseif is_done == false then
      skipped = skipped + 1
    end
  end)
  return { int(changed), int(skipped), next_id, last_before }
end

-- The number of executions of each priority, and of owners, that are the head of the queue; see `model/stats.rs`.
local HEAD = 100

-- Returns the task and the due time of each execution at the head of a queue.
local function heads()
  local ids = {}
  for priority = 0, 2 do
    local from = int(priority * 2e15)
    local to = '(' .. int((priority + 1) * 2e15)
    for _, id in ipairs(call('ZRANGEBYSCORE', prefix .. 'ready', from, to, 'LIMIT', 0, HEAD)) do
      ids[#ids + 1] = id
    end
  end
  for _, owner in ipairs(call('ZRANGE', prefix .. 'turns', 0, HEAD - 1)) do
    ids[#ids + 1] = call('ZRANGE', prefix .. 'wait:' .. owner, 0, 0)[1]
  end
  local due = {}
  for _, id in ipairs(ids) do
    local f = execution.read_fields(id, 'task', 'due', 'state')
    if f.state == 'queued' and f.task and f.due then
      due[#due + 1] = { f.task, f.due }
    end
  end
  return due
end

-- Returns the envelope of an execution that has not ended, or of a dead letter; an empty text for others.
function steps.envelope()
  return execution.read_fields(ARGV[7], 'body').body or ''
end

function steps.stats()
  local numbers = counts.read_counts()
  local workers = call('ZRANGEBYSCORE', prefix .. 'workers', '(' .. int(now), '+inf')
  local slots = 0
  for _, name in ipairs(workers) do
    slots = slots + (tonumber(call('HGET', prefix .. 'w:' .. name, 'slots') or 0) or 0)
  end
  return {
    { int(call('ZCARD', prefix .. 'dead')), int(docket.pending_bytes), int(docket.kept_bytes.ended), int(docket.kept_bytes.dead),
      int(#workers), int(slots), docket.paused and '1' or '0', int(now) },
    numbers, heads(),
  }
end
